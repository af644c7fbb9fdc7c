"""An operation of a user's own is proven, run by the engine, watched and recorded; no file knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from torch import Tensor

from pytest_steering import Experiment, Intervention, Record, operation, projection
from pytest_steering.steering import operations


@pytest.fixture
def mirrored(intervention: Intervention) -> Iterator[Intervention]:
    """Turned round along the vector, by an operation of three lines."""

    @operation(divides_scale=False)
    def mirror(states: Tensor, direction: Tensor, strength: float) -> Tensor:
        return states - 2 * strength * projection(states, direction)

    yield replace(intervention, operation="mirror")
    del operations.OPERATIONS["mirror"]


def test_an_operation_of_your_own_runs_from_the_proof_to_the_record(
    experiment: Experiment, mirrored: Intervention, records: list[Record]
) -> None:
    result = experiment.run(mirrored, controls=["zero", "random", "negated"])
    assert list(result.arms) == [
        "unsteered",
        "steered",
        "zero",
        *("random:0", "random:1", "random:2"),
        "threshold",
    ]
    steered = records[1]
    assert steered.spec["intervention"]["operation"] == "mirror"
    assert len(steered.provenance["operation"]) == 16
    (written,) = steered.evidence["written"]["layers"].values()
    assert written["exact"]
    assert written["asked"] == written["steered"] > 0
    together = steered.evidence["together"]
    assert (together["steered"], together["nobodys"]) == (together["asked"], 0)
    found = {one["id"] for one in steered.findings}
    assert "control-vacuous" in found
    assert not found & {"intervention-failed", "intervention-missing", "positions-differ", "arms-differ"}
    assert result["zero"]["first_token_kl"] == 0.0 < (result.steered["first_token_kl"] or 0.0)
