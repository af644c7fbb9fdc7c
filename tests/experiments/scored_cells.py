"""Records of a run whose answers are scored, made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pytest_steering.records import Outcome, Record
from tests.experiments.cells import EVIDENCE, record

SCORED: Mapping[str, Any] = {
    "scores": {
        "cheer": {"better": "higher", "bounds": [-1, 1], "unit": "", "meaning": "", "limit": None},
        "repetition": {
            "better": "lower",
            "bounds": [0, 1],
            "unit": "share",
            "meaning": "",
            "limit": {"least": None, "most": 0.3, "beside": ""},
        },
    },
    "guards": ["repetition"],
    "main_metric": "cheer",
}


def written(
    number: int, cheer: float | None, repetition: float | None = 0.0, tokens: int = 24, **changes: Any
) -> Outcome:
    """One answer with its scores; answers of other scores are other tokens."""
    made = Outcome(
        id=f"o{number}",
        expected="",
        predicted="",
        prompt_sha256=f"p{number}",
        response=f"It was a day of {cheer} in the year {number}",
        tokens=tokens,
        tokens_sha256=f"{cheer} {repetition} {tokens}",
        group="weather" if number % 2 else "work",
        scores={"cheer": cheer, "repetition": repetition},
        length=40,
        ended=False,
    )
    return replace(made, **changes)


def mood(number: int) -> float:
    """What an opening brings with it."""
    return ((number * 7) % 11 - 5) / 20


def arm(count: int, cheer: Callable[[int], float | None], **changes: Any) -> list[Outcome]:
    """Answers whose score is a function of their number."""
    return [written(number, cheer(number), **changes) for number in range(count)]


def cheered(by: float, count: int = 40) -> list[Outcome]:
    """An arm in which every answer is more cheerful, some more than others."""
    return arm(count, lambda number: mood(number) + by * (0.8 + (number * 5) % 9 / 20))


def scored_run(
    steered: Sequence[Outcome] | None = None,
    unsteered: Sequence[Outcome] | None = None,
    **controls: Sequence[Outcome],
) -> dict[str, Record]:
    """The records of a run that cheers up, but for what is given."""
    base = list(unsteered if unsteered is not None else cheered(0.0))
    arms = {
        "unsteered": base,
        "steered": list(steered if steered is not None else cheered(0.5)),
        "zero": base,
        "random:0": cheered(0.01),
        "random:1": cheered(-0.02),
        "negated": cheered(-0.4),
        "shuffled": cheered(0.05),
        **controls,
    }
    asked = {"purpose": "score", "model": {"name": "m"}, "generation": {"max_new_tokens": 24}}
    found = {name: record(name, outcomes) for name, outcomes in arms.items()}
    found = {name: replace(one, evidence=SCORED, spec={**one.spec, **asked}) for name, one in found.items()}
    seen = {**EVIDENCE, **SCORED}
    return {**found, "steered": replace(found["steered"], evidence=seen)}
