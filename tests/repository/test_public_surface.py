"""What a person copies from the README, the docs or a benchmark imports public names, and nothing deeper."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_steering

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

# These look into the gate: they draw its error rates, and the flips that it has to tell from a regression.
INSIDE_THE_GATE = ("pytest_steering.gate", "pytest_steering.comparison", "pytest_steering.statistics")
SIMULATIONS_OF_THE_GATE = (
    "benchmarks/test_mean_characteristics.py",
    "benchmarks/gate/",
    "benchmarks/reruns.py",
    "benchmarks/test_operating_characteristics.py",
)

# What these measure is no public name.
MEASURED_WITHIN = (
    "benchmarks/audit/",
    "benchmarks/engine_traps/",
    "benchmarks/gate/near_copies.py",
    "benchmarks/intervals/",
    "benchmarks/methods/",
    "benchmarks/nulls/",
    "benchmarks/performance/many_cells.py",
    "benchmarks/performance/test_vllm.py",
    "benchmarks/performance/throughput.py",
    "benchmarks/rivals.py",
    "benchmarks/test_fault_injection.py",
)

PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")]
)


def shown() -> Iterator[tuple[str, str]]:
    """Each piece of Python that people are shown, with the file that it stands in."""
    for path in PAGES:
        for number, code in enumerate(FENCED.findall(path.read_text(encoding="utf-8")), 1):
            yield f"{path.relative_to(ROOT)}, block {number}", code
    for folder in ("benchmarks", "examples"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


SHOWN = [pytest.param(code, id=where) for where, code in shown() if "pytest_steering" in code]


def imports(code: str) -> list[tuple[str, str]]:
    """Every import of the package: from which module, and which name; no name where the module itself is."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.module, alias.name) for alias in node.names]
    return [one for one in found if one[0].partition(".")[0] == "pytest_steering"]


@pytest.mark.parametrize("code", SHOWN)
def test_nothing_that_people_are_shown_imports_deeper_than_the_package(
    code: str, request: pytest.FixtureRequest
) -> None:
    where = request.node.callspec.id
    deeper = [module for module, _ in imports(code) if module != "pytest_steering"]
    if where.startswith(SIMULATIONS_OF_THE_GATE):
        deeper = [module for module in deeper if not module.startswith(INSIDE_THE_GATE)]

    assert deeper == [] or where.startswith(MEASURED_WITHIN)


@pytest.mark.parametrize("code", SHOWN)
def test_every_name_that_people_are_shown_is_public(code: str) -> None:
    names = {name for module, name in imports(code) if module == "pytest_steering" and name}

    assert names <= set(pytest_steering.__all__)


@pytest.mark.parametrize("page", [str(page.relative_to(ROOT)) for page in PAGES])
def test_a_name_that_a_page_speaks_of_is_one_that_the_package_gives(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for name in re.findall(r"(?<!python -m )(?<!::: )\bpytest_steering((?:\.[A-Za-z_]+)+)", text):
        found: object = pytest_steering
        for part in name.split(".")[1:]:
            found = getattr(found, part)
        assert name.split(".")[1] in pytest_steering.__all__, name


def test_there_is_something_to_look_at() -> None:
    assert len(SHOWN) > 10
