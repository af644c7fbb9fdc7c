from __future__ import annotations

from pytest_steering.report.line_colour import coloured

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
