"""The figure that a reader decides by: what the vector changed, beside what every control changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pytest_steering.comparison import STEERED, UNSTEERED, Arm, Estimate, estimated_change
from pytest_steering.errors import DataError
from pytest_steering.report.html.charts.arm_marks import mark, rule, whisker
from pytest_steering.report.html.charts.axes import ROOM_BELOW, axis_below
from pytest_steering.report.html.charts.figure import Figure
from pytest_steering.report.html.charts.lettering import label, quiet_label
from pytest_steering.report.html.charts.number_texts import NONE, decimals, told, with_interval
from pytest_steering.report.html.charts.palette import INK, QUIET, colour_of
from pytest_steering.report.html.charts.scales import Scale, domain_of
from pytest_steering.report.html.charts.svg import WIDTH, Attributes, drawing
from pytest_steering.report.html.charts.view import Chart, View

TITLE = "What steering changed, beside its controls"

ROW, HEAD = 22.0, 26.0
NAMES, VALUES = 150.0, 52.0
LEFT, RIGHT = NAMES + VALUES + 22, WIDTH - 152.0


@dataclass(frozen=True)
class Row:
    """One arm of the figure.

    Attributes:
        arm: Its name.
        value: Of the number that the run is about.
        change: Of it, over the samples that ran unsteered too; None where none may be told.
        why: Why not.
    """

    arm: str
    value: float | None
    change: Estimate | None
    why: str = ""


def _lacking(view: View) -> str:
    if UNSTEERED not in view.run or len(view.arms) < 2:
        return "It needs a scored run: `steering.run(…)` scores the unsteered, the steered and control arms."
    return ""


def _draw(view: View) -> list[Figure]:
    rows = [_row(arm, view.about) for arm in view.arms]
    known = [row.change for row in rows if row.change is not None]
    ends = [end for one in known for end in (*one.interval, one.number)]
    scale = Scale(domain_of((0.0, *ends), least=0.02), (LEFT, RIGHT))
    digits = decimals(scale.domain[1] - scale.domain[0])
    bottom = HEAD + ROW * len(rows)
    content = [
        *_heads(view.about),
        rule((scale(0), HEAD - 4), (scale(0), bottom), QUIET),
        axis_below(scale, bottom, f"change of {view.about}, paired"),
        *(_line(row, scale, HEAD + ROW * (place + 0.5), digits) for place, row in enumerate(rows)),
    ]
    summary = _summary(rows, view.about, digits)
    return [
        Figure(
            "arms",
            TITLE,
            drawing(TITLE, summary, bottom + ROOM_BELOW, content),
            summary,
            "Each mark is the mean change of paired samples, the line its 95 % interval; the upright line is "
            "the model alone. A vector does something of its own where its interval lies clear of 0, and its "
            "mark clear of what the controls do.",
            ("arm", view.about, "change", "95 % low", "95 % high", "samples", "note"),
            tuple(_texts(row, digits) for row in rows),
        )
    ]


def _row(arm: Arm, about: str) -> Row:
    value, beside = arm[about], arm.facts.beside
    if arm.invalid:
        named = ", ".join(str(one.get("id")) for one in arm.record.findings)
        return Row(arm.name, value, None, f"no effect may be told: {named}")
    if arm.name == UNSTEERED or beside is None:
        return Row(arm.name, value, None)
    try:
        found = estimated_change(beside, about)
    except DataError as error:
        return Row(arm.name, value, None, str(error))
    return Row(arm.name, value, found) if found.value is not None else Row(arm.name, value, None, found.why)


def _heads(about: str) -> list[str]:
    return [
        quiet_label("arm", 0, 12),
        quiet_label(about, NAMES + VALUES, 12, anchor="end", room=NAMES + VALUES - 30),
        quiet_label("change [95 %]", WIDTH, 12, anchor="end"),
    ]


def _line(row: Row, scale: Scale, y: float, digits: int) -> str:
    weight = "600" if row.arm == STEERED else None
    parts = [
        label(row.arm, 0, y + 4, room=NAMES, weight=weight, kind="name"),
        label(told(row.value, digits), NAMES + VALUES, y + 4, anchor="end", weight=weight, kind="value"),
    ]
    if row.why:
        parts.append(quiet_label(row.why, scale(0) + 8, y + 4, room=WIDTH - scale(0) - 8))
    elif row.change is not None:
        text, tip = with_interval(row.change, digits, "+"), f"{row.arm}: {with_interval(row.change, digits)}"
        low, high = row.change.interval
        data: Attributes = {
            "data_arm": row.arm,
            "data_value": row.change.number,
            "data_low": low,
            "data_high": high,
        }
        parts += [
            whisker((low, high), scale, y, colour_of(row.arm)),
            mark(row.arm, scale(row.change.number), y, tip, **data),
            label(text, WIDTH, y + 4, anchor="end", fill=INK, weight=weight, kind="value"),
        ]
    elif row.arm == UNSTEERED:
        parts.append(mark(row.arm, scale(0), y, "the model alone", data_arm=row.arm, data_value=0.0))
    return "".join(parts)


def _summary(rows: list[Row], about: str, digits: int) -> str:
    by_name = {row.arm: row for row in rows}
    steered = by_name.get(STEERED)
    changes = {row.arm: row.change.number for row in rows if row.change and row.arm != STEERED}
    largest = max(changes, key=lambda name: abs(changes[name]), default=None)
    beside = (
        ""
        if largest is None
        else f"; of the controls, {largest} changes it most, by {told(changes[largest], digits, '+')}"
    )
    if steered is None or steered.change is None:
        why = steered.why if steered is not None and steered.why else "there is no steered arm"
        return f"No change of {about} by the vector can be told ({why}){beside}."
    low, high = steered.change.interval
    said = "shows no change of" if math.isnan(low) or low <= 0 <= high else "changes"
    return f"Steering {said} {about}: {with_interval(steered.change, digits, '+')}{beside}."


def _texts(row: Row, digits: int) -> tuple[str, ...]:
    change = row.change
    numbers = (NONE,) * 3 if change is None else (change.number, *change.interval)
    shown = [one if isinstance(one, str) else told(one, digits, "+") for one in numbers]
    return row.arm, told(row.value, digits), *shown, str(change.samples) if change else NONE, row.why


CHART = Chart("arms", TITLE, _lacking, _draw)
