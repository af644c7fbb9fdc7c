"""What the first version wrote: a run of a test with parameters, and the baselines accepted of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pytest_steering.cli import main
from pytest_steering.record_upgrade import SCHEMA_VERSION
from pytest_steering.run_folder.cell import newest_cells
from pytest_steering.run_folder.record_file import append, read

OLD = Path(__file__).with_name("schema_1")


@pytest.fixture
def baselines(tmp_path: Path) -> Path:
    """A folder with the baselines as they were accepted."""
    (tmp_path / "starcoder").mkdir()
    shutil.copy(OLD / "test_pairs.json", tmp_path / "starcoder")
    return tmp_path


def test_its_records_are_read_as_cells_of_a_test_with_parameters() -> None:
    found = read(OLD / "records.jsonl").records
    scored = [record for record in found if record.outcomes]
    assert [(record.experiment, record.arm) for record in scored] == [
        ("test_pairs[2]", "unsteered"),
        ("test_pairs[2]", "steered"),
        ("test_pairs[32]", "unsteered"),
        ("test_pairs[32]", "steered"),
    ]
    assert {record.schema_version for record in found} == {SCHEMA_VERSION}
    assert len(newest_cells(found)) == len(found) == 6


def test_its_run_is_held_against_its_baselines(baselines: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [str(OLD / "records.jsonl"), "--steering-baselines", str(baselines)]
    main(["gate", *asked])
    said = capsys.readouterr().out
    assert "; 2 cells compared" in said
    assert "orphaned" not in said
    assert "changed since" not in said
    main(["compare", asked[0], asked[0]])
    assert "; 2 cells compared" in capsys.readouterr().out


def test_its_run_written_again_is_the_same_run(baselines: Path, tmp_path: Path) -> None:
    before = read(OLD / "records.jsonl").records
    for record in before:
        append(tmp_path / "records.jsonl", record)
    assert [record.key for record in read(tmp_path / "records.jsonl").records] == [r.key for r in before]


def test_accepted_again_each_cell_gets_a_file_of_its_own(
    baselines: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = shutil.copytree(OLD, tmp_path_factory.mktemp("first") / "run")
    # What is accepted of a run is noted beside its records.
    main(["accept", str(run / "records.jsonl"), "--steering-baselines", str(baselines)])
    names = [path.name for path in sorted((baselines / "starcoder").iterdir())]
    assert [name.rpartition("-")[0] for name in names] == ["test_pairs_2_", "test_pairs_32_"]
