"""The change of every group with its interval: does a mean hold in all of what it is a mean of?"""

from __future__ import annotations

from typing import NamedTuple

from pytest_steering.comparison import STEERED, Estimate, Pairing, estimated_change
from pytest_steering.comparison.natural_order import natural
from pytest_steering.errors import DataError
from pytest_steering.report.html.charts.arm_marks import mark, rule, whisker
from pytest_steering.report.html.charts.axes import ROOM_BELOW, axis_below
from pytest_steering.report.html.charts.figure import Figure
from pytest_steering.report.html.charts.lettering import label, quiet_label
from pytest_steering.report.html.charts.number_texts import NONE, decimals, told, with_interval
from pytest_steering.report.html.charts.palette import QUIET, RULE, VECTOR
from pytest_steering.report.html.charts.scales import Scale, domain_of
from pytest_steering.report.html.charts.svg import WIDTH, Attributes, drawing, element, plain
from pytest_steering.report.html.charts.view import Chart, View

TITLE = "The change by group"

MOST = 60
HEAD, NAMES, COUNTS = 26.0, 150.0, 46.0
LEFT, RIGHT = NAMES + COUNTS + 24, WIDTH - 152.0


class Member(NamedTuple):
    """One group.

    Attributes:
        name: Of the group.
        samples: How many of it ran in both arms.
        change: Of the number that the run is about; None where there is none.
        why: Why not.
    """

    name: str
    samples: int
    change: Estimate | None
    why: str = ""


def _lacking(view: View) -> str:
    pairing = view.steered_pairs
    if pairing is None:
        return "It needs samples that ran both unsteered and steered, in an arm without an `invalid` finding."
    if len({one.group for one in pairing.before}) < 2:
        return "It needs samples of at least two groups: give the samples of the data file a `group`."
    return ""


def _draw(view: View) -> list[Figure]:
    pairing, about = view.steered_pairs or Pairing(()), view.about
    sizes: dict[str, int] = {}
    for one in pairing.before:
        sizes[one.group] = sizes.get(one.group, 0) + 1
    largest = sorted(sizes, key=lambda name: -sizes[name])[:MOST]
    own = [_member(name, _of(pairing, name), about) for name in sorted(largest, key=natural)]
    rows = [*own, _member("all samples", pairing, about)]
    ends = [end for row in rows if row.change for end in (*row.change.interval, row.change.number)]
    scale = Scale(domain_of((0.0, *ends), least=0.02), (LEFT, RIGHT))
    tall = 22.0 if len(rows) <= 24 else 17.0
    bottom = HEAD + tall * len(rows) + 6
    digits = decimals(scale.domain[1] - scale.domain[0])
    content = [
        *_heads(),
        rule((scale(0), HEAD - 4), (scale(0), bottom), QUIET),
        rule((0, bottom - tall - 5), (WIDTH, bottom - tall - 5), RULE),
        *(_line(row, scale, HEAD + tall * (n + 0.5), digits) for n, row in enumerate(own)),
        _line(rows[-1], scale, bottom - tall / 2, digits, "600"),
        axis_below(scale, bottom, f"change of {about}, paired"),
    ]
    summary = _summary(own, rows[-1], about, digits, len(sizes) - len(own))
    return [
        Figure(
            "groups",
            TITLE,
            drawing(TITLE, summary, bottom + ROOM_BELOW, content),
            summary,
            "Steered beside unsteered on the samples of each group, with 95 % intervals that no number of "
            "groups widens: of twenty groups without a change one is expected to look as if it had one.",
            ("group", "samples", "change", "95 % low", "95 % high", "note"),
            tuple(_texts(row, digits) for row in rows),
        )
    ]


def _of(pairing: Pairing, group: str) -> Pairing:
    return pairing.only(lambda before, _: before.group == group)


def _member(name: str, pairing: Pairing, about: str) -> Member:
    shown = name or "(none)"
    try:
        found = estimated_change(pairing, about)
    except DataError:
        return Member(shown, len(pairing.pairs), None, "one cluster alone has no interval")
    known = found if found.value is not None else None
    return Member(shown, len(pairing.pairs), known, "" if known else found.why)


def _heads() -> list[str]:
    return [
        quiet_label("group", 0, 12),
        quiet_label("samples", NAMES + COUNTS, 12, anchor="end"),
        quiet_label("change [95 %]", WIDTH, 12, anchor="end"),
    ]


def _line(row: Member, scale: Scale, y: float, digits: int, weight: str | None = None) -> str:
    parts = [
        label(row.name, 0, y + 4, room=NAMES, weight=weight, kind="name"),
        label(f"{row.samples:,}", NAMES + COUNTS, y + 4, anchor="end", weight=weight, kind="value"),
    ]
    if row.change is None:
        return "".join([*parts, quiet_label(row.why, LEFT, y + 4, room=WIDTH - LEFT)])
    text = with_interval(row.change, digits, "+")
    low, high = row.change.interval
    data: Attributes = {
        "data_value": row.change.number,
        "data_low": low,
        "data_high": high,
    }
    at = scale(row.change.number)
    if weight:
        points = f"{at - 7:.2f},{y} {at:.2f},{y - 5} {at + 7:.2f},{y} {at:.2f},{y + 5}"
        shape = element(
            "polygon", element("title", plain(text)), points=points, fill=VECTOR, data_group=row.name, **data
        )
    else:
        shape = mark(STEERED, at, y, f"{row.name}: {text}", data_group=row.name, **data)
    value = label(text, WIDTH, y + 4, anchor="end", weight=weight, kind="value")
    return "".join([*parts, whisker((low, high), scale, y, VECTOR), shape, value])


def _summary(own: list[Member], whole: Member, about: str, digits: int, left_out: int) -> str:
    known = [row for row in own if row.change is not None]
    against = [
        row for row in known if whole.change and row.change and row.change.number * whole.change.number < 0
    ]
    named = f" ({', '.join(row.name for row in against[:3])})" if against else ""
    more = f"; the {left_out} smallest groups are not drawn" if left_out else ""
    gaps = f"; {len(own) - len(known)} have no interval" if len(known) < len(own) else ""
    said = with_interval(whole.change, digits, "+") if whole.change else NONE
    return (
        f"Over all samples {about} changes by {said}; {len(against)} of {len(own)} groups change the other "
        f"way{named}{gaps}{more}."
    )


def _texts(row: Member, digits: int) -> tuple[str, ...]:
    numbers = [None] * 3 if row.change is None else [row.change.number, *row.change.interval]
    return row.name, str(row.samples), *(told(one, digits, "+") for one in numbers), row.why


CHART = Chart("groups", TITLE, _lacking, _draw)
