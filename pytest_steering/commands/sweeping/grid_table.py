"""The table of a search: a row a layer, a column a scale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_steering.experiments.grid_search import Choice, Point

BROKEN = "broken"


def grid_lines(choice: Choice, number: str) -> Iterator[str]:
    """Yield a table of all points that a search tried.

    Args:
        choice: What was found, with its points.
        number: What each of them shows.
    """
    from tabulate import tabulate

    scales = sorted({point.scale for point in choice.curve})
    layers = sorted({point.layer for point in choice.curve})
    at = {(point.layer, point.scale): point for point in choice.curve}
    rows = [[layer, *(_cell(at.get((layer, scale)), choice) for scale in scales)] for layer in layers]
    yield f"{number} by layer and scale, on the {choice.samples} samples of {choice.split}:"
    heads = ["layer", *(f"{scale:g}" for scale in scales)]
    yield from tabulate(
        rows, headers=heads, disable_numparse=True, colalign=["right"] * len(heads), tablefmt="simple"
    ).splitlines()
    if any(not point.kept for point in choice.curve):
        yield f"{BROKEN}: more answers are no text than among the unsteered ones, so it is passed over"
    yield f"chosen: layer {choice.layer}, scale {choice.scale:g} (marked *)"


def _cell(point: Point | None, choice: Choice) -> str:
    if point is None:
        return ""
    if point.skipped:
        return "skipped"
    shown = point.by_margin if point.score is None else point.score
    mark = "*" if (point.layer, point.scale) == (choice.layer, choice.scale) else ""
    return f"{shown:.2f}{mark}" + ("" if point.kept else f" {BROKEN}")
