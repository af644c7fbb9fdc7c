from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_steering.errors import DataError, StorageError
from pytest_steering.run_folder import run_lock
from pytest_steering.run_folder.run_lock import RunLock


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_lock, "PATIENCE", 0.0)


def test_a_second_session_is_refused_by_the_name_of_the_first_until_that_ends(tmp_path: Path) -> None:
    first, second = RunLock(tmp_path / "run.lock"), RunLock(tmp_path / "run.lock")
    first.take()
    with pytest.raises(DataError, match=rf"a run that still goes on \(process {os.getpid()} on "):
        second.take()
    first.release()
    second.take()


def test_a_session_is_not_over_before_its_last_worker_has_ended(tmp_path: Path) -> None:
    session, worker, later = (RunLock(tmp_path / "run.lock") for _ in range(3))
    session.take()
    worker.join()
    session.release()
    with pytest.raises(DataError, match="or a worker of it"):
        later.take()
    worker.release()
    later.take()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from pytest_steering.run_folder.run_lock import RunLock\n"
        "lock = RunLock(Path(sys.argv[1])); lock.take(); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "run.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(DataError, match=f"process {holder.pid} on"):
            RunLock(tmp_path / "run.lock").take()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    RunLock(tmp_path / "run.lock").take()


def test_what_is_no_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "run.lock").mkdir()
    with pytest.raises(StorageError, match=r"run\.lock cannot be written: Is a directory"):
        RunLock(tmp_path / "run.lock").take()
