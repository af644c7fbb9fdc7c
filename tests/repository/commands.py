"""The commands that documents and workflows print, and what one names that is not there."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from itertools import takewhile

from pytest_steering.cli import COMMANDS
from pytest_steering.option_table import OPTIONS
from tests.repository.files import ROOT, nox_sessions, project

FLAGS = {option.flag for option in OPTIONS} | {"--steering-conformance"}

# Programs whose words need no looking up here.
OTHERS = ("cd", "coverage", "export", "git", "lint-imports", "mkdocs", "mypy", "pre-commit", "ruff", "sed")


def printed(text: str) -> Iterator[str]:
    """Yield each command of a document: lines of its `sh` blocks, and spans that begin with a program."""
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL):
        yield from _split(block)
    for span in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text):
        if span.split()[0] in PROGRAMS or span.startswith(".ci/"):
            yield from _split(span)


def missing(command: str) -> list[str]:
    """Return what a command names that does not exist; a program that is not known here is named too."""
    program, *words = shlex.split(command)
    if program.startswith(".ci/"):
        return [] if os.access(ROOT / program, os.X_OK) else [f"{program} cannot be run"]
    if program not in PROGRAMS:
        return [f"{program} is no program that documents use"]
    return [*PROGRAMS[program](words)]


def _split(lines: str) -> Iterator[str]:
    for line in lines.replace("\\\n", " ").splitlines():
        yield from (part.strip() for part in line.split("&&") if part.strip())


def _pytest(words: Sequence[str]) -> Iterator[str]:
    for before, word in zip(("", *words), words, strict=False):
        flag = word.partition("=")[0]
        if flag.startswith("--steering") and flag not in FLAGS:
            yield f"pytest has no option {flag}"
        if not word.startswith("-") and not before.startswith("-") and not (ROOT / word).exists():
            yield f"there is no {word}"


def _nox(words: Sequence[str]) -> Iterator[str]:
    after = words[words.index("-s") + 1 :] if "-s" in words else ()
    names = takewhile(lambda word: not word.startswith("-"), after)
    yield from (f"noxfile.py has no session {name}" for name in names if name not in nox_sessions())


def _python(words: Sequence[str]) -> Iterator[str]:
    if words[:1] == ["-m"] and find_spec(words[1]) is None:
        yield f"there is no module {words[1]}"


def _pip(words: Sequence[str]) -> Iterator[str]:
    for before, word in zip(("", *words), words, strict=False):
        if before == "-c" and not (ROOT / word).exists():
            yield f"there is no {word}"
        for extra in re.findall(r"\[(\w+)\]", word):
            if extra not in project()["optional-dependencies"]:
                yield f"pyproject.toml has no extra {extra}"


def _ours(words: Sequence[str]) -> Iterator[str]:
    if words and words[0] not in ("COMMAND", *COMMANDS):
        yield f"pytest-steering has no command {words[0]}"


def _nothing(_words: Sequence[str]) -> Iterator[str]:
    yield from ()


PROGRAMS: dict[str, Callable[[Sequence[str]], Iterator[str]]] = {
    "nox": _nox,
    "pip": _pip,
    "pytest": _pytest,
    "pytest-steering": _ours,
    "python": _python,
    **dict.fromkeys(OTHERS, _nothing),
}
