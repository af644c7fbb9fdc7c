from __future__ import annotations

import pytest

from pytest_steering import Experiment, Intervention, Outcome, Record, metrics
from pytest_steering.comparison.metrics import registry
from pytest_steering.errors import DataError, ExpectationFailed
from pytest_steering.report.terminal import report_lines


def words(outcome: Outcome) -> float:
    return len(outcome.response.split())


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A metric as a conftest registers it; forgotten afterwards."""
    monkeypatch.setattr(registry, "_OWN", {})
    metrics.register(
        metrics.Metric(
            "words",
            "words an answer",
            "mean number of words",
            metrics.Mean(words),
            unit="words",
            bounds=(0, None),
        )
    )


@pytest.mark.usefixtures("registered")
def test_a_metric_of_ones_own_is_in_record_table_and_expectation(
    experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    result = experiment.run(intervention, controls=())
    mean = sum(map(words, result.steered.run)) / 8
    assert result.steered["words"] == records[-1].metrics["words"] == pytest.approx(mean)
    lines = report_lines(records, 200)
    assert "words an answer" in lines[0]
    assert next(line for line in lines if line.startswith("steered")).endswith(f"{mean:.2f}")
    estimate = result.steered.estimate("words")
    assert estimate.low < mean < estimate.high


@pytest.mark.usefixtures("registered")
def test_a_metric_of_ones_own_is_expected_with_its_interval() -> None:
    from tests.experiments.cells import result, run

    found = result(run())
    found.expect("words").at_least(1.0)
    with pytest.raises(ExpectationFailed, match="found"):
        found.expect("words").unchanged(within=0.001)


def test_without_the_conftest_the_recorded_number_is_shown_by_its_name(
    registered: None, experiment: Experiment, intervention: Intervention, records: list[Record]
) -> None:
    experiment.run(intervention, controls=())
    registry._OWN.clear()
    assert report_lines(records, 200)[0].split()[-1] == "words"


@pytest.mark.parametrize("name", ["accuracy", "accuracy_all"])
def test_a_name_of_this_package_cannot_be_taken(name: str) -> None:
    with pytest.raises(DataError, match="is a metric of this package"):
        metrics.register(metrics.Metric(name, "", "", metrics.Mean(words)))


def test_a_name_is_a_key() -> None:
    with pytest.raises(DataError, match="expected letters, digits and underscores"):
        metrics.register(metrics.Metric("my words", "", "", metrics.Mean(words)))


@pytest.mark.usefixtures("registered")
def test_a_conftest_that_is_read_again_replaces_its_metric() -> None:
    metrics.register(metrics.Metric("words", "letters", "", metrics.Plain(lambda _: 1.0)))
    assert [one.title for one in metrics.own_metrics()] == ["letters"]


@pytest.mark.slow
def test_a_conftest_brings_a_metric(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("""
        from pytest_steering import metrics

        metrics.register(
            metrics.Metric("loud", "loud", "shouting answers", metrics.Share(lambda one: "!" in one.response))
        )
    """)
    pytester.makepyfile("""
        import pytest
        from pytest_steering import Intervention

        @pytest.mark.steering(limit=8, max_new_tokens=8)
        def test_it(steering, contrast_pairs):
            vector = steering.extract(contrast_pairs[:8])
            result = steering.run(Intervention(vector, [3], 1.0), controls=())
            assert result.steered["loud"] == 0.0
    """)
    found = pytester.runpytest_subprocess("--steering-model=starcoder2")
    found.assert_outcomes(passed=1)
    found.stdout.fnmatch_lines(["*loud*"])
