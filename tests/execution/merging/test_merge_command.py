from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.cli import main
from pytest_steering.records import Record, to_line
from pytest_steering.run_folder.manifest import Ending, Manifest, Status
from pytest_steering.run_folder.runs import Run
from pytest_steering.shard import Shard, own_tests, share_of
from pytest_steering.texts.text_hash import text_hash
from tests.disks import room_for
from tests.gate import runs

TESTS = ("test_a", "test_b", "test_c", "test_d")
AROUND = {
    "numerics": "cpu-float32",
    "weights": "w" * 64,
    "versions": {"torch": "2.13.0"},
    "commit": "c" * 40,
    "machine": "x86_64",
    "reader": "r",
}
WHOLE = runs.planned("passed", *TESTS)


def made_by(test: str, around: dict[str, Any] | None = None, **changes: Any) -> list[Record]:
    """The records of a test: two cells and what it holds against a baseline."""
    told = {
        "experiment": test,
        "node_id": f"benchmarks/test_it.py::{test}[m]",
        "environment": {**AROUND, **(around or {})},
        **changes,
    }
    return [replace(one, **told) for one in runs.run()]


def shard(home: Path, number: int, of: int = 2, ending: Ending = "passed", **changes: Any) -> Path:
    """A run of one shard of the four tests; `changes` are those of its records."""
    own = own_tests(Shard(number, of), dict.fromkeys(WHOLE.selected, "m"))
    selected = {name: replace(WHOLE.selected[name], ending=ending) for name in own}
    status: Status = "finished" if ending else "started"
    manifest = replace(
        WHOLE, status=status, selected=selected, shard=share_of(Shard(number, of), WHOLE.selected)
    )
    tests = [name for name in TESTS if any(f"::{name}[" in one for one in own)]
    records = [record for test in tests for record in made_by(test, **changes)]
    return runs.write(home / "runs" / f"shard-{number}", records, manifest)


def merge(capsys: pytest.CaptureFixture[str], into: Path, *sources: Path | str) -> tuple[int, str]:
    """The exit status of the command and what it says."""
    status = main(["merge", *map(str, sources), "--into", str(into)])
    out, err = capsys.readouterr()
    return status, out + err


def lines(folder: Path) -> list[str]:
    return sorted(to_line(record) for record in Run(folder).read().records)


def test_shards_merged_hold_the_records_of_a_run_of_all_tests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = runs.write(tmp_path / "runs" / "whole", [one for test in TESTS for one in made_by(test)], WHOLE)
    status, said = merge(capsys, tmp_path / "all", shard(tmp_path, 1), shard(tmp_path, 2))

    assert (status, said.splitlines()[0]) == (0, "merged 2 runs, 12 records of 4 tests: shard-1, shard-2")
    assert lines(tmp_path / "all") == lines(whole)
    found, manifest = Run(tmp_path / "all").read(), Run(tmp_path / "all").manifest
    assert (found.vouched, found.doubts, manifest.status) == (True, (), "finished")
    assert (manifest.selected, manifest.shard) == (Run(whole).manifest.selected, None)


def test_prompts_of_all_runs_lie_beside_the_merged_records_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = [shard(tmp_path, number) for number in (1, 2)]
    for source, own in zip(sources, ("first", "second"), strict=True):
        Run(source).prompts.keep({text_hash(text): text for text in ("of both", own)})
    merge(capsys, tmp_path / "all", *sources)
    kept = Run(tmp_path / "all").prompts

    assert set(kept.read().texts.values()) == {"of both", "first", "second"}
    assert len(kept.path.read_bytes().splitlines()) == 3


def test_the_order_in_which_runs_are_named_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = shard(tmp_path, 1), shard(tmp_path, 2)
    merge(capsys, tmp_path / "a", one, two)
    merge(capsys, tmp_path / "b", two, one)

    for name in ("records.jsonl", "ledger.jsonl", "run.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_merged_run_is_accepted_gated_compared_and_reported_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    merge(capsys, tmp_path / "all", shard(tmp_path, 1), shard(tmp_path, 2))
    baselines = ["--steering-baselines", str(tmp_path / "baselines")]

    assert main(["gate", str(tmp_path / "all"), *baselines]) == 2
    assert main(["accept", str(tmp_path / "all"), *baselines]) == 0
    assert main(["gate", str(tmp_path / "all"), *baselines]) == 0
    assert main(["compare", str(tmp_path / "all"), str(tmp_path / "all")]) == 0
    capsys.readouterr()
    assert main(["report", str(tmp_path / "all")]) == 0
    assert "merged without" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("around", "said"),
    [
        ({"versions": {"torch": "2.12.0"}}, "torch is 2.13.0 in shard-1 and 2.12.0 in shard-2"),
        ({"weights": "v" * 64}, "the weights of m is wwwwwwwwwwww in shard-1 and vvvvvvvvvvvv in shard-2"),
        ({"numerics": "cuda-sm90-bfloat16"}, "the dtype and device of m is cpu-float32 in shard-1"),
        ({"commit": "d" * 40}, "the commit is cccccccccccc in shard-1 and dddddddddddd in shard-2"),
        ({"machine": "arm64"}, "the machine is x86_64 in shard-1 and arm64 in shard-2"),
        ({"reader": "other"}, "what reads its answers of twins is r in shard-1 and other in shard-2"),
    ],
)
def test_runs_made_in_different_ways_are_refused_by_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], around: dict[str, Any], said: str
) -> None:
    sources = shard(tmp_path, 1), shard(tmp_path, 2, around=around)
    for options in ([], ["--partial"]):
        status, told = merge(capsys, tmp_path / "all", *sources, *options)
        assert (status, said in told) == (4, True)
    assert not (tmp_path / "all").exists()


def test_another_engine_and_other_samples_under_one_name_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = made_by("test_a")[0].spec
    one = shard(tmp_path, 1, spec={**spec, "engine": "hooks"})
    two = shard(tmp_path, 2, spec={**spec, "engine": "nnsight", "data": {**spec["data"], "sha256": "e"}})
    _, said = merge(capsys, tmp_path / "all", one, two)

    assert "the engine is hooks in shard-1 and nnsight in shard-2" in said
    assert 'the data {"dataset":"twins","split":"test"} is d in shard-1 and e in shard-2' in said


def test_a_cell_that_two_runs_have_is_taken_once_where_they_say_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slower = runs.write(
        tmp_path / "x", made_by("test_a", latency={"seconds": 9.0}), runs.planned("passed", "test_a")
    )
    other = runs.write(
        tmp_path / "y", made_by("test_a") + made_by("test_b"), runs.planned("passed", "test_a", "test_b")
    )
    status, said = merge(capsys, tmp_path / "all", slower, other)

    assert status == 0
    assert (
        "3 cells stand in x and in y and say the same, and are taken once: unsteered of benchmarks/" in said
    )
    assert len(lines(tmp_path / "all")) == 6


@pytest.mark.parametrize("options", [[], ["--partial"]])
def test_a_cell_of_which_two_runs_say_different_things_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    one, other = (
        runs.write(
            tmp_path / name,
            made_by("test_a", metrics={"accuracy_all": value}),
            runs.planned("passed", "test_a"),
        )
        for name, value in (("x", 0.5), ("y", 0.75))
    )
    status, said = merge(capsys, tmp_path / "all", one, other, *options)

    assert status == 4
    assert "steered of benchmarks/test_it.py::test_a[m] on m is one thing in x and another in y" in said


def _missing(home: Path) -> tuple[Sequence[Path], str]:
    return [shard(home, 1, 4), shard(home, 2, 4), shard(home, 4, 4)], "shard 3/4"


def _killed(home: Path) -> tuple[Sequence[Path], str]:
    return [shard(home, 1), shard(home, 2, ending="")], "shard 2/2, shard-2: killed or still going on"


def _lost(home: Path) -> tuple[Sequence[Path], str]:
    folders = shard(home, 1), shard(home, 2)
    path = Run(folders[1]).path
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    return folders, "some of shard-2: the record of unsteered of benchmarks/test_it.py::test_"


def _edited(home: Path) -> tuple[Sequence[Path], str]:
    folders = shard(home, 1), shard(home, 2)
    path = Run(folders[0]).path
    path.write_bytes(path.read_bytes().replace(b'"correct": true', b'"correct": false', 1))
    return folders, "some of shard-1: line 1 of the records (unsteered of benchmarks/test_it.py"


def _unknown(home: Path) -> tuple[Sequence[Path], str]:
    return [runs.write(home / "x", made_by("test_a"))], "any word on which tests x was to run"


def _uncollected(home: Path) -> tuple[Sequence[Path], str]:
    manifest = runs.planned("passed", "test_a", status="stopped", uncollected=("benchmarks/test_x.py",))
    return [
        runs.write(home / "x", made_by("test_a"), manifest)
    ], "what x could not collect: benchmarks/test_x.py"


@pytest.mark.parametrize("lacking", [_missing, _killed, _lost, _edited, _unknown, _uncollected])
def test_what_is_incomplete_is_refused_and_merged_in_part_only_where_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lacking: Any
) -> None:
    sources, said = lacking(tmp_path)
    status, told = merge(capsys, tmp_path / "all", *sources)
    assert (status, said in told, (tmp_path / "all").exists()) == (4, True, False)

    status, told = merge(capsys, tmp_path / "all", *sources, "--partial")
    assert (status, said in told) == (0, True)
    baselines = ["--steering-baselines", str(tmp_path / "baselines")]
    main(["accept", str(tmp_path / "all"), *baselines])
    capsys.readouterr()
    assert main(["gate", str(tmp_path / "all"), *baselines]) == 2
    out = capsys.readouterr().out
    assert (out.count(said), out.count("merged without")) == (2, 2)
    main(["report", str(tmp_path / "all")])
    assert said in " ".join(capsys.readouterr().out.split())


def test_a_killed_shard_and_the_run_that_did_its_tests_again_are_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = shard(tmp_path, 2, ending="").rename(tmp_path / "killed")
    status, _ = merge(capsys, tmp_path / "all", shard(tmp_path, 1), killed, shard(tmp_path, 2))

    assert (status, Run(tmp_path / "all").manifest.status) == (0, "finished")


def test_shards_of_other_tests_and_of_another_number_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = shard(tmp_path, 2)
    other = replace(Run(two).manifest, shard=share_of(Shard(2, 2), ["test_other"]))
    Run(two).keep(other)
    assert (
        "no shards of one suite" in merge(capsys, tmp_path / "all", shard(tmp_path, 1), two, "--partial")[1]
    )

    four = shard(tmp_path, 4, 4)
    assert "no shards of one suite" in merge(capsys, tmp_path / "all", shard(tmp_path, 3, 3), four)[1]


@pytest.mark.parametrize("options", [[], ["--partial"]])
def test_a_run_that_is_named_twice_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    one = shard(tmp_path, 1, 1)

    assert "was named twice" in merge(capsys, tmp_path / "all", one, one / "records.jsonl", *options)[1]


def test_nothing_is_written_over_and_a_full_disk_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = shard(tmp_path, 1, 1)
    assert "is there already" in merge(capsys, one, one)[1]
    with room_for(100):
        status, said = merge(capsys, tmp_path / "all", one)

    assert (status, "cannot be written" in said) == (4, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs"]


def test_the_manifest_of_a_merged_run_is_read_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    merge(capsys, tmp_path / "all", shard(tmp_path, 1, 2), "--partial")
    manifest = Run(tmp_path / "all").manifest

    assert manifest.merged == ("shard-1",)
    (missing,) = manifest.missing
    assert re.fullmatch(r"shard 2/2, which has \d of \d tests that make records", missing)
    assert isinstance(manifest, Manifest)
