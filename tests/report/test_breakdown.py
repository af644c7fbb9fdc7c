"""The table of groups under an experiment: only where there are several, and an effect can be told."""

from __future__ import annotations

from dataclasses import replace

from pytest_steering.records import Outcome, Record
from pytest_steering.report.breakdown import MOST, breakdown_lines
from pytest_steering.report.cell_summary import scored_groups
from tests.experiments.cells import always, record, truthful


def lines(before: list[Outcome], after: list[Outcome], **changes: object) -> list[str]:
    steered: Record = replace(record("steered", after), **changes)  # type: ignore[arg-type]
    (group,) = scored_groups([record("unsteered", before), steered])
    return breakdown_lines(group)


def grouped(outcomes: list[Outcome], *names: str) -> list[Outcome]:
    return [replace(one, group=names[n // 2 % len(names)]) for n, one in enumerate(outcomes)]


def test_each_group_has_its_size_both_accuracies_and_their_difference() -> None:
    names = ("drama", "act 10", "act 9")
    before, right = grouped(always(24), *names), grouped(truthful(24, wrong_every=100), *names)
    both = zip(before, right, strict=True)
    after = [old if old.group == "drama" else new for old, new in both]
    head, _, *rows = lines(before, after)
    assert head.split() == ["group", "n", "unsteered", "steered", "Δ", "accuracy"]
    assert [row.split() for row in rows] == [
        ["act", "9", "8", "0.50", "1.00", "+0.50"],
        ["act", "10", "8", "0.50", "1.00", "+0.50"],
        ["drama", "8", "0.50", "0.50", "+0.00"],
    ]


def test_of_many_groups_the_largest_are_shown_and_the_others_counted() -> None:
    names = [f"g{n}" for n in range(MOST + 3)]
    table = lines(grouped(always(60), *names), grouped(truthful(60), *names))
    assert len(table) == 2 + MOST + 1
    assert table[-1] == "  3 smaller groups are not shown"


def test_one_group_alone_needs_no_table() -> None:
    assert lines(grouped(always(24), "all"), grouped(truthful(24), "all")) == []


def test_no_effect_is_told_of_an_invalid_arm_or_without_labels() -> None:
    before, after = grouped(always(24), "a", "b"), grouped(truthful(24), "a", "b")
    assert lines(before, after, findings=({"id": "delta-sign", "severity": "invalid"},)) == []
    unlabelled = [[replace(one, expected="", correct=None) for one in arm] for arm in (before, after)]
    assert lines(*unlabelled) == []


def test_names_from_elsewhere_are_made_safe_to_print() -> None:
    names = ("\x1b[2Jred", "x" * 200)
    table = "\n".join(lines(grouped(always(24), *names), grouped(truthful(24), *names)))
    assert "\x1b" not in table
    assert "x" * 40 not in table
