"""What the arms of an experiment cost: they share batches, so their time is one number."""

from __future__ import annotations

from collections.abc import Iterator

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
        yield f"time of all {len(group.arms)} arms together: {sum(seconds):.1f} s{held}"
