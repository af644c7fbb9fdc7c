"""Runs of records by hand, in which so many samples of a cell are right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_steering.comparison import Comparison
from pytest_steering.experiments.baseline_expectation import baseline_expected, held_by
from pytest_steering.records import Outcome, Record
from pytest_steering.run_folder.manifest import Ending, Manifest, PlannedTest
from pytest_steering.run_folder.runs import Run


def outcomes(count: int, wrong: Iterable[int] = (), **changes: Any) -> tuple[Outcome, ...]:
    """Outcomes of which those with a number in `wrong` are wrong."""
    bad = set(wrong)
    return tuple(_outcome(number, number in bad, changes) for number in range(count))


def _outcome(number: int, wrong: bool, changes: dict[str, Any]) -> Outcome:
    expected = "no" if number % 2 else "yes"
    other = "yes" if number % 2 else "no"
    predicted = other if wrong else expected
    made = Outcome(
        id=f"s{number:03}",
        expected=expected,
        predicted=predicted,
        prompt_sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        response=" Vulnerable. It is." if predicted == "yes" else " Secure. It is.",
        correct=not wrong,
        group="CWE-22",
    )
    return replace(made, **changes)


def scored(numbers: Iterable[float | None], **changes: Any) -> tuple[Outcome, ...]:
    """Outcomes of open prompts with a sentiment each; None where an answer has none."""
    return tuple(
        replace(
            Outcome(
                f"s{number:03}",
                "",
                "",
                prompt_sha256=hashlib.sha256(str(number).encode()).hexdigest(),
                response=f" A day of {value}.",
                scores={"sentiment": value},
            ),
            **changes,
        )
        for number, value in enumerate(numbers)
    )


SENTIMENT = {
    "scores": {"sentiment": {"better": "higher", "unit": "", "bounds": [-1.0, 1.0]}},
    "main_metric": "sentiment",
}


def scored_run(
    steered: Iterable[float | None],
    unsteered: Iterable[float | None] | None = None,
    margin: float | None = None,
    better: str = "higher",
    **changes: Any,
) -> list[Record]:
    """The records of one test that holds the mean sentiment of its steered cell against a baseline."""
    described = {"sentiment": {**SENTIMENT["scores"]["sentiment"], "better": better}}  # type: ignore[index]
    told = {"evidence": {**SENTIMENT, "scores": described}, **changes}
    found = cell("steered", scored(steered), **told)
    base = cell("unsteered", scored(unsteered or [0.0] * len(found.outcomes)), **told)
    held = held_by(Comparison.of([base, found]), margin=margin)
    return [base, found, baseline_expected(found, base, **held)]


def cell(arm: str, answers: tuple[Outcome, ...], model: str = "m", **changes: Any) -> Record:
    """The record of a cell."""
    made = Record(
        spec={
            "purpose": "score",
            "model": {"name": model, "family": "starcoder"},
            "data": {"dataset": "twins", "split": "test", "sha256": "d"},
            "prompt": {"form": "sentence"},
            "intervention": {"layers": [3], "scale": 1.0} if arm == "steered" else None,
        },
        arm=arm,
        environment={"numerics": "cpu-float32", "weights": "w" * 64},
        outcomes=answers,
        experiment="test_it",
        node_id=f"benchmarks/test_it.py::test_it[{model}]",
    )
    return replace(made, **changes)


def run(
    steered: tuple[Outcome, ...] | None = None,
    unsteered: tuple[Outcome, ...] | None = None,
    model: str = "m",
    **changes: Any,
) -> list[Record]:
    """The records of one test that holds its steered cell against a baseline."""
    base = cell("unsteered", unsteered or outcomes(160, range(1, 160, 2)), model, **changes)
    found = cell("steered", steered or outcomes(160, range(0, 160, 10)), model, **changes)
    return [base, found, baseline_expected(found, base)]


def planned(ending: Ending, *tests: str, models: Iterable[str] = ("m",), **changes: Any) -> Manifest:
    """The manifest of a run of some tests, `test_it` alone if none are named, that all ended in one way."""
    selected = {
        f"benchmarks/test_it.py::{test}[{model}]": PlannedTest(
            f"benchmarks/test_it.py::{test}", model, ending
        )
        for test in tests or ("test_it",)
        for model in models
    }
    made = Manifest("finished", ("benchmarks",), selected, collected=("benchmarks/test_it.py",))
    return replace(made, **changes)


def write(folder: Path, made: Iterable[Record], manifest: Manifest | None = None) -> Path:
    """Write a run as the plugin does, and return its folder; without a manifest as it once did."""
    found = Run(folder)
    for record in made:
        found.append(record)
    if manifest:
        found.keep(manifest)
    return folder
