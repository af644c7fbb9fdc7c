"""Runs in which something that is no steering does as well, and what is reported of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytest_steering.comparison import Comparison, estimated_change
from pytest_steering.records import Record
from tests.experiments.cells import record, run, truthful
from tests.experiments.scored_cells import cheered, scored_run


def beside(arm: str, wrong_every: int) -> dict[str, Record]:
    """A run with one more arm, which is right but for every so many samples."""
    return {**run(), arm: record(arm, truthful(160, wrong_every))}


RIVAL_FAULTS: dict[str, Callable[[], dict[str, Record]]] = {
    "threshold-as-good": lambda: beside("threshold", 11),
    "prompt-as-good": lambda: scored_run(prompted=cheered(0.6)),
    "unembedding-as-good": lambda: {**beside("unembedding:present", 3), **beside("unembedding:absent", 10)},
}


def _said(
    name: str, arm: str, metric: str, effect: float, rival: float, what: str
) -> tuple[str, str, dict[str, Any]]:
    records = RIVAL_FAULTS[name]()
    left = estimated_change(Comparison.of(records.values()).pairing("steered", arm), metric)
    ends = f"[{left.low:+.3g}, {left.high:+.3g}]"
    return (
        "steered",
        f"{metric} moved by {effect:+.3g} under the vector, by {rival:+.3g} {what}; the difference is "
        f"{left.number:+.3g}, 95 % interval {ends}, n = {left.samples}",
        {"effect": effect, "rival": rival, "low": left.low, "high": left.high},
    )


RIVAL_REPORTED: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "threshold-as-good": [
        _said(
            "threshold-as-good",
            "threshold",
            "accuracy",
            0.4,
            0.40625,
            "where the unsteered margin is judged by a threshold fitted elsewhere",
        )
    ],
    "prompt-as-good": [
        _said(
            "prompt-as-good",
            "prompted",
            "cheer",
            0.49750000000000005,
            0.597,
            "where it was asked for in words",
        )
    ],
    "unembedding-as-good": [
        _said(
            "unembedding-as-good",
            "unembedding:absent",
            "accuracy",
            0.4,
            0.4,
            "along the answer's own rows of the output layer",
        )
    ],
}
