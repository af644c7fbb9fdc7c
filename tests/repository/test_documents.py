"""What documents tell people to run, open and cite is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from pytest_steering import hookspecs
from tests.repository.commands import missing, printed
from tests.repository.files import DOCUMENTS, ROOT, project
from tests.repository.shown_files import shown_files


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_prints_can_be_run(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    shown = {f"there is no {name}" for name in shown_files(text)}
    found = {one: {*missing(one)} - shown for one in printed(text)}
    assert {command: lacks for command, lacks in found.items() if lacks} == {}


@pytest.mark.parametrize(
    ("command", "lacks"),
    [
        ("pytest tests/nowhere", "there is no tests/nowhere"),
        ("pytest benchmarks --steering-guess", "pytest has no option --steering-guess"),
        ("nox -s tests-2.7", "noxfile.py has no session tests-2.7"),
        ("nox --no-venv -s lint polish", "noxfile.py has no session polish"),
        ("python -m tools.nothing", "there is no module tools.nothing"),
        ("pip install -c constrains.txt pytest", "there is no constrains.txt"),
        ('pip install -e ".[everything]"', "pyproject.toml has no extra everything"),
        ("pytest-steering guess", "pytest-steering has no command guess"),
        (".ci/never", ".ci/never cannot be run"),
        ("tox", "tox is no program that documents use"),
    ],
)
def test_a_command_that_cannot_be_run_is_noticed(command: str, lacks: str) -> None:
    assert missing(command) == [lacks]


def test_commands_are_found_in_blocks_and_in_the_text() -> None:
    text = "Run\n\n```sh\npip install x && pytest tests\n```\n\nor `nox -s lint` in `noxfile.py`.\n"
    assert [*printed(text)] == ["pip install x", "pytest tests", "nox -s lint"]


def test_contributing_begins_with_set_up_in_one_command() -> None:
    first, *_ = re.findall(
        r"```sh\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert first == 'pip install -c constraints.txt -e ".[dev]" && pre-commit install\n'


def test_every_home_of_a_change_that_contributing_names_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    tables = text.partition("## Where a change goes")[2].partition("\n## ")[0]
    named = re.findall(r"`(\w+/(?:[\w/]+(?:\.py)?)?|\w+\.py)`", tables)
    assert {"extraction/methods/", "comparison/metrics", "option_table.py"} <= {*named}
    assert [
        one for one in named if not any((top / one).exists() for top in (ROOT / "pytest_steering", ROOT))
    ] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_links_to_exists(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_citation_is_of_this_version_and_licence() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    told = {key: citation[key] for key in ("title", "version", "license")}
    assert told == {
        "title": project()["name"],
        "version": project()["version"],
        "license": project()["license"],
    }
    assert {"cff-version", "message", "authors"} <= citation.keys()


def test_every_hook_that_a_document_names_is_one() -> None:
    named = {
        (path.name, hook)
        for path in DOCUMENTS
        for hook in re.findall(r"\bpytest_steering_[a-z_]+", path.read_text(encoding="utf-8"))
    }

    assert named
    assert {one for one in named if not hasattr(hookspecs, one[1])} == set()
