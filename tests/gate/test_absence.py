from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering.gate.absence import absences
from pytest_steering.gate.accept import Wanted, accept
from pytest_steering.gate.baseline_files import Place, read_all
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.gated_cells import expected_cells
from pytest_steering.gate.judge import judge
from pytest_steering.gate.judgement import Judgement
from pytest_steering.gate.verdict_text import verdict_lines
from pytest_steering.identity import SCORE
from pytest_steering.records import Record
from pytest_steering.run_folder.manifest import Ending, Manifest, PlannedTest
from tests.gate.runs import planned, run

EXPERIMENT = "benchmarks/test_it.py::test_{}"


def records_of(name: str, model: str = "m") -> list[Record]:
    node_id = f"benchmarks/test_it.py::test_{name}[{model}]"
    return run(model=model, experiment=f"test_{name}", node_id=node_id)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Baselines of two tests, `test_a` and `test_b`."""
    cells = expected_cells([*records_of("a"), *records_of("b")])
    accept(cells, tmp_path / "baselines", Wanted(new=True), {})
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "test_it.py").touch()
    return tmp_path / "baselines"


def judged(folder: Path, records: list[Record], manifest: Manifest, required: bool = True) -> Judgement:
    cells = expected_cells(records)
    return judge(cells, folder, required=required, manifest=manifest, root=folder.parent)


def reasons(judgement: Judgement) -> list[str]:
    return [one.reason for one in judgement.absent]


def said(judgement: Judgement) -> str:
    return "\n".join(verdict_lines(judgement, lambda _record: FlippedPrompts()))


def ended(a: Ending, b: Ending, **changes: object) -> Manifest:
    """A run of both tests."""
    tests = planned("passed", "test_a", "test_b").selected
    selected = {
        name: replace(test, ending=end) for (name, test), end in zip(tests.items(), (a, b), strict=True)
    }
    return replace(planned("passed"), selected=selected, **changes)  # type: ignore[arg-type]


def test_a_whole_run_passes(folder: Path) -> None:
    judgement = judged(folder, [*records_of("a"), *records_of("b")], ended("passed", "passed"))

    assert (judgement.status, judgement.absent, judgement.obstacles) == ("pass", (), ())
    assert said(judgement).startswith("gate: pass; 2 cells compared")


@pytest.mark.parametrize(
    ("manifest", "reason", "sentence"),
    [
        (ended("passed", "", status="started"), "not run", "the run was killed, or goes on still"),
        (
            ended("passed", "", status="stopped"),
            "not run",
            "the run was stopped before all of its tests had run",
        ),
        (ended("passed", "failed", status="failed"), "failed", "absent, their test failed"),
    ],
)
@pytest.mark.parametrize("required", [True, False])
def test_a_run_that_did_not_come_to_its_end_never_passes(
    folder: Path, manifest: Manifest, reason: str, sentence: str, required: bool
) -> None:
    judgement = judged(folder, records_of("a"), manifest, required)

    assert (judgement.status, judgement.exit_code, reasons(judgement)) == ("unmeasurable", 2, [reason])
    assert said(judgement).startswith("gate: cannot be measured; 1 of 2 accepted cells compared")
    assert sentence in said(judgement)
    assert "benchmarks/test_it.py::test_b on m (cpu-float32)" in said(judgement)


@pytest.mark.parametrize("status", ["started", "stopped"])
def test_a_run_that_was_killed_never_passes_though_all_accepted_cells_are_there(
    folder: Path, status: str
) -> None:
    manifest = ended("passed", "passed", status=status)
    judgement = judged(folder, [*records_of("a"), *records_of("b")], manifest, required=False)

    assert (judgement.status, judgement.absent) == ("unmeasurable", ())


def test_a_test_that_failed_before_it_said_what_it_expects_is_an_obstacle(folder: Path) -> None:
    new = {"benchmarks/test_it.py::test_new[m]": PlannedTest(EXPERIMENT.format("new"), "m", "failed")}
    whole = ended("passed", "passed")
    manifest = replace(whole, status="failed", selected={**whole.selected, **new})
    judgement = judged(folder, [*records_of("a"), *records_of("b")], manifest)

    assert judgement.status == "unmeasurable"
    assert "nobody knows what they hold against a baseline: benchmarks/test_it.py::test_new[m]" in said(
        judgement
    )


def test_a_test_that_failed_after_its_cells_were_there_is_compared(folder: Path) -> None:
    manifest = ended("passed", "failed", status="failed")

    assert judged(folder, [*records_of("a"), *records_of("b")], manifest).status == "pass"


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (ended("passed", "skipped"), "skipped"),
        (ended("passed", "passed"), "unheld"),
        (planned("passed", "test_a"), "gone"),
        (Manifest("unknown"), "unknown"),
    ],
)
def test_an_accepted_cell_that_no_test_made_is_named_and_no_pass_where_it_is_required(
    folder: Path, manifest: Manifest, reason: str
) -> None:
    required = judged(folder, records_of("a"), manifest)
    ignored = judged(folder, records_of("a"), manifest, required=False)

    assert (required.status, reasons(required)) == ("unmeasurable", [reason])
    assert (ignored.status, reasons(ignored)) == ("pass", [reason])
    for judgement in (required, ignored):
        assert "test_b on m (cpu-float32)" in said(judgement)


def test_a_test_that_asks_for_no_baseline_is_told_so_and_not_that_its_cell_is_gone(folder: Path) -> None:
    unheld = [one for one in records_of("b") if one.spec.get("purpose") == SCORE]
    changed = judged(folder, [*records_of("a"), *unheld], ended("passed", "passed"), required=False)

    assert "not compared, their test holds no cell against a baseline" in said(changed)
    assert "call result.expect_baseline() there" in said(changed)
    assert "no longer makes" not in said(changed)


DESELECTED = {"benchmarks/test_it.py::test_b[m]": PlannedTest(EXPERIMENT.format("b"), "m")}


@pytest.mark.parametrize(
    "manifest",
    [
        planned("passed", "test_a", deselected=DESELECTED),
        planned("passed", "test_a", asked=("benchmarks/test_it.py::test_a",)),
        planned("passed", "test_a", asked=("benchmarks/test_i",)),
        planned("passed", "test_a", asked=("tests",)),
        # Not collected, as with --ignore and --lf, and still there.
        planned("passed", "test_a", collected=()),
    ],
)
def test_a_test_that_was_not_selected_has_not_vanished(folder: Path, manifest: Manifest) -> None:
    judgement = judged(folder, records_of("a"), manifest)

    assert (judgement.status, reasons(judgement)) == ("pass", ["left out"])
    assert said(judgement).startswith("gate: pass; 1 of 2 accepted cells compared")
    assert (
        "1 accepted cell not compared, their tests were not selected: benchmarks/test_it.py::test_b"
        in said(judgement)
    )


@pytest.mark.parametrize("asked", ["", "benchmarks", "benchmarks/test_it.py"])
def test_a_test_whose_file_is_gone_has_vanished(folder: Path, asked: str) -> None:
    (folder.parent / "benchmarks" / "test_it.py").unlink()
    judgement = judged(folder, records_of("a"), planned("passed", "test_a", asked=(asked,), collected=()))

    assert reasons(judgement) == ["gone"]


def test_a_test_whose_file_cannot_be_collected_has_not_vanished(folder: Path) -> None:
    stopped = planned("passed", "test_a", status="stopped", uncollected=("benchmarks/test_it.py",))
    judgement = judged(folder, records_of("a"), stopped)

    assert (judgement.status, reasons(judgement)) == ("unmeasurable", ["not run"])
    assert not judgement.orphaned


def test_what_is_removed_on_request_is_what_no_test_makes_any_more(folder: Path) -> None:
    kept = (
        ended("passed", ""),
        ended("passed", "failed"),
        ended("passed", "skipped"),
        Manifest("unknown"),
        planned("passed", "test_a", asked=("benchmarks/test_it.py::test_a",)),
    )
    for manifest, removed in [*((one, 0) for one in kept), (planned("passed", "test_a"), 1)]:
        cells = expected_cells(records_of("a"))
        orphaned = judge(cells, folder, required=False, manifest=manifest, root=folder.parent).orphaned
        done = accept(cells, folder, Wanted(prune=True), orphaned)
        assert len(done.lines) == removed

    (path,) = read_all(folder)
    assert path.stem == "test_a"


def test_a_run_of_one_model_leaves_the_others_out(tmp_path: Path) -> None:
    cells = expected_cells([*records_of("a"), *records_of("a", "n")])
    accept(cells, tmp_path, Wanted(new=True), {})
    judgement = judged(tmp_path, records_of("a"), planned("passed", "test_a"))

    assert (judgement.status, reasons(judgement)) == ("pass", ["left out"])


def test_a_model_that_left_no_cell_is_missed(tmp_path: Path) -> None:
    cells = expected_cells([*records_of("a"), *records_of("a", "n")])
    accept(cells, tmp_path, Wanted(new=True), {})
    whole = planned("passed", "test_a", models=("m", "n"))
    last = "benchmarks/test_it.py::test_a[n]"
    manifest = replace(
        whole, status="started", selected={**whole.selected, last: replace(whole.selected[last], ending="")}
    )

    assert reasons(judged(tmp_path, records_of("a"), manifest)) == ["not run"]


def test_a_baseline_of_other_numerics_is_no_business_of_the_run(folder: Path) -> None:
    other = [
        replace(one, environment={**one.environment, "numerics": "cuda-bfloat16"}) for one in records_of("a")
    ]
    judgement = judged(folder, other, ended("passed", "passed"), required=False)

    assert judgement.absent == ()


def test_a_run_without_any_cell_misses_all_of_its_tests(folder: Path) -> None:
    judgement = judged(folder, [], ended("", "", status="started"))

    assert (judgement.status, reasons(judgement)) == ("unmeasurable", ["not run", "not run"])


def test_an_entry_of_the_first_layout_is_known_by_the_name_of_its_file(folder: Path) -> None:
    unnamed = [
        replace(place, entry=replace(place.entry, experiment=""))
        for place in (one.place for one in judged(folder, [], ended("", "")).absent)
    ]

    def of(manifest: Manifest) -> list[str]:
        return [one.reason for one in absences(unnamed, [], manifest, folder.parent)]

    assert of(ended("passed", "failed")) == ["changed", "failed"]
    assert of(planned("passed", "test_a", deselected=DESELECTED)) == ["changed", "left out"]
    # It does not say where its test stood, so nobody can tell that it is gone.
    assert of(planned("passed", "test_a")) == ["changed", "left out"]


@pytest.mark.parametrize(
    "parts",
    [
        {"asked": ("benchmarks/test_it.py::test_a[m-1]",)},
        {"deselected": {"benchmarks/test_it.py::test_a[m-2]": PlannedTest("test_it.py::test_a[2]", "m")}},
    ],
)
def test_what_names_no_parameters_is_not_missed_where_some_were_left_out(
    folder: Path, parts: dict[str, object]
) -> None:
    place = next(one for one in _places(folder) if "test_a" in one.entry.experiment)
    unnamed = replace(place, entry=replace(place.entry, experiment=""))
    whole = planned("passed", "test_a[1]")
    cells = expected_cells(records_of("a"))

    def reason(manifest: Manifest) -> str:
        (absent,) = absences([unnamed], cells, manifest, folder.parent)
        return absent.reason

    assert reason(whole) == "changed"
    assert reason(replace(whole, **parts)) == "left out"  # type: ignore[arg-type]


def _places(folder: Path) -> list[Place]:
    return [Place(path, entry) for path, every in read_all(folder).items() for entry in every.values()]
