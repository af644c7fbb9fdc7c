from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.cli import main
from pytest_steering.gate.gated_cells import steered_cells
from pytest_steering.gate.picked import picked_from
from pytest_steering.run_folder.looks import Result, results_of
from pytest_steering.run_folder.runs import Run
from tests.gate.runs import outcomes, run, write


def reruns(home: Path, wrong: list[int]) -> list[Path]:
    """Runs of one cell beside each other, in which so many of 160 answers are wrong."""
    return [
        write(
            home / "runs" / str(number),
            run(steered=outcomes(160, range(0, 2 * count, 2)), metrics={"accuracy": 1 - count / 160}),
        )
        for number, count in enumerate(wrong)
    ]


def accept(folder: Path, *options: str) -> int:
    return main(
        ["accept", str(folder), "--steering-baselines", str(folder.parents[1] / "baselines"), *options]
    )


def test_the_best_of_ten_reruns_is_no_baseline_without_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = reruns(tmp_path, list(range(10, 20)))

    assert accept(folders[0]) == 2
    said = capsys.readouterr().out
    assert "it is the best of 10 different results that 10 runs have of this cell; say why" in said
    assert not (tmp_path / "baselines").exists()
    assert accept(folders[0], "--reason=the others were on another data set") == 0


@pytest.mark.parametrize("wrong", [[10], [10, 20], [20, 10, 10, 10], [12, 10, 14]])
def test_a_result_that_was_not_picked_needs_none(tmp_path: Path, wrong: list[int]) -> None:
    assert accept(reruns(tmp_path, wrong)[0]) == 0


def test_what_was_accepted_stands_in_the_ledger_of_its_run(tmp_path: Path) -> None:
    (folder,) = reruns(tmp_path, [10])
    accept(folder)
    found = Run(folder)

    assert found.read().doubts == ()
    assert found.ledger is not None
    (entry,) = found.ledger.of("accepted")
    assert "none → 0.938 (n = 160)" in entry.content["lines"][0]


def test_an_accepted_cell_that_is_accepted_again_asks_nothing(tmp_path: Path) -> None:
    folders = reruns(tmp_path, [10])
    accept(folders[0])
    reruns(tmp_path, [10, 12, 14])

    assert accept(folders[0]) == 0


def test_ledgers_are_read_once_for_all_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder,) = reruns(tmp_path, [10])
    read: list[Run] = []

    def counted(run: Run) -> dict[str, list[Result]]:
        read.append(run)
        return results_of(run)

    monkeypatch.setattr("pytest_steering.gate.picked.results_of", counted)
    picked = picked_from(Run(folder))
    cells = steered_cells(Run(folder).read().records)

    assert [picked(cell) for cell in cells * 5] == [""] * 5
    assert len(read) == 1
