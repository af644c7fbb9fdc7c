"""What a run and the arms of its experiments cost: arms share batches, so their time is one number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pytest_steering.identity import SCORE
from pytest_steering.records import Record
from pytest_steering.report.cell_summary import Group


def cost_texts(group: Group) -> Iterator[str]:
    """Yield how long all arms took together, and the most memory that was held.

    Args:
        group: The arms of one experiment; arms that were evaluated in one call carry the same time.
    """
    seconds = {arm.record.latency.get("all_arms_seconds") or 0.0 for arm in group.arms} - {0.0}
    peak = max(arm.record.latency.get("peak_memory_mib") or 0.0 for arm in group.arms)
    if seconds:
        held = f"; peak memory of the process {peak:,.0f} MiB" if peak else ""
        yield f"scoring all {len(group.arms)} arms took {duration(sum(seconds))}{held}"


def waited_text(setup: float, tests: float, records: Iterable[Record]) -> str:
    """Return how long the tests of a run took, of which scoring the arms is a part.

    Args:
        setup: Seconds to set tests up, where models are loaded and proven.
        tests: Seconds in the tests, all workers' together.
        records: Of the run.
    """
    scored = {
        (one.node_id, seconds)
        for one in records
        if one.spec.get("purpose") == SCORE and (seconds := one.latency.get("all_arms_seconds"))
    }
    return (
        f"tests took {duration(setup + tests)}: {duration(setup)} to set up (models are loaded and proven), "
        f"{duration(sum(seconds for _, seconds in scored))} to score arms, the rest for vectors, searches, "
        "controls and checks"
    )


def duration(seconds: float) -> str:
    """Return a time as a person says it, such as `35.7 s` and `8 min 37 s`."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
