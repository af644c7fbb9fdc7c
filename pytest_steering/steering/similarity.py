"""When an intervention is done: where a state is like a condition vector, for each sample by itself."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.steering.call_text import shown
from pytest_steering.steering.numbers import finite_number
from pytest_steering.steering.operations.along import component, length, unit_of

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.vector import SteeringVector

_COMPARED: Mapping[str, Callable[[Tensor, float], Tensor]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_TEXT = re.compile(r"\s*similarity\s*(<=|>=|<|>)\s*(\S+?)(\s+at\s+each\s+token)?\s*")


@dataclass(frozen=True)
class Similarity:
    """A condition: the cosine of a state with a vector lies on one side of a number.

    Source: the condition of conditional activation steering, Lee et al. 2024, arXiv:2409.05907, read at the
    last prompt token.

    Attributes:
        layer: The block after which states are looked at, before anything is done there.
        direction: Of shape [hidden].
        sign: `<`, `<=`, `>` or `>=`.
        threshold: From −1 to 1.
        each_token: Whether each steered token decides for itself; else the last prompt token decides for the
            whole row.
    """

    layer: int
    direction: Tensor
    sign: str
    threshold: float
    each_token: bool

    @classmethod
    def parse(cls, text: object, vector: SteeringVector | None) -> Similarity:
        """Return the condition that a text names.

        Args:
            text: `similarity > 0.1`, or `similarity > 0.1 at each token`.
            vector: The condition vector, of one layer.

        Raises:
            VectorError: It is no such text, or there is no vector of one layer.
        """
        match = _TEXT.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise VectorError(
                f"when={text!r} is no condition; write similarity, one of < <= > >=, and a number, such as "
                "'similarity > 0.1', and ' at each token' behind it where each token decides for itself"
            )
        threshold = finite_number(_number(match[2]), f"when={text!r}: the threshold")
        if abs(threshold) > 1:
            raise VectorError(f"when={text!r}: a similarity is a cosine, from -1 to 1")
        if vector is None:
            raise VectorError(
                f"when={text!r} needs the vector that states are compared with; give condition="
            )
        if len(vector.layers) != 1 or not bool(vector.directions[vector.layers[0]].any()):
            raise VectorError(
                f"the condition vector has layers {list(vector.layers)}; states are compared at one layer, "
                "with a direction that is not zero: cut it with only([layer])"
            )
        (layer,) = vector.layers
        return cls(layer, vector.directions[layer], match[1], threshold, match[3] is not None)

    def holds(self, states: Tensor) -> Tensor:
        """Return for each state whether the condition holds: [n, hidden] to [n].

        Of several streams beside each other, [n, streams, hidden], it is their mean that is compared.
        """
        import torch

        wide = states.to(torch.promote_types(states.dtype, torch.float32))
        wide = wide.mean(1) if wide.ndim == 3 else wide
        along, size = component(wide, unit_of(self.direction, wide)), length(wide)
        cosines = torch.where(size > 0, along / size, torch.zeros_like(size)).squeeze(-1)
        return _COMPARED[self.sign](cosines, self.threshold)

    def __str__(self) -> str:
        each = " at each token" if self.each_token else ""
        return f"similarity {self.sign} {shown(self.threshold)}{each}"


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text
