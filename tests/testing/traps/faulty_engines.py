"""Engines that go wrong as real ones did, by the name of the trap that shows it."""

# ruff: noqa: ARG002 - what goes wrong looks at less

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_steering.testing.traps.engine_request import Request
from tests.testing.traps.stepwise import Row, Stepwise

if TYPE_CHECKING:
    from torch import Tensor


class NeverRuns(Stepwise):
    def added(self, request: Request) -> dict[int, Tensor]:
        return {}


class BlockEarly(Stepwise):
    step_of = -1

    def added(self, request: Request) -> dict[int, Tensor]:
        last = self.model.architecture.num_layers - 1
        return {min(max(0, layer + self.step_of), last): one for layer, one in request.added.items()}


class BlockLate(BlockEarly):
    step_of = 1


class HalfAResidual(Stepwise):
    """Adds the stream once more, as who takes h + r for the part it writes to."""

    def added(self, request: Request) -> dict[int, Tensor]:
        return {layer: 2 * one for layer, one in request.added.items()}


class LastBlockAlone(Stepwise):
    def added(self, request: Request) -> dict[int, Tensor]:
        return dict(list(request.added.items())[-1:])


class DividesScale(Stepwise):
    def added(self, request: Request) -> dict[int, Tensor]:
        return {layer: one / len(request.added) for layer, one in request.added.items()}


class PromptUnsteered(Stepwise):
    def tokens(self, request: Request, row: Row, first: int, stop: int) -> list[int]:
        prompt = len(row.request.prompt)
        return [token for token in super().tokens(request, row, first, stop) if token >= prompt]


class NewTokensUnsteered(Stepwise):
    def tokens(self, request: Request, row: Row, first: int, stop: int) -> list[int]:
        prompt = len(row.request.prompt)
        return [token for token in super().tokens(request, row, first, stop) if token < prompt]


class AllTokens(Stepwise):
    def tokens(self, request: Request, row: Row, first: int, stop: int) -> list[int]:
        return list(range(first, stop))


class NumbersOfThePass(Stepwise):
    """A list of positions is looked up in each pass, whose first token is number 0."""

    def tokens(self, request: Request, row: Row, first: int, stop: int) -> list[int]:
        arm = request.intervention
        if arm is None or not arm.where.indices:
            return super().tokens(request, row, first, stop)
        length = len(row.request.prompt) if row.read == 0 else stop - first
        fitting = [one for one in arm.where.indices if -length <= one < length]
        return sorted({first + one % length for one in fitting})


class FrozenStrength(Stepwise):
    def started(self) -> None:
        self.first: dict[int, Tensor] = {}

    def added(self, request: Request) -> dict[int, Tensor]:
        self.first = self.first or request.added
        return {layer: self.first.get(layer, one) for layer, one in request.added.items()}


class NoStrengthIsOne(Stepwise):
    def added(self, request: Request) -> dict[int, Tensor]:
        arm = request.intervention
        return {} if arm is None else Request((), replace(arm, scale=arm.scale or 1.0), 1).added


class UnitVector(Stepwise):
    def added(self, request: Request) -> dict[int, Tensor]:
        return {layer: one / one.norm() for layer, one in request.added.items() if one.any()}


class EightBits(Stepwise):
    def added(self, request: Request) -> dict[int, Tensor]:
        return {layer: one.bfloat16().float() for layer, one in request.added.items()}


class FirstRowAlone(Stepwise):
    def steered_by(self, place: int, row: Row) -> Request:
        return row.request if place == 0 else replace(row.request, intervention=None)


class PlacesAreKept(Stepwise):
    """Places are given out once, and rows move up when others end."""

    def call_begins(self, rows: Sequence[Row]) -> None:
        self.first = [row.request for row in rows[: self.places]]

    def steered_by(self, place: int, row: Row) -> Request:
        return self.first[place]


class OneVectorForAll(Stepwise):
    def call_begins(self, rows: Sequence[Row]) -> None:
        steered = [row.request for row in rows if row.request.intervention is not None]
        self.last = steered[-1] if steered else None

    def steered_by(self, place: int, row: Row) -> Request:
        return row.request if row.request.intervention is None or self.last is None else self.last


class CountsPads(Stepwise):
    def call_begins(self, rows: Sequence[Row]) -> None:
        self.longest = max(len(row.request.prompt) for row in rows)

    def tokens(self, request: Request, row: Row, first: int, stop: int) -> list[int]:
        pads = self.longest - len(row.request.prompt)
        found = super().tokens(request, row, first, stop)
        return [token - pads for token in found if token - pads >= first]


class EightVectors(Stepwise):
    """Has eight slots for vectors, and leaves unsteered what finds none."""

    def started(self) -> None:
        self.slots: set[int] = set()

    def added(self, request: Request) -> dict[int, Tensor]:
        name = id(request.intervention)
        if len(self.slots) < 8:
            self.slots.add(name)
        return request.added if name in self.slots else {}


class EvenSizesAlone(Stepwise):
    """Was captured for 1, 2, 4 and 8 rows; other numbers run a graph without the hook."""

    places = 8

    def round_begins(self, active: Sequence[Row]) -> None:
        self.captured = len(active) in (1, 2, 4, 8)

    def added(self, request: Request) -> dict[int, Tensor]:
        return request.added if self.captured else {}


class Stays(Stepwise):
    def started(self) -> None:
        self.last: dict[int, Tensor] = {}

    def added(self, request: Request) -> dict[int, Tensor]:
        self.last = request.added or self.last
        return self.last

    def tokens(self, request: Request, row: Row, first: int, stop: int) -> list[int]:
        arm = request.intervention
        return list(range(first, stop)) if arm is None else super().tokens(request, row, first, stop)


class PrefixCache(Stepwise):
    """Keeps the states of prompts by their tokens alone, in blocks of 16."""

    block = 16
    within_a_call = False

    def started(self) -> None:
        self.known: dict[tuple[int, ...], Any] = {}
        self.fresh: dict[tuple[int, ...], Any] = {}

    def call_begins(self, rows: Sequence[Row]) -> None:
        self.known.update({} if self.within_a_call else self.fresh)
        self.fresh = {}

    def key(self, row: Row, length: int) -> tuple[int, ...]:
        return row.request.prompt[:length]

    def cached(self, row: Row) -> None:
        whole = (len(row.request.prompt) - 1) // self.block * self.block
        kept = {**self.known, **(self.fresh if self.within_a_call else {})}
        for length in range(whole, 0, -self.block):
            found = kept.get(self.key(row, length))
            if found is not None:
                row.cache, row.read = deepcopy(found), length
                row.cache.crop(length - found.get_seq_length())
                return

    def keep(self, row: Row) -> None:
        if not row.tokens:
            for length in range(self.block, row.read, self.block):
                self.fresh.setdefault(self.key(row, length), deepcopy(row.cache))


class PrefixCacheWithin(PrefixCache):
    """The same for rows that run beside each other; forgotten when the call is over."""

    within_a_call = True


class SaltedPrefixCache(PrefixCache):
    """The same, where what a request is steered by is part of the key; it is sound."""

    within_a_call = True

    def key(self, row: Row, length: int) -> tuple[int, ...]:
        return (id(row.request.intervention), *super().key(row, length))


class EachPartAPrompt(Stepwise):
    """Steers the last token of each part of a prompt where the prompt's last one was meant."""

    def tokens(self, request: Request, row: Row, first: int, stop: int) -> list[int]:
        arm = request.intervention
        if arm is None or arm.where.name != "last_prompt" or stop > len(row.request.prompt):
            return super().tokens(request, row, first, stop)
        return [stop - 1]


class FirstPartAlone(Stepwise):
    def tokens(self, request: Request, row: Row, first: int, stop: int) -> list[int]:
        later = 0 < first < len(row.request.prompt)
        return [] if later else super().tokens(request, row, first, stop)


FAULTY: list[tuple[type[Stepwise], str]] = [
    (NeverRuns, "hook never runs"),
    (BlockEarly, "another block"),
    (BlockLate, "another block"),
    (HalfAResidual, "another block"),
    (LastBlockAlone, "one block of several"),
    (DividesScale, "one block of several"),
    (PromptUnsteered, "first token missed"),
    (NewTokensUnsteered, "decoded tokens missed"),
    (AllTokens, "wrong region"),
    (NumbersOfThePass, "token numbers of a pass"),
    (FrozenStrength, "frozen strength"),
    (NoStrengthIsOne, "strength 0"),
    (UnitVector, "vector made anew"),
    (EightBits, "vector made anew"),
    (FirstRowAlone, "one row of a batch"),
    (PlacesAreKept, "rows that end"),
    (PlacesAreKept, "more rows than places"),
    (OneVectorForAll, "another row's vector"),
    (CountsPads, "padding"),
    (EightVectors, "many vectors"),
    (EvenSizesAlone, "size of the batch"),
    (Stays, "steering that stays"),
    (PrefixCache, "prefix cache"),
    (PrefixCacheWithin, "prefix cache within a call"),
    (EachPartAPrompt, "prompt read in parts"),
    (FirstPartAlone, "prompt read in parts"),
]
