from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pytest_steering import undecided
from pytest_steering.errors import DataError, ExpectationFailed
from pytest_steering.experiments.result import Result
from tests.experiments.cells import always, outcome, record, result, run, truthful


def with_doses(*doses: Sequence[Any]) -> Result:
    """A result with arms at parts of the scale, in ascending order."""
    records = run()
    for number, outcomes in enumerate(doses, 1):
        name = f"dose:{number / 10:g}"
        records[name] = record(name, outcomes)
    return result(records)


def barely(count: int, fixed: int) -> list[Any]:
    """Always yes, but for some patched samples that are called secure."""
    return [
        outcome(n, "no" if n % 2 and n < 2 * fixed else "yes", float((n * 37) % 19)) for n in range(count)
    ]


def test_a_clear_rise_improves() -> None:
    result(run()).expect("balanced_accuracy").improves(by=0.1)
    result(run()).expect("accuracy").improves(by=0.1)


def test_a_rise_of_less_than_what_was_asked_is_not_met() -> None:
    with pytest.raises(ExpectationFailed, match="not met"):
        result(run()).expect("accuracy").improves(by=0.6)


def test_a_rise_that_the_samples_cannot_settle_says_how_many_would() -> None:
    unsettled = result(run(steered=barely(160, 18)))
    with pytest.raises(ExpectationFailed, match=r"inconclusive with 160 samples; about \d+ would settle it"):
        unsettled.expect("accuracy").improves(by=0.1)


def test_an_estimate_on_the_bound_says_that_no_number_of_samples_settles_it() -> None:
    on_the_bound = result(run(steered=barely(160, 16)))
    with pytest.raises(ExpectationFailed, match=r"too close to 0\.1"):
        on_the_bound.expect("accuracy").improves(by=0.1)


def test_the_p_against_no_change_is_printed() -> None:
    with pytest.raises(ExpectationFailed, match="p against no change"):
        result(run()).expect("accuracy").improves(by=0.6)


def test_levels_are_decided_by_their_interval() -> None:
    found = result(run())
    found.expect("answered_share").at_least(0.95)
    found.expect("accuracy", arm="unsteered").at_most(0.6)
    with pytest.raises(ExpectationFailed, match="inconclusive"):
        found.expect("accuracy").at_least(0.89)
    with pytest.raises(ExpectationFailed, match="not met"):
        found.expect("accuracy", arm="unsteered").at_least(0.6)


def test_an_arm_like_the_unsteered_one_is_unchanged() -> None:
    found = result(run())
    found.expect("accuracy", arm="negated").unchanged(within=0.05)
    with pytest.raises(ExpectationFailed, match="not met"):
        found.expect("accuracy").unchanged(within=0.05)


def test_a_rise_that_more_claims_make_insignificant_fails_though_it_came_first() -> None:
    found = result(run(steered=barely(160, 7)))
    found.expect("accuracy").improves()
    assert found.claims == {"steered accuracy to rise by at least 0 over unsteered": pytest.approx(2 / 2**7)}
    found.claims.update({f"another {number}": 0.04 for number in range(3)})
    with pytest.raises(ExpectationFailed, match="not significant among the 5 differences"):
        found.expect("accuracy_all").improves()


def test_nothing_is_judged_when_the_number_means_nothing() -> None:
    found = result(run(failed="layer 3 did not run"))
    with pytest.raises(ExpectationFailed, match="says nothing about it:\n  intervention-failed: layer 3"):
        found.expect("answered_share").at_least(0.1)


def test_nothing_is_said_of_how_right_answers_are_that_nobody_could_read() -> None:
    silent = result(run(unsteered=always(160, "none"), steered=always(160, "none")))
    for verb, bound in (("stays", 0.9), ("unchanged", 0.9), ("at_most", 0.5)):
        with pytest.raises(ExpectationFailed, match="none of the 160 answers of the steered arm"):
            getattr(silent.expect("accuracy"), verb)(bound)
    silent.expect("answered_share").at_most(0.1)


def test_a_number_that_is_undefined_is_no_failed_expectation() -> None:
    records = run()
    records["steered"] = replace(records["steered"], metrics={"neutral_kl": None})
    with pytest.raises(DataError, match="undefined"):
        result(records).expect("neutral_kl").at_most(0.5)


def test_a_rise_over_all_parts_of_the_scale_is_monotone() -> None:
    with_doses(barely(160, 20), barely(160, 50)).expect("accuracy").monotone()


def test_a_fall_on_the_way_is_not_monotone() -> None:
    with pytest.raises(ExpectationFailed, match=r"falls at \['dose:0.2'\]"):
        with_doses(barely(160, 60), barely(160, 5)).expect("accuracy").monotone()


def test_monotone_needs_parts_of_the_scale() -> None:
    with pytest.raises(DataError, match="doses"):
        result(run()).expect("accuracy").monotone()


def test_a_difference_of_a_number_without_pairs_is_refused() -> None:
    with pytest.raises(DataError, match="no paired difference"):
        result(run()).expect("neutral_kl").improves()


def test_a_result_says_what_flipped_and_which_samples_broke() -> None:
    found = result(run())
    assert len(found.flipped()) == sum(one.predicted == "no" for one in truthful(160))
    assert found.against_unsteered().n == 160
    assert [arm.name for arm in with_doses(always(160)).doses] == ["unsteered", "dose:0.1", "steered"]


def with_rival(rival: Sequence[Any], **changes: Sequence[Any]) -> Result:
    """A run whose steered arm stands beside an arm of a name of its own."""
    records = run(**changes)
    records["prompted"] = record("prompted", rival)
    return result(records)


def test_a_number_is_expected_against_any_arm_of_the_run() -> None:
    found = with_rival(barely(160, 30))
    found.expect("accuracy", against="prompted").improves(by=0.1)
    found.expect("accuracy", against="random:0").rises()
    found.expect("accuracy", arm="negated", against="random:0").stays(within=0.05)
    found.expect("accuracy", arm="unsteered", against="prompted").drops(by=0.1)
    assert list(found.claims)[:2] == [
        "steered accuracy to rise by at least 0.1 over prompted",
        "steered accuracy to rise by at least 0 over random:0",
    ]


def test_a_rival_that_does_as_well_is_no_improvement() -> None:
    found = with_rival(truthful(160))
    found.expect("accuracy").improves(by=0.1)
    with pytest.raises(ExpectationFailed, match="over prompted: "):
        found.expect("accuracy", against="prompted").improves()
    found.expect("accuracy", against="prompted").stays(within=0.05)


def test_what_compares_with_nothing_refuses_another_arm() -> None:
    found = with_rival(truthful(160))
    levels = [(verb, (0.5,)) for verb in ("at_least", "at_most")]
    for verb, bound in [*levels, ("monotone", ()), ("shows_no_effect", ())]:
        with pytest.raises(DataError, match=f"{verb} compares nothing with 'prompted'"):
            getattr(found.expect("accuracy", against="prompted"), verb)(*bound)


@pytest.mark.parametrize("arm", ["steered", "unsteered"])
def test_an_arm_is_not_compared_with_itself(arm: str) -> None:
    with pytest.raises(DataError, match=f"{arm} accuracy is expected against itself"):
        result(run()).expect("accuracy", arm=arm, against=arm).stays(within=0.05)


def test_a_misspelt_metric_or_arm_raises_at_once_and_names_the_nearest() -> None:
    found = result(run())
    with pytest.raises(DataError, match=r"no metric is named 'acuracy'; did you mean 'accuracy'\? known are"):
        found.expect("acuracy")
    with pytest.raises(DataError, match=r"no arm 'shufled'; did you mean 'shuffled'\? it has unsteered"):
        found.expect("accuracy", against="shufled")
    with pytest.raises(DataError, match=r"no arm 'prompted'; it has unsteered, steered"):
        found.expect("accuracy", against="prompted")


def test_scores_and_guards_of_the_task_are_known_by_name() -> None:
    scored = [
        replace(one, scores={"cheer": 0.5, "repetition": 0.1 + n / 1000})
        for n, one in enumerate(truthful(160))
    ]
    described = {"scores": {"cheer": {}, "repetition": {}}, "guards": ["repetition"]}
    records = run(steered=scored, unsteered=scored)
    records["steered"] = replace(records["steered"], evidence={**records["steered"].evidence, **described})
    for name in ("cheer", "repetition"):
        with pytest.raises(ExpectationFailed, match=f"steered {name} of at least 1"):
            result(records).expect(name).at_least(1.0)


def test_outside_pytest_nothing_remembers_an_expectation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undecided, "_WATCHES", [])
    result(run()).expect("accuracy")
    assert undecided._WATCHES == []
