"""A number has one definition: record, table, expectation, gate and documents say the same of every metric.

The data are those on which they differed once: half of the patched samples unanswered, some samples left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import Experiment, Intervention, Record, metrics
from pytest_steering.comparison import Comparison, Facts
from pytest_steering.comparison.metrics import JUDGEMENT, Metric
from pytest_steering.errors import ExpectationFailed
from pytest_steering.experiments.evaluation import Evaluation
from pytest_steering.experiments.result import Result
from pytest_steering.gate.cell_entry import entry_of
from pytest_steering.gate.gated_metric import BY_ACCURACY
from pytest_steering.records import Outcome, from_line, to_line
from pytest_steering.replay.numbers_table import numbers_table
from pytest_steering.report.cell_summary import scored_groups
from pytest_steering.report.columns import columns_of
from tests.experiments.cells import outcome
from tools.docs_tables import with_tables

UNDEFINED_HERE = {"threshold"}
COLUMN_OF = {
    "answered": "answered_share",
    "balanced": "balanced_accuracy",
    "yes-rate": "yes_rate",
    "TNR": "tnr",
    "MCC": "mcc",
    "AUROC": "auroc",
}


def answered(number: int) -> Outcome:
    """One steered sample: of the 40 patched ones 20 have no answer, all others are right but for two."""
    predicted = "yes" if number % 2 == 0 else "no" if number % 4 == 1 else "none"
    wrong = {0: "no", 1: "yes"}.get(number)
    margin = 3.0 * (-1) ** number + number % 7
    return outcome(
        number,
        wrong or predicted,
        margin,
        response=" One would have to see the rest of it.",
        swapped_margin=margin / 2,
        first_token_kl=number / 100,
        tokens=6,
        wanted="A",
    )


def skipped(one: Outcome) -> Outcome:
    return replace(one, predicted="none", correct=None, skipped="too long", margin=None, tokens_sha256="")


UNSTEERED = tuple(
    outcome(n, "yes", (n * 31) % 17, swapped_margin=1.0, first_token_kl=0.0, wanted="A") for n in range(86)
)
STEERED = tuple(answered(n) for n in range(80)) + tuple(skipped(one) for one in UNSTEERED[80:])


@pytest.fixture(scope="module")
def records(starcoder2: Any, intervention: Intervention) -> list[Record]:
    """What a run writes whose model answered so."""
    found: list[Record] = []
    experiment = Experiment(starcoder2, limit=8, name="test_it", node_id="b.py::test_it", sink=found.append)
    arms = {"unsteered": UNSTEERED, "steered": STEERED}

    def evaluated(*_: object) -> Evaluation:
        return Evaluation(arms, {}, 1.0, dict.fromkeys(arms, "none"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pytest_steering.experiments.steps.run.evaluate_conditions", evaluated)
        experiment.run(intervention, controls=())
    return [from_line(to_line(record)) for record in found]


@pytest.fixture
def result(records: list[Record]) -> Result:
    return Result(Comparison.of(records))


@pytest.fixture
def recorded(records: list[Record]) -> Mapping[str, float | None]:
    return next(one.metrics for one in records if one.arm == "steered")


def each(chosen: Iterable[Metric]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("metric", list(chosen), ids=lambda one: one.name)


EVERY = each(metrics.metrics())
DEFINED = each(one for one in metrics.metrics() if one.name not in UNDEFINED_HERE)


@EVERY
def test_the_data_give_every_metric_a_value(metric: Metric, recorded: Mapping[str, float | None]) -> None:
    assert (recorded[metric.name] is None) == (metric.name in UNDEFINED_HERE)


@EVERY
def test_the_record_holds_what_is_computed_from_its_outcomes(
    metric: Metric, result: Result, recorded: Mapping[str, float | None]
) -> None:
    assert result.steered[metric.name] == recorded[metric.name]
    for older in metric.older_names:
        assert result.steered[older] == recorded[older] == recorded[metric.name]


@DEFINED
def test_an_expectation_judges_what_the_record_holds(
    metric: Metric, result: Result, recorded: Mapping[str, float | None]
) -> None:
    value = recorded[metric.name]
    assert value is not None
    estimate = result.steered.estimate(metric.name)
    assert estimate.value == value
    assert estimate.low <= value <= estimate.high
    with pytest.raises(ExpectationFailed, match=rf"found {re.escape(f'{value:+.4g}')},"):
        result.expect(metric.name).at_least(estimate.high + 1.0)


@each(JUDGEMENT)
def test_the_table_of_numbers_shows_what_the_record_holds(
    metric: Metric, result: Result, recorded: Mapping[str, float | None]
) -> None:
    table = numbers_table({"steered": result.steered.facts}, {}).splitlines()
    shown = next(line for line in table if line.startswith(f"{metric.title}  ")).removeprefix(metric.title)
    assert shown.split()[0] == f"{recorded[metric.name]:.3f}"


def shown_of_steered(records: list[Record], title: str) -> str:
    (group,) = scored_groups(records)
    column = next(one for one in columns_of(group.arms) if one.title == title)
    return column.text(next(arm for arm in group.arms if arm.name == "steered"))


def without_options(record: Record) -> Record:
    """The same answers to questions of yes and no: of a choice the table leaves out numbers of verdicts."""
    return replace(record, outcomes=tuple(replace(one, wanted="") for one in record.outcomes))


@pytest.mark.parametrize("title", [title for title in COLUMN_OF if title != "answered"])
def test_the_closing_table_shows_no_number_of_verdicts_of_a_choice(title: str, records: list[Record]) -> None:
    assert shown_of_steered(records, title) == ""


@pytest.mark.parametrize("title", [*COLUMN_OF, "accuracy [95 %]", "Δ accuracy", "p"])
def test_the_closing_table_shows_what_the_record_holds(
    title: str, records: list[Record], result: Result, recorded: Mapping[str, float | None]
) -> None:
    text = shown_of_steered([without_options(record) for record in records], title)
    if title in COLUMN_OF:
        assert text == f"{recorded[COLUMN_OF[title]]:.2f}"
    elif title == "accuracy [95 %]":
        estimate = result.steered.estimate("accuracy")
        assert text == f"{recorded['accuracy']:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"
    elif title == "Δ accuracy":
        counts = result.against_unsteered()
        assert (counts.n, text) == (80, f"{(counts.fixed - counts.broken) / counts.n:+.2f}")
    else:
        assert text == ("<.001" if result.p_value() < 0.001 else f"{result.p_value():.3f}".removeprefix("0"))


def test_a_claim_is_tested_as_the_table_tests_it(result: Result) -> None:
    result.expect("accuracy").improves()
    assert list(result.claims.values()) == [result.p_value()]


def test_the_gate_keeps_the_accuracy_that_the_record_holds(
    records: list[Record], recorded: Mapping[str, float | None]
) -> None:
    unsteered, steered = records
    assert entry_of(steered, unsteered, BY_ACCURACY).as_dict()["accuracy"] == round(
        recorded["accuracy"] or 0.0, 4
    )


def test_the_documents_hold_every_metric_as_the_registry_has_it() -> None:
    for path in (Path(__file__).resolve().parents[2] / "docs").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert with_tables(text) == text, f"{path.name}: run python -m tools.docs_tables"


def test_unanswered_samples_are_wrong_in_the_bare_numbers_and_left_out_of_those_that_say_so(
    recorded: Mapping[str, float | None],
) -> None:
    assert recorded["answered_share"] == 60 / 80
    assert recorded["accuracy"] == 58 / 80
    assert recorded["accuracy_answered"] == 58 / 60
    assert recorded["balanced_accuracy"] == (39 / 40 + 19 / 40) / 2
    assert recorded["balanced_accuracy_answered"] == (39 / 40 + 19 / 20) / 2


def test_half_of_the_patched_samples_unanswered_is_no_perfect_score() -> None:
    arm = [outcome(n, "yes" if n % 2 == 0 else "no" if n % 4 == 1 else "none") for n in range(80)]
    facts = Facts(arm)
    assert metrics.metric("balanced_accuracy_answered").value(facts) == 1.0
    assert metrics.metric("balanced_accuracy").value(facts) == 0.75
