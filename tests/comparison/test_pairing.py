from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.comparison import ClusterChange, pair
from pytest_steering.comparison.outcomes import answered, unended
from pytest_steering.records import Outcome
from tests.comparison.outcomes_at_hand import made


def arm(verdicts: str, **changes: object) -> list[Outcome]:
    """Samples s0, s1, … with the label yes; `y` is right, `n` wrong, `-` unanswered, `s` left out."""
    words = {"y": "yes", "n": "no"}
    return [
        made(
            f"s{number}",
            words.get(letter, "none"),
            1,
            pair_id=f"p{number // 2}",
            skipped="too long" if letter == "s" else "",
            **changes,
        )
        for number, letter in enumerate(verdicts)
    ]


@given(st.text("yn-s", max_size=20), st.randoms(use_true_random=False))
def test_samples_are_paired_by_id_whatever_their_order(letters: str, shuffler: random.Random) -> None:
    before = arm(letters)
    after = list(before)
    shuffler.shuffle(after)
    found = pair(before, after)
    assert [one.id for one in found.before] == [one.id for one in found.after]
    assert [one.id for one in found.before] == [f"s{n}" for n, letter in enumerate(letters) if letter != "s"]
    assert found.unpaired == ()


def test_what_either_arm_left_out_is_in_no_pair_and_named() -> None:
    found = pair(arm("ysyy"), arm("yyys"))
    assert [one.id for one in found.before] == ["s0", "s2"]
    assert found.unpaired == ("s1", "s3")


def test_of_an_id_that_stands_twice_the_first_is_paired_with_the_first() -> None:
    before = [made("a", "yes", 1), made("a", "no", 1)]
    after = [made("a", "yes", 1), made("b", "no", 1), made("a", "yes", 1)]
    assert [(one.predicted, other.predicted) for one, other in pair(before, after).pairs] == [
        ("yes", "yes"),
        ("no", "yes"),
    ]
    assert pair(before, after).unpaired == ("b",)


def test_no_answer_is_not_right_so_that_losing_one_breaks_the_sample() -> None:
    found = pair(arm("yyn-ny"), arm("y-nyyn"))
    assert [before.id for before, _ in found.broken] == ["s1", "s5"]
    assert [before.id for before, _ in found.fixed] == ["s3", "s4"]
    assert tuple(found.counts()) == (1, 2, 2, 1)
    assert (found.changes().n, found.changes().broken, found.changes().fixed) == (6, 2, 2)


def test_clusters_hold_what_became_of_their_samples() -> None:
    found = pair(arm("yyyynn"), arm("nnynyn")).changes()
    assert found.clusters == (ClusterChange(2, 2, 0), ClusterChange(2, 1, 0), ClusterChange(2, 0, 1))
    assert sorted(found.net) == [-1, 1, 2]


def test_clusters_are_those_of_the_second_arm() -> None:
    apart = [replace(one, pair_id=None) for one in arm("yy")]
    assert pair(apart, arm("yy")).clusters == ["p0", "p0"]
    assert pair(arm("yy"), apart).clusters == ["s0", "s1"]


def test_another_property_than_being_right_can_turn() -> None:
    found = pair(arm("yn--"), arm("--yn"))
    assert tuple(found.counts(answered)) == (0, 2, 2, 0)
    assert found.changes(unended).broken == 0


def test_pairs_that_are_excused_count_as_unchanged_and_stay_among_the_samples() -> None:
    found = pair(arm("yyyy"), arm("nnny")).changes(unless=lambda before, _: before.id in ("s0", "s2"))
    assert (found.n, found.broken) == (4, 1)
    assert found.clusters == (ClusterChange(2, 1, 0), ClusterChange(2, 0, 0))


def test_pairs_can_be_chosen_by_both_of_their_sides() -> None:
    found = pair(arm("yyn"), arm("yny")).only(lambda before, after: before.predicted != after.predicted)
    assert [one.id for one in found.before] == ["s1", "s2"]


def test_verdicts_that_differ_are_flips_of_another_kind_than_right_and_wrong() -> None:
    found = pair(arm("n-y"), arm("-ny"))
    assert found.flipped() == []
    assert [one.id for one, _ in found.flipped(lambda outcome: outcome.predicted)] == ["s0", "s1"]
