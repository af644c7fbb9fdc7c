"""The blocks below what is steered, run once for each text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.base import forward_inputs
from pytest_steering.models.finding.residual import StatePlace, members_of
from pytest_steering.models.running.batching import TokenBatch, pad_left
from pytest_steering.models.sharing.prefix import cached_inputs
from pytest_steering.models.sharing.prefix_cache import growing_cache

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.engine.hooks import HooksEngine


@dataclass(frozen=True)
class Lower:
    """What the lower blocks made of some texts.

    Attributes:
        members: For each row, which of the texts is its own.
        outputs: By block, what the block below it returned.
        cache: Keys and values of the blocks that ran, or None where nothing will be generated.
    """

    members: Sequence[int]
    outputs: Mapping[int, Any]
    cache: Any

    def handed(self, loaded: LoadedModel, layer: int, rows: Sequence[int]) -> Any:
        """Return what the block below a layer would return for these rows.

        Args:
            loaded: The model.
            layer: The first block that the rows run themselves.
            rows: Their numbers.

        Raises:
            ModelError: Blocks hand on something beside their state.
        """
        place, output = loaded.architecture.blocks[layer - 1].place, self.outputs[layer]
        beside = [value for key, value in members_of(output) if key != place.index and value is not None]
        if beside:
            raise ModelError(f"blocks hand on {len(beside)} more values beside their state")
        return place.write(output, place.read(output)[[self.members[row] for row in rows]])


def read_lower(
    loaded: LoadedModel,
    engine: HooksEngine,
    texts: Sequence[Sequence[int]],
    layers: Sequence[int],
    *,
    cached: bool,
) -> Lower:
    """Run the lower blocks, unsteered, over each different text once.

    Args:
        loaded: The model.
        engine: Watches the blocks.
        texts: Token ids of each row.
        layers: The first blocks that rows run themselves; above 0.
        cached: Whether keys and values are wanted.
    """
    different = list(dict.fromkeys(map(tuple, texts)))
    batch = pad_left(different, loaded.pad_id, loaded.device)
    cache = growing_cache(0) if cached else None
    outputs: dict[int, Any] = {}

    def see(layer: int, output: Any) -> None:
        outputs[layer + 1] = _copied(loaded.architecture.blocks[layer].place, output)

    engine.watch(reading(loaded, batch, cache, 1), [layer - 1 for layer in layers], see)
    return Lower([different.index(tuple(text)) for text in texts], outputs, cache)


def reading(loaded: LoadedModel, batch: TokenBatch, cache: Any, columns: int) -> dict[str, Any]:
    """Return the arguments of a pass over whole texts.

    Args:
        loaded: The model.
        batch: The texts.
        cache: Empty; filled by the pass. None for no cache.
        columns: How many of the last columns need logits.
    """
    if cache is None:
        return forward_inputs(loaded, batch, columns)
    ids, positions, mask = batch.input_ids, batch.position_ids, batch.attention_mask
    return cached_inputs(loaded, ids, positions, mask, cache, columns)


def _copied(place: StatePlace, output: Any) -> Any:
    """The next block may write into what it is handed."""
    return place.write(output, place.read(output).clone())
