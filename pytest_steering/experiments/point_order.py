"""Which point of a search is the better one: the search and the report of it ask here."""

from __future__ import annotations

Place = tuple[bool, float, float, float, int]


def place(by_margin: float | None, by_text: float | None, scale: float, layer: int) -> Place:
    """Return what sorts points from the worst to the best, no two of which are in one place.

    Answers that were read count before the sign of a margin; of equal points the weakest is taken, and of
    those the one in the earliest block.

    Args:
        by_margin: Accuracy of the margin's sign.
        by_text: Accuracy of the read answers; None where none were written.
        scale: Multiplies the vector.
        layer: Block number.
    """
    return by_text is not None, by_text or 0.0, by_margin or 0.0, -scale, -layer
