"""Which two modules of a block add to the residual stream, and which of them reads other tokens.

Nothing is told by names. What is added is told by its bits: the block's output is its input plus what the two
return, each times the same number where the block holds one (Granite's residual multiplier). Which is the
attention is told by behaviour: with the block's input changed at the first token, and what the other one
returns held as it was, it returns something else at later tokens; an MLP does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError
from pytest_steering.models.finding.inside_blocks import (
    BlockPass,
    InnerCall,
    Key,
    on_blocks,
    passed_through,
    with_argument,
)
from pytest_steering.models.finding.probe import run_probe
from pytest_steering.models.rounding import parted

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.finding.architecture import Architecture

_ALONE = 4
"""By so many times the machine epsilon may a token's result move when experts are given other tokens too."""


@dataclass(frozen=True)
class Parts:
    """The calls within a block whose results are added to the residual stream, where a block scales them so.

    Attributes:
        attention: What reads other tokens.
        mlp: What reads each token by itself.
    """

    attention: InnerCall
    mlp: InnerCall


@dataclass(frozen=True)
class _Sum:
    """A block as a sum.

    Attributes:
        key: The argument that is its input.
        given: The input.
        added: The two calls whose states are added to it.
    """

    key: Key
    given: Tensor
    added: tuple[InnerCall, InnerCall]


def parts_of_blocks(model: Module, architecture: Architecture) -> list[Parts]:
    """Return what attention and MLP return in each block, before it is added to the residual stream.

    Raises:
        ModelError: A block's output is no such sum, or not one of two modules reads other tokens.
    """
    blocks = passed_through(model, architecture).blocks
    modules = [model.get_submodule(block.path) for block in architecture.blocks]
    sums = [
        _sum(layer, one, _factors(at)) for layer, (one, at) in enumerate(zip(blocks, modules, strict=True))
    ]
    moved = [_moved(model, architecture, sums, watched) for watched in (0, 1)]
    return [_told(layer, one, (moved[0][layer], moved[1][layer])) for layer, one in enumerate(sums)]


def _factors(block: Module) -> list[float]:
    """Return by what a block may scale what it adds: by nothing, or by a number that it holds."""
    held = {value for value in vars(block).values() if type(value) is float}
    return [1.0, *sorted(held - {0.0, 1.0})]


def _sum(layer: int, block: BlockPass, factors: Sequence[float]) -> _Sum:
    import torch

    assert block.output is not None
    calls = _distinct(block.inner)
    for factor, (key, given), (one, two) in product(factors, block.given.items(), combinations(calls, 2)):
        totals = _totals(given.to(block.output.device), factor * one.state, factor * two.state)
        if any(torch.equal(total, block.output) for total in totals):
            first, second = sorted((one, two), key=block.inner.index)
            return _Sum(key, given, (first, second))
    raise ModelError(
        f"what attention and MLP add to the residual stream is not found: the output of block {layer} is not "
        "its input plus what two of its modules return, bit for bit. It may add them up elsewhere, scale "
        "each in its own way, normalise them, or have one or three of them; steer its block output"
    )


def _totals(given: Tensor, one: Tensor, two: Tensor) -> Iterator[Tensor]:
    yield (given + one) + two
    yield (given + two) + one
    yield given + (one + two)


def _distinct(calls: Sequence[InnerCall]) -> list[InnerCall]:
    """Of calls that returned the same, such as a projection and the dropout behind it, keep the outermost."""
    import torch

    kept: list[InnerCall] = []
    for call in sorted(calls, key=lambda call: call.path.count(".")):
        if not any(torch.equal(call.state, other.state) for other in kept):
            kept.append(call)
    return kept


def _moved(model: Module, architecture: Architecture, sums: Sequence[_Sum], watched: int) -> list[float]:
    """Return how far each block's watched call moves at later tokens, in roundings.

    All blocks are tried in one pass, as each is given its own input of the first pass again, changed.
    """
    moved = [0.0] * len(sums)

    def begin(layer: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return with_argument(args, kwargs, sums[layer].key, _changed(sums[layer].given))

    def see(layer: int, call: InnerCall, state: Tensor) -> None:
        import torch

        eps = torch.finfo(state.dtype).eps
        moved[layer] = parted(state[:, 1:], call.state[:, 1:]) / eps

    with ExitStack() as stack:
        stack.enter_context(on_blocks(model, architecture, begin))
        stack.enter_context(_on_calls(model, [one.added for one in sums], watched, see))
        run_probe(model)
    return moved


def _on_calls(
    model: Module,
    added: Sequence[tuple[InnerCall, InnerCall]],
    watched: int,
    see: Callable[[int, InnerCall, Tensor], None],
) -> ExitStack:
    """Show what the watched call of each block returns, and let the other return what it did before."""
    made: Counter[str] = Counter()
    owners = {
        (call.path, call.number): (layer, call, place == watched)
        for layer, calls in enumerate(added)
        for place, call in enumerate(calls)
    }

    def hook_of(path: str) -> Callable[..., Any]:
        def hook(_module: Any, _args: Any, output: Any) -> Any:
            made[path] += 1
            owner = owners.get((path, made[path] - 1))
            if owner is None:
                return None
            layer, call, shown = owner
            if not shown:
                return call.place.write(output, call.state.clone())  # some add to it in place
            see(layer, call, call.place.read(output))
            return None

        return hook

    stack = ExitStack()
    for path in dict.fromkeys(path for path, _ in owners):
        stack.callback(model.get_submodule(path).register_forward_hook(hook_of(path)).remove)
    return stack


def _changed(given: Tensor) -> Tensor:
    """Return a block's input with the first token's state turned round."""
    changed = given.clone()
    changed[:, 0] = -changed[:, 0]
    return changed


def _told(layer: int, found: _Sum, moved: tuple[float, float]) -> Parts:
    first, second = found.added
    mixes = tuple(far > _ALONE for far in moved)
    if mixes == (True, False):
        return Parts(first, second)
    if mixes == (False, True):
        return Parts(second, first)
    raise ModelError(
        f"block {layer} adds what {first.path} and {second.path} return, and "
        f"{'each' if all(mixes) else 'none'} of them reads other tokens, so that attention and MLP cannot be "
        "told apart; steer its block output"
    )
