"""What is kept of a sample to compare it with later, as a line of a baseline's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from pytest_steering.comparison import Facts
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.outcomes import judged, ran
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome

Samples: TypeAlias = tuple[Outcome, ...]

GATED = "accuracy"
"""The metric whose changes are judged."""

PROMPT_DIGITS = 16
"""Of the prompt's SHA-256, from the left."""


def kept(outcomes: Iterable[Outcome]) -> Samples:
    """Return the samples that were run, by id, with no more of each than a baseline keeps."""
    bare = {one.id: outcome_of(one.id, row_of(one)) for one in ran(outcomes)}
    return tuple(bare[name] for name in sorted(bare))


def row_of(outcome: Outcome) -> list[Any]:
    """Return the form that a file holds."""
    prompt = outcome.prompt_sha256[:PROMPT_DIGITS]
    return [outcome.predicted, outcome.expected, prompt, outcome.response, outcome.tied_at]


def outcome_of(name: str, row: Any) -> Outcome:
    """Return the sample of a line of a file.

    Args:
        name: The sample's id.
        row: As `row_of` gives it.

    Raises:
        DataError: It is anything else.
    """
    texts = isinstance(row, list) and len(row) == 5 and all(isinstance(part, str) for part in row[:4])
    if not texts or not isinstance(row[4], (int, type(None))):
        raise DataError(
            f"a sample is kept as [predicted, expected, prompt, response, tied_at]; found {row!r}"
        )
    predicted, expected, prompt, response, tied_at = row
    return judged(
        Outcome(name, expected, prompt_sha256=prompt, response=response, tied_at=tied_at), predicted
    )


def as_rows(samples: Samples) -> dict[str, list[Any]]:
    """Return samples as a file holds them, by id."""
    return {one.id: row_of(one) for one in samples}


def from_rows(rows: Mapping[str, Any]) -> Samples:
    """Return the samples that a file holds; raises DataError for anything else."""
    return tuple(outcome_of(name, rows[name]) for name in sorted(rows))


def gated_number(samples: Samples) -> float:
    """Return the number of some samples that is judged; 0 without samples."""
    return metric(GATED).value(Facts(samples)) or 0.0
