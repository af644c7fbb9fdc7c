from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from types import ModuleType

import pytest

from pytest_steering.cli import main
from pytest_steering.experiments.claim_record import claim_record
from pytest_steering.gate import command_accept, command_compare, command_gate
from pytest_steering.gate.baseline import read_baseline
from tests.disks import room_for
from tests.gate.runs import outcomes, planned, run, write

WORSE = {*range(0, 160, 10), *range(5, 105, 3)}


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three runs: as before, worse, and better."""
    write(tmp_path / "same", run(), planned("passed"))
    write(tmp_path / "worse", run(outcomes(160, WORSE)), planned("passed"))
    write(tmp_path / "better", run(outcomes(160, range(0, 160, 80))), planned("passed"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_is_accepted_and_then_passes(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accept", "same"]) == 0
    said = capsys.readouterr().out
    assert "none → 0.900" in said
    (written,) = Path("benchmarks/baselines").rglob("*.json")
    assert f"written: {written}; review its diff and commit it\n" in said
    assert main(["gate", "same"]) == 0
    assert main(["accept", "same"]) == 0
    assert "nothing to accept" in capsys.readouterr().out


def test_who_accepts_a_number_is_told_of_what_its_test_expected_in_vain(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = run()
    steered = next(one for one in records if one.arm == "steered")
    asked = "accuracy to rise by 0.5"
    write(runs / "failed", [*records, claim_record(steered, asked, 0.2, met=False)], planned("passed"))

    assert main(["accept", "failed"]) == 0
    assert f"beware: its test failed: test_it on m: {asked} was expected, and was not met" in (
        capsys.readouterr().out
    )


def test_a_worse_run_is_a_regression(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["accept", "same"])
    assert main(["gate", "worse"]) == 1
    assert "gate: regression" in capsys.readouterr().out


def test_a_better_run_passes_with_a_hint_to_accept_it(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["accept", "same"])
    assert main(["gate", "better"]) == 0
    assert "accept with --steering-accept" in capsys.readouterr().out


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


@pytest.fixture
def killed(runs: Path) -> Path:
    """The run as before, killed in the second of two tests whose cells are accepted."""
    second = run(experiment="test_b", node_id="benchmarks/test_it.py::test_b[m]")
    write(runs / "both", [*run(), *second], planned("passed", "test_it", "test_b"))
    main(["accept", "both"])
    write(runs / "killed", run(), planned("", "test_it", "test_b", status="started"))
    return runs


def test_a_killed_run_does_not_pass_the_gate(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["gate", "both"]) == 0
    assert capsys.readouterr().out.startswith("gate: pass; 2 cells compared")
    assert main(["gate", "killed"]) == 2
    said = capsys.readouterr().out
    assert "killed or still going on: 1 of 2 tests that make records left no record" in said
    assert "gate: cannot be measured; 1 of 2 accepted cells compared" in said
    assert "1 accepted cell absent, their test did not run: benchmarks/test_it.py::test_b on m" in said


def test_a_killed_run_does_not_pass_a_comparison(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "both", "killed"]) == 2
    assert "their test did not run: benchmarks/test_it.py::test_b on m" in capsys.readouterr().out
    assert main(["compare", "killed", "both"]) == 2


def test_a_report_says_how_the_run_went(killed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["report", "killed"])
    assert "left no record: benchmarks/test_it.py::test_b[m]" in " ".join(capsys.readouterr().out.split())


def test_a_run_of_an_earlier_version_is_of_unknown_status_and_passes_where_nothing_is_absent(
    killed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (killed / "both" / "run.json").unlink()
    (killed / "killed" / "run.json").unlink()
    assert main(["gate", "both"]) == 0
    assert "both: status unknown: nothing says which tests were to run" in capsys.readouterr().out
    assert main(["gate", "killed"]) == 2
    assert "absent, and nothing says whether their tests were to run" in capsys.readouterr().out


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


@pytest.mark.parametrize("command", [command_accept, command_compare, command_gate])
def test_every_option_says_what_it_is_for(command: ModuleType) -> None:
    parser = ArgumentParser()
    command.add_arguments(parser)
    assert [one.dest for one in parser._actions if not one.help] == []
