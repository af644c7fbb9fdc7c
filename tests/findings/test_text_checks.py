"""What may be said of scored answers, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pytest_steering.errors import ExpectationFailed
from pytest_steering.experiments.expectations import Expectation
from pytest_steering.records import Outcome
from tests.experiments.cells import result
from tests.experiments.scored_cells import arm, cheered, mood, scored_run, written
from tests.findings.test_findings import ids
from tests.findings.text_faults import broken


def test_a_run_that_cheers_up_has_no_finding_that_limits_it() -> None:
    assert ids(scored_run()) == []


def test_a_random_direction_that_cheers_up_as_much_is_named() -> None:
    assert "random-as-large" in ids(scored_run(**{"random:1": cheered(0.5)}))
    assert "random-as-large" in ids(scored_run(**{"random:1": cheered(-0.5)}))


def test_a_shuffled_vector_that_does_as_much_is_named() -> None:
    assert "shuffled-as-well" in ids(scored_run(shuffled=cheered(0.5)))
    assert "shuffled-as-well" not in ids(scored_run(cheered(-0.5)))


def test_an_effect_of_one_group_alone_is_named() -> None:
    one = arm(40, lambda n: mood(n) + (0.5 + (n * 5) % 9 / 20 if n % 2 else (n * 3) % 7 / 70))
    assert "one-group-carries" in ids(scored_run(one))


CLAIMS: dict[str, Callable[[Expectation], None]] = {
    "rises": lambda cheer: cheer.rises(),
    "drops": lambda cheer: cheer.drops(),
    "improves": lambda cheer: cheer.improves(),
    "stays": lambda cheer: cheer.stays(within=2.0),
    "at_least": lambda cheer: cheer.at_least(-1.0),
    "at_most": lambda cheer: cheer.at_most(1.0),
    "shows_no_effect": lambda cheer: cheer.shows_no_effect(),
}


@pytest.mark.parametrize("score", [-0.9, 0.0, 0.9])
@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_text_that_broke_meets_no_expectation_whatever_its_score(
    claim: Callable[[Expectation], None], score: float
) -> None:
    loops = [replace(one, scores={**one.scores, "cheer": score}) for one in broken()]
    with pytest.raises(ExpectationFailed, match=r"texts-broken: 40 of 40 answers of the steered arm"):
        claim(result(scored_run(loops)).expect("cheer"))


def test_text_of_a_control_that_broke_meets_none_either() -> None:
    found = result(scored_run(negated=broken()))
    found.expect("cheer").rises(by=0.3)
    with pytest.raises(ExpectationFailed, match="40 of 40 answers of the negated arm are broken"):
        found.expect("cheer", "negated").rises()


def test_a_few_loops_more_than_unsteered_are_borne_and_more_than_that_are_not() -> None:
    def loops(count: int) -> list[Outcome]:
        return [written(n, 0.5, 0.8) if n < count else one for n, one in enumerate(cheered(0.5))]

    assert "texts-broken" not in ids(scored_run(loops(4)))
    assert "texts-broken" in ids(scored_run(loops(5)))


def test_where_the_model_loops_by_itself_only_more_of_it_counts_but_most_is_too_much() -> None:
    looping = [written(n, mood(n), 0.8) if n < 16 else one for n, one in enumerate(cheered(0.0))]
    more = [written(n, mood(n) + 0.5, 0.8) if n < 20 else one for n, one in enumerate(cheered(0.5))]
    assert "texts-broken" not in ids(scored_run(more, looping))
    assert "texts-broken" in ids(scored_run(broken(), arm(40, mood, repetition=0.8)))


def test_a_guard_that_could_not_be_had_of_an_answer_vouches_for_nothing() -> None:
    assert "texts-broken" in ids(scored_run(arm(40, lambda n: mood(n) + 0.5, repetition=None)))


def test_a_shown_effect_is_not_excused_by_a_random_direction_that_broke_the_text() -> None:
    shown = scored_run(**{"random:1": arm(40, lambda number: mood(number) + 0.9, repetition=0.8)})
    with pytest.raises(ExpectationFailed, match=r"no effect on steered cheer, random directions up to 0\.0"):
        result(shown).expect("cheer").shows_no_effect()


def test_nor_by_one_that_has_no_number() -> None:
    shown = scored_run(**{"random:1": arm(40, lambda _number: None)})
    with pytest.raises(ExpectationFailed, match="no effect on steered cheer"):
        result(shown).expect("cheer").shows_no_effect()


def test_a_whole_random_direction_that_moves_as_much_is_an_excuse() -> None:
    result(scored_run(**{"random:1": cheered(-0.6)})).expect("cheer").shows_no_effect()
