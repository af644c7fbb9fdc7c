"""What was expected of the cells of a run and was not found: who accepts their numbers should know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_steering.experiments.claim_family import claims_of
from pytest_steering.gate.gated_cells import Measured
from pytest_steering.records import Record


def unmet_claims(records: Iterable[Record], cells: Iterable[Measured]) -> Iterator[str]:
    """Yield a sentence on each difference that the tests of some cells expected in vain.

    Args:
        records: Of the run.
        cells: Of its tests that are looked at.
    """
    tests = {one.node_id for one in cells}
    for claim in claims_of(records):
        if not claim.met and claim.record.node_id in tests:
            where = f"{claim.record.experiment} on {claim.record.model}"
            yield f"its test failed: {where}: {claim.record.spec['asked']} was expected, and was not met"
