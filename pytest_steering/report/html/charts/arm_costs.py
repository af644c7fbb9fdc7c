"""What each arm wrote, and what all of them took: arms share batches, so their time is one number."""

from __future__ import annotations

from pytest_steering.report.cost import cost_texts
from pytest_steering.report.html.charts.axes import ROOM_BELOW, axis_below
from pytest_steering.report.html.charts.figure import Figure
from pytest_steering.report.html.charts.lettering import label
from pytest_steering.report.html.charts.palette import colour_of
from pytest_steering.report.html.charts.scales import Scale
from pytest_steering.report.html.charts.svg import WIDTH, drawing, element, plain
from pytest_steering.report.html.charts.view import Chart, View

TITLE = "What each arm wrote"

NAMES, NUMBERS, ROW, TOP = 160.0, 110.0, 20.0, 6.0


def _lacking(view: View) -> str:
    if not any(one.tokens for arm in view.arms for one in arm.run):
        return "It needs arms that write answers; likelihoods alone write none."
    return ""


def _draw(view: View) -> list[Figure]:
    rows = [(arm.name, sum(one.tokens for one in arm.run), len(arm.run)) for arm in view.arms]
    scale = Scale((0.0, float(max(tokens for _, tokens, _ in rows))), (NAMES + 12, WIDTH - NUMBERS))
    bottom = TOP + ROW * len(rows)
    content = [_row(row, scale, TOP + ROW * place) for place, row in enumerate(rows)]
    longest = max(rows, key=lambda row: row[1])
    time = "; ".join(cost_texts(view.group))
    summary = f"{longest[0]} wrote most, {longest[1]:,} tokens{f'; {time}' if time else ''}."
    return [
        Figure(
            "costs",
            TITLE,
            drawing(
                TITLE, summary, bottom + ROOM_BELOW, [*content, axis_below(scale, bottom, "tokens written")]
            ),
            summary,
            "Arms are decoded together in shared batches, so that no arm has a time of its own; what it "
            "writes is its part of the work.",
            ("arm", "tokens", "answers"),
            tuple((name, f"{tokens:,}", f"{answers:,}") for name, tokens, answers in rows),
        )
    ]


def _row(row: tuple[str, int, int], scale: Scale, y: float) -> str:
    name, tokens, answers = row
    tip = element("title", plain(f"{name}: {tokens:,} tokens in {answers:,} answers"))
    wide = scale(tokens) - scale(0)
    bar = element(
        "rect",
        tip,
        x=scale(0),
        y=y + 3,
        width=wide,
        height=ROW - 7,
        fill=colour_of(name),
        fill_opacity=0.8,
        data_arm=name,
        data_value=tokens,
    )
    number = label(f"{tokens:,}", WIDTH, y + 14, anchor="end", kind="value")
    return "".join([label(name, 0, y + 14, room=NAMES, kind="name"), bar, number])


CHART = Chart("costs", TITLE, _lacking, _draw)
