"""Writes the table of behaviours of the real model, in README and docs, from a run of their benchmarks.

    pytest benchmarks/behaviours -m "slow or not slow"
    python -m tools.behaviours_page

It reads the newest run, or those that are named; the table stands between two comments, as in `docs_tables`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tabulate import tabulate

from pytest_steering import Record
from pytest_steering.comparison import STEERED, Comparison, estimated_change
from pytest_steering.comparison.guards import guarded
from pytest_steering.report.cell_summary import scored_groups
from pytest_steering.run_folder.runs import find_run

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "behaviours.md")
MODEL = "smollm2"
HEADERS = (
    "experiment",
    "mean of",
    "at",
    "n",
    "unsteered",
    "steered",
    "change [95 %]",
    "random ×3",
    "negated",
    "shuffled",
    "prompted",
    "broken",
)

_TABLE = re.compile(r"(<!-- table: behaviours -->\n)(.*?)(<!-- end -->)", re.S)


def behaviours_table(records: Iterable[Record]) -> str:
    """Return one row a behaviour: its number in every arm, and the paired change of the steered one.

    Args:
        records: Of a run; those of other models and of tasks about accuracy are passed over.
    """
    runs = [
        Comparison({arm.name: arm for arm in group.arms})
        for group in scored_groups(records)
        if group.model == MODEL
    ]
    rows = [_row(run) for run in runs if STEERED in run and run.main_metric != "accuracy"]
    return tabulate(rows, headers=HEADERS, tablefmt="github", disable_numparse=True) + "\n"


def _row(run: Comparison) -> Sequence[str]:
    name, steered = run.main_metric, run.steered
    change = estimated_change(run.pairing(), name)
    at = steered.record.spec["intervention"]
    return (
        steered.record.experiment.partition("[")[0].removeprefix("test_").replace("_", " "),
        name,
        f"{','.join(map(str, at['layers']))} @ {at['scale']:g}",
        str(change.samples),
        *(_number(run, arm) for arm in ("unsteered", STEERED)),
        f"{change.number:+.2f} [{change.low:+.2f}, {change.high:+.2f}]",
        " ".join(_number(run, arm.name) for arm in run.random),
        *(_number(run, arm) for arm in ("negated", "shuffled", "prompted")),
        " / ".join(f"{guarded(run, arm).share:.2f}" for arm in ("unsteered", STEERED)),
    )


def _number(run: Comparison, arm: str) -> str:
    value = run[arm][run.main_metric] if arm in run else None
    return "–" if value is None else f"{value:.2f}"


def written(pages: Iterable[Path], table: str) -> Iterator[Path]:
    """Write a table into pages, and yield those that changed."""
    for page in pages:
        before = page.read_text(encoding="utf-8")
        after = _TABLE.sub(lambda found: found[1] + table + found[3], before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            yield page


def main() -> None:
    """Write the table of the newest run, or of those that are named."""
    runs = [find_run(name, ROOT / ".steering") for name in sys.argv[1:] or ["latest"]]
    records = [record for run in runs for record in run.read().records]
    for page in written(PAGES, behaviours_table(records)):
        sys.stdout.write(f"written: {page.name}\n")


if __name__ == "__main__":
    main()
