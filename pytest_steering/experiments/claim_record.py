"""That a difference was expected, and what came of it: a small record; all of a run are one family."""

from __future__ import annotations

from pytest_steering.records import Record

PURPOSE = "claim"


def claim_record(cell: Record, asked: str, p: float | None, met: bool) -> Record:
    """Return the record of an expected difference.

    Args:
        cell: The arm that it is expected of.
        asked: What is expected, in words.
        p: Of the difference against none, two-sided; None where it has none.
        met: Whether it was found as expected.
    """
    return Record(
        spec={
            "purpose": PURPOSE,
            "model": {"name": cell.model},
            "cell": cell.address,
            "asked": asked,
        },
        arm=cell.arm,
        metrics={"p": p},
        evidence={"met": met},
        experiment=cell.experiment,
        node_id=cell.node_id,
    )
