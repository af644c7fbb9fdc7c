"""Prompts × arms as jobs: which rows run together, which of them share a prefix, and how a job is halved."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from pytest_steering.models.running.batching import by_length
from pytest_steering.models.running.budget import Job, RowBudget, halved
from pytest_steering.models.sharing.prefix import Prefix, read_prefix
from pytest_steering.models.sharing.sharing_plan import (
    Arm,
    Family,
    branches_at_once,
    families,
    rows_together,
)
from pytest_steering.models.sharing.ways import Taken, Wanted, Ways
from pytest_steering.progress.progress import counted

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.running.completion import Counts


class Work(Protocol):
    """What is done with rows, and keeps what comes of it."""

    counts: Counts

    def begin(self) -> None:
        """Know that the prompts before this group are done."""
        ...

    def plain(self, arms: Sequence[int], prompts: Sequence[int]) -> None:
        """Run arms × prompts that share nothing."""
        ...

    def branched(self, prefix: Prefix, way: str, arms: Sequence[int], prompts: Sequence[int]) -> None:
        """Run arms × prompts behind the prompts' prefixes."""
        ...

    def set_aside(self, arm: int, prompt: int) -> None:
        """Run a row, in which something overflows, by itself; name what still does."""
        ...

    @property
    def overflowing(self) -> Collection[int]:
        """The arms that overflow at some prompt."""
        ...


@dataclass(frozen=True)
class Sweep:
    """Everything that one call is to do.

    Attributes:
        loaded: The model.
        prompts: Token ids.
        arms: What is done with each prompt.
        new_tokens: Generated for each row.
        ways: How rows share, where they do.
    """

    loaded: LoadedModel
    prompts: Sequence[Sequence[int]]
    arms: Sequence[Arm]
    new_tokens: int
    ways: Ways

    def run(self, work: Work, budget: RowBudget) -> None:
        """Do it.

        Args:
            work: Gets the rows.
            budget: How many run together; it shrinks where memory runs out.
        """
        waiting = [n for group in by_length([len(p) for p in self.prompts], len(self.prompts)) for n in group]
        with counted(len(waiting) * len(self.arms)) as advance:
            while waiting:
                group = self._group(waiting, budget)
                members, waiting = waiting[:group], waiting[group:]
                work.begin()
                for job in self._jobs(work, members, budget):
                    budget.finish(job)
                    advance(len(members) * len(job.arms))

    @property
    def longest(self) -> int:
        """Tokens of the longest row, those that will be generated among them."""
        return max(map(self._tokens, range(len(self.prompts))))

    def _tokens(self, prompt: int) -> int:
        return len(self.prompts[prompt]) + max(len(arm.suffix) for arm in self.arms) + self.new_tokens

    def _group(self, waiting: Sequence[int], budget: RowBudget) -> int:
        """Return how many prompts go together: at most the rows, and few where arms share blocks alone.

        Prompts of one token have no prefix; they wait for each other.
        """
        first = waiting[0]
        rows = budget.rows_of(self._tokens(first))
        _, alone = families(self.arms, [self.prompts[first]])
        together = rows_together("none" if alone else self.ways.best.way, rows)
        most = len(self.arms) if self.ways.best.way == "none" else self.ways.branches
        group = max(1, min(rows, together // branches_at_once(len(self.arms), together, most)))
        group = min(group, budget.texts_of(self._tokens(first))) if group > 1 else group
        with_prefix = sum(len(self.prompts[number]) > 1 for number in waiting)
        return min(group, with_prefix) if with_prefix and self.ways.best.way != "none" else group

    def _jobs(self, work: Work, members: Sequence[int], budget: RowBudget) -> Iterator[RowsJob | BranchJob]:
        """Yield the jobs of some prompts, that of the first unsteered arm first."""
        allowed = budget.rows_of(self._tokens(members[0]))
        for family in self._families(members, budget):
            taken = self.ways.taken(self._wanted(members, family, allowed))
            prefix = SharedPrefix(self, work.counts, tuple(members), family.tail)
            for arms in _in_batches(family.arms, taken.arms, work.overflowing):
                shared = BranchJob(work, arms, prefix, taken, allowed)
                yield RowsJob(work, arms, tuple(members)) if taken.way == "none" else shared

    def _wanted(self, members: Sequence[int], family: Family, rows: int) -> Wanted:
        branch = family.tail + max(len(self.arms[arm].suffix) for arm in family.arms) + self.new_tokens
        row = max(len(self.prompts[member]) for member in members) - family.tail + branch
        return Wanted(family.tail, row, branch, len(family.arms), len(members), rows)

    def _families(self, members: Sequence[int], budget: RowBudget) -> list[Family]:
        """Return the arms by how they share, those that share nothing as families without a tail."""
        prompts = [self.prompts[number] for number in members]
        shared = self.ways.best.way != "none"
        found, alone = families(self.arms, prompts) if shared else ([], list(range(len(self.arms))))
        everyone = [*found, *self._unshared(alone, self._tokens(members[0]), budget)]
        steered = [arm.intervention is not None for arm in self.arms]
        ordered = [replace(f, arms=tuple(sorted(f.arms, key=self._first_own_block))) for f in everyone]
        return sorted(ordered, key=lambda family: steered[family.arms[0]])

    def _unshared(self, arms: Sequence[int], tokens: int, budget: RowBudget) -> list[Family]:
        """Let arms of different suffixes wait for each other where rows must not stand beside longer ones."""
        groups: dict[int, list[int]] = {}
        together = len({len(self.arms[arm].suffix) for arm in arms}) < 2 or budget.texts_of(tokens) > 1
        for arm in arms:
            groups.setdefault(0 if together else len(self.arms[arm].suffix), []).append(arm)
        return [Family(0, tuple(group)) for group in groups.values()]

    def _first_own_block(self, arm: int) -> float:
        """Order unsteered arms first, then those that can share most blocks."""
        intervention = self.arms[arm].intervention
        return -min(intervention.watched) if intervention else -math.inf


def _in_batches(arms: Sequence[int], size: int, apart: Collection[int]) -> Iterator[tuple[int, ...]]:
    """Yield arms in groups of a size, each of those that overflowed before apart from all others."""
    sound = [arm for arm in arms if arm not in apart]
    for start in range(0, len(sound), size):
        yield tuple(sound[start : start + size])
    yield from ((arm,) for arm in arms if arm in apart)


class SharedPrefix:
    """The prefixes of some prompts, read when they are first needed."""

    def __init__(self, sweep: Sweep, counts: Counts, members: tuple[int, ...], tail: int) -> None:
        """Note which.

        Args:
            sweep: Has the prompts.
            counts: Added to.
            members: The prompts, by number.
            tail: How many of their last tokens are not shared.
        """
        self.members, self.tail = members, tail
        self._sweep, self._counts = sweep, counts
        self._read: Prefix | None = None

    @property
    def ways(self) -> Ways:
        """Those of the call."""
        return self._sweep.ways

    @property
    def known(self) -> bool:
        """Whether it has been read."""
        return self._read is not None

    def get(self) -> Prefix:
        """Return it."""
        if self._read is None:
            sweep = self._sweep
            texts = [sweep.prompts[n][: -self.tail] for n in self.members]
            self._read = read_prefix(
                sweep.loaded, texts, sweep.ways.branches * (self.tail + sweep.new_tokens)
            )
            self._counts.forwards += 1
            self._counts.prompt_tokens += sum(map(len, texts))
        return self._read

    def of(self, members: tuple[int, ...]) -> SharedPrefix:
        """Return the prefix of some of the prompts, not read yet."""
        return SharedPrefix(self._sweep, self._counts, members, self.tail)


@dataclass(frozen=True)
class RowsJob:
    """Rows that share nothing."""

    work: Work
    arms: tuple[int, ...]
    members: tuple[int, ...]

    def run(self) -> None:
        """See `Job.run`."""
        self.work.plain(self.arms, self.members)

    def set_aside(self) -> None:
        """See `Job.set_aside`."""
        self.work.set_aside(self.arms[0], self.members[0])

    def halves(self) -> Sequence[Job]:
        """See `Job.halves`."""
        if len(self.arms) > 1:
            return [replace(self, arms=half) for half in halved(self.arms)]
        return [replace(self, members=half) for half in halved(self.members)]


@dataclass(frozen=True)
class BranchJob:
    """Rows behind a shared prefix.

    Attributes:
        work: Gets them.
        arms: Their numbers.
        prefix: Of their prompts.
        taken: How they share it.
        rows: How many run together where they share nothing.
    """

    work: Work
    arms: tuple[int, ...]
    prefix: SharedPrefix
    taken: Taken
    rows: int

    def run(self) -> None:
        """See `Job.run`; where the model raises, the rows run without sharing."""
        members = self.prefix.members
        if not self.prefix.ways.attempt(self.taken, self._shared):
            size = max(1, self.rows // len(members))
            for start in range(0, len(self.arms), size):
                self.work.plain(self.arms[start : start + size], members)

    def _shared(self) -> None:
        self.work.branched(self.prefix.get(), self.taken.way, self.arms, self.prefix.members)

    def set_aside(self) -> None:
        """See `Job.set_aside`."""
        self.work.set_aside(self.arms[0], self.prefix.members[0])

    def halves(self) -> Sequence[Job]:
        """See `Job.halves`; a prefix that did not fit is split, one that did is kept."""
        if len(self.arms) > 1 and (self.prefix.known or len(self.prefix.members) == 1):
            return [replace(self, arms=half) for half in halved(self.arms)]
        return [replace(self, prefix=self.prefix.of(half)) for half in halved(self.prefix.members)]
