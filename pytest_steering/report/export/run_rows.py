"""The rows of a run: one for each sample and arm, or one for each cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Literal, TypeAlias

from pytest_steering.comparison.outcomes import skipped
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome, Record
from pytest_steering.run_folder.cell import newest_cells
from pytest_steering.run_folder.runs import Run
from pytest_steering.run_folder.shortfall import shortfalls

Rows: TypeAlias = Literal["samples", "cells"]

_CELL = (
    "cell",
    "experiment",
    "node_id",
    "model",
    "arm",
    "purpose",
    "dataset",
    "split",
    "form",
    "layers",
    "scale",
)
_OUTCOME = tuple(item.name for item in fields(Outcome))


def row_names(rows: Rows) -> tuple[str, ...]:
    """Return the columns that rows of a run have in any case.

    Args:
        rows: `samples` or `cells`.

    Raises:
        DataError: A run has no such rows.
    """
    if rows not in _ROWS:
        raise DataError(f"a run has no rows {rows!r}; expected one of {', '.join(_ROWS)}")
    return (*_CELL, *_ROWS[rows][0])


def run_rows(run: Run, rows: Rows) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows that `load_run` gives, and what the run lacks.

    Args:
        run: The run.
        rows: `samples` or `cells`.
    """
    found = run.read()
    cells = [record for one in newest_cells(found.records).values() for record in (*one.rivals, one.record)]
    made = [{**_cell(cell), **row} for cell in cells for row in _ROWS[rows][1](cell)]
    return made, list(shortfalls(run.manifest, found))


def _cell(record: Record) -> dict[str, Any]:
    data, prompt = record.spec.get("data") or {}, record.spec.get("prompt") or {}
    steered = record.spec.get("intervention") or {}
    values = (
        record.key,
        record.experiment,
        record.node_id,
        record.model,
        record.arm,
        record.spec.get("purpose"),
        data.get("dataset"),
        data.get("split"),
        prompt.get("form"),
        ",".join(map(str, steered.get("layers", ()))),
        steered.get("scale"),
    )
    return dict(zip(_CELL, values, strict=True))


def _samples(record: Record) -> Iterator[dict[str, Any]]:
    yield from ({name: getattr(outcome, name) for name in _OUTCOME} for outcome in record.outcomes)


def _summary(record: Record) -> Iterator[dict[str, Any]]:
    yield {
        "samples": len(record.outcomes),
        "skipped": len(skipped(record.outcomes)),
        **record.metrics,
        **{f"latency.{name}": value for name, value in record.latency.items()},
        **{f"counts.{name}": value for name, value in record.counts.items()},
        "findings": tuple(str(finding.get("id")) for finding in record.findings),
    }


_ROWS: Mapping[Rows, tuple[tuple[str, ...], Callable[[Record], Iterator[dict[str, Any]]]]] = {
    "samples": (_OUTCOME, _samples),
    "cells": (("samples", "skipped", "findings"), _summary),
}
