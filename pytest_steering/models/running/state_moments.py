"""Mean and scatter of states within groups of prompts, taken as the states pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.models.running.state_reading import each_batch

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel


@dataclass(frozen=True)
class Moments:
    """First and second moments of the states of one layer, float64 on the CPU.

    Attributes:
        means: Of each group: [groups, hidden].
        covariance: Within the groups, pooled, as maximum likelihood has it (divided by n): [hidden, hidden].
        n: Prompts of all groups together.
    """

    means: Tensor
    covariance: Tensor
    n: int


def read_means(
    loaded: LoadedModel,
    engine: Engine,
    groups: Sequence[Sequence[Sequence[int]]],
    layers: Sequence[int],
    tokens: Sequence[Sequence[Sequence[int]]],
    batch_rows: int,
) -> dict[int, Tensor]:
    """Return the mean state of each group of prompts: {layer: [groups, hidden]}, float32, CPU.

    All groups are read in one go and only their sums are kept, in double precision, so that the memory does
    not depend on the number of prompts.

    Args:
        loaded: The model.
        engine: Reads the blocks.
        groups: Token ids of each group's prompts, without pads.
        layers: Block numbers.
        tokens: Of each group's prompts, the numbers of their tokens; of several the mean state is taken.
        batch_rows: At most this many rows in one forward pass.
    """
    means = _read_means(loaded, engine, groups, layers, tokens, batch_rows)
    return {layer: mean.float() for layer, mean in means.items()}


def read_moments(
    loaded: LoadedModel,
    engine: Engine,
    groups: Sequence[Sequence[Sequence[int]]],
    layers: Sequence[int],
    tokens: Sequence[Sequence[Sequence[int]]],
    batch_rows: int,
) -> dict[int, Moments]:
    """Return the moments of the groups' states at each layer.

    No state is kept: a layer takes one number a pair of dimensions, however many prompts there are.

    Args:
        loaded: The model.
        engine: Reads the blocks.
        groups: Token ids of each group's prompts, without pads.
        layers: Block numbers.
        tokens: Of each group's prompts, the numbers of their tokens; of several the mean state is taken.
        batch_rows: At most this many rows in one forward pass.
    """
    import torch

    size = loaded.architecture.hidden_size
    products = {layer: torch.zeros(size, size, dtype=torch.float64) for layer in layers}

    def add(layer: int, rows: Tensor) -> None:
        products[layer].addmm_(rows.T, rows)

    means = _read_means(loaded, engine, groups, layers, tokens, batch_rows, add)
    sizes = [len(group) for group in groups]
    return {layer: _moments(means[layer], products[layer], sizes) for layer in layers}


def _read_means(
    loaded: LoadedModel,
    engine: Engine,
    groups: Sequence[Sequence[Sequence[int]]],
    layers: Sequence[int],
    tokens: Sequence[Sequence[Sequence[int]]],
    batch_rows: int,
    also: Callable[[int, Tensor], None] | None = None,
) -> dict[int, Tensor]:
    """Return the groups' means in double precision, and hand each batch's states [prompts, hidden] on."""
    import torch

    prompts = [ids for group in groups for ids in group]
    owners = torch.tensor([number for number, group in enumerate(groups) for _ in group])
    size = loaded.architecture.hidden_size
    sums = {layer: torch.zeros(len(groups), size, dtype=torch.float64) for layer in layers}

    def add(layer: int, members: list[int], state: Tensor) -> None:
        rows = state.double()
        sums[layer].index_add_(0, owners[members], rows)
        if also is not None:
            also(layer, rows)

    read = [own for group in tokens for own in group]
    each_batch(loaded, engine, prompts, layers, read, batch_rows, add)
    sizes = torch.tensor([[len(group)] for group in groups])
    return {layer: total / sizes for layer, total in sums.items()}


def _moments(means: Tensor, products: Tensor, sizes: Sequence[int]) -> Moments:
    import torch

    n = sum(sizes)
    totals = means * torch.tensor(sizes)[:, None]
    return Moments(means, (products - totals.T @ means) / n, n)
