"""Records of a run made by hand, for checks that need no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pytest_steering.comparison import Comparison
from pytest_steering.experiments.result import Result
from pytest_steering.records import Outcome, Record

CONTROLS = ("zero", "random:0", "random:1", "random:2", "negated", "shuffled")
EVIDENCE: Mapping[str, Any] = {
    "claim": 0.1,
    "weights": {"first": "w", "before": "w", "after": "w"},
    "hooks": {"before": 0, "after": 0, "foreign": []},
    "foreign": [],
    "forced": False,
    "reader": {"asked": 6, "wrong": []},
    "overlap": {"samples": 0, "examples": []},
    "searched": [{"split": "dev", "samples": 128, "overlap": 0}],
    "together": {
        "sharing": "tree",
        "asked": [9, 9, 9],
        "steered": [9, 9, 9],
        "nobodys": 0,
        "other_layers": [],
    },
    "written": {
        "layers": {
            "3": {
                "asked": 12,
                "steered": 12,
                "elsewhere": 0,
                "pads": 0,
                "rows": 3,
                "exact": True,
                "cosine": 1.0,
                "ratio": 1.0,
                "asked_norm": 4.0,
                "state_dtype": "float32",
                "dtype": "float32",
                "shape": "",
            }
        },
        "other_layers": [],
        "padding": "left",
        "prompts_read": True,
    },
    "failed": "",
    "read": {"3": 0.0},
    "repeat": {"answers": 16, "differ": 0},
}


def outcome(number: int, predicted: str, margin: float = 0.0, **changes: Any) -> Outcome:
    """One sample; even numbers are present, an odd one is the absent twin of the one before."""
    expected = "no" if number % 2 else "yes"
    text = {"yes": " Vulnerable. The path is used without a check.", "no": " Secure.", "none": "?"}[predicted]
    made = Outcome(
        id=f"s{number}",
        expected=expected,
        predicted=predicted,
        prompt_sha256=f"p{number}",
        response=text,
        correct=None if predicted == "none" else predicted == expected,
        margin=margin,
        tokens=8,
        tokens_sha256=f"{predicted}",
        pair_id=f"pair{number // 2}",
        group=f"CWE-{(number // 2) % 4}",
        prompt_tokens=100 + (number * 7919) % 13,
        length=100 + (number * 7919) % 13,
        ended=True,
    )
    return replace(made, **changes)


def always(count: int, predicted: str = "yes") -> list[Outcome]:
    """An arm that answers the same to everything, with margins that tell nothing."""
    return [outcome(n, predicted, margin=float((n * 31) % 17)) for n in range(count)]


def truthful(count: int, wrong_every: int = 10) -> list[Outcome]:
    """An arm that is right but for every so many samples, with margins to match."""
    arm = []
    for number in range(count):
        vulnerable = (number % 2 == 0) != ((number * 7) % wrong_every == 0)
        margin = (2.0 if vulnerable else -2.0) + ((number * 31) % 17) / 10
        arm.append(outcome(number, "yes" if vulnerable else "no", margin))
    return arm


def record(arm: str, outcomes: Sequence[Outcome], evidence: Mapping[str, Any] | None = None) -> Record:
    """The record of one arm."""
    steered = arm != "unsteered"
    return Record(
        spec={
            "purpose": "score",
            "model": {"name": "m", "family": "starcoder"},
            "data": {"dataset": "twins", "split": "test", "sha256": "d"},
            "generation": {"max_new_tokens": 32},
            "intervention": {"layers": [3], "scale": 1.0} if steered else None,
        },
        arm=arm,
        environment={"numerics": "cpu-float32", "weights": "w"},
        outcomes=tuple(outcomes),
        provenance={"norms": {"3": 4.0}, "sha256": "v"} if steered else {},
        evidence=evidence or {},
        experiment="test_it",
        node_id="benchmarks/test_it.py::test_it[m]",
    )


def run(
    unsteered: Sequence[Outcome] | None = None, steered: Sequence[Outcome] | None = None, **evidence: Any
) -> dict[str, Record]:
    """The records of a run without a fault, but for what is given."""
    base = list(unsteered if unsteered is not None else always(160))
    arms = {"unsteered": base, "steered": list(steered if steered is not None else truthful(160))}
    arms |= dict.fromkeys(CONTROLS, base)
    found = {name: record(name, outcomes) for name, outcomes in arms.items()}
    found["steered"] = replace(found["steered"], evidence={**EVIDENCE, **evidence})
    return found


def result(records: Mapping[str, Record]) -> Result:
    """A result as an experiment returns it."""
    return Result(Comparison.of(records.values()))
