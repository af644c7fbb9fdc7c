"""The effect of steering by what the samples are broken down by: a table of its own under an experiment."""

from __future__ import annotations

from collections.abc import Callable

from pytest_steering.comparison import STEERED, Facts, Pairing
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.metrics.sample_numbers import number_of
from pytest_steering.comparison.natural_order import natural
from pytest_steering.comparison.outcomes import labelled
from pytest_steering.printable import printable
from pytest_steering.records import Outcome
from pytest_steering.report.cell_summary import Group
from pytest_steering.texts.wide_characters import tabulated

MOST = 8
"""Rows of the table; with more groups than this the largest are shown."""

INDENT = "  "
NAME_WIDTH = 30


def breakdown_lines(group: Group) -> list[str]:
    """Return the table of each steered arm; nothing where one group is alone, or no sample can be judged.

    No effect is told of an arm that an `invalid` finding is about.

    Args:
        group: The arms of one experiment.
    """
    return [
        line
        for arm in group.arms
        if arm.name == STEERED and arm.facts.beside is not None and not arm.invalid
        for line in _table(arm.facts.beside.only(_counts_for(arm.main_metric)), arm.main_metric)
    ]


def _counts_for(main_metric: str) -> Callable[[Outcome, Outcome], bool]:
    """Return whether a sample has the number that the run is about in both arms."""
    if main_metric == ACCURACY:
        return lambda before, _: labelled(before)
    number = number_of(main_metric)
    return lambda before, after: None not in (number(before), number(after))


def _table(both: Pairing, main_metric: str) -> list[str]:
    members = {name: _members(both, name) for name in _names(both)}
    if len(members) < 2:
        return []
    largest = sorted(members, key=lambda name: -len(members[name].pairs))[:MOST]
    rows = [_row(name, members[name], main_metric) for name in members if name in largest]
    headers = ["group", "n", "unsteered", "steered", f"Δ {printable(main_metric, NAME_WIDTH)}"]
    align = ["left", *["right"] * 4]
    lines = tabulated(rows, headers=headers, disable_numparse=True, colalign=align).splitlines()
    rest = len(members) - len(rows)
    more = [f"{rest} smaller groups are not shown"] if rest else []
    return [f"{INDENT}{line.rstrip()}" for line in (*lines, *more)]


def _names(both: Pairing) -> list[str]:
    return sorted({before.group for before in both.before}, key=natural)


def _members(both: Pairing, name: str) -> Pairing:
    return both.only(lambda before, _: before.group == name)


def _row(name: str, both: Pairing, main_metric: str) -> list[str]:
    arms = [Facts(arm) for arm in (both.before, both.after)]
    before, after = (metric(main_metric, arm.scores).value(arm) or 0.0 for arm in arms)
    shown = printable(name, NAME_WIDTH) or "(none)"
    return [shown, str(len(both.pairs)), f"{before:.2f}", f"{after:.2f}", f"{after - before:+.2f}"]
