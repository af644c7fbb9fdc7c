"""What the report says of tasks that are about the mean of a score."""

from __future__ import annotations

from pytest_steering.report.cell_summary import scored_groups
from pytest_steering.report.effects import effect_texts
from tests.experiments.scored_cells import cheered, scored_run


def test_both_means_are_said_and_what_so_many_samples_can_show() -> None:
    (group,) = scored_groups(scored_run().values())
    (text,) = [one for one in effect_texts(group) if one.startswith("cheer ")]
    assert text == "cheer moved: .00 → .50, +.50 [+.48, +.52], n = 40; so many show a change of .03 or more"


def test_nothing_is_told_of_the_power_where_nothing_changed() -> None:
    (group,) = scored_groups(scored_run(cheered(0.0)).values())
    (text,) = [one for one in effect_texts(group) if one.startswith("cheer ")]
    assert text == "cheer no effect shown: .00 → .00, +.00 [−.01, +.01], n = 40"
