"""Hard answers: each number against scikit-learn or by hand, and what is said where it does not exist."""

from __future__ import annotations

import csv
import json
import math
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sk

from pytest_steering.errors import DataError
from pytest_steering.evaluation import metrics as m
from pytest_steering.evaluation.metrics import Metrics, Scored, score
from pytest_steering.tasks.sample import Sample
from tests.evaluation.scored_rows import cells, rows


def answered(cell: list[Scored]) -> tuple[list[int], list[int]]:
    kept = [row for row in cell if row.predicted != "none"]
    return [row.expected for row in kept], [int(row.predicted == "yes") for row in kept]


class TestAgainstScikitLearn:
    @given(cells())
    def test_rates_of_answered_samples(self, cell: list[Scored]) -> None:
        labels, predicted = answered(cell)
        assume(set(labels) == {0, 1})
        c = m.confusion(cell)
        assert m.accuracy_answered(c) == pytest.approx(sk.accuracy_score(labels, predicted))
        assert m.balanced_accuracy(c) == pytest.approx(sk.balanced_accuracy_score(labels, predicted))
        assert m.tpr(c) == pytest.approx(sk.recall_score(labels, predicted))
        assert m.tnr(c) == pytest.approx(sk.recall_score(labels, predicted, pos_label=0))

    @given(cells())
    def test_mcc_where_it_is_defined(self, cell: list[Scored]) -> None:
        labels, predicted = answered(cell)
        found = m.mcc(m.confusion(cell))
        if found is None:
            assert len(set(labels)) < 2 or len(set(predicted)) < 2
        else:
            assert found == pytest.approx(sk.matthews_corrcoef(labels, predicted))


class TestByBruteForce:
    @given(cells())
    def test_counts(self, cell: list[Scored]) -> None:
        c = m.confusion(cell)
        assert c.tp == sum(row.expected == 1 and row.predicted == "yes" for row in cell)
        assert c.unanswered_patched == sum(row.expected == 0 and row.predicted == "none" for row in cell)
        assert c.n == len(cell)

    @given(cells(min_size=1))
    def test_no_answer_counts_as_wrong_over_all(self, cell: list[Scored]) -> None:
        right = sum(row.predicted == ("no", "yes")[row.expected] for row in cell)
        assert m.accuracy_all(m.confusion(cell)) == pytest.approx(right / len(cell))

    @given(cells())
    def test_pairs(self, cell: list[Scored]) -> None:
        found = m.pair_outcomes(cell)
        kinds: list[str] = []
        for name in {row.pair_id for row in cell if row.pair_id}:
            vulnerable = [row.predicted for row in cell if row.pair_id == name and row.expected == 1]
            patched = [row.predicted for row in cell if row.pair_id == name and row.expected == 0]
            if len(vulnerable) == len(patched) == 1:
                kinds.append(vulnerable[0] + "/" + patched[0])
        assert found.n == len(kinds)
        assert found.correct == kinds.count("yes/no")
        assert found.vulnerable == kinds.count("yes/yes")
        assert found.benign == kinds.count("no/no")
        assert found.reversed == kinds.count("no/yes")
        assert found.unanswered == sum("none" in kind for kind in kinds)

    @given(cells())
    def test_pair_ranking(self, cell: list[Scored]) -> None:
        won: list[float] = []
        for one in cell:
            twins = [row for row in cell if row.pair_id == one.pair_id and one.pair_id]
            if one.expected == 1 and len(twins) == 2 and {row.expected for row in twins} == {0, 1}:
                (other,) = (row for row in twins if row.expected == 0)
                if one.margin is not None and other.margin is not None:
                    won.append(
                        1.0 if one.margin > other.margin else 0.5 if one.margin == other.margin else 0.0
                    )
        expected = sum(won) / len(won) if won else None
        assert m.pair_outcomes(cell).ranking_accuracy == (
            None if expected is None else pytest.approx(expected)
        )


class TestDetection:
    def test_d_prime_and_criterion_of_a_textbook_case(self) -> None:
        cell = rows(*[(1, "yes")] * 20, *[(1, "no")] * 5, *[(0, "yes")] * 10, *[(0, "no")] * 15)
        hit, false_alarm = stats.norm.ppf(20.5 / 26), stats.norm.ppf(10.5 / 26)
        assert score(cell)["d_prime"] == pytest.approx(hit - false_alarm)
        assert score(cell)["criterion"] == pytest.approx(-(hit + false_alarm) / 2)

    def test_criterion_is_negative_for_a_yes_bias(self) -> None:
        biased = rows(*[(1, "yes")] * 9, (1, "no"), *[(0, "yes")] * 8, *[(0, "no")] * 2)
        assert (score(biased)["criterion"] or 0) < 0

    @pytest.mark.parametrize(
        ("yes", "identifiable"), [(0, False), (2, False), (3, True), (97, True), (98, False)]
    )
    def test_saturated_answers_are_not_identifiable(self, yes: int, identifiable: bool) -> None:
        answers = ["yes"] * yes + ["no"] * (100 - yes)
        cell = rows(*((number % 2, answer) for number, answer in enumerate(answers)))
        for name in ("d_prime", "criterion"):
            assert (score(cell)[name] is not None) == identifiable
            assert (score(cell).undefined.get(name) == "not identifiable (answers saturated)") != identifiable

    @given(st.floats(0.001, 0.999))
    def test_d_a_is_the_distance_of_two_normal_distributions_with_that_area(self, area: float) -> None:
        distance = m.d_a(area)
        assert distance is not None
        assert stats.norm.cdf(distance / math.sqrt(2)) == pytest.approx(area)

    @pytest.mark.parametrize("area", [None, 0.0, 1.0])
    def test_d_a_is_undefined_where_it_is_not_finite(self, area: float | None) -> None:
        assert m.d_a(area) is None


class TestConstantPredictors:
    @pytest.mark.parametrize(
        ("answer", "name"), [("yes", "always yes"), ("no", "always no"), ("none", "never answers")]
    )
    def test_a_constant_predictor_is_named(self, answer: str, name: str) -> None:
        found = score(rows((1, answer), (0, answer), (1, "none")))
        assert found.constant == name
        assert found["mcc"] is None
        assert name in found.undefined["mcc"]

    def test_a_predictor_that_says_both_is_not_constant(self) -> None:
        assert score(rows((1, "yes"), (1, "no"))).constant is None

    def test_half_right_by_bias_and_half_right_by_chance_look_different(self) -> None:
        biased = rows(*[(1, "yes")] * 50, *[(0, "yes")] * 50)
        mixed = rows(*[(1, "yes"), (1, "no"), (0, "yes"), (0, "no")] * 25)
        assert score(biased)["accuracy_all"] == score(mixed)["accuracy_all"] == 0.5
        assert (score(biased)["tnr"], score(mixed)["tnr"]) == (0.0, 0.5)

    def test_the_yes_rate_explains_the_right_pairs_of_a_coin(self) -> None:
        coin = random.Random(1)
        cell = [
            Scored(f"{pair}{label}", coin.choice(("yes", "yes", "yes", "no")), label, pair_id=str(pair))
            for pair in range(4000)
            for label in (0, 1)
        ]
        found = score(cell, resamples=0)
        assert found["pair_correct"] == pytest.approx(found["pair_correct_by_yes_rate"], abs=0.02)
        assert found["pair_reversed"] == pytest.approx(found["pair_correct_by_yes_rate"], abs=0.02)


class TestTheWhole:
    @given(cells(), st.randoms(use_true_random=False))
    def test_the_order_of_samples_does_not_matter(self, cell: list[Scored], shuffler: random.Random) -> None:
        shuffled = list(cell)
        shuffler.shuffle(shuffled)
        assert score(shuffled, resamples=20) == score(cell, resamples=20)
        assert m.baselines(shuffled) == m.baselines(cell)

    @given(cells())
    def test_every_number_is_finite_or_none_with_a_reason(self, cell: list[Scored]) -> None:
        found = score(cell, resamples=10)
        for name, value in found.values.items():
            if value is None:
                assert found.undefined[name]
            else:
                assert math.isfinite(value)
                assert name not in found.undefined
        json.dumps(dict(found.values), allow_nan=False)

    def test_the_answered_share_comes_first(self) -> None:
        assert next(iter(score([]).values)) == "answered_share"

    def test_an_empty_cell_has_no_numbers(self) -> None:
        found = score([])
        assert set(found.values.values()) == {None}
        assert found.undefined["answered_share"] == "there are no samples"

    def test_cut_samples_are_counted(self) -> None:
        assert score(rows((1, "yes"), (0, "no"), truncated=True)).truncated == 2

    def test_an_unknown_metric_names_the_known_ones(self) -> None:
        with pytest.raises(DataError, match=r"no metric is named 'f1'; known are answered_share"):
            score([])["f1"]

    def test_1606_samples_with_a_thousand_resamples_take_less_than_three_seconds(self) -> None:
        noise = random.Random(0)
        cell = [
            Scored(f"{pair}{label}", "yes", label, margin=noise.gauss(label, 1), pair_id=str(pair))
            for pair in range(803)
            for label in (0, 1)
        ]
        start = time.process_time()
        score(cell)
        assert time.process_time() - start < 3


class TestGroups:
    def test_each_value_of_a_group_is_scored_alone(self) -> None:
        cell = [*rows((1, "yes"), cwe="CWE-89"), *rows((1, "no"), (0, "no"), cwe="CWE-79")]
        found = m.score_by(cell, "cwe")
        assert {name: one["accuracy_all"] for name, one in found.items()} == {"CWE-79": 0.5, "CWE-89": 1.0}

    def test_weaknesses_are_in_the_order_of_their_numbers(self) -> None:
        cell = [row for cwe in ("CWE-416", "CWE-79", "CWE-190") for row in rows((1, "yes"), cwe=cwe)]
        assert list(m.score_by(cell, "cwe")) == ["CWE-79", "CWE-190", "CWE-416"]

    def test_samples_without_the_group_are_left_out(self) -> None:
        assert m.score_by(rows((1, "yes")), "augmentation") == {}

    def test_an_unknown_group_names_the_known_ones(self) -> None:
        with pytest.raises(DataError, match="known are cwe, difficulty, language, augmentation"):
            m.score_by([], "colour")


class TestBaselines:
    def test_always_yes_and_always_no_are_there_whatever_was_answered(self) -> None:
        found = m.baselines(rows((1, "none"), (0, "none")))
        assert {name: (one["tpr"], one["tnr"]) for name, one in found.items()} == {
            "always yes": (1.0, 0.0),
            "always no": (0.0, 1.0),
        }

    @pytest.mark.parametrize("lengths", [(10, 20), (20, 10)])
    def test_length_only_takes_the_direction_that_fits(self, lengths: tuple[int, int]) -> None:
        cell = [
            *rows((1, "no"), (1, "no"), length=lengths[0]),
            *rows((0, "no"), (0, "no"), length=lengths[1]),
        ]
        assert m.baselines(cell)["length only"]["auroc"] == 1.0

    def test_a_baseline_keeps_pairs_and_labels(self) -> None:
        cell = [*rows((1, "no"), length=5, pair_id="p"), *rows((0, "no"), length=9, pair_id="p")]
        assert m.baselines(cell)["length only"]["pair_ranking_accuracy"] == 1.0


class TestRows:
    @pytest.mark.parametrize(
        "change", [{"predicted": "maybe"}, {"expected": 2}, {"expected": True}, {"margin": math.nan}]
    )
    def test_a_row_that_is_no_row_is_refused(self, change: dict[str, object]) -> None:
        values: dict[str, object] = {"id": "a", "predicted": "yes", "expected": 1, **change}
        with pytest.raises(DataError, match=r"^a: "):
            Scored(**values)  # type: ignore[arg-type]

    def test_a_sample_fills_in_its_groups(self) -> None:
        sample = Sample("a", "d", "int x;", "c", 1, "CWE-89", pair_id="p", difficulty="2", augmentation="A1")
        row = m.scored(sample, "no", 0.25)
        assert (row.cwe, row.language, row.difficulty, row.augmentation) == ("CWE-89", "c", "2", "A1")
        assert (row.expected, row.margin, row.pair_id, row.length) == (1, 0.25, "p", 6)

    def test_augmentations_are_resampled_with_the_pair_of_their_scenario(self) -> None:
        def sample(name: str, **values: str) -> Sample:
            return Sample(name, "d", name, "c", 1, "CWE-89", **values)  # type: ignore[arg-type]

        samples = [sample("base", pair_id="p"), sample("made", base_id="base"), sample("alone")]
        assert m.clusters(samples) == {"base": "p", "made": "p", "alone": "alone"}


def test_the_published_verdicts_give_the_published_counts(test_data: Path) -> None:
    folder = test_data / "secllmholmes"
    golden = json.loads((folder / "secllmholmes_golden.json").read_text())["prompts_experiment"]
    by_model: dict[str, list[Scored]] = {}
    with (folder / "secllmholmes_verdicts_prompts.csv").open() as file:
        for row in csv.DictReader(file):
            scenario = f"{row['prompt']}/{row['cwe']}/{row['file']}"
            verdict = row["verdict"] if row["verdict"] in ("yes", "no") else "none"
            label = {"yes": 1, "no": 0}[row["code_label"]]
            pair = scenario.replace("/p_", "/")
            by_model.setdefault(row["model"], []).append(Scored(scenario, verdict, label, pair_id=pair))
    found = {model: golden_cells(score(cell, resamples=0)) for model, cell in by_model.items()}
    assert len(found) == 9
    assert found == {model: dict.fromkeys(PAIR_NAMES, 0) | cell for model, cell in golden.items()}


PAIR_NAMES = ("P-C", "P-V", "P-B", "P-R", "unanswered")


def golden_cells(found: Metrics) -> dict[str, int]:
    c, pairs = found.confusion, found.pairs
    return {
        "n": c.n,
        "tp": c.tp,
        "fn": c.fn,
        "fp": c.fp,
        "tn": c.tn,
        "unanswered_vuln": c.unanswered_vulnerable,
        "unanswered_patched": c.unanswered_patched,
        "pairs": pairs.n,
        "P-C": pairs.correct,
        "P-V": pairs.vulnerable,
        "P-B": pairs.benign,
        "P-R": pairs.reversed,
        "unanswered": pairs.unanswered,
    }


def test_no_heavy_library_is_loaded_before_a_number_needs_it() -> None:
    security = ("datasets", "prompts.study_prompts")
    rooms = ("evaluation.metrics", "replay", *(f"tasks.security.{room}" for room in security))
    code = "; ".join(f"import pytest_steering.{room}" for room in rooms)
    heavy = "{'torch', 'transformers', 'nnsight', 'pandas', 'scipy', 'numpy', 'datasets', 'tabulate'}"
    check = f"import sys; {code}; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
