from __future__ import annotations

from statistics import harmonic_mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering import scores
from pytest_steering.errors import DataError
from pytest_steering.tasks.scores import FunctionScore, Score

parts = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 2.0]), st.floats(0, 2))


def fixed(name: str, value: float | None) -> Score:
    return FunctionScore(name, bounds=(0, 2), of=lambda _prompt, _text: value)


def failing(name: str) -> Score:
    def fail(prompt: str, text: str) -> float:
        raise ValueError("no")

    return FunctionScore(name, bounds=(0, 2), of=fail)


def of(*values: float | None) -> float | None:
    names = ("concept", "instruction", "fluency")
    three = [fixed(name, value) for name, value in zip(names, values, strict=True)]
    return scores.combined(*three).of_all([("p", "text")])[0].value


def test_it_is_the_harmonic_mean() -> None:
    assert of(2, 2, 2) == 2
    assert of(1, 2, 2) == pytest.approx(1.5)


@given(parts, parts, parts)
def test_nothing_makes_up_for_a_part_that_is_0_or_missing(
    concept: float | None, instruction: float | None, fluency: float | None
) -> None:
    values = (concept, instruction, fluency)
    found = of(*values)
    if None in values:
        assert found is None
    elif 0 in values:
        assert found == 0
    else:
        assert found == pytest.approx(harmonic_mean([one for one in values if one is not None]))
        assert 0 <= (found or 0) <= 2


def test_a_part_that_fails_is_named_and_shifts_no_other_answer() -> None:
    def unless_short(prompt: str, text: str) -> float | None:
        return float(len(text)) if text else None

    fluency = FunctionScore("fluency", bounds=(0, 2), of=unless_short)
    found = scores.combined(fixed("concept", 1), fixed("instruction", 1), fluency).of_all(
        [("p", "a"), ("p", ""), ("p", "abc"), ("p", "ab")]
    )
    assert [one.value for one in found] == pytest.approx([1, None, None, 1.2])
    assert found[1].fault == ""
    assert found[2].fault == "fluency: returned 3; the bounds of 'fluency' are 0 to 2"
    both = scores.combined(failing("concept"), fixed("instruction", 1), failing("fluency"))
    assert (
        both.of_all([("p", "a")])[0].fault == "concept: raised ValueError: no; fluency: raised ValueError: no"
    )


def test_scores_on_other_scales_are_refused() -> None:
    with pytest.raises(DataError, match=r"'words' runs from 0.0 to None; three scores of 0 to 2"):
        scores.combined(fixed("concept", 1), fixed("instruction", 1), scores.words())
