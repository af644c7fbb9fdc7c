from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering.comparison import Comparison
from pytest_steering.errors import ExpectationFailed
from pytest_steering.experiments.result import Result
from tests.experiments.cells import always, outcome, result, run, truthful


def failure(found: Result, metric: str = "accuracy", **by: float) -> list[str]:
    """The lines of a rise that is not met."""
    with pytest.raises(ExpectationFailed) as failed:
        found.expect(metric).rises(**by)
    return str(failed.value).splitlines()


def test_a_failure_shows_both_arms_the_controls_and_three_samples() -> None:
    said = failure(result(run()), by=0.6)

    assert "not met; found +0.4" in said[0]
    assert said[1] == "  accuracy: unsteered 0.5, steered 0.9"
    assert said[2].startswith("  controls, against unsteered: zero +0, random:0 +0")
    assert sum(line.startswith("    s") for line in said) == 3
    assert "      steered    Secure." in said


def test_the_samples_that_went_the_wrong_way_come_first() -> None:
    steered = truthful(160)
    steered[42] = outcome(42, "no", -99.0)
    said = failure(result(run(steered=steered)), "margin", by=60.0)

    assert next(line for line in said if line.startswith("    s")) == "    s42: margin 10 → -99"


def test_a_number_of_all_samples_together_shows_which_answers_are_right() -> None:
    assert any(": right " in line for line in failure(result(run(steered=truthful(160))), "auroc", by=0.9))


def test_prompts_and_answers_are_short_and_obey_no_terminal() -> None:
    hostile = "\x1b[2J\x07\u202e" + " ".join(map(str, range(5000)))
    records = run(steered=[replace(one, response=hostile) for one in truthful(160)])
    prompts = {f"s{number}": f"begin {hostile} end" for number in range(160)}
    said = failure(Result(Comparison.of(records.values()), prompts=prompts), by=0.6)

    assert all(line.isprintable() and len(line) < 300 for line in said)
    assert any(line.startswith("      prompt     begin") and line.endswith(" end") for line in said)


def test_what_stays_shows_what_moved_furthest() -> None:
    steered = truthful(160)
    steered[7] = outcome(7, "yes", 500.0)
    with pytest.raises(ExpectationFailed) as failed:
        result(run(steered=steered)).expect("margin").stays(within=0.001)

    assert "    s7: margin 13 → 500" in str(failed.value).splitlines()


@pytest.mark.parametrize("of", ["result", "comparison", "arm", "record", "pairing"])
def test_what_is_printed_of_many_samples_is_short(of: str) -> None:
    long = [replace(one, response="x" * 10_000) for one in always(160)]
    found = result(run(unsteered=long, steered=long))
    shown = {
        "result": found,
        "comparison": found.comparison,
        "arm": found.steered,
        "record": found.steered.record,
        "pairing": found.comparison.pairing(),
    }

    assert len(repr(shown[of])) < 300
