"""One short forward pass that shows which module lists carry the residual stream."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import CellTimeoutError, ModelError
from pytest_steering.models.finding.module_calls import BATCH, SEQUENCE, Candidate, Watch

if TYPE_CHECKING:
    from torch.nn import Module


def observe_candidates(model: Module, hidden: int) -> list[Candidate]:
    """Return every module list with what its members returned in one forward pass.

    Args:
        model: In any mode and on any device, meta included.
        hidden: Width of the residual stream.

    Raises:
        ModelError: The forward pass failed.
    """
    *others, plainest = _ways_to_ask(model)
    for options in others:
        try:
            return _observed(model, hidden, **options)
        except ModelError:
            continue
    return _observed(model, hidden, **plainest)


def _ways_to_ask(model: Module) -> list[dict[str, Any]]:
    """Return the options of a probing pass, the most telling ones first, the plainest last.

    Some models cannot return all their states. Others ask a mask, or the positions where there is none, for
    values, which a meta tensor has not: a mask that is made up already, [batch, 1, query, key], is taken as
    it is, but only by attention.
    """
    import torch

    states = {"output_hidden_states": True}
    if next(model.parameters()).device.type != "meta":
        return [states, {}]
    made_up = {"attention_mask": torch.zeros(BATCH, 1, SEQUENCE, SEQUENCE, device="meta")}
    return [{**states, **made_up}, states, made_up, {}]


def run_probe(model: Module, **options: Any) -> Any:
    """Run the model on a few tokens without cache or gradient and return its output.

    Raises:
        ModelError: The forward pass failed.
    """
    import torch

    device = next(model.parameters()).device
    ids = torch.arange(BATCH * SEQUENCE, device=device).reshape(BATCH, SEQUENCE) + 3
    if "use_cache" in inspect.signature(model.forward).parameters:
        options["use_cache"] = False
    if device.type != "meta":  # a mask may be asked for its values, which a meta tensor has not
        options["attention_mask"] = torch.ones_like(ids)
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return model(input_ids=ids, **options)
    except CellTimeoutError:  # no answer to what was tried
        raise
    except Exception as error:
        first = (str(error).strip().splitlines() or [""])[0]
        raise ModelError(
            f"a forward pass of {type(model).__name__} on plain tokens failed "
            f"with {type(error).__name__}: {first}"
        ) from error
    finally:
        model.train(training)


def _observed(model: Module, hidden: int, **options: Any) -> list[Candidate]:
    """The watchers keep each state until the pass has ended: an id is only its owner's while that lives."""
    candidates = [_candidate(name, module) for name, module in _lists(model)]
    watch = Watch(hidden)
    with _watched(model, candidates, watch):
        output = run_probe(model, **options)
    recorded = {id(state) for state in getattr(output, "hidden_states", None) or ()}
    for candidate in candidates:
        candidate.calls = watch.calls_of(candidate, recorded)
    return candidates


def _lists(model: Module) -> Iterator[tuple[str, Sequence[Module]]]:
    import torch

    for name, module in model.named_modules():
        if name and isinstance(module, (torch.nn.ModuleList, torch.nn.Sequential)) and len(module):
            yield name, [module[index] for index in range(len(module))]


def _candidate(name: str, members: Sequence[Module]) -> Candidate:
    """A block that stands in the list several times is one member with several calls."""
    first = {id(member): f"{name}.{index}" for index, member in reversed(list(enumerate(members)))}
    return Candidate(name, tuple(sorted(first.values(), key=_index)), type(members[0]))


def _index(path: str) -> int:
    return int(path.rpartition(".")[2])


@contextmanager
def _watched(model: Module, candidates: Sequence[Candidate], watch: Watch) -> Iterator[None]:
    handles = [
        model.get_submodule(path).register_forward_hook(watch.of(candidate, path), with_kwargs=True)
        for candidate in candidates
        for path in candidate.members
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
