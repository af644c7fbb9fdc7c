"""Of a run of many experiments those are shown that decide, and the others are counted."""

from __future__ import annotations

from pytest_steering.records import Record
from pytest_steering.report.cell_summary import scored_groups
from pytest_steering.report.deciding import SHOWN, deciding
from pytest_steering.report.terminal import report_lines
from tests.report.records_at_hand import cell

MANY = 2 * SHOWN + 5


def experiment(number: int, rise: float, **steered: object) -> list[Record]:
    """Return the two arms of one experiment, whose accuracy rises by so much."""
    name = f"test_{number:03}"
    return [
        cell("unsteered", "nyny", experiment=name, metrics={"accuracy": 0.5}),
        cell("steered", "nyny", experiment=name, metrics={"accuracy": 0.5 + rise}, **steered),  # type: ignore[arg-type]
    ]


def run() -> list[Record]:
    """Experiments from the one that fell most to the one that rose most, one of which means nothing."""
    rises = [(number - MANY // 2) / 100 for number in range(MANY)]
    records = [one for number, rise in enumerate(rises) for one in experiment(number, rise)]
    invalid = {"id": "no-effect-written", "severity": "invalid", "sentence": "nothing was written"}
    return [*records, *experiment(MANY, 0.0, findings=(invalid,))]


def test_what_means_nothing_fell_and_rose_most_is_shown_in_the_order_of_the_run() -> None:
    chosen = deciding(scored_groups(run()))
    ends = [*range(SHOWN), *range(MANY - SHOWN, MANY), MANY]

    assert [one.experiment for one in chosen.groups] == [f"test_{number:03}" for number in ends]
    assert "26 experiments; shown are up to 10 of the 1 whose numbers mean nothing" in chosen.texts[0]
    assert "12 rose, 12 fell and 1 stayed" in chosen.texts[1]
    assert chosen.texts[2] == "cells with findings: no-effect-written (1)"


def test_a_report_of_many_experiments_shows_some_and_says_so() -> None:
    short, long = (" ".join(report_lines(run(), 120, most)) for most in (MANY, None))

    assert "test_000" in short
    assert "test_012" not in short
    assert "test_012" in long
    assert "--all shows all" in short
    assert "--all" not in long


def test_a_report_of_many_experiments_tells_of_them_in_the_order_of_the_run() -> None:
    lines = report_lines(run(), 120, SHOWN)
    headings = [line for line in lines if line.startswith("qwen2 · test_") and line.count("·") == 1]

    assert headings == sorted(headings)
    assert len(headings) == MANY - 4


def test_records_of_one_cell_that_differ_are_never_left_out() -> None:
    records = [*run(), *experiment(MANY // 2, 0.01)]

    assert f"test_{MANY // 2:03}" in [one.experiment for one in deciding(scored_groups(records)).groups]
