from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.records import Outcome, Record
from pytest_steering.run_folder.looks import Looks, looks_at, results_of, uncounted
from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.runs import Run


def look(run: Run, scale: float, split: str = "test", arm: str = "steered", **changes: Any) -> Record:
    """Add a cell of a vector at a scale to a run."""
    spec = {
        "purpose": "score",
        "model": {"name": "m"},
        "data": {"dataset": "twins", "split": split, "sha256": f"content of {split}"},
        "intervention": {"layers": [3], "scale": scale},
    }
    outcomes = (Outcome("s", "yes", "yes" if scale > 1 else "no"),)
    made = Record({**spec, **changes}, arm, provenance={"sha256": "v"}, outcomes=outcomes, node_id="t.py::t")
    run.append(made)
    return made


def runs(home: Path, count: int) -> list[Run]:
    return [Run(home / "runs" / str(number)) for number in range(count)]


def test_interventions_are_counted_once_in_a_run_and_over_all_runs_of_the_folder(tmp_path: Path) -> None:
    one, other = runs(tmp_path, 2)
    for scale in (1.0, 2.0, 2.0):
        look(one, scale)
    for scale in (2.0, 3.0):
        look(other, scale)

    assert looks_at(one) == [Looks("twins", "test", here=2, ever=3, runs=2)]
    assert looks_at(other) == [Looks("twins", "test", here=2, ever=3, runs=2)]


def test_controls_and_other_splits_are_no_looks_and_a_search_on_the_split_is_one(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, 1)
    look(run, 1.0)
    look(run, 1.0, arm="random:0")
    look(run, 2.0, purpose="search", split="dev")
    look(run, 3.0, purpose="search")

    assert looks_at(run) == [Looks("twins", "test", here=2, ever=2, runs=1)]


def test_a_split_under_another_name_is_the_same_by_its_samples(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, 1)
    look(run, 1.0)
    renamed = {"dataset": "mine", "split": "holdout", "sha256": "content of test"}
    look(run, 2.0, purpose="margin shift", data=renamed)

    assert looks_at(run) == [Looks("twins", "test", here=2, ever=2, runs=1)]


def test_the_results_of_a_cell_are_counted_over_runs(tmp_path: Path) -> None:
    every = runs(tmp_path, 3)
    cells = [look(run, scale) for run, scale in zip(every, (0.5, 1.5, 2.5), strict=True)]

    assert len({one.key for one in cells}) == 1
    assert sorted(one.runs for one in results_of(every[0])[cells[0].key]) == [1, 2]


def test_a_run_without_a_ledger_was_looked_at_by_nobody(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, 1)
    assert looks_at(run) == []
    assert results_of(run) == {}


def test_an_entry_that_says_too_little_counts_for_nothing(tmp_path: Path) -> None:
    run, stranger = runs(tmp_path, 2)
    record = look(run, 1.0)
    stranger.note({"kind": "record"})

    assert looks_at(run) == [Looks("twins", "test", here=1, ever=1, runs=1)]
    assert len(results_of(run)[record.key]) == 1


@pytest.mark.parametrize(
    "lose", [Path.unlink, lambda path: path.write_text(path.read_text().splitlines()[0] + "\n")]
)
def test_a_ledger_that_is_gone_or_cut_short_is_named_though_its_folder_has_another_name(
    tmp_path: Path, lose: Callable[[Path], object]
) -> None:
    one, other = runs(tmp_path, 2)
    for run in (one, other):
        look(run, 1.0)
        run.keep(Manifest("finished"))
    assert uncounted(one) == []
    lose(other.ledger_path)
    other.folder.rename(tmp_path / "runs" / "renamed")
    (said,) = uncounted(one)
    assert "are gone or lack what stood there when the run ended (renamed)" in said


def test_several_processes_count_the_same_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = runs(tmp_path, 2)
    for run, scale in ((one, 1.0), (one, 2.0), (other, 3.0)):
        look(run, scale)
    monkeypatch.setattr("pytest_steering.run_folder.looks.SHARED", 0)

    assert looks_at(one, 2) == [Looks("twins", "test", here=2, ever=3, runs=2)]
