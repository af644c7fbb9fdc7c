"""Which way of sharing a model takes: tried on a few tokens and compared with rows that share nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_steering.errors import ModelError, SteeringError
from pytest_steering.models.engine.base import LoadedModel, forward_inputs
from pytest_steering.models.running.batching import TokenBatch, pad_left
from pytest_steering.models.running.budget import out_of_memory
from pytest_steering.models.sharing.branching import make_branches
from pytest_steering.models.sharing.prefix import read_prefix

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine

WAYS = ("tree", "copies", "none")

NO_MEMORY = "memory ran out while it was proven"
"""A fault that says nothing of the model: it is asked again the next time."""

_OWNERS = (0, 0, 0, 1, 1, 1)
_LENGTHS = (5, 3)


@dataclass(frozen=True)
class Sharing:
    """How rows of one prompt share its prefix.

    Attributes:
        way: `tree`, `copies` or `none`.
        refused: What was found wrong with each better way.
    """

    way: str
    refused: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return "; ".join([self.way, *(f"not {way}: {why}" for way, why in self.refused)])


def sharing_of(loaded: LoadedModel, engine: Engine, allowed: str, arms: int) -> Sharing:
    """Return the way that rows of one prompt share its prefix in a call.

    Args:
        loaded: The model.
        engine: Only the hooks engine runs passes of ours.
        allowed: `auto`, or the best way that may be taken: `tree`, `copies`, `none`.
        arms: How many rows there are of each prompt.

    Raises:
        ModelError: The allowed way is not known.
    """
    if allowed not in ("auto", *WAYS):
        raise ModelError(f"sharing {allowed!r} is not known; use auto, {', '.join(WAYS)}")
    if allowed == "none" or arms < 2 or engine.name != "hooks":
        return Sharing("none")
    return prove_sharing(loaded, "copies" if allowed == "copies" else "tree")


_known: WeakKeyDictionary[Any, dict[str, Sharing]] = WeakKeyDictionary()


def prove_sharing(loaded: LoadedModel, best: str = "tree") -> Sharing:
    """Return the best way of sharing whose logits are those of rows that share nothing.

    Two prompts with three rows each read two tokens a row. A tree must also give the same bits for a row
    when its neighbours' tokens change. The answer is remembered for as long as the model lives, unless
    memory ran out.

    Args:
        loaded: The model.
        best: Ways before this one are not tried.
    """
    known = _known.setdefault(loaded.module, {})
    if best in known:
        return known[best]
    found = _tried(loaded, WAYS[WAYS.index(best) : -1])
    if NO_MEMORY not in dict(found.refused).values():
        known[best] = found
    return found


def _tried(loaded: LoadedModel, ways: Sequence[str]) -> Sharing:
    refused: list[tuple[str, str]] = []
    for way in ways:
        fault = _fault(loaded, way)
        if fault is None:
            return Sharing(way, tuple(refused))
        refused.append((way, fault))
    return Sharing("none", tuple(refused))


def _fault(loaded: LoadedModel, way: str) -> str | None:
    def moves(found: Tensor) -> str | None:
        still = way != "tree" or bool((found[::3] == _branched(loaded, way, 1)[::3]).all())
        return None if still else "a row's logits depend on its neighbours"

    return fault_in(loaded, lambda: _branched(loaded, way, 0), lambda: _plain(loaded), moves)


def fault_in(
    loaded: LoadedModel,
    shared: Callable[[], Tensor],
    alone: Callable[[], Tensor],
    further: Callable[[Tensor], str | None] = lambda _found: None,
) -> str | None:
    """Return None, or what is wrong with a way of sharing.

    Whatever a model raises when it is handed a mask or a cache of ours, it is asked no further.

    Args:
        loaded: The model.
        shared: Returns logits of rows that share something.
        alone: Returns those of the same rows without sharing.
        further: What else may be wrong, seen from the former.
    """
    try:
        found, expected = shared(), alone()
        apart = float((found - expected).abs().max())
        if not apart <= tolerance(loaded, expected):
            return f"logits are up to {apart:.2g} away from those of rows that share nothing"
        return further(found)
    except Exception as error:
        return NO_MEMORY if out_of_memory(error) else said(error)


def is_fault(error: Exception) -> bool:
    """Return whether an error is a model's own, not one of memory or of what was asked for."""
    return not out_of_memory(error) and not isinstance(error, SteeringError)


def said(error: Exception) -> str:
    """Return the kind of an error and the first line of what it says."""
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


def _branched(loaded: LoadedModel, way: str, change: int) -> Tensor:
    import torch

    prefix = read_prefix(loaded, _texts(loaded), len(_OWNERS))
    branches = make_branches(loaded, way, prefix, _OWNERS, 2)
    logits = torch.empty(0)
    for step in range(2):
        fed = {row: [token] for row, token in enumerate(_tokens(loaded, step, change))}
        with torch.no_grad():
            logits = branches.newest(loaded.module(**branches.inputs(fed, 1)).logits, 1)
    return logits[:, 0].float()


def _plain(loaded: LoadedModel) -> Tensor:
    texts, steps = _texts(loaded), [_tokens(loaded, step, 0) for step in range(2)]
    rows = [[*texts[member], *(step[row] for step in steps)] for row, member in enumerate(_OWNERS)]
    return plain_logits(loaded, pad_left(rows, loaded.pad_id, loaded.device))


def plain_logits(loaded: LoadedModel, batch: TokenBatch) -> Tensor:
    """Return the logits after the last token of rows that share nothing: [rows, vocabulary], float32."""
    import torch

    with torch.no_grad():
        logits: Tensor = loaded.module(**forward_inputs(loaded, batch)).logits
    return logits[:, -1].float()


def _texts(loaded: LoadedModel) -> list[list[int]]:
    return [[probe_token(loaded, 7 * place + 3 * length) for place in range(length)] for length in _LENGTHS]


def _tokens(loaded: LoadedModel, step: int, change: int) -> Sequence[int]:
    """Return one token a row; with `change`, those of all rows but each prompt's first are others."""
    return [probe_token(loaded, 11 * row + 5 * step + change * (row % 3)) for row in range(len(_OWNERS))]


def probe_token(loaded: LoadedModel, number: int) -> int:
    """Return an ordinary token of the model's, another for the next number."""
    return 3 + number % (int(loaded.module.get_input_embeddings().num_embeddings) - 3)


def tolerance(loaded: LoadedModel, logits: Tensor) -> float:
    """Half of the significant digits of the dtype that the model computes in."""
    import torch

    dtype = next(loaded.module.parameters()).dtype
    return float(logits.std()) * math.sqrt(torch.finfo(dtype).eps)
