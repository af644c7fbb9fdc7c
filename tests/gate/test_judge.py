from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.errors import DataError
from pytest_steering.gate.accept import Wanted, accept
from pytest_steering.gate.baseline import read_baseline
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.gated_cells import expected_cells
from pytest_steering.gate.judge import judge
from pytest_steering.gate.judgement import Judgement
from pytest_steering.gate.verdict_text import verdict_lines
from pytest_steering.records import Outcome, Record
from tests.gate.runs import cell, outcomes, planned, run

Kin = Callable[[int, Iterable[int]], tuple[Outcome, ...]]

ALL = Wanted(changed=True, new=True)


def accepted(folder: Path, records: list[Record], wanted: Wanted = ALL) -> list[str]:
    done = accept(expected_cells(records), folder, wanted, {})
    return [*done.lines, *(f"refused: {line}" for line in done.refused)]


def judged(folder: Path, records: list[Record], required: bool = True) -> Judgement:
    return judge(expected_cells(records), folder, required=required)


def found(judgement: Judgement) -> list[str]:
    return [one.id for _, one in judgement.findings]


def said(judgement: Judgement) -> str:
    return "\n".join(verdict_lines(judgement, lambda _record: FlippedPrompts({"s005": "a prompt of s005"})))


def test_the_same_run_again_passes(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    judgement = judged(tmp_path, run())
    assert (judgement.status, judgement.exit_code) == ("pass", 0)


def test_a_drop_is_a_regression_with_its_samples_and_the_test_to_run_again(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    worse = run(outcomes(160, {*range(0, 160, 10), *range(5, 105, 3)}))
    judgement = judged(tmp_path, worse)
    assert (judgement.status, judgement.exit_code) == ("regression", 1)
    text = said(judgement)
    assert "31 samples broke, 0 were fixed, of 160" in text
    assert "broke s005" in text
    assert "a prompt of s005" in text
    assert "before no: Secure. It is." in text
    assert "now    yes: Vulnerable. It is." in text
    assert "pytest 'benchmarks/test_it.py::test_it[m]'" in text


def test_a_drop_that_the_unsteered_control_shows_too_is_drift_of_the_environment(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    broken = {*range(0, 160, 10), *range(5, 105, 3)}
    moved = run(outcomes(160, broken), outcomes(160, {*range(1, 160, 2), *range(0, 100, 4)}))
    judgement = judged(tmp_path, moved)
    assert judgement.status == "unmeasurable"
    assert found(judgement) == ["environment-drift"]
    assert judgement.regressed == []


def test_a_small_drop_in_few_samples_cannot_be_told(tmp_path: Path) -> None:
    small = run(outcomes(40, range(0, 40, 10)), outcomes(40, range(1, 40, 2)))
    accepted(tmp_path, small)
    judgement = judged(tmp_path, run(outcomes(40, [0, 10, 20, 30, 5, 15]), outcomes(40, range(1, 40, 2))))
    assert (judgement.status, judgement.exit_code) == ("inconclusive", 2)
    assert "samples would settle it" in said(judgement)


def twins(count: int, wrong: Iterable[int]) -> tuple[Outcome, ...]:
    """Outcomes of which two after each other are twins."""
    numbered = enumerate(outcomes(count, wrong))
    return tuple(replace(one, pair_id=f"pair-{number // 2}") for number, one in numbered)


def variants(count: int, wrong: Iterable[int]) -> tuple[Outcome, ...]:
    """Outcomes of which two after each other are variants of one scenario."""
    numbered = enumerate(outcomes(count, wrong))
    return tuple(replace(one, cluster=f"scenario-{number // 2}") for number, one in numbered)


@pytest.mark.parametrize("kin", [twins, variants])
def test_samples_that_broke_with_their_kin_are_counted_once(tmp_path: Path, kin: Kin) -> None:
    accepted(tmp_path, run(kin(160, ())))
    together = judged(tmp_path, run(kin(160, range(6))))
    assert (together.decision.cells[0].p, together.status) == (2.0**-3, "inconclusive")
    apart = judged(tmp_path, run(kin(160, range(0, 14, 2))))
    assert (apart.decision.cells[0].p, apart.status) == (2.0**-7, "regression")
    assert "7 samples broke, 0 were fixed, of 160" in said(apart)


def test_a_control_whose_twins_moved_together_needs_more_to_be_called_drift(tmp_path: Path) -> None:
    accepted(tmp_path, run(unsteered=twins(160, range(80))))
    eight = judged(tmp_path, run(unsteered=twins(160, range(8, 80))))
    sixteen = judged(tmp_path, run(unsteered=twins(160, range(16, 80))))
    assert (found(eight), found(sixteen)) == ([], ["environment-drift"])


def test_flips_at_a_near_tie_are_listed_and_not_counted(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    either_way = {*range(0, 160, 10), *range(5, 85, 10)} - set(range(0, 80, 10))
    judgement = judged(tmp_path, run(outcomes(160, either_way, tied_at=0)))
    assert judgement.status == "pass"
    assert judgement.decision.cells[0].drop == 0.0


def test_near_ties_that_all_break_are_a_regression(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    judgement = judged(tmp_path, run(outcomes(160, {*range(0, 160, 10), *range(5, 105, 3)}, tied_at=0)))
    assert judgement.status == "regression"
    assert "near-ties: 31 samples lost it" in said(judgement)


@pytest.mark.parametrize("tied_at", [0, 1, 3, None])
def test_verdicts_that_are_all_reversed_are_a_regression_wherever_answers_tied(
    tmp_path: Path, tied_at: int | None
) -> None:
    accepted(tmp_path, run(outcomes(160, range(0, 160, 10), tied_at=tied_at)))
    reversed_ = set(range(160)) - set(range(0, 160, 10))
    assert judged(tmp_path, run(outcomes(160, reversed_, tied_at=tied_at))).status == "regression"


def test_a_missing_baseline_is_named_and_fails_only_where_it_is_required(tmp_path: Path) -> None:
    required, passed_over = judged(tmp_path, run()), judged(tmp_path, run(), required=False)
    assert (found(required), required.exit_code) == (["baseline-missing"], 2)
    assert (found(passed_over), passed_over.exit_code) == ([], 0)
    assert "no baseline: test_it on m (cpu-float32)" in said(passed_over)


def test_a_baseline_of_other_weights_is_stale(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    other = run(environment={"numerics": "cpu-float32", "weights": "v" * 64})
    judgement = judged(tmp_path, other)
    assert (found(judgement), judgement.exit_code) == (["baseline-stale"], 2)


def test_a_baseline_holds_for_its_numerics_alone(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    other = run(environment={"numerics": "cuda-sm90-bfloat16", "weights": "w" * 64})
    assert found(judged(tmp_path, other)) == ["baseline-missing"]


def test_a_data_row_that_was_swapped_is_named(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    answers = list(outcomes(160, range(0, 160, 10)))
    one, other = answers[3], answers[5]
    answers[3] = replace(one, prompt_sha256=other.prompt_sha256)
    answers[5] = replace(other, prompt_sha256=one.prompt_sha256)
    judgement = judged(tmp_path, run(tuple(answers)))
    assert found(judgement) == ["data-changed"]
    assert "s003, s005" in said(judgement)


def test_samples_that_are_gone_are_named(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    fewer = run(outcomes(159, range(0, 159, 10)), outcomes(159, range(1, 159, 2)))
    assert "1 in one of the two alone: s159" in said(judged(tmp_path, fewer))


def test_a_cell_that_means_nothing_is_not_compared_and_not_accepted(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    row = {"id": "hooks-left", "severity": "invalid", "sentence": "a hook was left"}
    wrong = run(findings=(row,))
    assert found(judged(tmp_path, wrong)) == ["hooks-left"]
    assert "refused" in accepted(tmp_path, wrong)[0]


def test_accepting_twice_changes_no_byte(tmp_path: Path) -> None:
    assert accepted(tmp_path, run()) == ["test_it on m (cpu-float32): none → 0.900 (n = 160)"]
    path = tmp_path / "starcoder" / "test_it.json"
    first = path.read_bytes()
    assert accepted(tmp_path, run()) == []
    assert path.read_bytes() == first


def test_a_file_names_samples_line_by_line_and_is_sorted_json(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    text = (tmp_path / "starcoder" / "test_it.json").read_text()
    assert '    "s000": ["no", "yes", " Secure. It is."],\n' in text
    assert json.dumps(json.loads(text), sort_keys=True) == json.dumps(json.loads(text))
    assert "node" not in text


def test_a_gain_is_accepted_with_its_old_and_new_number(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    better = run(outcomes(160, range(0, 160, 40)))
    assert "accept with --steering-accept" in said(judged(tmp_path, better))
    assert accepted(tmp_path, better) == ["test_it on m (cpu-float32): 0.900 (n = 160) → 0.975 (n = 160)"]


def test_a_drop_is_accepted_with_a_reason_alone_and_the_file_keeps_it(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    worse = run(outcomes(160, range(0, 160, 4)))
    assert "say why with --steering-reason" in accepted(tmp_path, worse)[0]
    accepted(tmp_path, worse, Wanted(True, True, reason="a smaller model"))
    (entry,) = read_baseline(tmp_path / "starcoder" / "test_it.json").values()
    assert entry.reasons == ("0.900 (n = 160) → 0.750 (n = 160): a smaller model",)
    accepted(tmp_path, run())
    (entry,) = read_baseline(tmp_path / "starcoder" / "test_it.json").values()
    assert len(entry.reasons) == 1


def test_accepting_new_cells_leaves_known_ones(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    better, new = run(outcomes(160, ())), run(model="n")
    lines = accepted(tmp_path, [*better, *new], Wanted(new=True))
    assert lines == ["test_it on n (cpu-float32): none → 0.900 (n = 160)"]


def test_a_baseline_that_no_test_makes_any_more_is_named_and_removed_on_request(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    other = [replace(one, spec={**one.spec, "reader": "text"}) for one in run()[:2]]
    records = [*other, *_expected(other)]
    judgement = judge(expected_cells(records), tmp_path, required=False, manifest=planned("passed"))
    assert len(next(iter(judgement.orphaned.values()))) == 1
    assert (
        "1 accepted cell absent, their test no longer makes them: benchmarks/test_it.py::test_it on m"
        in said(judgement)
    )
    assert accept(expected_cells(records), tmp_path, Wanted(), judgement.orphaned).lines == ()
    assert (tmp_path / "starcoder" / "test_it.json").exists()
    done = accept(expected_cells(records), tmp_path, Wanted(prune=True), judgement.orphaned)
    assert "removed" in done.lines[0]
    assert not (tmp_path / "starcoder" / "test_it.json").exists()


def test_a_file_that_is_no_baseline_is_refused_with_its_name(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    path = tmp_path / "starcoder" / "test_it.json"
    path.write_text('{"schema": 1, "cells": {"k": {"samples": 3}}}')
    with pytest.raises(DataError, match=r"test_it\.json is not a baseline"):
        judged(tmp_path, run())
    path.write_text('{"schema": 9, "cells": {}}')
    with pytest.raises(DataError, match="schema 9"):
        judged(tmp_path, run())


def test_a_cell_that_was_measured_anew_counts_by_its_newest_record_which_says_so(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    base, steered, expected = run()
    old = cell("steered", outcomes(160, range(100)), provenance={"sha256": "1" * 64})
    new = replace(steered, attempt=2, provenance={"sha256": "2" * 64})
    judgement = judged(tmp_path, [base, old, new, expected])
    assert judgement.status == "pass"
    assert "was measured anew (1 earlier record): vector 11111111 → 22222222" in said(judgement)
    assert judged(tmp_path, [base, new, replace(old, attempt=3), expected]).status == "regression"


def test_two_cells_under_one_key_are_neither_judged_nor_accepted(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    base, steered, expected = run()
    other = replace(steered, outcomes=outcomes(160, range(70)), provenance={"sha256": "2" * 64})
    for pair in ([steered, other], [other, steered]):
        records = [base, *pair, expected]
        judgement = judged(tmp_path, records)
        assert (found(judgement), judgement.exit_code) == (["cells-collide"], 2)
        assert "2 records of one cell differ" in said(judgement)
        assert "refused" in accepted(tmp_path, records)[0]


def test_two_tests_with_other_vectors_at_one_layer_and_scale_are_both_judged(tmp_path: Path) -> None:
    def both(first: tuple[Outcome, ...]) -> list[Record]:
        """Two tests that differ in their vector alone."""
        return [
            *run(first, provenance={"sha256": "1" * 64}),
            *run(experiment="test_other", node_id="b.py::test_other[m]", provenance={"sha256": "2" * 64}),
        ]

    accepted(tmp_path, both(outcomes(160)))
    assert judged(tmp_path, both(outcomes(160))).exit_code == 0
    judgement = judged(tmp_path, both(outcomes(160, range(70))))
    assert (judgement.status, len(judgement.compared)) == ("regression", 2)
    broken = {judgement.compared[one.cell.key].pairing.changes.broken for one in judgement.regressed}
    assert broken == {70}


def test_two_runs_of_one_test_are_two_cells(tmp_path: Path) -> None:
    def both(first: tuple[Outcome, ...]) -> list[Record]:
        """A test that scores two interventions, one after the other."""
        again = [replace(one, spec={**one.spec, "run": 2}) for one in run()[:2]]
        return [*run(first), *again, *_expected(again)]

    accepted(tmp_path, both(outcomes(160)))
    judgement = judged(tmp_path, both(outcomes(160, range(70))))
    assert (judgement.status, len(judgement.compared)) == ("regression", 2)


def chosen(layer: int, scale: float, sha256: str, wrong: Iterable[int] = range(0, 160, 10)) -> list[Record]:
    """The run of a test that chose a layer, a scale and a vector."""
    base, steered, _ = run(outcomes(160, wrong))
    asked = {"layers": [layer], "scale": scale}
    made = replace(steered, spec={**steered.spec, "intervention": asked}, provenance={"sha256": sha256 * 64})
    versions = {"versions": {"torch": f"2.{layer}"}}
    made = replace(made, environment={**made.environment, **versions})
    return [base, made, *_expected([base, made])]


def test_what_a_test_chose_otherwise_is_compared_and_said(tmp_path: Path) -> None:
    accepted(tmp_path, chosen(1, 1.25, "1"))
    judgement = judged(tmp_path, chosen(2, 1.0, "2"))
    assert (judgement.exit_code, len(judgement.compared)) == (0, 1)
    assert (
        "changed since the baseline: test_it on m (cpu-float32): layer 1 → 2, scale 1.25 → 1, "
        "vector 11111111 → 22222222, torch 2.1 → 2.2"
    ) in said(judgement)
    assert judged(tmp_path, chosen(2, 1.0, "2", range(80))).status == "regression"
    assert len(accepted(tmp_path, chosen(2, 1.0, "2"))) == 1
    assert "changed" not in said(judged(tmp_path, chosen(2, 1.0, "2")))


def made_with(
    operation: str = "a", forced: bool = False, chooser: str = "b", reader: str = "c", site: str = ""
) -> list[Record]:
    """The run of a test whose name and numbers say nothing of what is told here."""
    base, steered, _ = run()
    told = {"operation": operation * 16, "chooser": chooser * 16} | ({"forced": True} if forced else {})
    spec = {**steered.spec, "model": {**steered.spec["model"], **({"site": site} if site else {})}}
    surroundings = {**steered.environment, "reader": reader * 16}
    made = replace(steered, spec=spec, provenance=told, environment=surroundings)
    return [base, made, *_expected([base, made])]


@pytest.mark.parametrize(
    ("now", "named"),
    [
        ({"operation": "d"}, "operation's source aaaaaaaa → dddddddd"),
        ({"chooser": "d"}, "positions' source bbbbbbbb → dddddddd"),
        ({"reader": "d"}, "reader's source cccccccc → dddddddd"),
        ({"forced": True}, "forced False → True"),
        ({"site": "mlp output"}, "site block output → mlp output"),
    ],
)
def test_code_and_places_that_no_name_tells_of_are_said_where_they_changed(
    tmp_path: Path, now: dict[str, Any], named: str
) -> None:
    accepted(tmp_path, made_with())
    assert "changed since" not in said(judged(tmp_path, made_with()))
    assert f"changed since the baseline: test_it on m (cpu-float32): {named}" in said(
        judged(tmp_path, made_with(**now))
    )


def test_a_baseline_of_an_earlier_version_says_nothing_of_code(tmp_path: Path) -> None:
    accepted(tmp_path, made_with())
    file = tmp_path / "starcoder" / "test_it.json"
    content = json.loads(file.read_text())
    (entry,) = content["cells"].values()
    del entry["made_with"], entry["digest"]
    file.write_text(json.dumps(content))
    assert "changed since" not in said(judged(tmp_path, made_with("d", True, "d", "d")))


def _expected(records: list[Record]) -> list[Record]:
    from pytest_steering.experiments.baseline_expectation import baseline_expected

    return [baseline_expected(records[1], records[0])]


def test_a_cell_under_a_key_that_is_not_its_specs_is_not_compared(tmp_path: Path) -> None:
    accepted(tmp_path, run())
    file = tmp_path / "starcoder" / "test_it.json"
    content = json.loads(file.read_text())
    (entry,) = content["cells"].values()
    entry["spec"]["reader"] = "another"
    file.write_text(json.dumps(content))
    with pytest.raises(DataError, match="holds 1 of 1 cells under a key that is not their spec's"):
        read_baseline(file)
