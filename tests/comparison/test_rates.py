"""Hard answers: each number against scikit-learn or by hand, and what is said where it does not exist."""

from __future__ import annotations

import csv
import json
import math
import random
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sk

from pytest_steering.comparison import Facts, confusion
from pytest_steering.comparison.metrics import JUDGEMENT, metric, numbers
from pytest_steering.comparison.metrics.margins import d_a
from pytest_steering.comparison.twin_outcomes import twins
from pytest_steering.errors import DataError
from pytest_steering.records import Outcome
from tests.comparison.outcomes_at_hand import answers, arms, made, value, why


def answered(arm: list[Outcome]) -> tuple[list[int], list[int]]:
    kept = [one for one in arm if one.predicted != "none"]
    return [int(one.expected == "yes") for one in kept], [int(one.predicted == "yes") for one in kept]


class TestAgainstScikitLearn:
    @given(arms())
    def test_rates_of_answered_samples(self, arm: list[Outcome]) -> None:
        labels, predicted = answered(arm)
        assume(set(labels) == {0, 1})
        assert value("accuracy_answered", arm) == pytest.approx(sk.accuracy_score(labels, predicted))
        assert value("balanced_accuracy_answered", arm) == pytest.approx(
            sk.balanced_accuracy_score(labels, predicted)
        )
        assert value("tpr", arm) == pytest.approx(sk.recall_score(labels, predicted))
        assert value("tnr", arm) == pytest.approx(sk.recall_score(labels, predicted, pos_label=0))

    @given(arms())
    def test_over_all_samples_no_answer_is_a_class_of_its_own(self, arm: list[Outcome]) -> None:
        labels, predicted = [one.expected for one in arm], [one.predicted for one in arm]
        assume(set(labels) == {"yes", "no"})
        assert value("accuracy", arm) == pytest.approx(sk.accuracy_score(labels, predicted))
        recalls = sk.recall_score(labels, predicted, labels=["yes", "no"], average="macro", zero_division=0)
        assert value("balanced_accuracy", arm) == pytest.approx(recalls)

    @given(arms())
    def test_mcc_where_it_is_defined(self, arm: list[Outcome]) -> None:
        labels, predicted = answered(arm)
        found = value("mcc", arm)
        if found is None:
            assert len(set(labels)) < 2 or len(set(predicted)) < 2
        else:
            assert found == pytest.approx(sk.matthews_corrcoef(labels, predicted))


class TestByBruteForce:
    @given(arms())
    def test_counts(self, arm: list[Outcome]) -> None:
        c = confusion(arm)
        assert c.tp == sum(one.expected == "yes" and one.predicted == "yes" for one in arm)
        assert c.unanswered_absent == sum(one.expected == "no" and one.predicted == "none" for one in arm)
        assert c.n == len(arm)

    @given(arms(min_size=1))
    def test_no_answer_counts_as_wrong_over_all(self, arm: list[Outcome]) -> None:
        right = sum(one.predicted == one.expected for one in arm)
        assert value("accuracy", arm) == pytest.approx(right / len(arm))

    @given(arms())
    def test_pairs(self, arm: list[Outcome]) -> None:
        kinds: list[str] = []
        for name in {one.pair_id for one in arm if one.pair_id}:
            yes, no = (
                [one.predicted for one in arm if one.pair_id == name and one.expected == label]
                for label in ("yes", "no")
            )
            if len(yes) == len(no) == 1:
                kinds.append(yes[0] + "/" + no[0])
        expected = {
            "pair_correct": kinds.count("yes/no"),
            "pair_vulnerable": kinds.count("yes/yes"),
            "pair_benign": kinds.count("no/no"),
            "pair_reversed": kinds.count("no/yes"),
            "pair_unanswered": sum("none" in kind for kind in kinds),
        }
        for name, count in expected.items():
            assert value(name, arm) == (pytest.approx(count / len(kinds)) if kinds else None), name

    @given(arms())
    def test_pair_ranking(self, arm: list[Outcome]) -> None:
        won: list[float] = []
        for one in arm:
            pair = [other for other in arm if other.pair_id == one.pair_id and one.pair_id]
            if (
                one.expected == "yes"
                and len(pair) == 2
                and {other.expected for other in pair} == {"yes", "no"}
            ):
                (twin,) = (other for other in pair if other.expected == "no")
                if one.margin is not None and twin.margin is not None:
                    won.append(1.0 if one.margin > twin.margin else 0.5 if one.margin == twin.margin else 0.0)
        expected = pytest.approx(sum(won) / len(won)) if won else None
        assert value("pair_ranking_accuracy", arm) == expected


class TestDetection:
    def test_d_prime_and_criterion_of_a_textbook_case(self) -> None:
        arm = answers(*[(1, "yes")] * 20, *[(1, "no")] * 5, *[(0, "yes")] * 10, *[(0, "no")] * 15)
        hit, false_alarm = stats.norm.ppf(20.5 / 26), stats.norm.ppf(10.5 / 26)
        assert value("d_prime", arm) == pytest.approx(hit - false_alarm)
        assert value("criterion", arm) == pytest.approx(-(hit + false_alarm) / 2)

    def test_criterion_is_negative_for_a_yes_bias(self) -> None:
        biased = answers(*[(1, "yes")] * 9, (1, "no"), *[(0, "yes")] * 8, *[(0, "no")] * 2)
        assert (value("criterion", biased) or 0) < 0

    @pytest.mark.parametrize(
        ("yes", "identifiable"), [(0, False), (2, False), (3, True), (97, True), (98, False)]
    )
    def test_saturated_answers_are_not_identifiable(self, yes: int, identifiable: bool) -> None:
        said = ["yes"] * yes + ["no"] * (100 - yes)
        arm = answers(*((number % 2, answer) for number, answer in enumerate(said)))
        for name in ("d_prime", "criterion"):
            assert (value(name, arm) is not None) == identifiable
            assert (why(name, arm) == "not identifiable (answers saturated)") != identifiable

    @given(st.floats(0.001, 0.999))
    def test_d_a_is_the_distance_of_two_normal_distributions_with_that_area(self, area: float) -> None:
        distance = d_a(area)
        assert distance is not None
        assert stats.norm.cdf(distance / math.sqrt(2)) == pytest.approx(area)

    @pytest.mark.parametrize("area", [0.0, 1.0])
    def test_d_a_is_undefined_where_it_is_not_finite(self, area: float) -> None:
        assert d_a(area) is None


class TestConstantPredictors:
    @pytest.mark.parametrize(
        ("answer", "name"), [("yes", "always yes"), ("no", "always no"), ("none", "never answers")]
    )
    def test_a_constant_predictor_is_named(self, answer: str, name: str) -> None:
        found = answers((1, answer), (0, answer), (1, "none"))
        assert confusion(found).constant == name
        assert value("mcc", found) is None
        assert why("mcc", found) == "the predictor is constant"

    def test_a_predictor_that_says_both_is_not_constant(self) -> None:
        assert confusion(answers((1, "yes"), (1, "no"))).constant is None

    def test_half_right_by_bias_and_half_right_by_chance_look_different(self) -> None:
        biased = answers(*[(1, "yes")] * 50, *[(0, "yes")] * 50)
        mixed = answers(*[(1, "yes"), (1, "no"), (0, "yes"), (0, "no")] * 25)
        assert value("accuracy", biased) == value("accuracy", mixed) == 0.5
        assert (value("tnr", biased), value("tnr", mixed)) == (0.0, 0.5)

    def test_the_yes_rate_explains_the_right_pairs_of_a_coin(self) -> None:
        coin = random.Random(1)
        arm = [
            made(f"{pair}{label}", coin.choice(("yes", "yes", "yes", "no")), label, pair_id=str(pair))
            for pair in range(4000)
            for label in (0, 1)
        ]
        by_yes_rate = value("pair_correct_by_yes_rate", arm)
        assert value("pair_correct", arm) == pytest.approx(by_yes_rate, abs=0.02)
        assert value("pair_reversed", arm) == pytest.approx(by_yes_rate, abs=0.02)


class TestTheWhole:
    @given(arms(), st.randoms(use_true_random=False))
    def test_the_order_of_samples_does_not_matter(self, arm: list[Outcome], shuffler: random.Random) -> None:
        shuffled = list(arm)
        shuffler.shuffle(shuffled)
        one, other = numbers(Facts(arm)), numbers(Facts(shuffled))
        assert one == {name: pytest.approx(number) for name, number in other.items()}

    @given(arms())
    def test_every_number_is_finite_or_none_with_a_reason(self, arm: list[Outcome]) -> None:
        for name, number in numbers(Facts(arm)).items():
            if number is None:
                assert why(name, arm) not in ("", "it is not defined on these samples"), name
            else:
                assert math.isfinite(number), name
        json.dumps(numbers(Facts(arm)), allow_nan=False)

    @given(arms())
    def test_every_number_lies_within_its_bounds(self, arm: list[Outcome]) -> None:
        for one in JUDGEMENT:
            number, (least, largest) = one.value(Facts(arm)), one.bounds
            if number is not None:
                assert least is None or number >= least, one.name
                assert largest is None or number <= largest, one.name

    def test_the_answered_share_comes_first(self) -> None:
        assert next(iter(numbers(Facts([])))) == "answered_share"

    def test_an_empty_arm_has_no_numbers(self) -> None:
        assert set(numbers(Facts([])).values()) == {None}
        assert why("answered_share", []) == "there are no samples"

    def test_an_unknown_metric_names_the_known_ones(self) -> None:
        with pytest.raises(DataError, match=r"no metric is named 'f1'; known are answered_share"):
            metric("f1")


def test_the_published_verdicts_give_the_published_counts(test_data: Path) -> None:
    folder = test_data / "secllmholmes"
    golden = json.loads((folder / "secllmholmes_golden.json").read_text())["prompts_experiment"]
    by_model: dict[str, list[Outcome]] = {}
    with (folder / "secllmholmes_verdicts_prompts.csv").open() as file:
        for row in csv.DictReader(file):
            scenario = f"{row['prompt']}/{row['cwe']}/{row['file']}"
            verdict = row["verdict"] if row["verdict"] in ("yes", "no") else "none"
            label = {"yes": 1, "no": 0}[row["code_label"]]
            pair = scenario.replace("/p_", "/")
            by_model.setdefault(row["model"], []).append(made(scenario, verdict, label, pair_id=pair))
    found = {model: golden_cells(arm) for model, arm in by_model.items()}
    assert len(found) == 9
    assert found == {model: dict.fromkeys(PAIR_NAMES, 0) | cell for model, cell in golden.items()}


PAIR_NAMES = ("P-C", "P-V", "P-B", "P-R", "unanswered")


def golden_cells(arm: list[Outcome]) -> dict[str, int]:
    c, pairs = confusion(arm), twins(arm)
    return {
        "n": c.n,
        "tp": c.tp,
        "fn": c.fn,
        "fp": c.fp,
        "tn": c.tn,
        "unanswered_vuln": c.unanswered_present,
        "unanswered_patched": c.unanswered_absent,
        "pairs": len(pairs.complete),
        **{kind: pairs.kinds.count(kind) for kind in PAIR_NAMES},
    }


def test_a_mean_over_no_pairs_is_no_number() -> None:
    facts = Facts(answers((1, "yes"), (1, "no")))
    assert metric("pair_correct").quantity.value(facts) is None
    assert metric("pair_ranking_accuracy").quantity.value(facts) is None
