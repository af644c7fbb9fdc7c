"""What the repository's own conftest leaves out of a plain run."""

from __future__ import annotations

from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"

TESTS = """
    import pytest
    def test_plain(): pass
    @pytest.mark.slow
    def test_slow(): pass
    @pytest.mark.gpu
    def test_gpu(): pass
    @pytest.mark.slow
    @pytest.mark.performance
    def test_slow_and_performance(): pass
"""


@pytest.mark.parametrize(
    ("expression", "run"),
    [
        ("", {"plain"}),
        ("slow", {"slow"}),
        ("not slow", {"plain"}),
        ("slow or performance", {"slow", "slow_and_performance"}),
        ("(slow or performance) and not gpu", {"slow", "slow_and_performance"}),
        ("gpu", {"gpu"}),
        ("slow or gpu", {"slow", "gpu"}),
    ],
)
def test_what_is_slow_needs_a_gpu_or_measures_speed_runs_when_it_is_named(
    pytester: pytest.Pytester, expression: str, run: set[str]
) -> None:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(test_x=TESTS)
    result = pytester.runpytest("-v", "--strict-markers", *(["-m", expression] if expression else []))

    assert {line.split()[0] for line in result.outlines if "PASSED" in line} == {
        f"test_x.py::test_{name}" for name in run
    }
    assert "2 deselected" in str(result.stdout) or len(run) != 2
