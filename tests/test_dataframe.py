from __future__ import annotations

import math
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering import load_run
from pytest_steering.errors import DataError
from pytest_steering.records import Record
from pytest_steering.run_folder.manifest import Manifest, PlannedTest
from pytest_steering.run_folder.runs import Run
from tests.gate.runs import cell, outcomes

WRONG = range(0, 10, 5)


def kept(home: Path, *records: Record, manifest: Manifest | None = None) -> Run:
    run = Run(home / ".steering" / "runs" / "20260101T000000Z-abcdef")
    for record in records:
        run.append(record)
    run.keep(manifest or Manifest("finished"))
    return run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of two arms on ten samples."""
    monkeypatch.chdir(tmp_path)
    arms = [cell("unsteered", outcomes(10)), cell("steered", outcomes(10, WRONG, margin=math.inf))]
    numbers = {"metrics": {"accuracy": 0.8}, "latency": {"seconds": 2.0}, "counts": {"rows": 10}}
    found = ({"id": "few-samples", "severity": "note", "sentence": "n = 10"},)
    return kept(tmp_path, *(replace(arm, findings=found, **numbers) for arm in arms))  # type: ignore[arg-type]


def test_a_run_is_a_row_for_each_sample_and_arm(run: Run) -> None:
    frame = load_run()

    assert len(frame) == 20
    assert list(frame.columns[:5]) == ["cell", "experiment", "node_id", "model", "arm"]
    assert set(frame["arm"]) == {"unsteered", "steered"}
    assert frame.groupby("arm")["correct"].mean().to_dict() == {"unsteered": 1.0, "steered": 0.8}
    steered = frame[frame["arm"] == "steered"]
    assert set(steered["layers"]) == {"3"}
    assert set(steered["scale"]) == {1.0}
    assert set(steered["margin"]) == {math.inf}
    assert frame.pivot(index="id", columns="arm", values="predicted").shape == (10, 2)


def test_a_run_is_a_row_for_each_cell_where_that_is_asked_for(run: Run) -> None:
    frame = load_run(run.folder, rows="cells").set_index("arm")

    assert list(frame.index) == ["unsteered", "steered"]
    row = frame.loc["steered"]
    assert (row["samples"], row["skipped"], row["accuracy"]) == (10, 0, 0.8)
    assert (row["latency.seconds"], row["counts.rows"], row["findings"]) == (2.0, 10, ("few-samples",))


def test_a_cell_that_was_measured_anew_counts_once(tmp_path: Path) -> None:
    again = [
        cell("steered", outcomes(4, wrong), attempt=attempt) for attempt, wrong in enumerate([[0, 1], [0]], 1)
    ]
    frame = load_run(kept(tmp_path, *again).folder)

    assert len(frame) == 4
    assert frame["correct"].sum() == 3


@pytest.mark.parametrize("wanted", ["latest", "20260101", "file", "folder"])
def test_a_run_is_named_as_commands_name_it(run: Run, wanted: str) -> None:
    names = {"file": run.path, "folder": run.folder}

    assert len(load_run(names.get(wanted, wanted))) == 20


def test_a_run_without_records_has_no_rows_and_all_columns(tmp_path: Path) -> None:
    frame = load_run(kept(tmp_path).folder)

    assert len(frame) == 0
    assert {"arm", "predicted", "margin"} <= set(frame.columns)


def test_what_a_run_lacks_is_a_warning(tmp_path: Path) -> None:
    stopped = Manifest("stopped", selected={"test_b": PlannedTest("test_b", "one")})
    run = kept(tmp_path, cell("unsteered", outcomes(2)), manifest=stopped)
    with run.path.open("a") as file:
        file.write('{"arm": "st')
    with pytest.warns(UserWarning, match="abcdef: ") as said:
        load_run(run.folder)

    assert [str(one.message).partition(": ")[2] for one in said] == [
        "stopped: 1 of 1 tests that make records did not run: test_b",
        "line 2 of records.jsonl was cut off as it was written (11 bytes) and is passed over",
    ]


def test_a_finished_run_warns_of_nothing(run: Run) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_run()


def test_a_mistake_is_a_sentence(run: Run) -> None:
    with pytest.raises(DataError, match="no rows 'tests'; expected one of samples, cells"):
        load_run(rows="tests")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="no runs are known as 'elsewhere'"):
        load_run("elsewhere")
