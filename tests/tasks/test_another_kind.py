"""A task of another kind, whose answers get a number and no verdict: no file of the package knows of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import (
    Asked,
    Experiment,
    Intervention,
    Outcome,
    Reading,
    Record,
    Sample,
    SteerableModel,
    SteeringVector,
    Task,
    metrics,
)
from pytest_steering.comparison.metrics import registry
from pytest_steering.errors import DataError, ExpectationFailed
from pytest_steering.records import from_line, to_line
from pytest_steering.report.terminal import report_lines
from pytest_steering.run_folder.runs import find_run

OPENINGS = ("NAME = 'A", "the day was long", "#define MAX", "they all went home")


def share_of_capitals(text: str) -> float | None:
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(str.isupper, letters)) / len(letters) if letters else None


class Capitals(Task):
    """How loud is what the model writes?"""

    name = "capitals"
    kind = "score"

    def __init__(self, score: Callable[[str], Any] = share_of_capitals) -> None:
        self.score = score

    def samples(self, split: str | None = None) -> list[Sample]:
        return [
            Sample(f"o{n}", text, group="prose" if n % 2 else "code", split=split or "test")
            for n, text in enumerate(OPENINGS)
        ]

    def ask(self, samples: Sequence[Sample], words: str = "", tokenizer: Any = None) -> list[Asked]:
        del tokenizer
        return [Asked(one, f"{words}{one.text}") for one in samples]

    def read(self, text: str, asked: Asked) -> Reading:
        del asked
        return Reading(scores={"capitals": self.score(text)})


def capitals(outcome: Outcome) -> float | None:
    return outcome.scores.get("capitals")


@pytest.fixture
def metric_of_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_OWN", {})
    metrics.register(
        metrics.Metric(
            "capitals", "capitals", "mean share of capitals", metrics.Mean(capitals), bounds=(0.0, 1.0)
        )
    )


@pytest.fixture
def records() -> list[Record]:
    return []


@pytest.fixture
def experiment(starcoder2: SteerableModel, records: list[Record]) -> Experiment:
    return Experiment(starcoder2, Capitals(), max_new_tokens=8, name="test_loud", sink=records.append)


@pytest.fixture
def intervention(starcoder2: SteerableModel) -> Intervention:
    return Intervention(SteeringVector.from_contrast(starcoder2, ["INT MAIN"], ["int main"], [2]))


def test_every_arm_has_the_scores_of_its_answers_and_no_verdict(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    experiment.run(intervention, controls=("zero", "negated"))
    assert [one.arm for one in records] == ["unsteered", "steered", "zero", "negated"]
    for record in (from_line(to_line(one)) for one in records):
        assert [one.scores for one in record.outcomes] == [
            {"capitals": share_of_capitals(one.response)} for one in record.outcomes
        ]
        assert {(one.predicted, one.correct, one.margin) for one in record.outcomes} == {("", None, None)}
        assert [one.group for one in record.outcomes] == ["code", "prose"] * 2
        assert record.metrics["accuracy"] is None
        assert "invalid" not in {one["severity"] for one in record.findings}


@pytest.mark.usefixtures("metric_of_capitals")
def test_a_metric_over_its_scores_is_in_record_table_and_expectation(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    result = experiment.run(intervention, controls=())
    scored = [score for one in result.steered.run if (score := capitals(one)) is not None]
    mean = sum(scored) / len(scored)
    assert records[-1].metrics["capitals"] == result.steered["capitals"] == pytest.approx(mean)
    assert next(line for line in report_lines(records, 200) if line.startswith("steered")).endswith(
        f"{mean:.2f}"
    )
    result.expect("capitals").at_most(1.0)
    with pytest.raises(ExpectationFailed, match=r"steered capitals of at least 1\.1: not met"):
        result.expect("capitals").at_least(1.1)


def test_the_table_tells_nothing_of_right_and_wrong_where_nothing_is_labelled(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    experiment.run(intervention, controls=())
    printed = "\n".join(report_lines(records, 200))
    assert "test_loud" in printed
    assert "knowing nothing of the question" not in printed
    assert "steering broke" not in printed


def test_an_answer_that_cannot_be_scored_is_recorded_as_such(
    starcoder2: SteerableModel, intervention: Intervention, records: list[Record]
) -> None:
    task = Capitals(lambda _text: None)
    Experiment(starcoder2, task, max_new_tokens=2, sink=records.append).run(intervention, controls=())
    assert {capitals(one) for record in records for one in record.outcomes} == {None}


def test_a_score_that_is_no_number_is_refused(starcoder2: SteerableModel, intervention: Intervention) -> None:
    experiment = Experiment(starcoder2, Capitals(lambda _text: "loud"), max_new_tokens=2)
    with pytest.raises(DataError, match="score 'capitals' of the answer to 'o0' is 'loud'; a finite number"):
        experiment.run(intervention, controls=())


TEST = """
    import pytest
    from pytest_steering import Intervention, SteeringVector

    @pytest.mark.steering(models=["starcoder2"], task="loud", max_new_tokens=8)
    def test_loud(steering):
        vector = SteeringVector.from_contrast(steering.model, ["INT MAIN"], ["int main"], [2])
        steering.run(Intervention(vector), controls=("negated",)).expect("capitals").at_most(1.0)
"""

OFFERED = """

def pytest_steering_tasks():
    return {"loud": Capitals}


metrics.register(metrics.Metric("capitals", "capitals", "mean share", metrics.Mean(capitals), bounds=(0, 1)))
"""


@pytest.mark.slow
def test_a_conftest_offers_it_by_name(pytester: pytest.Pytester) -> None:
    own = Path(__file__).read_text(encoding="utf-8").partition("@pytest.fixture")[0]
    (pytester.path / "conftest.py").write_text(own + OFFERED, encoding="utf-8")
    pytester.makepyfile(test_own=TEST)
    printed = pytester.runpytest_subprocess("--steering-device=cpu")
    printed.assert_outcomes(passed=1)
    records = find_run("latest", pytester.path / ".steering").read().records
    assert [one.arm for one in records] == ["unsteered", "steered", "negated"]
    for record in records:
        assert record.spec["data"]["dataset"] == "loud"
        assert [*map(capitals, record.outcomes)] == [
            share_of_capitals(one.response) for one in record.outcomes
        ]
