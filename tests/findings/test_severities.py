"""By the rule of severities: what limits a number instead of voiding it, and runs that earn theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pytest_steering.findings import CATALOGUE
from pytest_steering.records import Outcome, Record
from tests.experiments.cells import always, outcome, result, run, truthful
from tests.experiments.scored_cells import mood, scored_run, written
from tests.findings.test_findings import found, ids, with_metrics

VOIDED_ONCE = ("too-few-samples", "answered-share-low", "outputs-length", "outputs-unchanged", "side-effects")


def of_one_label(outcomes: list[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if one.expected == "yes"]


def unlabelled(outcomes: list[Outcome]) -> list[Outcome]:
    return [replace(one, expected="", correct=None) for one in outcomes]


def unread(count: int) -> list[Outcome]:
    return [*truthful(160 - count), *(outcome(number, "none") for number in range(160 - count, 160))]


LEGITIMATE: dict[str, tuple[str, Callable[[], dict[str, Record]]]] = {
    "few samples of which nearly all changed": (
        "too-few-samples", lambda: run(always(64), truthful(64), claim=0.05)),
    "a constant answer that is right in all samples": (
        "answer-constant", lambda: run(of_one_label(always(320, "no")), of_one_label(truthful(320)))),
    "an unsteered answer that is right in all samples": (
        "unsteered-constant", lambda: run(of_one_label(always(320)), of_one_label(always(320, "no")))),
    "a verdict that ought to be constant": (
        "answer-constant", lambda: run(unlabelled(truthful(160)), unlabelled(always(160, "no")))),
    "a quarter of the answers unread": ("answered-share-low", lambda: run(steered=unread(32))),
    "answers of another length where length is the aim": (
        "outputs-length", lambda: about("words", lambda n: 60 + mood(n), tokens=72)),
    "repetition where repetition is the aim": (
        "outputs-repeat", lambda: about("repetition", lambda n: 0.6 + mood(n) / 10, text="so " * 40)),
    "one answer of many that changed": (
        "outputs-unchanged", lambda: run(always(160), [*truthful(1), *always(160)[1:]])),
    "side effects within what is usual": (
        "side-effects",
        lambda: with_metrics(neutral_perplexity_ratio=1.9, neutral_token_kl=0.6, off_target_change=-0.09)),
    "neutral texts that are foretold better": ("side-effects", lambda: with_metrics(off_target_change=0.35)),
    "side effects that nobody measured": ("side-effects", run),
}  # fmt: skip


def about(score: str, value: Callable[[int], float], text: str = "", tokens: int = 24) -> dict[str, Record]:
    """A run whose aim is the form of its answers."""
    records = scored_run([written(n, value(n), tokens=tokens, response=text) for n in range(40)])
    return {name: _about(record, score) for name, record in records.items()}


def _about(record: Record, score: str) -> Record:
    kinds = {score: record.evidence["scores"]["cheer"]}
    evidence = {**record.evidence, "scores": kinds, "main_metric": score, "guards": []}
    outcomes = tuple(replace(one, scores={score: one.scores["cheer"]}) for one in record.outcomes)
    return replace(record, evidence=evidence, outcomes=outcomes)


@pytest.mark.parametrize("name", LEGITIMATE)
def test_a_legitimate_run_is_not_found_fault_with(name: str) -> None:
    finding, records = LEGITIMATE[name]
    assert finding not in ids(records())


@pytest.mark.parametrize("name", VOIDED_ONCE)
def test_what_leaves_the_number_its_meaning_limits_it(name: str) -> None:
    assert CATALOGUE[name].severity == "limits"


@pytest.mark.parametrize(
    "measured",
    [
        {"neutral_perplexity_ratio": 40.0},
        {"neutral_token_kl": 6.0},
        {"neutral_kl": 6.0},
        {"off_target_change": -0.35},
    ],
)
def test_a_price_paid_on_other_texts_stands_beside_the_effect(measured: dict[str, float]) -> None:
    records = with_metrics(**measured)
    (one,) = [one for one in found(records) if one.id == "side-effects"]

    assert one.evidence == measured
    assert next(iter(measured)) in one.sentence
    result(records).expect("accuracy").improves()


def test_an_effect_of_few_samples_is_decided() -> None:
    result(run(always(24), truthful(24))).expect("accuracy").improves()


def test_an_honest_null_is_no_effect_and_no_fault() -> None:
    records = run(steered=always(160))

    assert ids(records, "invalid") == ["answer-constant"]
    assert "outputs-unchanged" in ids(records, "limits")


def test_answers_that_could_not_be_read_before_limit_what_a_rise_means() -> None:
    records = run(unsteered=unread(100))
    (one,) = [one for one in found(records) if one.id == "answered-share-low"]

    assert (one.arm, one.severity) == ("unsteered", "limits")


def test_a_constant_answer_is_told_arm_by_arm() -> None:
    def told(unsteered: list[Outcome]) -> str:
        (one,) = [one for one in found(run(unsteered, always(160, "no"))) if one.id == "answer-constant"]
        return one.sentence

    assert told(truthful(160)) == "the steered arm: 160 of 160 answers are 'no'"
    assert told(always(160)) == f"{told(truthful(160))}; the unsteered arm: 160 of 160 answers are 'yes'"
