"""Tries every causal language model that the installed transformers has: `python -m tools.census`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pytest_steering.errors import DataError


def main(words: Sequence[str] | None = None) -> int:
    """Run the census and return its exit status; what a person has to mend is one sentence and status 4."""
    parser = argparse.ArgumentParser(prog="python -m tools.census", description=__doc__)
    parser.add_argument("types", nargs="*", metavar="MODEL_TYPE", help="Model types to try; all by default")
    parser.add_argument("--write", type=Path, metavar="FILE", help="Write the table as a Markdown document")
    try:
        return run(parser.parse_args(words))
    except DataError as error:
        print(f"census: {error}", file=sys.stderr)  # noqa: T201 - the command's output
        return 4


def run(arguments: argparse.Namespace) -> int:
    """Print a row a model type and the totals.

    Raises:
        DataError: A model type is not known, or a part of the census would be written as the whole.
    """
    import torch
    import transformers

    from tools.census.build import model_types
    from tools.census.sections import sections_of
    from tools.census.survey import survey
    from tools.census.table import document, header, line, totals

    known = model_types()
    unknown = sorted(set(arguments.types) - set(known))
    if unknown:
        raise DataError(f"transformers {transformers.__version__} has no causal language model for {unknown}")
    if arguments.types and arguments.write:
        raise DataError("a part of the census cannot be written as the document; leave the model types out")
    torch.set_num_threads(1)  # the models are so small that threads only wait for each other
    started, rows = time.perf_counter(), []
    _say(*header())
    for model_type in arguments.types or known:
        rows.append(survey(model_type))
        _say(line(rows[-1]))
    _say("", *totals(rows), f"{time.perf_counter() - started:.0f} s")
    if arguments.write:
        before = arguments.write.read_text(encoding="utf-8") if arguments.write.is_file() else ""
        text = document(rows, transformers.__version__) + sections_of(before)
        arguments.write.write_text(text, encoding="utf-8")
    return 0


def _say(*lines: str) -> None:
    for text in lines:
        print(text, flush=True)  # noqa: T201 - the command's output


if __name__ == "__main__":
    sys.exit(main())
