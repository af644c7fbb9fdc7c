"""Where in a block's output the residual stream is, and how it is read and written there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class StatePlace:
    """Where the state stands in what a block returns, and in which order its axes are stored.

    Some models keep several residual streams side by side. What is added goes to each of them, and what is
    read is their mean, so that reading after adding v finds v more.

    Attributes:
        container: `tensor`, `tuple`, `list`, or the name of a ModelOutput class.
        index: Its place or key in the container; None for a bare tensor.
        axes: b batch, s sequence, h hidden, n parallel streams, in stored order; two that are folded into one
            axis stand in brackets, as in `bs(nh)`.
        streams: Number of parallel streams.
        lead: Columns that the model itself sets before the tokens of a pass that starts a text.
    """

    container: str
    index: int | str | None = None
    axes: str = "bsh"
    streams: int = 1
    lead: int = 0

    def read(self, output: Any) -> Tensor:
        """Return the state as [batch, sequence, hidden], or [batch, sequence, streams, hidden].

        Raises:
            ModelError: The block returned something else than when the architecture was detected.
        """
        state = self.ordered(self.stored(output))
        return state[:, self._lead(state) :]

    def ordered(self, stored: Tensor) -> Tensor:
        """Return a state as the block stores it in the form that `read` returns."""
        import torch

        if self._folded is not None:
            stored = torch.unflatten(stored, self._folded, (self.streams, -1))
        return stored.permute(_order(self._unfolded, _canonical(self._unfolded)))

    def write(self, output: Any, state: Tensor) -> Any:
        """Return the output with its state replaced by one in the form that `read` returns."""
        if self.lead:
            state = self._led(state, self.ordered(self.stored(output)))
        stored = state.permute(_order(_canonical(self._unfolded), self._unfolded))
        if self._folded is not None:
            stored = stored.flatten(self._folded, self._folded + 1)
        return stored if self.index is None else _with_member(output, self.index, stored)

    def stored(self, output: Any) -> Tensor:
        """Return the state as the block stores it.

        Raises:
            ModelError: The block returned something else than when the architecture was detected.
        """
        state = output if self.index is None else _member(output, self.index, self)
        if getattr(state, "ndim", 0) != self.ndim:
            raise ModelError(f"a block returned {_described(state)} where its state ({self}) was expected")
        return state  # type: ignore[no-any-return]

    def _lead(self, state: Tensor) -> int:
        """A pass that continues a cached text has no lead; a session checks that the columns come out."""
        return self.lead if state.shape[1] > self.lead else 0

    def _led(self, state: Tensor, before: Tensor) -> Tensor:
        import torch

        return torch.cat([before[:, : self._lead(before)], state], 1)

    @property
    def ndim(self) -> int:
        """Number of axes of the state as it is stored."""
        return len(self._unfolded) - (self._folded is not None)

    @property
    def _unfolded(self) -> str:
        return self.axes.replace("(", "").replace(")", "")

    @property
    def _folded(self) -> int | None:
        return self.axes.index("(") if "(" in self.axes else None

    def __str__(self) -> str:
        place = self.container if self.index is None else f"{self.container}[{self.index}]"
        lead = f", {self.lead} columns ahead" if self.lead else ""
        return place + _AXES[self.axes].format(self.streams) + lead


_AXES = {
    "bsh": "",
    "sbh": ", sequence first",
    "bsnh": ", {} streams",
    "nbsh": ", {} streams first",
    "b(ns)h": ", {} streams one after the other",
    "bs(nh)": ", {} streams side by side",
}


def merged(state: Tensor) -> Tensor:
    """Return a state as [batch, sequence, hidden]: the mean of its streams, where it has several."""
    return state if state.ndim == 3 else state.mean(2)


def _canonical(axes: str) -> str:
    return "".join(axis for axis in "bsnh" if axis in axes)


def _order(stored: str, wanted: str) -> list[int]:
    return [stored.index(axis) for axis in wanted]


def members_of(output: Any) -> Iterator[tuple[int | str | None, Any]]:
    """Yield what a block returned with its place or key; a bare tensor has none."""
    if isinstance(output, Mapping):
        yield from output.items()
    elif isinstance(output, (tuple, list)):
        yield from enumerate(output)
    else:
        yield None, output


def container_of(output: Any) -> str:
    """Return what holds a block's state: `tensor` where it is bare, else the container's class."""
    if isinstance(output, (Mapping, tuple, list)):
        return type(output).__name__
    return "tensor"


def _member(output: Any, index: int | str, place: StatePlace) -> Any:
    for name, member in members_of(output):
        if name == index:
            return member
    raise ModelError(f"a block returned {_described(output)} where its state ({place}) was expected")


def _with_member(output: Any, index: int | str, stored: Tensor) -> Any:
    if isinstance(output, Mapping):
        return type(output)(**{**output, index: stored})
    members = [stored if name == index else member for name, member in members_of(output)]
    if hasattr(output, "_fields"):
        return type(output)(*members)
    return members if isinstance(output, list) else tuple(members)


def _described(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return type(value).__name__ if shape is None else f"{type(value).__name__} {list(shape)}"
