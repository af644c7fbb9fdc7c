"""Whether sharing and padding change a number anywhere: `python -m tools.census.differential`."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.census.build import model_types
from tools.census.difference import CLOSE, Difference, difference
from tools.census.sections import with_section

HEADING = "## Shared, beside others, long"
_INTRODUCTION = """Made by `python -m tools.census.differential --write docs/architectures.md`; do not edit.

The tiny models run with a window of 24 and a context of 64 tokens where their configs have one, on prompts
around both, four arms each: scored and generated, with and without sharing, each row alone and beside others,
against rows that stand alone and share nothing, and those against the model's own pass over plain ids.
"""
_SECONDS = 120
_LONGEST = 200


def main(words: Sequence[str] | None = None) -> int:
    """Run the differential and return 1 where a number differs, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.census.differential", description=__doc__)
    parser.add_argument("types", nargs="*", metavar="MODEL_TYPE", help="Model types to try; all by default")
    parser.add_argument("--write", type=Path, metavar="FILE", help="Put what was found into the document")
    arguments = parser.parse_args(words)
    if arguments.types and arguments.write:
        parser.error("a part cannot be written as the whole; leave the model types out")
    found = []
    for model_type in arguments.types or model_types():
        started = time.perf_counter()
        found.append(tried(model_type))
        _say(f"{line(found[-1])} ({time.perf_counter() - started:.1f} s)")
    _say("", *counted(found))
    if arguments.write:
        text = arguments.write.read_text(encoding="utf-8")
        arguments.write.write_text(with_section(text, section(found)), encoding="utf-8")
    return 0 if all(one.equal for one in found) else 1


def tried(model_type: str) -> Difference:
    """Return what came of a model type; one that takes too long, or raises, says so."""
    try:
        with _limited(_SECONDS):
            return difference(model_type)
    except Exception as error:
        return Difference(model_type, note=f"{type(error).__name__}: {' '.join(str(error).split())[:160]}")


def line(one: Difference) -> str:
    """Return what came of a model type as one line."""
    if not one.tried:
        return f"- `{one.model_type}`: not tried, {one.note}"
    numbers = ", ".join(f"{where} {nats:.1g}" for where, nats in one.nats.items() if where != "alone")
    unlike = sum(one.answers.values())
    answers = f"; {unlike} answers differ" if unlike else ""
    sharing = one.sharing if len(one.sharing) <= _LONGEST else f"{one.sharing[: _LONGEST - 3]}..."
    return f"- `{one.model_type}`: {numbers} nats{answers}; {sharing}"


def counted(found: Sequence[Difference]) -> list[str]:
    """Return how many were tried and how many differ."""
    ran = [one for one in found if one.tried]
    return [
        f"{len(ran)} of {len(found)} model types were tried; "
        f"{sum(one.equal for one in ran)} differ nowhere by more than {CLOSE:g} nats.",
    ]


def section(found: Sequence[Difference]) -> str:
    """Return the document's section: the count, and every model type that differs or was not tried."""
    named = [line(one) for one in found if not (one.tried and one.equal)]
    listed = ["What differs, or was not tried:", "", *named, ""] if named else []
    return "\n".join([HEADING, "", _INTRODUCTION, *counted(found), "", *listed])


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    def late(*_: Any) -> None:
        raise TimeoutError(f"it took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _say(*lines: str) -> None:
    for text in lines:
        print(text, flush=True)  # noqa: T201 - the command's output


if __name__ == "__main__":
    sys.exit(main())
