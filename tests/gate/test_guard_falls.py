"""What may not get worse beside the accuracy that a cell is held by: each was a blind spot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gate.blind_spots import BROKEN, CELLS, clean_shares, faulty_shares
from benchmarks.gate.faulty_cells import SECLLMHOLMES, Cells
from pytest_steering.comparison import pair
from pytest_steering.gate.accept import Wanted, accept
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.gated_cells import expected_cells
from pytest_steering.gate.judge import judge
from pytest_steering.gate.judgement import Judgement
from pytest_steering.gate.number_fall import NumberFall, auroc_fall
from pytest_steering.gate.verdict_text import verdict_lines
from pytest_steering.records import Outcome, Record
from tests.gate.runs import outcomes, run

ALL = Wanted(changed=True, new=True)
Change = Callable[[int, Outcome], Outcome]


def with_margins(made: tuple[Outcome, ...], shuffled: bool = False) -> tuple[Outcome, ...]:
    """Outcomes whose margins rank the classes perfectly; shuffled, not at all."""
    signs = [1 if one.expected == "yes" else -1 for one in made]
    signs = [sign if not shuffled or place // 2 % 2 else -sign for place, sign in enumerate(signs)]
    pairs = zip(made, signs, strict=True)
    return tuple(replace(one, margin=sign * (1 + place / 100)) for place, (one, sign) in enumerate(pairs))


def judged(folder: Path, before: list[Record], now: list[Record]) -> Judgement:
    accept(expected_cells(before), folder, ALL, {})
    return judge(expected_cells(now), folder, required=True)


def said(judgement: Judgement) -> str:
    return "\n".join(verdict_lines(judgement, lambda _record: FlippedPrompts()))


def test_a_ranking_that_is_lost_while_every_verdict_stays_is_a_regression(tmp_path: Path) -> None:
    before, now = (run(with_margins(outcomes(160), shuffled)) for shuffled in (False, True))
    judgement = judged(tmp_path, before, now)
    assert judgement.status == "regression"
    assert "AUROC fell by 0.4" in said(judgement)


def test_margins_that_shrink_and_rank_as_before_are_none(tmp_path: Path) -> None:
    before = with_margins(outcomes(160))
    now = tuple(replace(one, margin=0.9 * (one.margin or 0)) for one in before)
    assert judged(tmp_path, run(before), run(now)).status == "pass"


def test_answers_that_are_gone_are_a_regression_though_they_were_wrong_anyway(tmp_path: Path) -> None:
    wrong = range(0, 160, 2)
    before = outcomes(160, wrong)
    now = tuple(
        replace(one, predicted="none", correct=None, response=" Well.") if place % 4 == 0 else one
        for place, one in enumerate(before)
    )
    judgement = judged(tmp_path, run(before), run(now))
    assert judgement.status == "regression"
    assert "answers: 40 samples lost it, 0 gained it, of 160" in said(judgement)


def test_one_class_for_the_other_is_a_regression_at_the_same_accuracy(tmp_path: Path) -> None:
    judgement = judged(tmp_path, run(outcomes(160, range(0, 160, 2))), run(outcomes(160, range(1, 160, 2))))
    assert judgement.status == "regression"
    assert "right where absent: 80 samples lost it, 0 gained it, of 80" in said(judgement)


def test_texts_that_loop_are_a_regression_though_their_verdict_stays(tmp_path: Path) -> None:
    before = outcomes(160)
    now = tuple(replace(one, response=one.response + " and so on" * 9) for one in before)
    assert "text that does not repeat itself: 160" in said(judged(tmp_path, run(before), run(now)))


@pytest.mark.parametrize(
    ("name", "before", "now", "status"),
    [
        ("off_target_accuracy", 0.6, 0.25, "regression"),
        ("neutral_perplexity_ratio", 1.0, 40.0, "regression"),
        ("neutral_kl", 0.01, 6.0, "regression"),
        ("neutral_kl", 0.01, 0.02, "pass"),
        ("off_target_accuracy", 0.25, 0.6, "pass"),
    ],
)
def test_a_side_effect_that_got_worse_is_a_regression(
    tmp_path: Path, name: str, before: float, now: float, status: str
) -> None:
    runs = (run(metrics={name: number}) for number in (before, now))
    assert judged(tmp_path, *runs).status == status


def test_a_regression_of_a_guard_needs_a_reason_to_be_accepted(tmp_path: Path) -> None:
    now = run(with_margins(outcomes(160), shuffled=True))
    judgement = judged(tmp_path, run(with_margins(outcomes(160))), now)
    refused = accept(expected_cells(now), tmp_path, ALL, {}, judgement.worse).refused
    assert "the gate calls it a regression; say why with --steering-reason" in refused[0]


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30))
def test_the_other_run_first_is_the_other_tail(falls: list[float]) -> None:
    one = NumberFall(tuple(falls), len(falls), 1.0, 0.0)
    other = NumberFall(tuple(-fall for fall in falls), len(falls), -1.0, 0.0)
    assert one.p("greater") == pytest.approx(other.p("less"))


def test_the_test_of_auroc_is_exact_where_nothing_changed() -> None:
    generator = np.random.default_rng(1)
    labels = ["yes", "no"] * 40

    def arm(margins: list[float]) -> list[Outcome]:
        return [
            Outcome(str(place), label, margin=margin)
            for place, (label, margin) in enumerate(zip(labels, margins, strict=True))
        ]

    found = []
    for _ in range(400):
        true = np.where(np.array(labels) == "yes", 1.0, -1.0) + generator.standard_normal(80)
        noisy = [(true + generator.standard_normal(80)).tolist() for _ in range(2)]
        fall = auroc_fall(pair(arm(noisy[0]), arm(noisy[1])))
        assert fall is not None
        found.append(replace(fall, least=-1.0).p("greater"))
    assert np.mean(np.array(found) <= 0.1) == pytest.approx(0.1, abs=0.04)


@pytest.mark.parametrize("name", [name for name in BROKEN if "each" not in name])
def test_a_sample_of_the_blind_spots_is_red(name: str) -> None:
    assert faulty_shares(BROKEN[name], runs=3)[0] >= 2 / 3


def test_a_sample_of_clean_runs_on_the_clusters_of_secllmholmes_passes() -> None:
    red, _, passed = clean_shares(Cells(SECLLMHOLMES), runs=4)
    assert (red, passed) == (0.0, 1.0)
    assert sum(SECLLMHOLMES) == 228
    assert CELLS == 12
