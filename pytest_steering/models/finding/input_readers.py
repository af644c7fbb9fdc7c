"""Whether blocks are all that reads what their inputs are: embeddings may go past them as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError
from pytest_steering.models.finding.inside_blocks import Key, on_blocks, with_argument
from pytest_steering.models.finding.probe import run_probe

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.finding.architecture import Architecture, Block


def require_read_by_blocks_alone(
    model: Module, whole: Architecture, handing: Sequence[Block], keys: Sequence[Sequence[Key]]
) -> None:
    """Raise ModelError where what is handed to a block goes elsewhere too.

    Something added to all that is handed on has to do, bit for bit, what it does added to what blocks are
    given.

    Args:
        model: With its weights; two short forward passes are run.
        whole: Where its blocks are.
        handing: What hands each block its input.
        keys: By which arguments each block is given it.
    """
    import torch

    added = torch.linspace(-1.0, 1.0, whole.hidden_size)

    def more(state: Tensor) -> Tensor:
        return state + added.to(state)

    with _handing(model, handing, more):
        handed = run_probe(model).logits
    with on_blocks(model, whole, _given(keys, more)):
        given = run_probe(model).logits
    if not torch.equal(handed, given):
        raise ModelError(
            "what a block reads goes past it to others too, so that to steer it where it is handed on is not "
            "to steer the block's input; steer a block output"
        )


def _given(keys: Sequence[Sequence[Key]], more: Callable[[Tensor], Tensor]) -> Callable[..., Any]:
    """Return what gives each block more, for `on_blocks`."""

    def begin(layer: int, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        for key in keys[layer]:
            state = kwargs[key] if isinstance(key, str) else args[key]
            args, kwargs = with_argument(args, kwargs, key, more(state))
        return args, kwargs

    return begin


@contextmanager
def _handing(model: Module, handing: Sequence[Block], more: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Let all that hands a block its input hand on more."""
    made: Counter[str] = Counter()
    places = {(block.path, block.call): block.place for block in handing}

    def hook_of(path: str) -> Callable[..., Any]:
        def hook(_module: Any, _args: Any, output: Any) -> Any:
            made[path] += 1
            place = places.get((path, made[path] - 1))
            return None if place is None else place.write(output, more(place.read(output)))

        return hook

    with ExitStack() as stack:
        for path in dict.fromkeys(block.path for block in handing):
            stack.callback(model.get_submodule(path).register_forward_hook(hook_of(path)).remove)
        yield
