"""The linear map behind the heads of an attention: what it is given is the heads side by side.

It is told by what it does: a module within the attention that returns what the attention adds, bit for bit,
and is linear in its input. What is added to a head there is the map of it added to the attention's output.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError
from pytest_steering.models.finding.architecture import text_config
from pytest_steering.models.finding.probe import run_probe
from pytest_steering.models.rounding import parted

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

    from pytest_steering.models.finding.architecture import Architecture, Block

_ROUNDED = 1e-3
"""Of its norm, by which a linear map's result may part from the product of its matrix, in 16 bits too."""


@dataclass(frozen=True)
class HeadProjection:
    """The map from the heads of one block to the residual stream.

    Attributes:
        path: The module's dotted name.
        call: How often it ran before in the same pass.
        heads: How many there are.
        matrix: What each number of the heads adds: [heads, size of a head, hidden], float32, on the CPU.
    """

    path: str
    call: int
    heads: int
    matrix: Tensor


@dataclass(frozen=True)
class _Seen:
    path: str
    call: int
    given: Tensor
    returned: Tensor


def head_projections(
    model: Module, attention: Architecture, layers: Sequence[int]
) -> dict[int, HeadProjection]:
    """Return the map behind the heads of each layer.

    Args:
        model: With its weights; a few tokens are run.
        attention: Of the model at the attention's output.
        layers: Block numbers.

    Raises:
        ModelError: A layer has no heads, or no such map is found in it.
    """
    heads, seen = _heads(model), _watched(model, [attention.blocks[layer] for layer in layers])
    return {layer: _projection(model, layer, attention.blocks[layer], heads, seen) for layer in layers}


def _heads(model: Module) -> int:
    found = getattr(text_config(model), "num_attention_heads", None)
    if not isinstance(found, int) or found < 1:
        raise ModelError(
            f"the config of {type(model).__name__} names no number of attention heads ({found!r}), so "
            "that they cannot be told apart"
        )
    return found


def _watched(model: Module, blocks: Sequence[Block]) -> list[_Seen]:
    """Return what the linear-looking modules of some attentions were given and returned."""
    seen: list[_Seen] = []
    made: Counter[str] = Counter()

    def hook_of(path: str) -> Callable[..., None]:
        def hook(_module: Any, args: tuple[Any, ...], output: Any) -> None:
            if args and hasattr(args[0], "detach") and hasattr(output, "detach"):
                seen.append(_Seen(path, made[path], args[0].detach(), output.detach().clone()))
            made[path] += 1

        return hook

    with ExitStack() as stack:
        for path, module in model.named_modules():
            within = any(path == block.path or path.startswith(f"{block.path}.") for block in blocks)
            if within and getattr(getattr(module, "weight", None), "ndim", 0) == 2:
                stack.callback(module.register_forward_hook(hook_of(path)).remove)
        outputs = _outputs(model, blocks, stack)
        run_probe(model)
    return [one for one in seen if any(_same(one.returned, state) for state in outputs.values())]


def _outputs(model: Module, blocks: Sequence[Block], stack: ExitStack) -> Mapping[tuple[str, int], Tensor]:
    """Return what the attentions add, filled as the model runs."""
    found: dict[tuple[str, int], Tensor] = {}
    made: Counter[str] = Counter()
    places = {(block.path, block.call): block.place for block in blocks}

    def hook_of(path: str) -> Callable[..., None]:
        def hook(_module: Any, _args: Any, output: Any) -> None:
            place = places.get((path, made[path]))
            if place is not None:
                found[path, made[path]] = place.read(output).detach().clone()
            made[path] += 1

        return hook

    for path in dict.fromkeys(block.path for block in blocks):
        stack.callback(model.get_submodule(path).register_forward_hook(hook_of(path)).remove)
    return found


def _projection(model: Module, layer: int, block: Block, heads: int, seen: Sequence[_Seen]) -> HeadProjection:
    if not block.kind.startswith("attention"):
        raise ModelError(f"block {layer} is {block.kind}: what reads other tokens there has no heads")
    import torch

    own = [one for one in seen if one.path == block.path or one.path.startswith(f"{block.path}.")]
    own = [one for one in own if one.call == block.call]
    for one in reversed(own):
        matrix = _matrix(model.get_submodule(one.path), one)
        if matrix is not None and matrix.shape[0] % heads == 0:
            return HeadProjection(one.path, one.call, heads, torch.unflatten(matrix, 0, (heads, -1)))
    raise ModelError(
        f"no linear map behind {heads} heads is found in block {layer}: no module of {block.path} returns "
        "what the attention adds, bit for bit, from their numbers side by side; a norm or a gate may stand "
        "behind it"
    )


def _matrix(module: Module, seen: _Seen) -> Tensor | None:
    """Return what each number of a module's input adds to its output: [given, hidden]; None if not linear."""
    import torch

    width = seen.given.shape[-1]
    with torch.no_grad():
        unit = torch.eye(width, dtype=seen.given.dtype, device=seen.given.device)
        constant = module(torch.zeros_like(unit[:1]))
        matrix = (module(unit) - constant).float()
    made = seen.given.float() @ matrix + constant.float()
    return matrix.cpu() if parted(seen.returned.float(), made) <= _ROUNDED else None


def _same(one: Tensor, other: Tensor) -> bool:
    import torch

    return one.shape == other.shape and torch.equal(one, other)
