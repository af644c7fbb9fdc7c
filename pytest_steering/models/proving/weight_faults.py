"""Weights with which no model answers: looked for at each load, whatever was proven of a sister before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.errors import ModelError
from pytest_steering.models.proving.fingerprint import plain_tensors

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.engine.base import LoadedModel


def require_sound_weights(name: str, loaded: LoadedModel) -> None:
    """Raise ModelError for a weight that is no finite number, or a block that holds nothing but constants.

    Args:
        name: What the message calls the model.
        loaded: The model.
    """
    weights = loaded.module.named_parameters()
    broken = [key for key, weight in weights if not all(map(_finite, plain_tensors(weight)))]
    if broken:
        raise ModelError(
            f"{name} has numbers that are not finite in {len(broken)} of its weights, such as {broken[0]}; "
            "its files are damaged, or training broke it"
        )
    for block in loaded.architecture.blocks:
        if _says_nothing(loaded.module.get_submodule(block.path)):
            raise ModelError(
                f"all matrices of {name}'s block {block.path} are constant, as in a file that was cut and "
                "filled up; fetch the model's files again"
            )


def _finite(weight: Tensor) -> bool:
    """The extremes of a tensor are finite if all of it is, and are found without a copy."""
    import torch

    if not weight.is_floating_point() or weight.element_size() < 2 or weight.is_meta or weight.numel() == 0:
        return True
    return bool(torch.isfinite(torch.stack(torch.aminmax(weight.detach()))).all())


def _says_nothing(block: Module) -> bool:
    matrices = [weight for weight in block.parameters() if weight.ndim > 1 and weight.is_floating_point()]
    matrices = [weight for weight in matrices if weight.element_size() > 1]
    return bool(matrices) and all(_constant(weight.detach()) for weight in matrices)


def _constant(weight: Tensor) -> bool:
    if weight.is_meta or weight.numel() < 2:
        return False
    least, most = weight.aminmax()
    return bool(least == most)
