"""Experiments made up for figures: small and plain, of awkward names, and of many of everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_steering.records import Outcome, Record
from pytest_steering.report.cell_summary import Group, scored_groups

HOSTILE = '</svg><script>alert("x")</script>&amp;\x1b[31m\u202e\x00' + "long " * 30

GUARDED = {
    "main_metric": "joy",
    "guards": ["noise"],
    "scores": {
        "joy": {"better": "higher", "bounds": [-1.0, 1.0]},
        "noise": {"better": "lower", "limit": {"least": None, "most": 0.5, "beside": ""}},
    },
}


def samples(
    margins: Sequence[float | None], groups: Sequence[str] = ("a", "b"), prefix: str = "s"
) -> tuple[Outcome, ...]:
    """Return samples that are in turn present and absent, answered by the sign of their margin."""
    return tuple(
        Outcome(
            id=f"{prefix}{number}",
            expected="no" if number % 2 else "yes",
            predicted="none" if margin is None else "yes" if margin > 0 else "no",
            correct=None if margin is None else (margin > 0) == (number % 2 == 0),
            margin=margin,
            tokens=5 + number % 3,
            group=groups[number // 2 % len(groups)],
        )
        for number, margin in enumerate(margins)
    )


def scored(numbers: Sequence[float | None], noise: Sequence[float]) -> tuple[Outcome, ...]:
    """Return written answers with a score and a guard's."""
    return tuple(
        Outcome(
            id=f"s{n}",
            expected="",
            predicted="",
            tokens=4,
            group="ab"[n % 2],
            scores={"joy": joy, "noise": bad},
        )
        for n, (joy, bad) in enumerate(zip(numbers, noise, strict=True))
    )


def record(
    arm: str,
    outcomes: Sequence[Outcome] = (),
    purpose: str = "score",
    at: tuple[int, float] = (2, 1.0),
    **rest: Any,
) -> Record:
    """Return one cell."""
    spec = {
        "purpose": purpose,
        "model": {"name": rest.pop("model", "tiny")},
        "data": {"dataset": "films", "split": "dev" if purpose == "search" else "test"},
        "intervention": None
        if arm == "unsteered"
        else {"layers": [at[0]], "scale": at[1], "operation": "add"},
    }
    return Record(
        spec, arm=arm, outcomes=tuple(outcomes), experiment=rest.pop("experiment", "test_it"), **rest
    )


def points(layers: int, scales: Sequence[float], **found: Any) -> list[Record]:
    """Return a search whose numbers rise with layer and scale."""
    return [
        record(
            "steered",
            purpose="search",
            at=(layer, scale),
            metrics=found
            or {"accuracy_by_margin": 0.4 + 0.01 * layer + 0.01 * column, "accuracy_by_text": None},
        )
        for layer in range(layers)
        for column, scale in enumerate(scales)
    ]


def doses(items: Sequence[Sequence[float]], scales: Sequence[float] = (0.0, 1.0, 2.0)) -> Record:
    """Return a dose–response as its step records it."""
    names = [f"s{number}" for number in range(len(items))]
    nulls = {"random": [[0.0, 0.1, -0.2], [0.0, -0.1, 0.2]], "shuffled": [[0.0, 0.3, 0.1]]}
    found = {"dose_slope": 0.9, "dose_slope_low": 0.5, "dose_slope_high": 1.3, "anti_steerable_share": 0.25}
    evidence = {"scales": list(scales), "ids": names, "items": [list(one) for one in items], "nulls": nulls}
    return record("steered", purpose="dose response", metrics=found, evidence=evidence)


def group_of(*records: Record) -> Group:
    """Return scored cells as the arms of one experiment."""
    (found,) = scored_groups(records)
    return found


def unsteered_margins(count: int) -> list[float]:
    """Return margins of which some have the wrong sign."""
    return [(-1) ** n * 1.0 + ((n * 7919) % 23 - 8) / 6 for n in range(count)]


def steered_margins(count: int) -> list[float]:
    """Return them after steering: most moved the way of their label, some the other."""
    return [
        margin + (-1) ** n * (((n * 104729) % 31) - 6) / 9
        for n, margin in enumerate(unsteered_margins(count))
    ]


def verdicts(count: int = 24, groups: Sequence[str] = ("a", "b"), prefix: str = "s") -> list[Record]:
    """Return a run of three controls beside unsteered and steered."""
    before = unsteered_margins(count)
    arms = {
        "unsteered": before,
        "steered": steered_margins(count),
        "random:0": [one + 0.05 for one in before],
        "negated": [one - 0.4 for one in before],
        "zero": before,
    }
    return [record(arm, samples(margins, groups, prefix)) for arm, margins in arms.items()]


def texts(count: int = 20) -> list[Record]:
    """Return a run of scored texts, some of which fall apart."""
    before, after = (
        [0.1 * (n % 5) for n in range(count)],
        [0.1 * (n % 5) + 0.3 - 0.1 * (n % 4) for n in range(count)],
    )
    calm, loud = [0.1] * count, [0.9 if n % 3 == 0 else 0.2 for n in range(count)]
    return [
        record("unsteered", scored(before, calm), evidence=GUARDED),
        record("steered", scored(after, loud), evidence=GUARDED),
        record("random:0", scored(before, calm), evidence=GUARDED),
    ]
