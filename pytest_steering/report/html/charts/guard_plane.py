"""The number against the share of broken answers: how much of the effect is text that fell apart?"""

from __future__ import annotations

from typing import NamedTuple

from pytest_steering.comparison.guards import beside_unsteered
from pytest_steering.report.html.charts.arm_marks import rule
from pytest_steering.report.html.charts.axes import ROOM_BELOW, axis_below, axis_beside
from pytest_steering.report.html.charts.figure import Figure
from pytest_steering.report.html.charts.label_places import labelled_marks
from pytest_steering.report.html.charts.lettering import SMALL, label
from pytest_steering.report.html.charts.number_texts import decimals, told
from pytest_steering.report.html.charts.palette import VECTOR, WRONG
from pytest_steering.report.html.charts.scales import Scale, domain_of
from pytest_steering.report.html.charts.search_points import searches
from pytest_steering.report.html.charts.svg import WIDTH, Attributes, drawing, element, plain
from pytest_steering.report.html.charts.view import Chart, View

TITLE = "Where text breaks"

LEFT, RIGHT, TOP, BOTTOM = 52.0, WIDTH - 20.0, 28.0, 280.0


class Spot(NamedTuple):
    """An arm, or a point of a search.

    Attributes:
        name: Of the arm, or the layer and scale of the point.
        broken: Share of its answers that a guard calls broken.
        allowed: Which share may be.
        value: Of the number that the run is about.
        searched: Whether it is a point of a search, on samples that are not scored.
    """

    name: str
    broken: float
    allowed: float
    value: float
    searched: bool


def _lacking(view: View) -> str:
    if not _spots(view):
        return "It needs a task with guards: `TextTask(…, guards=[scores.repetition(), scores.words()])`."
    return ""


def _spots(view: View) -> list[Spot]:
    found = []
    for arm in view.arms:
        guarded, value = beside_unsteered(arm), arm[view.about]
        if guarded is not None and value is not None:
            found.append(Spot(arm.name, guarded.share, guarded.allowed, value, False))
    for search in searches(view):
        for point in search.points.values():
            value = search.value(point)
            if search.about == view.about and None not in (value, point.broken, point.allowed):
                name = f"layer {point.layer}, scale {point.scale:g}"
                found.append(Spot(name, point.broken or 0.0, point.allowed or 0.0, value or 0.0, True))
    return found


def _draw(view: View) -> list[Figure]:
    spots = _spots(view)
    allowed = max(spot.allowed for spot in spots)
    across = Scale((0.0, max(0.2, *(1.08 * spot.broken for spot in spots), 1.3 * allowed)), (LEFT, RIGHT))
    up = Scale(domain_of((spot.value for spot in spots), 0.02, 0.1), (BOTTOM, TOP))
    digits = decimals(up.domain[1] - up.domain[0])
    arms = [
        (
            spot.name,
            across(spot.broken),
            up(spot.value),
            {"data_value": spot.value, "data_broken": spot.broken},
        )
        for spot in spots
        if not spot.searched
    ]
    content = [
        _beyond(across(allowed)),
        axis_beside(up, LEFT - 12, view.about, RIGHT, 12),
        axis_below(across, BOTTOM + 6, "share of answers that the guards call broken"),
        *(_point(spot, across, up) for spot in spots if spot.searched),
        *labelled_marks(arms, (LEFT, TOP, RIGHT, BOTTOM)),
    ]
    summary = _summary(spots, view.about, digits)
    return [
        Figure(
            "guards",
            TITLE,
            drawing(TITLE, summary, BOTTOM + 6 + ROOM_BELOW, content),
            summary,
            "Right of the dashed line more answers are broken than may be: a number there is that of noise. "
            "Small dots are points of the search, on other samples.",
            ("arm or point", view.about, "broken", "allowed"),
            tuple(
                (spot.name, told(spot.value, digits), f"{spot.broken:.1%}", f"{spot.allowed:.1%}")
                for spot in spots
            ),
        )
    ]


def _beyond(x: float) -> str:
    box = element("rect", x=x, y=TOP, width=RIGHT - x, height=BOTTOM + 6 - TOP, fill=WRONG, fill_opacity=0.07)
    line = rule((x, TOP), (x, BOTTOM + 6), WRONG, stroke_dasharray="4 3")
    return box + line + label("too many broken", RIGHT - 4, TOP + 12, anchor="end", fill=WRONG, size=SMALL)


def _point(spot: Spot, across: Scale, up: Scale) -> str:
    tip = element("title", plain(f"{spot.name}: {spot.value:.3g}, {spot.broken:.0%} broken"))
    colour = VECTOR if spot.broken <= spot.allowed else WRONG
    data: Attributes = {"data_value": spot.value, "data_broken": spot.broken}
    where: Attributes = {"cx": across(spot.broken), "cy": up(spot.value), "r": 2.6}
    return element("circle", tip, fill=colour, fill_opacity=0.55, **where, **data)


def _summary(spots: list[Spot], about: str, digits: int) -> str:
    arms = [spot for spot in spots if not spot.searched]
    said = [f"{spot.name} {about} {told(spot.value, digits)}, {spot.broken:.0%} broken" for spot in arms[:2]]
    searched = [spot for spot in spots if spot.searched]
    beyond = sum(spot.broken > spot.allowed for spot in searched)
    said += (
        [f"{beyond} of {len(searched)} points of the search break more than is allowed"] if searched else []
    )
    return f"{'; '.join(said)}."


CHART = Chart("guards", TITLE, _lacking, _draw)
