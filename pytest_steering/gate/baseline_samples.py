"""What is kept of a sample to compare it with later, as a line of a baseline's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Any, TypeAlias

from pytest_steering.comparison import Facts
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.outcomes import judged, ran
from pytest_steering.errors import DataError
from pytest_steering.gate.gated_metric import GatedMetric
from pytest_steering.records import Outcome

Samples: TypeAlias = tuple[Outcome, ...]

PROMPT_DIGITS = 16
"""Of the prompt's SHA-256, from the left."""


def kept(outcomes: Iterable[Outcome], gated: GatedMetric) -> Samples:
    """Return the samples that were run, by id, with no more of each than a baseline keeps.

    Args:
        outcomes: Of a cell.
        gated: What is judged of it.
    """
    bare = {one.id: outcome_of(one.id, row_of(one, gated), gated) for one in gated.held(ran(outcomes))}
    return tuple(bare[name] for name in sorted(bare))


def row_of(held: Outcome, gated: GatedMetric) -> list[Any]:
    """Return the form that a file holds; what guards need stands at its end, where there is any."""
    prompt, beside = held.prompt_sha256[:PROMPT_DIGITS], _beside(held, gated)
    judged = [gated.number(held) if gated.mean else held.predicted, held.expected, prompt, held.response]
    return [*judged, *([] if gated.mean else [held.tied_at]), *([beside] if beside else [])]


def _beside(held: Outcome, gated: GatedMetric) -> dict[str, Any]:
    scores = {name: value for name, value in held.scores.items() if name != gated.name and value is not None}
    found = {"ended": held.ended, "margin": held.margin, "tied_text": held.tied_text, "scores": scores}
    return {name: value for name, value in found.items() if value not in (None, "", {})}


def outcome_of(name: str, row: Any, gated: GatedMetric) -> Outcome:
    """Return the sample of a line of a file.

    Args:
        name: The sample's id.
        row: As `row_of` gives it.
        gated: What is judged.

    Raises:
        DataError: It is anything else.
    """
    length = 4 if gated.mean else 5
    beside = row[length] if isinstance(row, list) and len(row) == length + 1 else {}
    bare = row[:length] if beside else row
    found = _scored(name, bare, gated.name) if gated.mean else _judged(name, bare)
    return _with_numbers(found, beside)


def _with_numbers(found: Outcome, beside: Any) -> Outcome:
    """Return the sample with what guards need of it."""
    if not isinstance(beside, dict) or not beside.keys() <= {"ended", "margin", "tied_text", "scores"}:
        raise DataError(f"beside a sample stand its ended, margin, tied_text and scores; found {beside!r}")
    scores = {**found.scores, **beside.get("scores", {})}
    if not all(isinstance(one, (int, float, type(None))) for one in (*scores.values(), beside.get("margin"))):
        raise DataError(f"margin and scores of a sample are numbers; found {beside!r}")
    return found.but(**{**beside, "scores": scores})


def _judged(name: str, row: Any) -> Outcome:
    texts = isinstance(row, list) and len(row) == 5 and all(isinstance(part, str) for part in row[:4])
    if not texts or not isinstance(row[4], (int, type(None))):
        raise DataError(
            f"a sample is kept as [predicted, expected, prompt, response, tied_at]; found {row!r}"
        )
    predicted, expected, prompt, response, tied_at = row
    return judged(
        Outcome(name, expected, prompt_sha256=prompt, response=response, tied_at=tied_at), predicted
    )


def _scored(name: str, row: Any, score: str) -> Outcome:
    texts = isinstance(row, list) and len(row) == 4 and all(isinstance(part, str) for part in row[1:])
    if not texts or isinstance(row[0], bool) or not isinstance(row[0], (int, float, type(None))):
        raise DataError(f"a sample is kept as [number or null, expected, prompt, response]; found {row!r}")
    number, expected, prompt, response = row
    return Outcome(name, expected, "", prompt_sha256=prompt, response=response, scores={score: number})


def as_rows(samples: Samples, gated: GatedMetric) -> dict[str, list[Any]]:
    """Return samples as a file holds them, by id."""
    return {one.id: row_of(one, gated) for one in samples}


def from_rows(rows: Mapping[str, Any], gated: GatedMetric) -> Samples:
    """Return the samples that a file holds; raises DataError for anything else."""
    return tuple(outcome_of(name, rows[name], gated) for name in sorted(rows))


def numbers(samples: Samples, gated: GatedMetric) -> list[float]:
    """Return the numbers of the samples that have one."""
    return [number for one in samples if (number := gated.number(one)) is not None]


def gated_number(samples: Samples, gated: GatedMetric) -> float | None:
    """Return the number of some samples that is judged; None where none of them has one."""
    if gated.mean:
        known = numbers(samples, gated)
        return fmean(known) if known else None
    return metric(ACCURACY).value(Facts(samples))
