"""Writes what documents have from the code: metrics, findings, scores, operations, proof, options, workflow.

    python -m tools.docs_tables

A table stands between two comments, of which the first names it; what stands around it is written by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from pytest_steering.commands.first_project.project_files import WORKFLOW, project_files
from pytest_steering.comparison.metrics import JUDGEMENT, SIDE_EFFECTS, Metric
from pytest_steering.findings import CATALOGUE, Severity
from pytest_steering.models.loading.smollm2 import SMOLLM2
from pytest_steering.models.proving.proof import READING, SHARED, STEERING
from tools import operation_rows, option_reference
from tools.scaling import tables as scaling
from tools.score_rows import HEAD, score_rows

DOCS = Path(__file__).resolve().parents[1] / "docs"

_TABLE = re.compile(r"(<!-- table: ([\w ]+) -->\n)(.*?)(<!-- end -->)", re.S)


def metric_table(metrics: Iterable[Metric]) -> str:
    """Return the table of some metrics."""
    head = ("name", "what it is", "over", "better", "unit", "range", "undefined when", "source")
    return _table(head, [_metric_row(one) for one in metrics])


def finding_table(severity: Severity) -> str:
    """Return the table of the findings of a severity."""
    rows = [
        (f"`{name}`", kind.meaning, kind.advice)
        for name, kind in CATALOGUE.items()
        if kind.severity == severity
    ]
    return _table(("id", "meaning", "what to do"), rows)


def score_table() -> str:
    """Return the table of the scores of written answers."""
    return _table(HEAD, score_rows(_range))


def claim_table() -> str:
    """Return the table of what is proven of a model before it is handed out."""
    kinds = {"how it reads": READING, "what steering does": STEERING, "rows together": SHARED}
    return _table(("of", "claim"), [(kind, claim) for kind, claims in kinds.items() for claim, _ in claims])


def first_file(name: str, language: str) -> str:
    """Return a file that `pytest-steering init` writes for texts of SmolLM2, as a block of a document."""
    tried = "<!-- run by: tests/tools/test_tutorial.py -->\n" if language == "python" else ""
    return f'{tried}```{language} title="{name}"\n{project_files("text", SMOLLM2)[name]}```\n'


TABLES: Mapping[str, Callable[[], str]] = {
    "judgement": partial(metric_table, JUDGEMENT),
    "side effects": partial(metric_table, SIDE_EFFECTS),
    "invalid": partial(finding_table, "invalid"),
    "limits": partial(finding_table, "limits"),
    "note": partial(finding_table, "note"),
    "scores": score_table,
    "operations": lambda: _table(operation_rows.HEAD, operation_rows.operation_rows()),
    "proof": claim_table,
    "scaling points": lambda: _table(scaling.POINTS_HEAD, scaling.point_rows()),
    "scaling worked": lambda: _table(scaling.WORKED_HEAD, scaling.worked_rows()),
    "scaling samples": lambda: _table(scaling.SAMPLES_HEAD, scaling.sample_rows()),
    "options": option_reference.options,
    "first conftest": partial(first_file, "conftest.py", "python"),
    "first test": partial(first_file, "test_music.py", "python"),
    "workflow": partial(first_file, WORKFLOW, "yaml"),
}


def with_tables(text: str) -> str:
    """Return a document with its tables made anew; one that another command makes stays as it is."""
    return _TABLE.sub(
        lambda found: found[1] + (TABLES[found[2]]() if found[2] in TABLES else found[3]) + found[4], text
    )


def main() -> int:
    """Write every document whose tables changed, and name it."""
    for path in sorted(DOCS.rglob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = with_tables(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            sys.stdout.write(f"written: {path.relative_to(DOCS)}\n")
    return 0


def _metric_row(one: Metric) -> Sequence[str]:
    older = "".join(f", older name `{name}`" for name in one.older_names)
    gaps = "; ".join(gap.why for gap in one.gaps)
    return (
        f"`{one.name}`{older}",
        one.meaning,
        one.over,
        "" if one.better == "neither" else one.better,
        one.unit,
        _range(*one.bounds),
        gaps,
        one.source,
    )


def _range(least: float | None, largest: float | None) -> str:
    if largest is None:
        return "" if least is None else f"from {least:g}"
    return f"{least:g} to {largest:g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = "|" + "---|" * len(head) + "\n"
    first, *rest = ("| " + " | ".join(line) + " |\n" for line in (head, *rows))
    return "".join((first, rule, *rest))


if __name__ == "__main__":
    sys.exit(main())
