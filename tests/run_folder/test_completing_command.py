from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.run_folder.completing_command import to_complete
from pytest_steering.run_folder.manifest import Manifest, PlannedTest
from pytest_steering.run_folder.runs import Run
from pytest_steering.shard import Share

TEST = {"t.py::a": PlannedTest("t", "starcoder")}
SHARE = Share(2, 4, 9, "digest")


@pytest.mark.parametrize(
    ("manifest", "flags"),
    [
        (Manifest("started", selected=TEST), ""),
        (Manifest("stopped", selected=TEST, shard=SHARE), " --steering-shard=2/4"),
        (Manifest("finished", selected=TEST, missing=("shard 3/4",)), ""),
    ],
)
def test_a_part_names_the_command_that_makes_the_rest(
    manifest: Manifest, flags: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(tmp_path / ".steering" / "runs" / "20260101T000000Z-aaaaaa")
    said = "what is missing is made by: pytest{} --steering-resume={}"
    assert to_complete(run, manifest) == [said.format(flags, run.folder)]
    monkeypatch.chdir(tmp_path)
    assert to_complete(run, manifest) == [said.format(flags, run.folder.name)]


@pytest.mark.parametrize("status", ["finished", "failed", "unknown"])
def test_a_run_that_ended_lacks_no_part(status: str) -> None:
    manifest = Manifest(status, selected=TEST)  # type: ignore[arg-type]
    assert to_complete(Run(Path("runs/x")), manifest) == []
