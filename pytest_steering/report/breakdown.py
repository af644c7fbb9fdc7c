"""The effect of steering by what the samples are broken down by: a table of its own under an experiment."""

from __future__ import annotations

from pytest_steering.comparison import STEERED, Facts, Pairing
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.natural_order import natural
from pytest_steering.comparison.outcomes import labelled
from pytest_steering.printable import printable
from pytest_steering.report.cell_summary import Group

MOST = 8
"""Rows of the table; with more groups than this the largest are shown."""

INDENT = "  "
NAME_WIDTH = 30


def breakdown_lines(group: Group) -> list[str]:
    """Return the table of each steered arm; nothing where there is one group alone, or no label.

    No effect is told of an arm that an `invalid` finding is about.

    Args:
        group: The arms of one experiment.
    """
    return [
        line
        for arm in group.arms
        if arm.name == STEERED and arm.facts.beside is not None and not arm.invalid
        for line in _table(arm.facts.beside.only(lambda before, _: labelled(before)))
    ]


def _table(both: Pairing) -> list[str]:
    from tabulate import tabulate

    members = {name: _members(both, name) for name in _names(both)}
    if len(members) < 2:
        return []
    largest = sorted(members, key=lambda name: -len(members[name].pairs))[:MOST]
    rows = [_row(name, members[name]) for name in members if name in largest]
    headers = ["group", "n", "unsteered", "steered", "Δ accuracy"]
    align = ["left", *["right"] * 4]
    lines = tabulate(rows, headers=headers, disable_numparse=True, colalign=align).splitlines()
    rest = len(members) - len(rows)
    more = [f"{rest} smaller groups are not shown"] if rest else []
    return [f"{INDENT}{line.rstrip()}" for line in (*lines, *more)]


def _names(both: Pairing) -> list[str]:
    return sorted({before.group for before in both.before}, key=natural)


def _members(both: Pairing, name: str) -> Pairing:
    return both.only(lambda before, _: before.group == name)


def _row(name: str, both: Pairing) -> list[str]:
    accuracy = metric("accuracy")
    before, after = (accuracy.value(Facts(arm)) or 0.0 for arm in (both.before, both.after))
    shown = printable(name, NAME_WIDTH) or "(none)"
    return [shown, str(len(both.pairs)), f"{before:.2f}", f"{after:.2f}", f"{after - before:+.2f}"]
