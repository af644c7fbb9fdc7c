"""Runs disturbed at random moments: no finished cell is lost, and going on makes the undisturbed set.

`KILLED_MOMENTS=60 pytest -m slow tests/plugin/test_killed_at_random.py` tries 60 moments; a few by default.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import NamedTuple

import pytest

from pytest_steering.errors import DataError
from pytest_steering.records import to_line
from pytest_steering.run_folder.runs import Run, find_run
from tests.inner_pytest import FEW_PLUGINS
from tests.plugin.conftest import STUB

pytest.importorskip("xdist")
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("few_plugins")]

MOMENTS, SEED = int(os.environ.get("KILLED_MOMENTS", "3")), os.environ.get("KILLED_SEED", "0")

KINDS = ("SIGKILL", "resumed alive", "deleted", "SIGTERM", "full disk", "SIGINT", "torn line", "two at once")

# A cell takes a while; where ROOM says so, the disk takes so many bytes of each process.
SLOW = """
    import errno, os, time
    run_of_stub = _Experiment.run
    def slowly(self, *given, **named):
        time.sleep(0.1)
        run_of_stub(self, *given, **named)
    _Experiment.run = slowly
    if os.environ.get("ROOM"):
        room, write = [int(os.environ["ROOM"])], os.write
        def limited(handle, data):
            if data and not room[0]:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            taken = write(handle, data[: room[0]])
            room[0] -= taken
            return taken
        os.write = limited
"""

TESTS = """
    import pytest
    @pytest.mark.parametrize("n", range(6))
    def test_it(steering, n):
        steering.run()
        steering.run(purpose="again")
"""


class Undisturbed(NamedTuple):
    cells: set[str]
    seconds: float


@pytest.fixture
def tests(project: pytest.Pytester) -> pytest.Pytester:
    project.makeconftest(STUB + SLOW)
    project.makepyfile(test_x=TESTS)
    return project


@pytest.fixture(scope="module")
def wholes() -> dict[int, Undisturbed]:
    """What undisturbed runs make, by whether workers do; each is made once."""
    return {}


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_disturbed_run_loses_no_finished_cell_and_goes_on_to_the_undisturbed_set(
    tests: pytest.Pytester, wholes: dict[int, Undisturbed], moment: int
) -> None:
    kind, workers = KINDS[moment % len(KINDS)], (moment + moment // len(KINDS)) % 2
    options = ["-n", "2"] if workers else []
    if workers not in wholes:
        wholes[workers] = undisturbed(tests, options)
    disturb(tests, kind, random.Random(f"{SEED} {moment}"), options, wholes[workers])


def disturb(
    tests: pytest.Pytester, kind: str, draw: random.Random, options: list[str], whole: Undisturbed
) -> None:
    room = {"ROOM": str(draw.randrange(30_000))} if kind == "full disk" else {}
    process = started(tests, *options, **room)
    time.sleep(draw.uniform(0.3, 1.0) * whole.seconds)
    if kind == "two at once":
        assert started(tests, *options).wait() == 0
    if kind == "resumed alive" and known(tests) and process.poll() is None:
        second = started(tests, *options, "--steering-resume=latest").wait()
        assert second == pytest.ExitCode.USAGE_ERROR or process.poll() is not None
    if kind in ("SIGKILL", "SIGTERM", "SIGINT", "torn line"):
        name = "SIGKILL" if kind == "torn line" else kind
        process.send_signal(signal.Signals[name])
    if kind == "deleted":
        shutil.rmtree(tests.path / ".steering", ignore_errors=True)
    status = process.wait()
    before = known(tests)
    finished = set[str]() if kind == "deleted" or not before else cells(before)
    assert status != 0 or finished == whole.cells or kind in ("resumed alive", "two at once", "deleted")
    if kind == "torn line" and before and before.path.exists():
        finished.discard(torn(before))
    again = started(tests, *options, *(["--steering-resume=latest"] if before else []))
    assert again.wait() == 0
    found = known(tests)
    assert found is not None
    assert finished <= whole.cells
    assert cells(found) == whole.cells, kind
    assert found.manifest.status == "finished"
    assert not list(found.folder.glob("*.draft"))


def torn(run: Run) -> str:
    """Cut the last line of a file of records, and return what stood there."""
    run.take()  # its workers have ended
    run.lock.release()
    lines = run.path.read_bytes().splitlines(keepends=True)
    last = found_cells(run)[-1:] or [""]
    run.path.write_bytes(b"".join(lines[:-1]) + lines[-1][: len(lines[-1]) // 2])
    return last[0]


def undisturbed(tests: pytest.Pytester, options: list[str]) -> Undisturbed:
    began = time.monotonic()
    assert started(tests, *options).wait() == 0
    seconds, run = time.monotonic() - began, known(tests)
    assert run is not None
    made = cells(run)
    assert len(made) == 48
    shutil.rmtree(tests.path / ".steering")
    return Undisturbed(made, seconds)


def started(tests: pytest.Pytester, *options: str, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *FEW_PLUGINS, *options]
    models = ["--steering-model=one", "--steering-model=two"]
    with (tests.path / "output").open("ab") as output:
        return subprocess.Popen(
            [*command, *models],
            cwd=tests.path,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def known(tests: pytest.Pytester) -> Run | None:
    """Return the newest run; None where none has begun."""
    try:
        return find_run("latest", tests.path / ".steering")
    except DataError:
        return None


def found_cells(run: Run) -> list[str]:
    return [to_line(replace(record, attempt=1)) for record in run.read().records]


def cells(run: Run) -> set[str]:
    return set(found_cells(run))
