"""The small inputs that failed the first version, where they lie beside the test data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.cases import BESIDE, main


@pytest.fixture(scope="module")
def cases(test_data: Path) -> Path:
    folder = test_data.parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"needs the folder of cases beside the test data: {folder} is none")
    return folder


@pytest.mark.slow
def test_each_choice_is_scored_as_the_text_goes_on(cases: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([str(cases), "token_joins"]) == 0
    said = [line for line in capfd.readouterr().out.splitlines() if "choice" in line]
    assert len(said) == 24
    assert all(line.endswith("same") for line in said)


def test_a_folder_that_is_none_and_an_unknown_case_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.py").write_text("", encoding="utf-8")
    (tmp_path / f"{BESIDE[0]}.py").write_text("", encoding="utf-8")
    assert main([str(tmp_path / "none")]) == 4
    assert main([str(tmp_path), "two"]) == 4
    assert "has no case two; it has one" in capsys.readouterr().err


def test_each_script_runs_in_a_process_of_its_own(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.py").write_text("print('said', __name__)", encoding="utf-8")
    (tmp_path / "two.py").write_text("raise SystemExit(1)", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert "=== one\nsaid __main__\n=== two" in capfd.readouterr().out
