"""An arm whose numbers overflow at a prompt: run by itself, named, and set aside from all others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.errors import NotFiniteError
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.finite import sizes
from pytest_steering.models.running.batching import pad_left

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.steering.joint import AnyIntervention

logger = logging.getLogger("pytest_steering")

Overflows = Mapping[tuple[int, int], "Overflow"]
"""By arm and prompt."""


@dataclass(frozen=True)
class Overflow:
    """Where the numbers of one arm stopped being finite at one prompt.

    Attributes:
        layer: The first block whose state is not finite; None where the logits alone are not.
        token: The first such token of it, counted from the prompt's first.
        prompt_tokens: Length of the prompt.
        dtype: What the model computes in.
        unsteered: Whether the model does so at this prompt without the intervention too.
    """

    layer: int | None
    token: int
    prompt_tokens: int
    dtype: str
    unsteered: bool = False

    def __str__(self) -> str:
        """Return it as the end of a sentence about an arm."""
        whose = "the unsteered model" if self.unsteered else "it"
        what = "its logits are" if self.layer is None else f"the state that leaves layer {self.layer} is"
        part = "the prompt" if self.token < self.prompt_tokens else "its answer"
        number = self.token if self.token < self.prompt_tokens else self.token - self.prompt_tokens
        return f"{whose} overflows {self.dtype}: {what} not finite at token {number} of {part}"


def overflow_of(
    loaded: LoadedModel,
    engine: Engine,
    text: Sequence[int],
    prompt_tokens: int,
    intervention: AnyIntervention | None,
    run: Callable[[], None],
) -> Overflow | None:
    """Run one row by itself; return where it overflows, or None where it does not.

    Args:
        loaded: The model.
        engine: Runs it.
        text: Token ids of the row.
        prompt_tokens: How many of them are prompt.
        intervention: The row's.
        run: Runs the row, and keeps its result.
    """
    seen = _First()
    with engine.watched(seen.begin, seen.see):
        if not _overflows(run):
            return None
    layer, token = seen.found or (None, seen.last)
    unsteered = intervention is None or _overflows(lambda: _read(loaded, engine, text))
    return Overflow(layer, token, prompt_tokens, dtype_of(loaded), unsteered)


def fault_of(overflows: Overflows, arm: int) -> str:
    """Return how an arm overflows where the unsteered model does not; empty where it nowhere does."""
    own = [cell for cell, one in overflows.items() if cell[0] == arm and not one.unsteered]
    return str(overflows[min(own)]) if own else ""


def require_finite(overflows: Overflows) -> None:
    """Raise NotFiniteError where an arm was set aside, naming the first."""
    if overflows:
        arm, prompt = min(overflows)
        raise NotFiniteError(
            f"arm {arm} has no answer to prompt {prompt} (of {len(overflows)} such): "
            f"{overflows[arm, prompt]}; use a smaller scale, or a dtype of a wider range"
        )


def dtype_of(loaded: LoadedModel) -> str:
    """Return what a model computes in, such as `float16`."""
    return str(loaded.module.dtype).removeprefix("torch.")


def warn(overflows: Overflows, arms: int) -> None:
    """Name the arms of a call that were set aside, each with the first of its reasons.

    Args:
        overflows: What was found.
        arms: How many arms the call had.
    """
    first: dict[int, Overflow] = {}
    for (arm, _), one in sorted(overflows.items(), key=lambda item: item[0]):
        first.setdefault(arm, one)
    for arm, one in first.items():
        prompts = sum(number == arm for number, _ in overflows)
        logger.warning("arm %d of %d is set aside at %d prompts: %s", arm, arms, prompts, one)


def _read(loaded: LoadedModel, engine: Engine, text: Sequence[int]) -> None:
    batch = pad_left([text], loaded.pad_id, loaded.device)
    engine.logits(batch, EditSession(batch, [None]), 1)


def _overflows(run: Callable[[], None]) -> bool:
    try:
        run()
    except NotFiniteError:
        return True
    return False


class _First:
    """The first state that is not finite, as blocks hand their states on."""

    def __init__(self) -> None:
        self.found: tuple[int, int] | None = None
        self._stop = 0

    @property
    def last(self) -> int:
        """The last token that was read."""
        return self._stop - 1

    def begin(self, ids: Tensor, _mask: Tensor | None) -> None:
        """Count what a pass reads; one that is wider than what was read before reads all of it again."""
        width = int(ids.shape[1])
        self._stop = width if width > self._stop else self._stop + width

    def see(self, layer: int, state: Tensor) -> None:
        """Look at a state: [1, columns, ..., hidden]."""
        lost = (~sizes(state[0]).isfinite()).nonzero()
        if self.found is None and len(lost):
            self.found = layer, self._stop - int(state.shape[1]) + int(lost[0, 0])
