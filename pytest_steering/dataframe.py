"""A run as a pandas DataFrame: a row for each sample and arm, or a row for each cell."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pytest_steering.cell import newest_cells
from pytest_steering.comparison.outcomes import skipped
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome, Record
from pytest_steering.runs import Run, find_run
from pytest_steering.shortfall import shortfalls

if TYPE_CHECKING:
    import pandas

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


def load_run(
    run: str | Path = "latest",
    *,
    rows: Literal["samples", "cells"] = "samples",
    home: str | Path = ".steering",
) -> pandas.DataFrame:
    """Return what a run recorded as a DataFrame.

    Each row says which cell it is of: `cell` (its key), `experiment`, `node_id`, `model`, `arm`, `purpose`,
    `dataset`, `split`, `form`, `layers`, `scale`. A row of a sample goes on with the fields of `Outcome`; one
    of a cell with `samples` and `skipped`, each metric by its name, `latency.…`, `counts.…` and the ids of
    its `findings`. Of several records of one cell the newest counts.

    What the run lacks, such as tests that were not run and lines that were torn, is a warning each.

    Args:
        run: A run id or its beginning, the path of a records file or of a run's folder, or `latest`.
        rows: `samples` or `cells`.
        home: The folder of all runs.

    Raises:
        DataError: There is no such run, its records cannot be read, or rows are asked for that there are not.
    """
    import pandas

    if rows not in _ROWS:
        raise DataError(f"a run has no rows {rows!r}; expected one of {', '.join(_ROWS)}")
    wanted = find_run(str(run), Path(home))
    made, lacking = run_rows(wanted, rows)
    for sentence in lacking:
        warnings.warn(f"{wanted.folder.name}: {sentence}", stacklevel=2)
    return pandas.DataFrame(made) if made else pandas.DataFrame(columns=[*_CELL, *_ROWS[rows][0]])


def run_rows(run: Run, rows: Literal["samples", "cells"]) -> tuple[list[dict[str, Any]], list[str]]:
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


_ROWS = {"samples": (_OUTCOME, _samples), "cells": (("samples", "skipped", "findings"), _summary)}
