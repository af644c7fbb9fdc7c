"""What the heads of attentions hold, read as it goes into the linear map behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.base import LoadedModel, ReadState, forward_inputs
from pytest_steering.models.engine.hooks import HooksEngine
from pytest_steering.models.running.state_reading import each_batch

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.finding.head_projections import HeadProjection
    from pytest_steering.models.running.batching import TokenBatch


def read_heads(
    loaded: LoadedModel,
    projections: Mapping[int, HeadProjection],
    prompts: Sequence[Sequence[int]],
    tokens: Sequence[Sequence[int]],
    batch_rows: int,
) -> dict[int, Tensor]:
    """Return what each head holds at a token of each prompt: {layer: [n, heads, size]}, float32, CPU.

    Args:
        loaded: The model.
        projections: By layer.
        prompts: Token ids, without pads.
        tokens: Of each prompt, the numbers of its tokens; of several the mean is taken.
        batch_rows: At most this many rows in one forward pass.
    """
    import torch

    found = {layer: torch.empty(len(prompts), *one.matrix.shape[:2]) for layer, one in projections.items()}

    def keep(layer: int, members: list[int], state: Tensor) -> None:
        found[layer][members] = torch.unflatten(state, -1, tuple(projections[layer].matrix.shape[:2]))

    reader = _HeadReader(loaded, projections)
    each_batch(loaded, reader, prompts, list(projections), tokens, batch_rows, keep)
    return found


class _HeadReader(HooksEngine):
    """Reads what goes into the map behind the heads, where an engine reads what leaves blocks."""

    def __init__(self, loaded: LoadedModel, projections: Mapping[int, HeadProjection]) -> None:
        super().__init__(loaded)
        self._projections = projections

    def states(self, batch: TokenBatch, layers: Sequence[int], read: ReadState) -> None:
        """See `Engine.states`."""
        import torch

        made: Counter[str] = Counter()
        wanted = {(self._projections[layer].path, self._projections[layer].call): layer for layer in layers}

        def hook_of(path: str) -> Callable[..., None]:
            def hook(_module: Any, args: tuple[Any, ...]) -> None:
                layer = wanted.get((path, made[path]))
                made[path] += 1
                if layer is not None:
                    read(layer, args[0])

            return hook

        with ExitStack() as stack, torch.no_grad():
            for path in dict.fromkeys(path for path, _ in wanted):
                module = self._loaded.module.get_submodule(path)
                stack.callback(module.register_forward_pre_hook(hook_of(path)).remove)
            self._loaded.module(**forward_inputs(self._loaded, batch))
