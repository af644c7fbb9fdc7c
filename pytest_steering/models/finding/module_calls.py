"""What the members of a module list do in one forward pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_steering.models.finding.residual import StatePlace
from pytest_steering.models.finding.state_shapes import find_states, shapes

BATCH, SEQUENCE = 2, 7
"""Rows and columns of the probing input; they differ, so that the axes of a state can be told apart."""


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


class Watch:
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
