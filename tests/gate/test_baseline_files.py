from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.experiments.baseline_expectation import baseline_expected
from pytest_steering.gate.accept import Accepted, Wanted, accept
from pytest_steering.gate.baseline import read_baseline, write_baseline
from pytest_steering.gate.baseline_files import baseline_path
from pytest_steering.gate.cell_entry import entry_of
from pytest_steering.gate.gated_cells import expected_cells
from pytest_steering.gate.judge import judge
from pytest_steering.gate.judgement import Judgement
from pytest_steering.records import Record
from pytest_steering.run_folder.manifest import Manifest, PlannedTest
from tests.gate.runs import cell, outcomes, run

ALL = Wanted(changed=True, new=True, prune=True, reason="so it is now")


def named(parameters: str, layer: int = 3, vector: str = "1", wrong: Iterable[int] = ()) -> list[Record]:
    """The records of a test with parameters that chose a layer and a vector."""
    name = f"test_it[{parameters}]" if parameters else "test_it"
    node_id = f"b/test_b.py::test_it[m-{parameters}]"
    base = cell("unsteered", outcomes(160, range(1, 160, 2)), experiment=name, node_id=node_id)
    made = cell("steered", outcomes(160, wrong), experiment=name, node_id=node_id)
    spec = {**made.spec, "intervention": {"layers": [layer], "scale": 1.0}}
    made = replace(made, spec=spec, provenance={"sha256": vector * 64})
    return [base, made, baseline_expected(made, base)]


def judged(folder: Path, *runs: Sequence[Record], asked: str = "b") -> Judgement:
    """The judgement on a run of these tests alone, all of which passed."""
    cells = expected_cells([one for every in runs for one in every])
    tests = {one.node_id: PlannedTest(one.record.experiment_id, "m", "passed") for one in cells}
    manifest = Manifest("finished", (asked,), tests, collected=("b/test_b.py",))
    return judge(cells, folder, required=True, manifest=manifest)


def accepted(folder: Path, *runs: Sequence[Record]) -> Accepted:
    cells = expected_cells([one for every in runs for one in every])
    return accept(cells, folder, ALL, judged(folder, *runs).orphaned)


def accepted_in_the_first_layout(folder: Path, *runs: Sequence[Record]) -> Path:
    """Write baselines as they were before they named their experiment: all parameters in one file."""
    cells = [cell for every in runs for cell in expected_cells(every)]
    entries = [
        replace(entry_of(one.record, one.unsteered, one.gated), experiment="", vector="", versions={})
        for one in cells
    ]
    path = folder / "starcoder" / "test_it.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    cells_by_key = {entry.key: entry.as_dict() for entry in entries}
    path.write_text(json.dumps({"cells": cells_by_key, "schema": 1}))
    return path


def ids(judgement: Judgement) -> list[str]:
    return [one.id for _, one in judgement.findings]


def test_each_parameter_has_a_file_of_its_own(tmp_path: Path) -> None:
    runs = [named(parameters) for parameters in ("1", "2", "a/b", "a_b", "a b")]
    assert len(accepted(tmp_path, *runs).written) == 5
    assert len(list(tmp_path.glob("starcoder/*.json"))) == 5
    assert (judged(tmp_path, *runs).exit_code, len(judged(tmp_path, *runs).compared)) == (0, 5)


@given(st.lists(st.text(min_size=1), min_size=2, max_size=4, unique=True))
def test_names_of_files_are_distinct_and_fit_for_every_file_system(parameters: list[str]) -> None:
    records = [replace(cell("steered", ()), experiment=f"test_it[{one}]") for one in parameters]
    names = [baseline_path(Path("folder"), record).name for record in records]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[\w.-]{1,120}", name) for name in names)


def test_a_test_without_parameters_keeps_its_plain_name(tmp_path: Path) -> None:
    assert baseline_path(tmp_path, run()[1]) == tmp_path / "starcoder" / "test_it.json"


def test_a_test_of_the_same_name_in_another_file_is_another_experiment(tmp_path: Path) -> None:
    here = run()
    there = [replace(one, node_id="b/test_other.py::test_it[m]") for one in run(outcomes(160, range(100)))]
    accepted(tmp_path, here, there)
    alone = judged(tmp_path, here, asked="benchmarks/test_it.py")
    assert (alone.exit_code, alone.orphaned) == (0, {})
    assert judged(tmp_path, here, there).exit_code == 0
    accept(expected_cells(here), tmp_path, ALL, alone.orphaned)
    assert len(read_baseline(tmp_path / "starcoder" / "test_it.json")) == 2


def test_a_baseline_of_the_first_layout_holds_and_moves_when_it_is_accepted_again(tmp_path: Path) -> None:
    old = accepted_in_the_first_layout(tmp_path, named("32"))
    before = old.read_bytes()
    assert judged(tmp_path, named("32")).exit_code == 0
    assert judged(tmp_path, named("32", wrong=range(80))).status == "regression"
    assert accept(expected_cells(named("32")), tmp_path, Wanted(new=True), {}).written == ()
    assert old.read_bytes() == before
    accepted(tmp_path, named("32", wrong=range(80)))
    assert not old.exists()
    assert judged(tmp_path, named("32", wrong=range(80))).exit_code == 0


def test_a_baseline_of_the_first_layout_is_found_by_the_name_before_the_first_bracket(tmp_path: Path) -> None:
    accepted_in_the_first_layout(tmp_path, named("pairs[0]"))
    judgement = judged(tmp_path, named("pairs[0]"))
    assert (judgement.exit_code, len(judgement.compared)) == (0, 1)


def test_a_model_of_no_known_family_has_a_folder_too(tmp_path: Path) -> None:
    record = replace(cell("steered", ()), spec={"model": {"name": "m"}}, experiment="test_it")
    assert baseline_path(tmp_path, record) == tmp_path / "unknown" / "test_it.json"


def test_a_baseline_of_the_first_layout_is_compared_though_another_layer_was_chosen(tmp_path: Path) -> None:
    accepted_in_the_first_layout(tmp_path, named("32", layer=1))
    judgement = judged(tmp_path, named("32", layer=2))
    (compared,) = judgement.compared.values()
    assert (judgement.exit_code, compared.changes) == (0, ("layer 1 → 2",))


def test_of_several_in_the_first_layout_each_cell_is_held_against_the_one_made_alike(tmp_path: Path) -> None:
    one, other = named("1", layer=1), named("2", layer=2, wrong=range(40))
    accepted_in_the_first_layout(tmp_path, one, other)
    assert judged(tmp_path, one, other).exit_code == 0
    assert judged(tmp_path, one, asked="b/test_b.py::test_it[m-1]").exit_code == 0


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([named("1")], [named("1"), named("2", vector="2")]),
        ([named("1", layer=1), named("2", layer=2)], [named("1", layer=3)]),
    ],
)
def test_what_may_be_of_several_cells_is_nobodys_and_said(
    tmp_path: Path, before: list[list[Record]], now: list[list[Record]]
) -> None:
    accepted_in_the_first_layout(tmp_path, *before)
    judgement = judged(tmp_path, *now)
    assert ids(judgement) == ["baseline-missing"] * len(now)
    assert sum(map(len, judgement.orphaned.values())) == len(before)


@pytest.mark.parametrize("path", sorted(Path("benchmarks/baselines").glob("*/*.json")), ids=str)
def test_the_projects_own_baselines_are_written_as_they_are_read(path: Path, tmp_path: Path) -> None:
    write_baseline(tmp_path / "again.json", read_baseline(path))
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()
