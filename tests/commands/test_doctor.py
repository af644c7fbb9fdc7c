from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from pytest_steering.cli import main
from pytest_steering.commands.doctor import doctor_command, imports
from pytest_steering.commands.doctor.check import Check
from pytest_steering.commands.doctor.folders import folder_checks, unwritable
from pytest_steering.commands.doctor.imports import import_answers, import_checks
from pytest_steering.commands.doctor.machine import machine_checks
from pytest_steering.commands.doctor.packages import package_checks
from pytest_steering.commands.doctor.pytest_setup import setup_checks
from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.runs import Run

WORKS = {name: {"version": "1"} for name in imports.PACKAGES} | {"cuda": {}}


def named(checks: Iterable[Check], name: str) -> Check:
    return next(one for one in checks if one.name == name)


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which all imports work, and a folder to be in."""
    monkeypatch.setattr(doctor_command, "import_answers", lambda: WORKS)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    for name in ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("works")
def test_a_machine_that_is_ready_is_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.endswith("ready; try: pytest-steering init\n")


@pytest.mark.usefixtures("works")
def test_a_gap_is_status_1_and_stands_above_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert (
        "GAP   plugin: PYTEST_DISABLE_PLUGIN_AUTOLOAD keeps pytest from loading it\n      run: unset" in said
    )
    assert said.endswith("1 thing to mend; run the command under each GAP\n")


@pytest.mark.usefixtures("works")
def test_json_holds_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ready"] is True
    assert {"name": "python", "status": "fine"}.items() <= found["checks"][0].items()


@pytest.mark.parametrize(
    ("wanted", "status", "said"),
    [
        (["torch>=99"], "gap", "but >=99 is needed"),
        (["no-such-package>=1"], "gap", "absent; no-such-package>=1 is needed"),
        (["torch>=1"], "fine", ">=1 is needed"),
    ],
)
def test_a_package_is_held_against_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, wanted: list[str], status: str, said: str
) -> None:
    monkeypatch.setattr("importlib.metadata.requires", lambda _: wanted)
    found = list(package_checks())[2]
    assert (found.status, said in found.found) == (status, True)
    assert (found.remedy == f"pip install '{wanted[0]}'") is (status == "gap")


def test_an_extra_that_is_absent_is_no_gap_and_one_that_is_too_old_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = ['no-such-package; extra == "hub"', 'torch>=99; extra == "scores"']
    monkeypatch.setattr("importlib.metadata.requires", lambda _: wanted)
    found = list(package_checks())
    assert named(found, "extra hub") == Check(
        "extra hub", "note", "without no-such-package", "pip install 'pytest-steering[hub]'"
    )
    assert named(found, "extra scores").status == "gap"


def test_a_package_that_is_installed_and_cannot_be_imported_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "PACKAGES", ("json", "no_such_module"))
    answers = import_answers()
    assert "ModuleNotFoundError" in str(answers["no_such_module"]["error"])
    found = list(import_checks(answers))
    assert [one.status for one in found] == ["fine", "gap"]
    assert found[1].remedy.endswith("no_such_module")


def test_an_import_that_ends_the_process_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_SCRIPT", "import os; os._exit(139)")
    found = list(import_checks(import_answers()))
    assert {one.status for one in found} == {"gap"}
    assert "status 139" in found[0].found


def test_an_import_that_hangs_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_SCRIPT", "import time; time.sleep(60)")
    monkeypatch.setattr(imports, "PATIENCE", 0.3)
    assert "did not end within" in next(import_checks(import_answers())).found


def test_a_folder_that_cannot_be_written_is_a_gap_with_its_own_command(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    found = named(folder_checks({"cache": file / "below"}), "cache")
    assert found.status == "gap"
    assert found.remedy == 'export XDG_CACHE_HOME="$PWD/.cache"'
    assert unwritable(tmp_path / "not" / "there" / "yet") == ""


def test_a_temporary_folder_that_is_not_there_is_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    found = named(folder_checks({}), "temporary folder")
    assert (found.status, found.remedy[:8]) == ("gap", "mkdir -p")


def test_a_torch_without_cuda_beside_a_driver_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/nvidia-smi")
    built = named(machine_checks({"built": "13.0", "devices": [], "free": []}, {}), "cuda")
    bare = named(machine_checks({"built": None, "devices": [], "free": []}, {}), "cuda")
    there = named(machine_checks({"devices": ["H100"], "free": [1 << 33]}, {}), "cuda")
    assert [built.remedy, bare.remedy, there.found] == [
        "nvidia-smi",
        "pip install --force-reinstall torch",
        "H100, 8 GiB free",
    ]


def test_offline_flags_and_a_run_that_was_killed_are_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    killed, going_on = Run(tmp_path / "runs" / "1"), Run(tmp_path / "runs" / "2")
    for run in (killed, going_on):
        run.take()
        run.keep(Manifest("started"))
    killed.lock.release()

    found = list(setup_checks(tmp_path))
    going_on.lock.release()

    assert named(found, "network").remedy == "unset HF_HUB_OFFLINE"
    assert named(found, "run 1").remedy == "pytest --steering-resume 1"
    assert "still goes on" in named(found, "run 2").found


def test_names_from_elsewhere_move_no_cursor() -> None:
    assert list(Check("plugin", "gap", "a \x1b[2J b", "c \x1b]0;d\x07").lines()) == [
        "GAP   plugin: a b",
        "      run: c",
    ]
