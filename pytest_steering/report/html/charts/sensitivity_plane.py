"""d′ against the criterion: did steering make the model see better, or only say yes more or less often?"""

from __future__ import annotations

from typing import NamedTuple

from pytest_steering.comparison import STEERED, UNSTEERED
from pytest_steering.report.html.charts.arm_marks import rule
from pytest_steering.report.html.charts.axes import ROOM_BELOW, axis_below, axis_beside
from pytest_steering.report.html.charts.figure import Figure
from pytest_steering.report.html.charts.label_places import labelled_marks
from pytest_steering.report.html.charts.lettering import quiet_label
from pytest_steering.report.html.charts.number_texts import told
from pytest_steering.report.html.charts.palette import QUIET, VECTOR
from pytest_steering.report.html.charts.scales import Scale, domain_of
from pytest_steering.report.html.charts.svg import WIDTH, drawing
from pytest_steering.report.html.charts.view import Chart, View

TITLE = "Sensitivity against bias"

LEFT, RIGHT, TOP, BOTTOM = 52.0, WIDTH - 20.0, 28.0, 300.0


class Seen(NamedTuple):
    """An arm by signal detection theory.

    Attributes:
        arm: Its name.
        sensitivity: d′; None where it is not identifiable.
        criterion: c; None there as well.
        why: Why they are not.
    """

    arm: str
    sensitivity: float | None
    criterion: float | None
    why: str = ""


def _lacking(view: View) -> str:
    if not any(one.sensitivity is not None for one in _seen(view)):
        return (
            "It needs a task that asks for verdicts on samples of both labels, and an arm whose answers are "
            "neither all yes nor all no."
        )
    return ""


def _seen(view: View) -> list[Seen]:
    found = []
    for arm in view.sound:
        both = arm.estimate("d_prime"), arm.estimate("criterion")
        found.append(Seen(arm.name, both[0].value, both[1].value, both[0].why))
    return found


def _draw(view: View) -> list[Figure]:
    seen = _seen(view)
    known = [one for one in seen if one.sensitivity is not None]
    across = Scale(domain_of((0.0, *(one.criterion or 0.0 for one in known)), 1.0, 0.12), (LEFT, RIGHT))
    up = Scale(domain_of((0.0, *(one.sensitivity or 0.0 for one in known)), 1.0, 0.1), (BOTTOM, TOP))
    places = [
        (one.arm, across(one.criterion or 0.0), up(one.sensitivity or 0.0), _data(one)) for one in known
    ]
    gone = [one for one in seen if one.sensitivity is None]
    lines = _not_drawn(gone, BOTTOM + 6 + ROOM_BELOW + 12)
    content = [
        axis_beside(up, LEFT - 12, "d′, sensitivity (standard deviations)", RIGHT, 12),
        axis_below(across, BOTTOM + 6, "← favours yes      criterion c      favours no →"),
        rule((across(0), TOP), (across(0), BOTTOM + 6), QUIET, stroke_dasharray="2 3"),
        _arrow(known, across, up),
        *labelled_marks(places, (LEFT, TOP, RIGHT, BOTTOM)),
        *lines,
    ]
    summary = _summary(seen)
    return [
        Figure(
            "plane",
            TITLE,
            drawing(TITLE, summary, BOTTOM + 6 + ROOM_BELOW + 16 * len(lines) + 4, content),
            summary,
            "Up: present and absent are told apart better. Left or right: one answer is favoured, whatever is"
            " shown. Steering that only moves sideways moved a bias.",
            ("arm", "d′", "criterion c", "note"),
            tuple((one.arm, told(one.sensitivity), told(one.criterion), one.why) for one in seen),
        )
    ]


def _data(one: Seen) -> dict[str, float | None]:
    return {"data_value": one.sensitivity, "data_criterion": one.criterion}


def _arrow(known: list[Seen], across: Scale, up: Scale) -> str:
    by_name = {one.arm: (across(one.criterion or 0.0), up(one.sensitivity or 0.0)) for one in known}
    if not {UNSTEERED, STEERED} <= set(by_name):
        return ""
    return rule(by_name[UNSTEERED], by_name[STEERED], VECTOR, stroke_width=1.6, stroke_opacity=0.6)


def _not_drawn(gone: list[Seen], y: float) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for one in gone:
        reasons.setdefault(one.why, []).append(one.arm)
    return [
        quiet_label(f"not drawn, {why}: {', '.join(arms)}", LEFT, y + 16 * n)
        for n, (why, arms) in enumerate(reasons.items())
    ]


def _summary(seen: list[Seen]) -> str:
    by_name = {one.arm: one for one in seen}
    parts = []
    for name in (UNSTEERED, STEERED):
        one = by_name.get(name)
        if one is None:
            continue
        found = f"d′ {told(one.sensitivity)} and criterion {told(one.criterion)}"
        parts.append(f"{name}: {found if one.sensitivity is not None else one.why}")
    gone = sum(one.sensitivity is None for one in seen)
    parts += [f"{gone} of {len(seen)} arms cannot be placed"] if gone else []
    return f"{'; '.join(parts)}."


CHART = Chart("plane", TITLE, _lacking, _draw)
