"""One short forward pass that shows which module lists carry the residual stream."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError
from pytest_steering.models.residual import StatePlace, find_states, shapes

if TYPE_CHECKING:
    from torch.nn import Module

BATCH, SEQUENCE = 2, 7


@dataclass(frozen=True)
class BlockCall:
    """One call of a list's member during the probe.

    Attributes:
        path: Dotted name of the member.
        number: How often it had run before in this pass.
        order: Number of the call among those of all lists.
        place: Where its state is; None where it returned none.
        continues: Whether it was given the very tensor that the list's previous call returned.
        recorded: Whether transformers lists its state among the `hidden_states`.
        returned: Shapes of what it returned.
    """

    path: str
    number: int
    order: int
    place: StatePlace | None
    continues: bool
    recorded: bool
    returned: tuple[tuple[int, ...], ...]


@dataclass
class Candidate:
    """A module list and what its members did during the probe.

    Attributes:
        path: Dotted name.
        members: Dotted names of the members.
        kind: Class of the first member.
        calls: In the order they ran.
    """

    path: str
    members: tuple[str, ...]
    kind: type
    calls: list[BlockCall] = field(default_factory=list)

    @property
    def carries_state(self) -> bool:
        """Whether every call returned a residual stream."""
        return bool(self.calls) and all(call.place for call in self.calls)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Members that did not run."""
        ran = {call.path for call in self.calls}
        return tuple(member for member in self.members if member not in ran)

    @property
    def chained(self) -> int:
        """How many calls took up the state that the call before had returned."""
        return sum(call.continues for call in self.calls)


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
    watch = _Watch(hidden)
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
def _watched(model: Module, candidates: Sequence[Candidate], watch: _Watch) -> Iterator[None]:
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


@dataclass(frozen=True)
class _Seen:
    """A call with the states it may have returned: some blocks return two tensors of that shape."""

    owner: Candidate
    call: BlockCall
    states: tuple[tuple[StatePlace, Any], ...]
    given: tuple[Any, ...]

    def resolved(self, recorded: set[int], before: _Seen | None) -> BlockCall:
        """Return the call with the state that transformers lists itself, else the first."""
        listed = [place for place, state in self.states if id(state) in recorded]
        place = listed[0] if listed else self.states[0][0] if self.states else None
        earlier = [state for _, state in before.states] if before else []
        continues = any(value is state for value in self.given for state in earlier)
        return replace(self.call, place=place, recorded=bool(listed), continues=continues)


class _Watch:
    """Notes the calls of all candidates in the order they end."""

    def __init__(self, hidden: int) -> None:
        self._hidden = hidden
        self._seen: list[_Seen] = []

    def of(self, candidate: Candidate, path: str) -> Callable[..., None]:
        """Return the hook of one member."""

        def hook(_module: Any, args: Any, kwargs: Any, output: Any) -> None:
            self._note(candidate, path, (*args, *kwargs.values()), output)

        return hook

    def calls_of(self, candidate: Candidate, recorded: set[int]) -> list[BlockCall]:
        """Return a candidate's calls; `recorded` are the ids of the tensors in `hidden_states`."""
        own = [seen for seen in self._seen if seen.owner is candidate]
        return [seen.resolved(recorded, before) for before, seen in zip([None, *own], own, strict=False)]

    def _note(self, candidate: Candidate, path: str, given: tuple[Any, ...], output: Any) -> None:
        places = find_states(output, BATCH, SEQUENCE, self._hidden)
        number = sum(seen.owner is candidate and seen.call.path == path for seen in self._seen)
        call = BlockCall(path, number, len(self._seen), None, False, False, tuple(shapes(output)))
        states = tuple((place, place.stored(output)) for place in places)
        self._seen.append(_Seen(candidate, call, states, given))
