"""Cells that are held by the mean of a score: accepted, judged, and said in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pytest_steering.cli import main
from pytest_steering.comparison.metrics import Metric, register
from pytest_steering.comparison.metrics.quantities import Mean
from pytest_steering.errors import DataError
from pytest_steering.gate.accept import Accepted, Wanted, accept
from pytest_steering.gate.baseline import read_baseline
from pytest_steering.gate.baseline_layout import apart
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.gated_cells import expected_cells
from pytest_steering.gate.judge import judge
from pytest_steering.gate.judgement import Judgement
from pytest_steering.gate.verdict_text import verdict_lines
from pytest_steering.records import Record
from tests.gate.runs import outcomes, planned, run, scored_run, write

NUMBERS = np.random.default_rng(0).normal(0.7, 0.2, 40).round(4).tolist()
LOWER = [one - 0.3 * (at % 3) for at, one in enumerate(NUMBERS)]
ALL = Wanted(changed=True, new=True)
NAME = "test_it on m (cpu-float32)"


def accepted(folder: Path, records: Sequence[Record], wanted: Wanted = ALL) -> Accepted:
    return accept(expected_cells(records), folder, wanted, {})


def judged(folder: Path, records: Sequence[Record]) -> Judgement:
    return judge(expected_cells(records), folder, required=True)


def said(judgement: Judgement) -> list[str]:
    prompts = FlippedPrompts({"s002": "Tell me of your day."})
    return verdict_lines(judgement, lambda _record: prompts)


def found(judgement: Judgement) -> list[str]:
    return [one.id for _, one in judgement.findings]


def test_the_same_run_again_passes_and_accepting_it_changes_no_byte(tmp_path: Path) -> None:
    assert accepted(tmp_path, scored_run(NUMBERS)).lines == (f"{NAME}: none → sentiment .69 (n = 40)",)
    first = (tmp_path / "starcoder" / "test_it.json").read_bytes()
    assert judged(tmp_path, scored_run(NUMBERS)).status == "pass"
    assert accepted(tmp_path, scored_run(NUMBERS)).lines == ()
    assert (tmp_path / "starcoder" / "test_it.json").read_bytes() == first


def test_a_fall_is_a_regression_with_means_interval_margin_and_the_samples_that_fell_furthest(
    tmp_path: Path,
) -> None:
    accepted(tmp_path, scored_run(NUMBERS, margin=0.1))
    judgement = judged(tmp_path, scored_run(LOWER, margin=0.1))
    assert (judgement.status, judgement.exit_code) == ("regression", 1)
    text = said(judgement)
    assert text[0] == "gate: regression; 1 cell compared at alpha 0.02, sentiment by margins of their own"
    assert text[1] == (
        f"regressed: {NAME}: sentiment .69 → .40, −.29 [−.37, −.21], of 40 samples (p 1e-05, margin 0.1)"
    )
    assert text[2] == "  sentiment of s002"
    assert text[3] == "    prompt … Tell me of your day."
    assert text[4].startswith("    before .83: A day of 0.8")
    assert text[5].startswith("    now    .23: A day of 0.2")
    assert "  and 21 more changed" in text
    assert text[-1] == "  run it again: pytest 'benchmarks/test_it.py::test_it[m]'"


def test_a_small_change_of_few_samples_cannot_be_told_and_says_how_many_could(tmp_path: Path) -> None:
    moved = [one - 0.4 * (at % 4 == 0) + 0.3 * (at % 4 == 1) for at, one in enumerate(NUMBERS)]
    accepted(tmp_path, scored_run(NUMBERS))
    judgement = judged(tmp_path, scored_run(moved))
    assert (judgement.status, judgement.exit_code) == ("inconclusive", 2)
    (line,) = [one for one in said(judgement) if one.startswith("cannot tell")]
    assert "sentiment .69 → .66" in line
    assert line.endswith("samples would settle it")


def test_a_gain_passes_and_is_named(tmp_path: Path) -> None:
    accepted(tmp_path, scored_run(LOWER))
    judgement = judged(tmp_path, scored_run(NUMBERS))
    assert judgement.status == "pass"
    assert said(judgement)[-1] == "1 cell improved; accept with --steering-accept"


@pytest.mark.parametrize(("better", "status"), [("lower", "pass"), ("neither", "regression")])
def test_which_way_is_better_decides(tmp_path: Path, better: str, status: str) -> None:
    accepted(tmp_path, scored_run(NUMBERS, better=better))
    assert judged(tmp_path, scored_run(LOWER, better=better)).status == status


def test_answers_that_cannot_be_scored_any_more_are_a_regression_by_name_however_good_the_rest(
    tmp_path: Path,
) -> None:
    accepted(tmp_path, scored_run(NUMBERS))
    worst_gone = [None if one < 0.6 else one for one in NUMBERS]
    records = scored_run(worst_gone)
    records[1] = replace(
        records[1],
        outcomes=tuple(
            replace(one, faults={"sentiment": "raised ValueError: no words"})
            if not one.scores["sentiment"]
            else one
            for one in records[1].outcomes
        ),
    )
    judgement = judged(tmp_path, records)
    assert judgement.status == "regression"
    (line,) = [one for one in said(judgement) if one.startswith("regressed")]
    assert "samples lost their sentiment (s" in line
    assert "0 gained one, of 40 (drop " in line
    assert any("which raised ValueError: no words" in one for one in said(judgement))


def test_one_answer_of_few_that_cannot_be_scored_any_more_is_not_passed_over(tmp_path: Path) -> None:
    accepted(tmp_path, scored_run(NUMBERS))
    judgement = judged(tmp_path, scored_run([None, *NUMBERS[1:]]))
    assert judgement.status == "inconclusive"
    assert any("1 sample lost its sentiment (s000), 0 gained one, of 40" in one for one in said(judgement))


def test_no_answer_that_can_be_scored_is_a_regression_too(tmp_path: Path) -> None:
    accepted(tmp_path, scored_run(NUMBERS))
    judgement = judged(tmp_path, scored_run([None] * 40))
    assert judgement.status == "regression"


def test_a_baseline_without_a_single_number_is_refused(tmp_path: Path) -> None:
    done = accepted(tmp_path, scored_run([None] * 40, NUMBERS))
    assert "no answer has a sentiment" in done.refused[0]


def test_a_control_that_moved_too_is_drift_of_the_environment(tmp_path: Path) -> None:
    accepted(tmp_path, scored_run(NUMBERS, NUMBERS))
    judgement = judged(tmp_path, scored_run(LOWER, LOWER))
    assert (judgement.status, found(judgement)) == ("unmeasurable", ["environment-drift"])
    assert "the unsteered control moved: sentiment .69 → .40" in "\n".join(said(judgement))


def test_a_control_whose_answers_cannot_be_scored_any_more_is_drift_too(tmp_path: Path) -> None:
    accepted(tmp_path, scored_run(NUMBERS, NUMBERS))
    judgement = judged(tmp_path, scored_run(NUMBERS, [*[None] * 20, *NUMBERS[20:]]))
    assert found(judgement) == ["environment-drift"]


def test_a_file_holds_a_number_a_line_and_what_is_judged(tmp_path: Path) -> None:
    accepted(tmp_path, scored_run([1 / 3, None, *NUMBERS[2:]], margin=0.25))
    text = (tmp_path / "starcoder" / "test_it.json").read_text()
    assert '    "s000": [0.333333, "", " A day of 0.3333333333333333."],\n' in text
    assert '    "s001": [null, "", ' in text
    (row,) = json.loads(text)["cells"].values()
    assert (row["metric"], row["better"], row["unit"], row["margin"]) == ("sentiment", "higher", "", 0.25)
    assert "accuracy" not in row
    (entry,) = read_baseline(tmp_path / "starcoder" / "test_it.json").values()
    assert apart(entry.as_dict()) == row


def test_the_usual_margin_is_kept_and_another_one_is_named(tmp_path: Path) -> None:
    accepted(tmp_path, scored_run(NUMBERS))
    (entry,) = read_baseline(tmp_path / "starcoder" / "test_it.json").values()
    assert entry.gated.margin == float(f"{0.3 * np.std(NUMBERS):.3g}")
    wider = judged(tmp_path, scored_run(NUMBERS, margin=0.5))
    assert wider.decision.cells[0].margin == 0.5
    assert f"changed since the baseline: {NAME}: margin {entry.gated.margin:g} → 0.5" in said(wider)
    assert (
        judged(tmp_path, scored_run([one + 1 for one in NUMBERS])).decision.cells[0].margin
        == entry.gated.margin
    )


def test_arithmetic_noise_in_the_last_digits_is_no_change(tmp_path: Path) -> None:
    accepted(tmp_path, scored_run(NUMBERS))
    judgement = judged(tmp_path, scored_run([one * (1 + 1e-9) for one in NUMBERS]))
    assert judgement.decision.cells[0].drop == 0.0


def test_a_cell_that_is_held_by_two_numbers_has_two_baselines(tmp_path: Path) -> None:
    first, second = scored_run(NUMBERS), scored_run(NUMBERS)
    spec = {**second[2].spec, "metric": "margin", "better": "neither", "unit": "nats"}
    both = [
        replace(one, outcomes=tuple(replace(each, margin=1.0) for each in one.outcomes)) for one in first[:2]
    ]
    both = [*both, first[2], replace(second[2], spec=spec)]
    assert len(accepted(tmp_path, both).lines) == 2
    assert len(read_baseline(tmp_path / "starcoder" / "test_it.json")) == 2
    assert judged(tmp_path, both).status == "pass"


def test_cells_of_accuracy_and_of_means_are_one_run(tmp_path: Path) -> None:
    now = [*run(model="n"), *scored_run(NUMBERS)]
    accepted(tmp_path, now)
    worse = [*run(outcomes(160, {*range(0, 160, 10), *range(5, 105, 3)}), model="n"), *scored_run(LOWER)]
    judgement = judged(tmp_path, worse)
    assert len({one.cell.key for one in judgement.regressed}) == 2
    assert said(judgement)[0].endswith("margin 10 points, sentiment by margins of their own")
    assert len([one for one in judgement.decision.cells if one.cell.kind == "main"]) == 2


def test_lower_numbers_or_fewer_of_them_are_accepted_with_a_reason_alone(tmp_path: Path) -> None:
    accepted(tmp_path, scored_run(NUMBERS))
    for worse in (LOWER, [None, *(one + 1 for one in NUMBERS[1:])]):
        (refused,) = accepted(tmp_path, scored_run(worse)).refused
        assert "it gets worse, from sentiment .69 (n = 40) to sentiment" in refused
    done = accepted(tmp_path, scored_run([None, *LOWER[1:]]), replace(ALL, reason="a smaller model"))
    assert done.lines == (f"{NAME}: sentiment .69 (n = 40) → sentiment .39 (n = 39 of 40)",)
    (entry,) = read_baseline(tmp_path / "starcoder" / "test_it.json").values()
    assert entry.reasons == ("sentiment .69 (n = 40) → sentiment .39 (n = 39 of 40): a smaller model",)


def test_a_prompt_that_changed_is_not_compared(tmp_path: Path) -> None:
    accepted(tmp_path, scored_run(NUMBERS))
    records = scored_run(NUMBERS)
    other = replace(records[1].outcomes[3], prompt_sha256="0" * 64)
    records[1] = replace(records[1], outcomes=(*records[1].outcomes[:3], other, *records[1].outcomes[4:]))
    assert found(judged(tmp_path, records)) == ["data-changed"]


def test_a_margin_that_is_none_and_a_number_that_no_sample_has_are_refused() -> None:
    with pytest.raises(DataError, match=r"a margin of -0\.1; expected a finite one above 0"):
        scored_run(NUMBERS, margin=-0.1)
    with pytest.raises(DataError, match="no sample has 'sentiment'"):
        scored_run([None] * 40, [None] * 40)


def test_a_metric_of_ones_own_is_not_taken_for_scores_that_were_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_steering.comparison.metrics.registry._OWN", {})
    register(Metric("words", "words", "mean words", Mean(lambda one: float(len(one.response.split())))))
    records = scored_run(NUMBERS)
    spec = {**records[2].spec, "metric": "words", "better": "neither", "unit": "words"}
    held = [*records[:2], replace(records[2], spec=spec)]
    accepted(tmp_path, held)
    assert judged(tmp_path, held).status == "pass"
    monkeypatch.setattr("pytest_steering.comparison.metrics.registry._OWN", {})
    with pytest.raises(DataError, match="no outcome has a score 'words'"):
        judged(tmp_path, held)


def test_the_commands_judge_compare_and_accept_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = write(tmp_path / "before", scored_run(NUMBERS), planned("passed"))
    now = write(tmp_path / "now", scored_run(LOWER), planned("passed"))
    baselines = ["--steering-baselines", str(tmp_path / "baselines")]
    assert main(["accept", str(before), *baselines]) == 0
    assert "none → sentiment .69 (n = 40)" in capsys.readouterr().out
    assert main(["gate", str(before), *baselines]) == 0
    assert main(["gate", str(now), *baselines]) == 1
    assert "sentiment .69 → .40, −.29 [−.37, −.21]" in capsys.readouterr().out
    assert main(["compare", str(before), str(now)]) == 1
    assert main(["compare", str(before), str(before)]) == 0


def test_a_run_that_expects_no_baseline_is_compared_by_its_main_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = write(tmp_path / "before", scored_run(NUMBERS)[:2], planned("passed"))
    now = write(tmp_path / "now", scored_run(LOWER)[:2], planned("passed"))
    assert main(["compare", str(before), str(now)]) == 1
    assert "sentiment .69 → .40" in capsys.readouterr().out
