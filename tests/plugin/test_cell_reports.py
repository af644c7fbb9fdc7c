"""What `-v` shows of each cell, and which of it all is coloured."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("few_plugins")

TEST = """
    import pytest

    @pytest.mark.steering(models=["one"])
    def test_it(steering):
        steering.run()
"""


def cells(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if line.startswith(("  unsteered: ", "  steered: "))]


def test_verbose_shows_each_cell_once_below_its_test(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=TEST)
    result = project.runpytest("-v")

    assert [line.partition(":")[0].strip() for line in cells(result)] == ["unsteered", "steered"]
    assert result.outlines.index(cells(result)[0]) > result.outlines.index(
        next(line for line in result.outlines if "test_it[one] PASSED" in line)
    )
    assert not cells(project.runpytest())


def test_a_test_that_the_gate_holds_back_shows_them_once(gated: pytest.Pytester) -> None:
    assert len(cells(gated.runpytest("-v"))) == 2


@pytest.mark.slow
def test_cells_of_workers_are_shown_too(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=TEST)

    assert len(cells(project.runpytest_subprocess("-v", "-n", "1"))) == 2


def test_only_a_terminal_is_sent_colours(gated: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    gated.runpytest("-q", "--steering-accept-new")
    monkeypatch.setenv("WRONG", "60")
    assert "\x1b" not in str(gated.runpytest("-q").stdout)
    assert "\x1b[31mgate: regression" in str(gated.runpytest("-q", "--color=yes").stdout)
    monkeypatch.delenv("PY_COLORS")  # by which pytester wants none
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31mgate: regression" in str(gated.runpytest("-q").stdout)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in str(gated.runpytest("-q").stdout)
