"""Two runs beside each other: what became of each cell, paired sample by sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pytest_steering.comparison import Arm, Estimate, Pairing, estimated_change, pair
from pytest_steering.errors import DataError
from pytest_steering.records import Record
from pytest_steering.report.cell_summary import Group
from pytest_steering.report.html.charts.arm_marks import mark, rule, whisker
from pytest_steering.report.html.charts.axes import ROOM_BELOW, axis_below
from pytest_steering.report.html.charts.figure import Figure
from pytest_steering.report.html.charts.lettering import label, quiet_label
from pytest_steering.report.html.charts.number_texts import NONE, decimals, told, with_interval
from pytest_steering.report.html.charts.palette import QUIET, colour_of
from pytest_steering.report.html.charts.scales import Scale, domain_of
from pytest_steering.report.html.charts.svg import WIDTH, Attributes, drawing

TITLE = "What changed between the runs"

MOST = 40
HEAD, ROW, NAMES, RIGHT = 28.0, 21.0, 112.0, WIDTH - 150.0
BEFORE, NOW, FLIPS = NAMES + 52, NAMES + 100, NAMES + 158
LEFT = FLIPS + 16


class Change(NamedTuple):
    """One cell in both runs.

    Attributes:
        cell: Its experiment and model.
        arm: Its name.
        before: The number in the earlier run.
        now: In the later one.
        change: Over the samples that ask the same in both; None where none may be told.
        lost: Samples that were right and are not; None where samples have no label.
        won: Samples that are right and were not.
        left_out: Samples of one run alone, or that ask another thing now.
        why: Why no change can be told.
    """

    cell: str
    arm: str
    before: float | None
    now: float | None
    change: Estimate | None
    lost: int | None
    won: int | None
    left_out: int
    why: str = ""


def run_changes(before: Sequence[Group], now: Sequence[Group]) -> list[Figure]:
    """Return the figure of each number that cells of two runs are about.

    Args:
        before: The scored experiments of the run that is compared with.
        now: Those of the run that is looked at.
    """
    found: dict[str, list[Change]] = {}
    for about, change in _changes(before, now):
        found.setdefault(about, []).append(change)
    return [_figure(about, changes) for about, changes in found.items()]


def _changes(before: Sequence[Group], now: Sequence[Group]) -> Iterator[tuple[str, Change]]:
    known = {record.key: (group, record) for group in before for record in group.records}
    for group in now:
        arms = {arm.record.key: arm for arm in group.afresh.arms}
        for key, arm in arms.items():
            if key in known:
                yield arm.main_metric, _change(group, known[key][1], arm)


def _change(group: Group, earlier: Record, arm: Arm) -> Change:
    old, about = Arm(earlier), arm.main_metric
    both = pair(old.outcomes, arm.outcomes)
    same = both.only(lambda one, two: (one.prompt_sha256, one.expected) == (two.prompt_sha256, two.expected))
    cell = f"{group.experiment} · {group.model}"
    left_out = len(both.pairs) - len(same.pairs) + len(both.unpaired)
    found, why = _estimated(same, about)
    if old.invalid or arm.invalid:
        found, why = None, "an `invalid` finding"
    labelled = any(one.expected for one in same.before)
    lost, won = (len(same.broken), len(same.fixed)) if labelled else (None, None)
    return Change(cell, arm.name, old[about], arm[about], found, lost, won, left_out, why)


def _estimated(both: Pairing, about: str) -> tuple[Estimate | None, str]:
    try:
        found = estimated_change(both, about)
    except DataError as error:
        return None, str(error)
    return (None, found.why) if found.value is None else (found, "")


def _figure(about: str, changes: list[Change]) -> Figure:
    shown = _furthest(changes)
    ends = [end for one in shown if one.change for end in (*one.change.interval, one.change.number)]
    scale = Scale(domain_of((0.0, *ends), least=0.02), (LEFT, RIGHT))
    digits, y, content = decimals(scale.domain[1] - scale.domain[0]), HEAD, []
    cell = None
    for one in shown:
        if one.cell != cell:
            cell = one.cell
            content.append(quiet_label(cell, 0, y + 15, room=WIDTH, kind="name"))
            y += ROW
        content.append(_line(one, scale, y + ROW / 2, digits))
        y += ROW
    content = [*_heads(about), rule((scale(0), HEAD - 4), (scale(0), y), QUIET), *content]
    content.append(axis_below(scale, y, f"change of {about}, paired"))
    summary, left_out = _summary(about, changes, digits), len(changes) - len(shown)
    more = f" The {left_out} cells that moved least are not drawn." if left_out else ""
    return Figure(
        "compared",
        TITLE,
        drawing(TITLE, summary, y + ROOM_BELOW, content),
        summary,
        "Each line is a cell now beside itself in the earlier run, with the 95 % interval of its paired "
        f"change; flips are samples that turned wrong (−) and right (+).{more}",
        ("cell", "arm", "before", "now", "change [95 %]", "turned wrong", "turned right", "left out", "note"),
        tuple(_texts(one, digits) for one in changes),
    )


def _furthest(changes: list[Change]) -> list[Change]:
    """Return the cells that moved furthest, in the order of the run."""
    far = sorted(changes, key=lambda one: -abs(one.change.number) if one.change else 0.0)[:MOST]
    kept = {id(one) for one in far}
    return [one for one in changes if id(one) in kept]


def _heads(about: str) -> list[str]:
    heads = [("before", BEFORE), ("now", NOW), ("flips", FLIPS), ("change [95 %]", WIDTH)]
    name = quiet_label(about, 0, 12, room=NAMES)
    return [name, *(quiet_label(text, x, 12, anchor="end") for text, x in heads)]


def _line(one: Change, scale: Scale, y: float, digits: int) -> str:
    flips = f"−{one.lost} +{one.won}" if one.lost or one.won else NONE
    texts = [(told(one.before, digits), BEFORE), (told(one.now, digits), NOW), (flips, FLIPS)]
    parts = [label(one.arm, 10, y + 4, room=NAMES - 10, kind="name")]
    parts += [label(text, x, y + 4, anchor="end", kind="value") for text, x in texts]
    if one.change is None:
        return "".join([*parts, quiet_label(one.why, LEFT, y + 4, room=WIDTH - LEFT)])
    low, high = one.change.interval
    data: Attributes = {
        "data_value": one.change.number,
        "data_low": low,
        "data_high": high,
    }
    text = with_interval(one.change, digits, "+")
    line = whisker((low, high), scale, y, colour_of(one.arm))
    shape = mark(
        one.arm, scale(one.change.number), y, f"{one.cell}, {one.arm}: {text}", data_arm=one.arm, **data
    )
    return "".join([*parts, line, shape, label(text, WIDTH, y + 4, anchor="end", kind="value")])


def _summary(about: str, changes: list[Change], digits: int) -> str:
    known = [one for one in changes if one.change is not None]
    moved = [one for one in known if one.change and not one.change.low <= 0 <= one.change.high]
    lost, won = (sum(getattr(one, name) or 0 for one in changes) for name in ("lost", "won"))
    furthest = max(known, key=lambda one: abs(one.change.number) if one.change else 0.0, default=None)
    said = ""
    if furthest is not None and furthest.change:
        text = with_interval(furthest.change, digits, "+")
        said = f"; furthest {furthest.arm} of {furthest.cell}: {text}"
    return (
        f"In {len(moved)} of {len(changes)} cells the change of {about} is clear of 0{said}; "
        f"{lost} samples turned wrong and {won} right."
    )


def _texts(one: Change, digits: int) -> tuple[str, ...]:
    change = with_interval(one.change, digits, "+") if one.change else NONE
    flips = [NONE if count is None else str(count) for count in (one.lost, one.won)]
    return (
        one.cell,
        one.arm,
        told(one.before, digits),
        told(one.now, digits),
        change,
        *flips,
        str(one.left_out),
        one.why,
    )
