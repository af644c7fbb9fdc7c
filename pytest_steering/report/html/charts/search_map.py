"""Layer × scale: what a search found at each point, where text breaks, and which point was taken."""

from __future__ import annotations

from zlib import crc32

from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.experiments.grid_search import Point
from pytest_steering.report.html.charts.arm_marks import hatching
from pytest_steering.report.html.charts.figure import Figure
from pytest_steering.report.html.charts.lettering import SMALL, label, quiet_label, text_width
from pytest_steering.report.html.charts.number_texts import NONE, decimals, told
from pytest_steering.report.html.charts.palette import INK, QUIET, RULE, VECTOR
from pytest_steering.report.html.charts.search_points import Search, searches
from pytest_steering.report.html.charts.svg import WIDTH, Attributes, drawing, element, plain
from pytest_steering.report.html.charts.view import Chart, View

TITLE = "Layer and scale, as the search found them"

LEFT, TOP = 56.0, 46.0
TALLEST, WIDEST = 26.0, 64.0
MOST_HEIGHT = 460.0
FAINT, FULL = 0.04, 0.62
"""How much of the colour the lowest and the highest number have: text stays legible on both."""


def _lacking(view: View) -> str:
    if not searches(view):
        return "It needs a search: `steering.search(vector, split=…)` tries every layer at several scales."
    return ""


def _draw(view: View) -> list[Figure]:
    return [_figure(search) for search in searches(view)]


def _figure(search: Search) -> Figure:
    summary = _summary(search)
    grid = _Grid(search)
    broken = any(not point.kept for point in search.points.values())
    shown = [
        hatching(grid.pattern) if broken else "",
        grid.key(),
        *grid.cells(),
        *grid.layer_names(),
        *grid.scale_names(),
        grid.chosen(),
    ]
    read = "; an outlined one was read as text too" if search.about == ACCURACY else ""
    return Figure(
        "search",
        TITLE,
        drawing(TITLE, summary, grid.bottom + 40, shown),
        summary,
        f"A cell is a layer at a scale, the fuller its colour the higher its {_named(search)}{read}. "
        "Hatched: more answers break than the guards allow. ×: no number. The heavy frame is the point that "
        f"was taken. All of it is of split {search.split}, which is not the one that is scored.",
        ("layer", "scale", _named(search), "accuracy of texts", "broken", "allowed", "note"),
        tuple(_texts(search, point) for _, point in sorted(search.points.items())),
    )


class _Grid:
    """Where the cells of a search stand."""

    def __init__(self, search: Search) -> None:
        self.search, self.layers, self.scales = search, search.layers, search.scales
        self.wide = min(WIDEST, (WIDTH - LEFT - 4) / len(self.scales))
        self.tall = min(TALLEST, MOST_HEIGHT / len(self.layers))
        self.bottom = TOP + self.tall * len(self.layers)
        known = [one for point in search.points.values() if (one := search.value(point)) is not None]
        self.low, self.high = (min(known), max(known)) if known else (0.0, 0.0)
        self.digits = decimals(self.high - self.low) if self.high > self.low else 2
        self.pattern = f"figure-hatching-{crc32(repr(search).encode()):08x}"

    def corner(self, layer: int, scale: float) -> tuple[float, float]:
        """Return the upper left corner of a cell; later layers stand higher."""
        column, row = self.scales.index(scale), self.layers.index(layer)
        return LEFT + column * self.wide, self.bottom - (row + 1) * self.tall

    def cells(self) -> list[str]:
        return [self._cell(*where, point) for where, point in self.search.points.items()]

    def _cell(self, layer: int, scale: float, point: Point) -> str:
        x, y = self.corner(layer, scale)
        value = self.search.value(point)
        box: Attributes = {"x": x + 0.5, "y": y + 0.5, "width": self.wide - 1, "height": self.tall - 1}
        data: Attributes = {"data_layer": layer, "data_scale": scale, "data_value": value}
        tip = element("title", plain(f"layer {layer}, scale {scale:g}: {_said(self.search, point)}"))
        depth = None if value is None else self._depth(value)
        fill: Attributes = {"fill": "none" if value is None else VECTOR, "fill_opacity": depth}
        stroke: Attributes = {} if point.by_text is None else {"stroke": INK, "stroke_width": 0.8}
        hatch = "" if point.kept else element("rect", fill=f"url(#{self.pattern})", class_="broken", **box)
        return element(
            "g", tip, element("rect", **box, **fill, **stroke, **data), hatch, self._text(x, y, value)
        )

    def _text(self, x: float, y: float, value: float | None) -> str:
        text = "×" if value is None else told(value, self.digits)
        if self.tall < 14 or text_width(text, SMALL) > self.wide - 6:
            return ""
        middle = (x + self.wide / 2, y + self.tall / 2 + 4)
        return label(text, *middle, anchor="middle", size=SMALL, fill=INK if value is not None else QUIET)

    def _depth(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 1.0
        return FAINT + (FULL - FAINT) * share

    def chosen(self) -> str:
        if self.search.chosen is None:
            return ""
        x, y = self.corner(*self.search.chosen)
        frame: Attributes = {"fill": "none", "stroke": INK, "stroke_width": 2.6, "class_": "chosen"}
        return element("rect", x=x, y=y, width=self.wide, height=self.tall, **frame)

    def layer_names(self) -> list[str]:
        every = max(1, -(-15 // int(max(1, self.tall))))
        return [
            quiet_label(
                str(layer),
                LEFT - 8,
                self.corner(layer, self.scales[0])[1] + self.tall / 2 + 4,
                anchor="end",
                kind="tick layer",
            )
            for row, layer in enumerate(self.layers)
            if row % every == 0
        ] + [quiet_label("layer", 0, self.bottom - self.tall * len(self.layers) - 6)]

    def scale_names(self) -> list[str]:
        texts = [f"{scale:g}".replace("-", "−") for scale in self.scales]
        widest = max(text_width(text, SMALL) for text in texts) + 8
        every = max(1, -(-int(widest) // int(max(1, self.wide))))
        names = [
            quiet_label(
                text,
                LEFT + (column + 0.5) * self.wide,
                self.bottom + 16,
                anchor="middle",
                kind="tick scale",
            )
            for column, text in enumerate(texts)
            if column % every == 0
        ]
        return [*names, quiet_label("scale", LEFT, self.bottom + 32)]

    def key(self) -> str:
        """Return what the colours mean: the lowest and the highest number."""
        name = f"{_named(self.search)} on {self.search.split}"
        if self.high <= self.low:
            return quiet_label(name, LEFT, 12, room=WIDTH - LEFT)
        start, step = LEFT + min(text_width(name, SMALL) + 14, 330), 14.0
        low, high = told(self.low, self.digits), told(self.high, self.digits)
        first = start + text_width(low, SMALL) + 6
        boxes = [
            element(
                "rect",
                x=first + step * n,
                y=3,
                width=step,
                height=10,
                fill=VECTOR,
                fill_opacity=FAINT + (FULL - FAINT) * n / 5,
                stroke=RULE,
                stroke_width=0.5,
            )
            for n in range(6)
        ]
        ends = quiet_label(low, start, 12) + quiet_label(high, first + 6 * step + 6, 12)
        return quiet_label(name, LEFT, 12, room=322) + ends + "".join(boxes)


def _named(search: Search) -> str:
    return "accuracy of the margin's sign" if search.about == ACCURACY else search.about


def _said(search: Search, point: Point) -> str:
    if point.skipped:
        return point.skipped
    read = "" if point.by_text is None else f", accuracy of its texts {told(point.by_text, 3)}"
    broken = "" if point.kept else f", {point.broken:.0%} of the answers broken, {point.allowed:.0%} allowed"
    return f"{_named(search)} {told(search.value(point), 3)}{_few(search, point)}{read}{broken}"


def _few(search: Search, point: Point) -> str:
    """Return on how many samples a point was looked at that was dropped before it was asked all of them."""
    few = point.samples is not None and point.samples < search.samples
    return f" on {point.samples} of {search.samples} samples" if few else ""


def _summary(search: Search) -> str:
    counted = {"point": len(search.points), "layer": len(search.layers), "scale": len(search.scales)}
    points, layers, scales = (f"{many} {name}" + "s" * (many != 1) for name, many in counted.items())
    tried = f"{points} of {layers} and {scales}"
    broken = sum(not point.kept for point in search.points.values())
    gaps = sum(search.value(point) is None for point in search.points.values())
    more = [f"{broken} break more answers than the guards allow"] if broken else []
    more += [f"{gaps} have no number"] if gaps else []
    dropped = sum(bool(_few(search, point)) for point in search.points.values())
    more += [f"{dropped} were dropped before they were asked all {search.samples} samples"] if dropped else []
    if search.chosen is None:
        taken = "none of them is the one that was scored"
    else:
        layer, scale = search.chosen
        taken = f"layer {layer} at scale {scale:g} was taken: {_said(search, search.points[search.chosen])}"
    return f"Of {tried} on {search.split}, {'; '.join([taken, *more])}."


def _texts(search: Search, point: Point) -> tuple[str, ...]:
    shares = [told(one, 3) for one in (search.value(point), point.by_text, point.broken, point.allowed)]
    taken = "taken" if (point.layer, point.scale) == search.chosen else ""
    note = point.skipped or taken or _few(search, point).strip() or NONE
    return str(point.layer), f"{point.scale:g}", *shares, note


CHART = Chart("search", TITLE, _lacking, _draw)
