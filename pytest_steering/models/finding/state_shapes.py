"""Which of the tensors that a block returns have the shape of a residual stream."""

from __future__ import annotations

from typing import Any

from pytest_steering.models.finding.residual import StatePlace, container_of, members_of


def find_states(output: Any, batch: int, sequence: int, hidden: int) -> list[StatePlace]:
    """Return the places of the tensors with the shape of a residual stream.

    Args:
        output: What a block returned.
        batch: Rows of the probing input; must differ from `sequence`.
        sequence: Its columns.
        hidden: The hidden size.
    """
    found = []
    for index, member in members_of(output):
        form = _form(tuple(getattr(member, "shape", ())), batch, sequence, hidden)
        if form is not None:
            found.append(StatePlace(container_of(output), index, *form))
    return found


def shapes(output: Any) -> list[tuple[int, ...]]:
    """Return the shapes of the tensors that a block returned, for a message."""
    return [tuple(member.shape) for _, member in members_of(output) if hasattr(member, "shape")]


_MOST_STREAMS = 16
"""A wider tensor is the inside of a feed-forward layer rather than streams side by side."""


def _form(shape: tuple[int, ...], batch: int, sequence: int, hidden: int) -> tuple[str, int, int] | None:
    """Return axes, number of streams and lead of a residual stream with that shape."""
    if len(shape) == 4 and shape[3] == hidden:
        forms = {shape[:2]: ("bsnh", shape[2], 0), shape[1:3]: ("nbsh", shape[0], 0)}
        return forms.get((batch, sequence))
    if len(shape) != 3:
        return None
    if shape[2] == hidden and shape[:2] in ((batch, sequence), (sequence, batch)):
        return ("bsh" if shape[0] == batch else "sbh"), 1, 0
    for axis, size, axes in ((1, sequence, "b(ns)h"), (2, hidden, "bs(nh)")):
        streams, rest = divmod(shape[axis], size)
        single = (batch, sequence, hidden)
        if not rest and 1 < streams <= _MOST_STREAMS and shape == _multiplied(single, axis, streams):
            return axes, streams, 0
    ahead = shape[1] - sequence
    return ("bsh", 1, ahead) if ahead > 0 and (shape[0], shape[2]) == (batch, hidden) else None


def _multiplied(shape: tuple[int, ...], axis: int, factor: int) -> tuple[int, ...]:
    return tuple(size * factor if place == axis else size for place, size in enumerate(shape))
