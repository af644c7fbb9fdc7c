"""A run as a pandas DataFrame: a row for each sample and arm, or a row for each cell."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pytest_steering.report.export.run_rows import row_names, run_rows
from pytest_steering.run_folder.runs import find_run

if TYPE_CHECKING:
    import pandas


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

    names = row_names(rows)
    wanted = find_run(str(run), Path(home))
    made, lacking = run_rows(wanted, rows)
    for sentence in lacking:
        warnings.warn(f"{wanted.folder.name}: {sentence}", stacklevel=2)
    return pandas.DataFrame(made) if made else pandas.DataFrame(columns=list(names))
