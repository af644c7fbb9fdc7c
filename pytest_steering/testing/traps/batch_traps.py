"""Rows of one batch: each is steered by itself, however they come and go."""

from __future__ import annotations

from pytest_steering.testing.traps.probes import UNSTEERED, Probes, another
from pytest_steering.testing.traps.trap import Calls, trap


@trap("one row of a batch", "of several rows with one vector the first alone is steered")
def _one_row(probes: Probes) -> Calls:
    yield [probes.probe(probes.prompt(8, seed), probes.arm()) for seed in range(4)]


@trap("another row's vector", "rows of one batch get each other's vectors, or all of them the last one")
def _rows_mixed(probes: Probes) -> Calls:
    arms = [None, probes.arm(), probes.arm(seed=1), probes.arm(scale=-1.0), None, probes.arm([0])]
    yield [probes.probe(probes.prompt(8), arm, another(arms, place)) for place, arm in enumerate(arms)]


@trap("padding", "tokens are counted from the pads of a shorter row")
def _padding(probes: Probes) -> Calls:
    for positions in ("last_prompt", "all"):
        arm = probes.arm(positions=positions)
        yield [probes.probe(probes.prompt(length), arm) for length in (1, 3, 14, 25)]


@trap("rows that end", "once a row of a batch has ended, the others get the vectors of their old places")
def _ending(probes: Probes) -> Calls:
    arms = [probes.arm(), None, probes.arm(seed=1), None, probes.arm(scale=-1.0)]
    yield [
        probes.probe(probes.prompt(6, place), arm, another(arms, place), new_tokens=new)
        for place, (arm, new) in enumerate(zip(arms, (1, 9, 3, 6, 12), strict=True))
    ]


@trap("more rows than places", "rows that wait for a place are steered by whoever had it before")
def _waiting(probes: Probes) -> Calls:
    arms = [probes.arm(), None, probes.arm(seed=1)] * 8
    yield [
        probes.probe(probes.prompt(4 + place % 5, place), arm, another(arms, place), new_tokens=2 + place % 7)
        for place, arm in enumerate(arms)
    ]


@trap(
    "many vectors",
    "an engine has room for so many vectors; the next one is left out, or takes another's place",
)
def _many(probes: Probes) -> Calls:
    arms = [probes.arm(seed=seed) for seed in range(24)]
    yield [
        probes.probe(probes.prompt(5), arm, {UNSTEERED: None, **another(arms, place)}, new_tokens=2)
        for place, arm in enumerate(arms)
    ]


@trap(
    "size of the batch",
    "what was captured for one number of rows is not steered, or not the same, at another",
)
def _sizes(probes: Probes) -> Calls:
    for count in (1, 2, 3, 5, 8, 1):
        yield [probes.probe(probes.prompt(8), probes.arm(), new_tokens=2) for _ in range(count)]
