"""Every block of code in the documents runs, or says why it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_steering.comparison.metrics import registry
from pytest_steering.models.steerable import SteerableModel
from tests.repository.blocks import Block, Scene, blocks, scenes
from tests.repository.files import DOCUMENTS, ROOT
from tests.repository.scenes import scene

# What is shown and not run: output, and drawings.
SHOWN = ("diff", "mermaid", "text")
# Pages that a test of their own runs from the first block to the last.
RUN_WHOLE = ("docs/howto/", "docs/vectors.md")
# Their commands are looked up by test_documents.py, word by word.
SHELL = ("sh",)


def running() -> Iterator[Any]:
    for document in DOCUMENTS:
        if str(document.relative_to(ROOT)).startswith(RUN_WHOLE):
            continue
        for one in scenes(document.read_text(encoding="utf-8")):
            marks = [pytest.mark.slow] if one.slow else []
            page = document.relative_to(ROOT)
            yield pytest.param(one, id=f"{page}:{one.blocks[0].line}", marks=marks)


@pytest.mark.parametrize("shown", list(running()))
def test_the_python_of_a_page_runs_in_its_order(
    shown: Scene,
    pytester: pytest.Pytester,
    starcoder2: SteerableModel,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del starcoder2  # torch is there before pytest runs in pytest, which cannot import it twice
    monkeypatch.setattr(registry, "_OWN", dict(registry._OWN))
    folder = pytester.mkdir("project")
    monkeypatch.chdir(folder)
    names = scene(shown.name, folder, request)
    for block in shown.blocks:
        if block.file:
            (folder / block.file).write_text(block.code, encoding="utf-8")
        else:
            exec(compile(block.code, f"line {block.line}", "exec"), names)
    if any(block.file.startswith("test_") for block in shown.blocks):
        _tests_reach_their_claims(pytester, folder)


def _tests_reach_their_claims(pytester: pytest.Pytester, folder: Path) -> None:
    """Run the tests of a folder; what is claimed of a real model may not hold of a small one."""
    told = (
        "--rootdir",
        str(folder),
        "--steering-model=starcoder2",
        "--steering-device=cpu",
        "-p",
        "no:benchmark",
    )
    ended = pytester.runpytest_inprocess(*told, str(folder))
    found = ended.parseoutcomes()
    assert set(found) <= {"passed", "failed", "skipped", "warnings"}, ended.stdout.str()
    if "failed" in found:
        assert re.search(r"ExpectationFailed|AssertionError|E +expected ", ended.stdout.str())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_block_is_of_a_language_that_is_tried_here(document: Path) -> None:
    for block in blocks(document.read_text(encoding="utf-8")):
        if block.language in READERS:
            READERS[block.language](block)
        else:
            assert block.language in ("python", *SHOWN, *SHELL), f"{document.name}:{block.line}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_block_that_is_not_run_says_why_or_which_test_runs_it(document: Path) -> None:
    for block in blocks(document.read_text(encoding="utf-8")):
        if block.how == "run by":
            assert document.name in (ROOT / block.said).read_text(encoding="utf-8"), block.said
        if block.how == "not run":
            assert len(block.said.split()) > 3, f"{document.name}:{block.line}: {block.said!r} is no reason"
            compile(block.code, document.name, "exec") if block.language == "python" else None


def test_what_stands_before_a_block_is_read() -> None:
    first = "<!-- scene: openings, slow -->\n```python\n# test_it.py\nx = 1\n```\n"
    text = first + "\n- so:\n\n    ```python\n    y = 2\n    ```\n"
    (shown,) = scenes(text)
    assert (shown.name, shown.slow) == ("openings", True)
    assert [(one.file, one.code) for one in shown.blocks] == [
        ("test_it.py", "# test_it.py\nx = 1\n"),
        ("", "y = 2\n"),
    ]
    assert scenes("<!-- not run: for four good reasons -->\n```python\n1 / 0\n```\n") == []


def _ini(block: Block) -> None:
    parser = ConfigParser()
    parser.read_string(block.code)


def _json(block: Block) -> None:
    try:
        json.loads(block.code)
    except json.JSONDecodeError:
        _jsonl(block)


def _jsonl(block: Block) -> None:
    for line in block.code.splitlines():
        json.loads(line)


READERS: Mapping[str, Callable[[Block], object]] = {
    "ini": _ini,
    "json": _json,
    "jsonl": _jsonl,
    "yaml": lambda block: yaml.safe_load(block.code),
}
