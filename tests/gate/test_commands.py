from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_steering.cli import main
from pytest_steering.gate.baseline import read_baseline
from tests.disks import room_for
from tests.gate.runs import outcomes, run, write

WORSE = {*range(0, 160, 10), *range(5, 105, 3)}


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three runs: as before, worse, and better."""
    write(tmp_path / "same", run())
    write(tmp_path / "worse", run(outcomes(160, WORSE)))
    write(tmp_path / "better", run(outcomes(160, range(0, 160, 80))))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_is_accepted_and_then_passes(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accept", "same"]) == 0
    assert "none → 0.900" in capsys.readouterr().out
    assert main(["gate", "same"]) == 0
    assert main(["accept", "same"]) == 0
    assert "nothing to accept" in capsys.readouterr().out


def test_a_worse_run_is_a_regression(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["accept", "same"])
    assert main(["gate", "worse"]) == 1
    assert "gate: regression" in capsys.readouterr().out


def test_a_better_run_passes_with_a_hint_to_accept_it(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["accept", "same"])
    assert main(["gate", "better"]) == 0
    assert "accept them with --steering-accept" in capsys.readouterr().out


def test_without_a_baseline_a_run_cannot_be_measured(runs: Path) -> None:
    assert main(["gate", "same"]) == 2


def test_two_runs_are_compared_without_any_baseline(runs: Path) -> None:
    assert [main(["compare", "same", name]) for name in ("same", "worse", "better")] == [0, 1, 0]


def test_a_run_whose_cells_collide_cannot_be_compared_with(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(runs / "both", [*run()[:2], *run(outcomes(160, WORSE))])
    assert main(["compare", "both", "same"]) == 4
    assert "both: test_it on m: 2 records of one cell differ" in capsys.readouterr().err
    assert main(["compare", "same", "both"]) == 2
    assert main(["accept", "both"]) == 2
    main(["accept", "same"])
    assert main(["gate", "both"]) == 2


def test_a_drop_is_not_accepted_without_a_reason(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["accept", "same"])
    assert main(["accept", "worse"]) == 2
    assert "refused" in capsys.readouterr().out
    assert main(["accept", "worse", "--reason", "a smaller model"]) == 0


def test_a_torn_line_is_named_by_every_command_and_stops_none(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (runs / "same" / "records.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"arm": "stee')
    for words in (["accept", "same"], ["gate", "same"], ["compare", "same", "same"], ["report", "same"]):
        assert main(words) == 0
        assert "line 4 of records.jsonl was cut off as it was written" in capsys.readouterr().out


def test_an_accepted_baseline_outlives_a_full_disk(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["accept", "same"])
    (path,) = runs.rglob("test_it.json")
    before = path.read_bytes()
    with room_for(len(before) // 2):
        assert main(["accept", "better"]) == 4

    assert "test_it.json cannot be written: No space left on device" in capsys.readouterr().err
    assert [(one, one.read_bytes()) for one in path.parent.iterdir()] == [(path, before)]


def test_half_of_a_surrogate_pair_in_an_answer_is_kept_as_it_is(runs: Path) -> None:
    write(runs / "half", run(outcomes(160, range(0, 160, 10), response="\ud83d half")))

    assert main(["accept", "half"]) == 0
    assert main(["gate", "half"]) == 0
    (path,) = runs.rglob("test_it.json")
    responses = {one.response for entry in read_baseline(path).values() for one in entry.samples}
    assert responses == {"\ud83d half"}


def test_a_run_that_is_not_there_is_one_sentence(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", "elsewhere"]) == 4
    assert "no runs are known as 'elsewhere'" in capsys.readouterr().err


def test_the_commands_load_no_torch(runs: Path) -> None:
    code = (
        "import sys; from pytest_steering.cli import main; main(['accept', 'same']); "
        "assert main(['gate', 'worse']) == 1; assert main(['compare', 'same', 'same']) == 0; "
        "main(['report', 'same']); assert not {'torch', 'transformers', 'nnsight'} & set(sys.modules)"
    )
    home = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(home)!r}); {code}"],
        cwd=runs,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
