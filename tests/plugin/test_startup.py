from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import pytest_steering
from tests.inner_pytest import FEW_PLUGINS

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "transformers", "nnsight", "pandas", "scipy.stats")
BENCHMARKS = str(ROOT / "benchmarks")

REPORT = f"; print('loaded:', [name for name in {HEAVY!r} if name in sys.modules])"


def _python(code: str) -> str:
    """Run code in a fresh interpreter and return its last line: which heavy packages it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", code + REPORT], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--markers"], ["--collect-only", "-q", "-p", "no:cacheprovider", BENCHMARKS]],
    ids=["help", "markers", "collecting the benchmarks"],
)
def test_nothing_heavy_is_imported_for(arguments: list[str]) -> None:
    code = f"import sys, pytest; status = pytest.main({[*arguments, *FEW_PLUGINS]!r})"

    assert _python(f"{code}; assert status == 0, status") == "loaded: []"


def test_nothing_heavy_is_imported_to_record_cells_and_to_print_their_table(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.makepyfile("def test_it(steering): steering.run()")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    code = f"import os, sys, pytest; os.chdir({str(project.path)!r})"
    run = f"status = pytest.main({['--steering-model=one', *FEW_PLUGINS]!r})"

    assert _python(f"{code}; {run}; assert status == 0, status") == "loaded: []"


def test_the_public_names_load_nothing_heavy() -> None:
    code = "import sys, pytest_steering; [getattr(pytest_steering, name) for name in pytest_steering.__all__]"

    assert _python(code) == "loaded: []"


def test_the_command_loads_nothing_heavy_for_its_help() -> None:
    code = (
        "import sys, contextlib; from pytest_steering.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['-h'])\n"
        "None"
    )

    assert _python(code) == "loaded: []"


def test_every_public_name_is_the_object_it_is_called_after() -> None:
    for name in (*pytest_steering._HOMES, *pytest_steering._ROOMS):
        assert getattr(pytest_steering, name).__name__.rpartition(".")[2] == name
    public = set(pytest_steering.__all__)
    assert (
        {*pytest_steering._HOMES, *pytest_steering._ROOMS, "__version__"}
        == public
        == set(dir(pytest_steering))
    )


def test_the_version_is_that_of_the_installed_package() -> None:
    assert pytest_steering.__version__ == metadata.version("pytest-steering")


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'SteerableModle'"):
        pytest_steering.SteerableModle  # type: ignore[attr-defined]  # noqa: B018


def test_the_help_lists_every_option_and_says_what_trust_means(pytester: pytest.Pytester) -> None:
    text = " ".join(str(pytester.runpytest("--help").stdout).split())

    for flag in ("model", "engine", "device", "dtype", "data", "batch-rows", "dir", "trust-remote-code"):
        assert f"--steering-{flag}" in text
    assert "It runs with all your rights and can do whatever you can" in text


def test_the_markers_list_families_and_the_plugins_own(pytester: pytest.Pytester) -> None:
    text = str(pytester.runpytest("--markers").stdout)

    for name in ("steering(task=", "starcoder:", "starcoder2:", "qwen2:"):
        assert f"@pytest.mark.{name}" in text
