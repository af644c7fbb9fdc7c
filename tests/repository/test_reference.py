"""The reference lists all that users can name, and nothing that is not there."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import pytest_steering
from pytest_steering import fixtures, hookspecs
from pytest_steering.experiment_options import CHECKS
from pytest_steering.option_table import OPTIONS
from tests.repository.files import ROOT
from tools.docs_tables import with_tables

PAGES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").glob("*.md")}
NAMED = set(re.findall(r"^::: pytest_steering\.([\w.]+)$", "\n".join(PAGES.values()), flags=re.MULTILINE))
MODULES = {
    "comparison": "comparison",
    "findings": "findings",
    "metrics": "comparison.metrics",
    "replay": "replay",
    "scores": "tasks.scores",
    "statistics": "statistics",
    "testing": "testing",
}


def test_every_public_name_is_documented_and_no_other() -> None:
    top = {name for name in NAMED if "." not in name}
    assert top == set(pytest_steering.__all__) - {"__version__", *MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_every_name_of_a_public_module_is_documented_and_no_other(module: str) -> None:
    home = MODULES[module]
    listed = {name.removeprefix(f"{home}.") for name in NAMED if name.rpartition(".")[0] == home}
    constants = set(re.findall(rf"^\| `{module}\.(\w+)` \|", "\n".join(PAGES.values()), flags=re.MULTILINE))
    assert listed | constants == set(import_module(f"pytest_steering.{home}").__all__)


def test_every_hook_and_fixture_is_documented_and_no_other() -> None:
    hooks = {
        name for name, _ in inspect.getmembers(hookspecs, inspect.isfunction) if name.startswith("pytest_")
    }
    ours = {name for name, one in vars(fixtures).items() if type(one).__name__ == "FixtureFunctionDefinition"}
    assert {name.removeprefix("hookspecs.") for name in NAMED if name.startswith("hookspecs.")} == hooks
    assert {name.removeprefix("fixtures.") for name in NAMED if name.startswith("fixtures.")} == ours


def test_every_argument_of_the_marker_is_documented_and_no_other() -> None:
    table = PAGES["pytest.md"].partition("### `steering`")[2].partition("###")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)) == set(CHECKS)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_what_is_made_from_the_code_fits_it(page: str) -> None:
    assert with_tables(PAGES[page]) == PAGES[page], "run: python -m tools.docs_tables"


def test_every_option_of_pytest_is_documented_and_no_other(pytestconfig: pytest.Config) -> None:
    known = {flag for flag in _flags_of(pytestconfig) if flag.startswith("--steering")}
    shown = set(re.findall(r"^### `(--[\w-]+)", PAGES["options.md"], flags=re.MULTILINE))
    assert shown == known >= {option.flag for option in OPTIONS}


def test_every_variable_that_the_package_knows_by_name_is_documented() -> None:
    package = "\n".join(
        path.read_text(encoding="utf-8") for path in Path(ROOT / "pytest_steering").rglob("*.py")
    )
    named = set(re.findall(r"\bPYTEST_STEERING_[A-Z_]*[A-Z]\b", package))
    assert {name for name in named if name not in PAGES["options.md"]} == set()


def _flags_of(config: pytest.Config) -> set[str]:
    return {flag for option in config._parser._anonymous.options for flag in option.names()} | {
        flag for group in config._parser._groups for option in group.options for flag in option.names()
    }
