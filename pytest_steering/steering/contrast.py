"""The mean difference between states of two sides, and what a model has to read for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pytest_steering.errors import VectorError

if TYPE_CHECKING:
    from torch import Tensor


class ReadsHiddenStates(Protocol):
    """What a vector is extracted from; `SteerableModel` is one."""

    def hidden_states(
        self, prompts: Sequence[str], layers: Sequence[int] | str, position: str
    ) -> dict[int, Tensor]:
        """Return the state leaving each block at one token of each prompt: {layer: [n, hidden]}."""
        ...

    def vector_provenance(self) -> Mapping[str, str]:
        """Return what identifies the model that the states were read from."""
        ...


@runtime_checkable
class ReadsMeanStates(Protocol):
    """A model that also takes means itself, so that no single state has to be kept."""

    def mean_states(
        self, groups: Sequence[Sequence[str]], layers: Sequence[int] | str, position: str
    ) -> dict[int, Tensor]:
        """Return the mean of each group's states at one token of each prompt: {layer: [groups, hidden]}."""
        ...


def mean_differences(
    model: ReadsHiddenStates,
    positive: Sequence[str],
    negative: Sequence[str],
    layers: Sequence[int] | str,
    position: str,
) -> dict[int, Tensor]:
    """Return mean(positive states) − mean(negative states) at each layer: {layer: [hidden]}.

    Args:
        model: Read at `layers`.
        positive: Prompts that show the wanted behaviour.
        negative: Prompts that do not, in equal number.
        layers: Block numbers, `last3` or `all`.
        position: The token whose state is read.

    Raises:
        VectorError: No prompts, or unequal numbers of prompts.
    """
    _require_contrast(positive, negative)
    means = _mean_states(model, (positive, negative), layers, position)
    return {layer: mean[0] - mean[1] for layer, mean in means.items()}


def _mean_states(
    model: ReadsHiddenStates, groups: Sequence[Sequence[str]], layers: Sequence[int] | str, position: str
) -> dict[int, Tensor]:
    import torch

    if isinstance(model, ReadsMeanStates):
        return model.mean_states(groups, layers, position)
    states = model.hidden_states([prompt for group in groups for prompt in group], layers, position)
    sizes = [len(group) for group in groups]
    return {
        layer: torch.stack([part.mean(0) for part in torch.split(state, sizes)])
        for layer, state in states.items()
    }


def _require_contrast(positive: Sequence[str], negative: Sequence[str]) -> None:
    if isinstance(positive, str) or isinstance(negative, str):
        raise VectorError(
            "a contrast is made of two lists of prompts; one string was given, wrap it in a list"
        )
    if not positive or len(positive) != len(negative):
        raise VectorError(
            "a contrast needs as many positive as negative prompts, and at least one of each; "
            f"found {len(positive)} and {len(negative)}"
        )
