"""Baselines that were edited by hand or in a merge: each is named, and none passes in silence."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.errors import DataError
from pytest_steering.gate import committed_files
from pytest_steering.gate.accept import Wanted, accept
from pytest_steering.gate.baseline import read_baseline
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.gated_cells import expected_cells
from pytest_steering.gate.judge import judge
from pytest_steering.gate.judgement import Judgement
from pytest_steering.gate.verdict_text import verdict_lines
from pytest_steering.records import Record
from tests.gate.runs import outcomes, planned, run

ALL = Wanted(changed=True, new=True)
WITH_REASON = Wanted(changed=True, new=True, reason="a merge went wrong")

Row = dict[str, Any]
Edit = Callable[[Row], object]


def accepted(folder: Path, records: list[Record], wanted: Wanted = ALL) -> tuple[str, ...]:
    return accept(expected_cells(records), folder, wanted, {}).refused


def judged(folder: Path) -> Judgement:
    return judge(expected_cells(run()), folder, required=True)


def said(judgement: Judgement) -> str:
    return "\n".join(verdict_lines(judgement, lambda _record: FlippedPrompts()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The baseline of a run."""
    accepted(tmp_path, run())
    return tmp_path / "starcoder" / "test_it.json"


def edit(file: Path, change: Edit) -> None:
    content = json.loads(file.read_text())
    (row,) = content["cells"].values()
    change(row)
    file.write_text(json.dumps(content))


def flip(row: Row) -> None:
    """Turn every verdict, and the accuracy that follows from them."""
    for sample in row["samples"].values():
        sample[0] = {"yes": "no", "no": "yes"}[sample[0]]
    row["accuracy"] = round(1 - row["accuracy"], 4)


def tie(row: Row) -> None:
    """Mark every answer as a near-tie."""
    for sample in row["samples_beside"].values():
        sample[1] = 0


def swap(row: Row) -> None:
    """Exchange the two arms."""
    row["samples"], row["unsteered"] = row["unsteered"], row["samples"]


EDITS: dict[str, tuple[Edit, str]] = {
    "all verdicts flipped": (flip, "its samples changed since it was accepted"),
    "every answer tied": (tie, "its samples changed since it was accepted"),
    "the unsteered arm emptied": (lambda row: row["unsteered"].clear(), "its unsteered control changed"),
    "accuracy edited": (lambda row: row.update(accuracy=0.5), "its accuracy says 0.5, its samples give 0.9"),
    "arms swapped": (swap, "its samples changed since it was accepted"),
    "a reason written": (lambda row: row["reasons"].append("fine"), "what stands beside them changed"),
    "fields swapped": (lambda row: row.update(data=row["weights"]), "what stands beside them changed"),
    "one answer rewritten": (lambda row: row["samples"]["s003"].__setitem__(2, "no"), "its samples changed"),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_baseline_is_named_and_replaced_with_a_reason_alone(
    file: Path, tmp_path: Path, what: str
) -> None:
    change, named = EDITS[what]
    edit(file, change)
    judgement = judged(tmp_path)
    assert judgement.exit_code == 2
    assert "baseline-edited" in said(judgement)
    assert named in said(judgement)
    assert "its baseline was edited" in accepted(tmp_path, run())[0]
    assert accepted(tmp_path, run(), WITH_REASON) == ()
    assert judged(tmp_path).status == "pass"


OLD_EDITS: dict[str, tuple[Edit, str]] = {
    "all verdicts flipped": (flip, "word for word those of the baseline and have another verdict"),
    "the unsteered arm emptied": (lambda row: row["unsteered"].clear(), "it holds no unsteered control"),
    "half of the unsteered arm": (
        lambda row: [row["unsteered"].pop(f"s{n:03}") for n in range(80)],
        "the samples of its unsteered control are not this run's",
    ),
    "accuracy edited": (lambda row: row.update(accuracy=0.5), "its accuracy says 0.5, its samples give 0.9"),
}


@pytest.mark.parametrize("what", OLD_EDITS)
def test_an_edited_baseline_of_an_earlier_version_contradicts_the_run(
    file: Path, tmp_path: Path, what: str
) -> None:
    change, named = OLD_EDITS[what]
    edit(file, lambda row: (row.pop("digest"), change(row)))
    judgement = judged(tmp_path)
    assert judgement.exit_code == 2
    assert named in said(judgement)


def test_an_earlier_versions_baseline_without_a_digest_holds_and_says_so(file: Path, tmp_path: Path) -> None:
    edit(file, lambda row: row.pop("digest"))
    judgement = judged(tmp_path)
    assert judgement.status == "pass"
    assert "no digest: test_it on m" in said(judgement)
    accepted(tmp_path, run())
    assert "no digest" not in said(judged(tmp_path))


def test_ties_of_an_earlier_versions_baseline_excuse_nothing(file: Path, tmp_path: Path) -> None:
    edit(file, tie)
    edit(file, lambda row: row.pop("digest"))
    worse = run(outcomes(160, {*range(0, 160, 10), *range(5, 105, 3)}))
    assert judge(expected_cells(worse), tmp_path, required=True).status == "regression"


def test_a_key_that_a_merge_left_twice_is_named(file: Path, tmp_path: Path) -> None:
    text = file.read_text()
    line = next(one for one in text.splitlines() if '"s004"' in one)
    file.write_text(text.replace(line, f"{line}\n{line.replace('yes', 'no', 1)}"))
    with pytest.raises(DataError, match=r"test_it\.json.*'s004' stands in one object 2 times"):
        judged(tmp_path)


def test_a_cell_that_stands_in_two_files_is_named(file: Path, tmp_path: Path) -> None:
    file.with_name("test_other.json").write_text(file.read_text())
    with pytest.raises(DataError, match=r"stands in test_it\.json and in test_other\.json"):
        judged(tmp_path)


def test_accepting_one_cell_gives_no_digest_to_another(file: Path, tmp_path: Path) -> None:
    second = run(experiment="test_it[2]", node_id="benchmarks/test_it.py::test_it[m-2]")
    edit(file, lambda row: row.pop("digest"))
    accepted(tmp_path, second)
    (entry,) = read_baseline(file).values()
    assert not entry.digest


def test_a_lower_cell_under_a_new_key_needs_a_reason(file: Path, tmp_path: Path) -> None:
    lower = run(outcomes(160, range(0, 160, 4)), experiment="test_new")
    cells = expected_cells(lower)
    judgement = judge(cells, tmp_path, required=False, manifest=planned("passed", "test_it", "test_new"))
    done = accept(cells, tmp_path, Wanted(new=True), judgement.orphaned)
    assert "accuracy falls from 0.900 (n = 160) to 0.750 (n = 160)" in done.refused[0].lower()
    done = accept(cells, tmp_path, Wanted(new=True, reason="renamed"), judgement.orphaned)
    (entry,) = read_baseline(tmp_path / "starcoder" / "test_new.json").values()
    assert entry.reasons == ("0.900 (n = 160) → 0.750 (n = 160): renamed",)


def commit(folder: Path) -> None:
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "accepted"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        subprocess.run(["git", *who, *command], cwd=folder, check=True)


@pytest.mark.parametrize("deleted", ["baselines/starcoder/test_it.json", "baselines/starcoder", "baselines"])
def test_a_lower_cell_whose_baseline_was_deleted_needs_a_reason(tmp_path: Path, deleted: str) -> None:
    folder = tmp_path / "baselines"
    accepted(folder, run())
    commit(tmp_path)
    (tmp_path / deleted).rename(tmp_path / "away")
    assert "falls from 0.900" in accepted(folder, run(outcomes(160, range(0, 160, 4))), Wanted(new=True))[0]
    assert accepted(folder, run(), Wanted(new=True)) == ()


def test_the_last_commit_is_found_behind_a_link_to_where_baselines_lie(tmp_path: Path) -> None:
    accepted(tmp_path / "kept", run())
    commit(tmp_path / "kept")
    (tmp_path / "baselines").mkdir()
    (tmp_path / "baselines" / "starcoder").symlink_to(tmp_path / "kept" / "starcoder")
    (tmp_path / "kept" / "starcoder" / "test_it.json").unlink()
    lower = run(outcomes(160, range(0, 160, 4)))
    assert "falls from 0.900" in accepted(tmp_path / "baselines", lower, Wanted(new=True))[0]


def test_git_is_asked_once_for_a_folder_however_many_cells_are_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    listed = committed_files._listed

    def noted(folder: Path) -> frozenset[str] | None:
        asked.append(folder)
        return listed(folder)

    monkeypatch.setattr(committed_files, "_listed", noted)
    (tmp_path / "starcoder").mkdir()
    cells = [run(experiment=f"test_{number}", node_id=f"a.py::test_{number}[m]") for number in range(5)]
    accepted(tmp_path, [record for records in cells for record in records])
    assert asked == [tmp_path / "starcoder"]
    assert len(list(asked[0].iterdir())) == 5


def test_where_git_takes_too_long_to_list_its_files_each_is_asked_for(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(tmp_path)
    file.unlink()
    monkeypatch.setattr(committed_files, "_listed", lambda _folder: None)
    assert "falls from 0.900" in accepted(tmp_path, run(outcomes(160, range(0, 160, 4))), Wanted(new=True))[0]


def test_data_that_changed_for_both_arms_are_no_edit_of_the_baseline(file: Path) -> None:
    other = "f" * 64
    records = run(
        outcomes(160, range(0, 160, 10), prompt_sha256=other),
        outcomes(160, range(1, 160, 2), prompt_sha256=other),
    )
    judgement = judge(expected_cells(records), file.parents[1], required=True)
    assert [one.id for _, one in judgement.findings] == ["data-changed"]
