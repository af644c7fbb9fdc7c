from __future__ import annotations

import re

import pytest

from pytest_steering.report.line_colour import coloured, say_coloured

LINES = [
    "steered  3@0.75  320  invalid",
    "m · test_it",
    "  invalid (steered): answer-constant: all answers",
    "      are yes",
    "  limits (steered): random-as-large: no wonder",
    "  note (steered): controls-missing",
    "gate: pass; 3 cells",
    "gate: regression; 3 cells",
]


def test_what_means_nothing_is_red_and_what_limits_is_yellow() -> None:
    found = {line: "".join(markup) for line, markup in coloured(LINES)}

    assert [found[line] for line in LINES] == ["red", "", "red", "red", "yellow", "", "", "red"]


@pytest.mark.parametrize(
    ("environment", "colours"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_a_command_is_coloured_where_colours_are_wanted(
    environment: dict[str, str],
    colours: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    say_coloured(LINES)
    printed = capsys.readouterr().out

    assert ("\x1b[31m" in printed, "\x1b[33m" in printed) == (colours, colours)
    assert re.sub("\x1b.*?m", "", printed).splitlines() == LINES
