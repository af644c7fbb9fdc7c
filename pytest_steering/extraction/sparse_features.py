"""A feature of a sparse autoencoder as what a method finds: the one closest to the mean difference."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.steering.contrast import mean_differences
from pytest_steering.steering.files.decoder_tables import decoder_table
from pytest_steering.steering.vector import SteeringVector

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.extraction.methods.method_registry import Method

log = logging.getLogger("pytest_steering")


def sparse_feature(path: str | Path, *, layer: int | None = None, axis: int | None = None) -> Method:
    """Return an extraction method that picks a feature of a sparse autoencoder.

    Known by its name `sae` after `extraction_method(sparse_feature("my-sae"))` in a conftest. Its direction
    is the decoder row with the largest cosine to the mean difference, as long as that; the logger
    `pytest_steering` says which at INFO, for `SteeringVector.load(path, feature=…)`.

    Args:
        path: Of an autoencoder that `SteeringVector.load` reads features of; it has one block.
        layer: Its block, where the files do not say.
        axis: Along which axis of a square decoder its features lie.
    """

    def sae(
        model: Any, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
    ) -> dict[int, Tensor]:
        (block,) = SteeringVector.load(path, feature=0, layer=layer, axis=axis).layers
        if block not in model.architecture.resolve_layers(layers):
            raise VectorError(f"{path} is of block {block}, which is not among layers {layers}")
        mean = mean_differences(model, positive, negative, [block], "last_prompt")[block]
        return {block: _closest(decoder_table(Path(path), axis), mean, str(path))}

    return sae


def _closest(table: Tensor, mean: Tensor, path: str) -> Tensor:
    import torch

    if table.shape[-1] != len(mean):
        raise VectorError(f"{path} has features of {table.shape[-1]} numbers, and states have {len(mean)}")
    cosines = torch.cosine_similarity(table, mean[None], dim=-1)
    best = int(cosines.argmax())
    log.info("%s: feature %d has cosine %.3f with the mean difference", path, best, float(cosines[best]))
    direction: Tensor = table[best] * (mean.norm() / table[best].norm())
    return direction
