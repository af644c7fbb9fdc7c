from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.models.running.continuation import Continuation
from pytest_steering.tasks.asked import Answers, Asked
from pytest_steering.tasks.likelihood import margins
from pytest_steering.tasks.margin_calibration import fit_threshold
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.surface_forms import SurfaceForms, surface_forms

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.completion import Counts

finite = st.floats(-20, 20)
YES_OR_NO = Answers(" Yes", " No")


def asked(*answers: Answers | None) -> list[Asked]:
    return [Asked(Sample(f"s{number}"), f"p{number}", answers=one) for number, one in enumerate(answers)]


class Vocabulary:
    """A scorer with a tokenizer of its own and one fixed distribution over next tokens."""

    def __init__(self, tokens: Mapping[str, list[int]], probability: Mapping[int, float]) -> None:
        self.tokens, self.probability = tokens, probability

    def read(self, choice: str) -> list[int]:
        return self.tokens.get(choice, [90, 91])

    def continuations(self, prompts: Sequence[str], answers: Sequence[Sequence[str]]) -> list[Continuation]:
        return [
            Continuation((len(prompt),), tuple(tuple(self.read(text)) for text in own), True)
            for prompt, own in zip(prompts, answers, strict=True)
        ]

    def option_logprobs(
        self,
        prompts: Sequence[str],
        options: Sequence[Sequence[str]],
        interventions: Sequence[Any],
        *,
        counts: Counts | None = None,
    ) -> list[list[Tensor]]:
        rows = [self.choice_logprobs(prompts[:1], own, [None], counts=counts)[0][0] for own in options]
        return [rows for _ in interventions]

    def choice_logprobs(
        self,
        prompts: Sequence[str],
        choices: Sequence[str],
        interventions: Sequence[Any],
        *,
        counts: Counts | None = None,
    ) -> list[Tensor]:
        import torch

        if counts is not None:
            counts.rows += len(prompts) * len(interventions)
        row = [sum(log(self.probability[t]) for t in self.read(choice)) for choice in choices]
        return [torch.tensor([row] * len(prompts)) for _ in interventions]


SPACED = Vocabulary(
    {" Yes": [1], "Yes": [2], " yes": [3], "yes": [3], " No": [4], " NO": [5]},
    {1: 0.2, 2: 0.1, 3: 0.1, 4: 0.1, 5: 0.1, 90: 0.01, 91: 0.02},
)


def test_every_spelling_that_is_one_token_counts_once() -> None:
    forms = surface_forms(SPACED, YES_OR_NO, "p")
    assert set(forms.present) == {" Yes", "Yes", " yes"}
    assert set(forms.absent) == {" No", " NO"}


def test_the_margin_is_the_log_ratio_of_the_summed_spellings() -> None:
    [[margin]] = margins(SPACED, asked(YES_OR_NO))
    assert margin.value == pytest.approx(log(0.4 / 0.2), abs=1e-6)
    assert margin.mass == pytest.approx(0.6, abs=1e-6)
    assert margin.reliable


def test_a_margin_on_little_mass_is_not_reliable() -> None:
    rare = Vocabulary({" Yes": [1], " No": [2]}, {1: 0.05, 2: 0.01})
    [[margin]] = margins(rare, asked(YES_OR_NO))
    assert not margin.reliable


def test_answers_of_several_tokens_are_compared_by_log_probability_a_token() -> None:
    long = Vocabulary({" Yes": [1, 2], " No": [3]}, {1: 0.5, 2: 0.02, 3: 0.1, 90: 0.1, 91: 0.1})
    forms = surface_forms(long, YES_OR_NO, "p")
    assert not forms.single_tokens
    assert forms.lengths == (2, 1)
    [[margin]] = margins(long, asked(YES_OR_NO))
    assert margin.value == pytest.approx((log(0.5) + log(0.02)) / 2 - log(0.1), abs=1e-6)
    assert margin.mass is None
    assert not margin.reliable


def test_an_answer_that_begins_the_other_is_refused() -> None:
    begins = Vocabulary({"so": [1, 2], "so on": [1, 2, 3]}, {1: 0.5, 2: 0.5, 3: 0.5})
    with pytest.raises(DataError, match="'so' and 'so on' one begins the other"):
        margins(begins, asked(Answers("so", "so on")))


def test_a_spelling_that_the_tokenizer_does_not_know_is_none() -> None:
    found = surface_forms(Unknowing({" Yes": [1], "Yes": [9], " No": [4]}, {}), YES_OR_NO, "p")
    assert (found.present, found.absent) == ((" Yes",), (" No",))


class Unknowing(Vocabulary):
    """A tokenizer that reads 9 where it knows nothing."""

    def continuations(self, prompts: Sequence[str], answers: Sequence[Sequence[str]]) -> list[Continuation]:
        return [
            replace(one, unknown=frozenset(place for place, ids in enumerate(one.answers) if 9 in ids))
            for one in super().continuations(prompts, answers)
        ]


def test_two_answers_with_one_spelling_are_refused() -> None:
    same = Answers(" Yes", "Yes")
    one_token = Vocabulary({" Yes": [1], "Yes": [1]}, {1: 0.5})
    with pytest.raises(DataError, match="share a token"):
        surface_forms(one_token, same, "p")


@given(logprobs=st.lists(finite, min_size=2, max_size=2))
def test_exchanging_the_answers_turns_the_margin_round(logprobs: list[float]) -> None:
    forms = SurfaceForms((" Yes",), (" No",), (1, 1))
    there, back = forms.margin(logprobs), forms.margin(logprobs[::-1])
    assert there.value == pytest.approx(-back.value)


@given(st.lists(st.tuples(finite, st.integers(0, 1)), min_size=2, max_size=30))
def test_no_threshold_beats_the_fitted_one(rows: list[tuple[float, int]]) -> None:
    values, labels = [row[0] for row in rows], [row[1] for row in rows]
    assume(0 < sum(labels) < len(labels))
    fitted = fit_threshold(values, labels)

    def balanced(cut: float) -> float:
        right = [[(v > cut) == bool(y) for v, y in rows if y == kind] for kind in (0, 1)]
        return sum(sum(part) / len(part) for part in right)

    everywhere = [*values, *(v - 1e-9 for v in values), min(values) - 1, max(values) + 1]
    assert balanced(fitted) >= max(balanced(cut) for cut in everywhere) - 1e-9


def test_a_threshold_needs_both_classes() -> None:
    with pytest.raises(DataError, match="3 of 3 samples are present"):
        fit_threshold([1.0, 2.0, 3.0], [1, 1, 1])


def test_the_mass_of_two_answers_is_their_probability_together() -> None:
    margin = SurfaceForms((" Yes",), (" No",), (1, 1)).margin([log(0.3), log(0.5)])
    assert margin.value == pytest.approx(log(0.6))
    assert margin.mass == pytest.approx(0.8)


def test_each_prompt_is_scored_by_its_own_answers() -> None:
    lettered = Vocabulary({" A": [1], " B": [2]}, {1: 0.6, 2: 0.3, 90: 0.01, 91: 0.01})
    one_way, other_way = Answers(" A", " B"), Answers(" B", " A")
    [[first, second]] = margins(lettered, asked(one_way, other_way))
    assert first.value == pytest.approx(log(2), abs=1e-6)
    assert second.value == pytest.approx(-log(2), abs=1e-6)


def test_a_prompt_without_answers_cannot_be_scored() -> None:
    with pytest.raises(DataError, match="'s1' is asked without answers"):
        margins(SPACED, asked(YES_OR_NO, None))


def test_a_spelling_that_both_answers_share_is_one_of_neither() -> None:
    unknown = {text: [7] for text in (" yes", "yes", " YES", "YES", " no", "no", " NO", "NO", "Yes", "No")}
    worded = Vocabulary({**unknown, " Yes": [1], " No": [2]}, {1: 0.5, 2: 0.2, 7: 0.3})
    forms = surface_forms(worded, YES_OR_NO, "p")
    assert (forms.present, forms.absent) == ((" Yes",), (" No",))
