"""Options are scored whole, over all their spellings, and none twice."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.models.running.continuation import Continuation
from pytest_steering.tasks.asked import Options
from pytest_steering.tasks.option_forms import OptionForms, option_forms

logprobs = st.floats(-30, -0.01)


class Letters:
    """A tokenizer that reads every character as a token, but for a space with the letter behind it."""

    def continuations(self, prompts: Sequence[str], answers: Sequence[Sequence[str]]) -> list[Continuation]:
        return [
            Continuation((len(prompt),), tuple(self.tokens(text) for text in own), True)
            for prompt, own in zip(prompts, answers, strict=True)
        ]

    def tokens(self, text: str) -> tuple[int, ...]:
        head = [ord(text[1]) + 1000] if text.startswith(" ") else []
        return (*head, *map(ord, text[2 if head else 0 :]))


class Words:
    """A tokenizer that knows some texts as one token, and all others letter by letter."""

    def __init__(self, *known: str) -> None:
        self.known = list(known)

    def continuations(self, prompts: Sequence[str], answers: Sequence[Sequence[str]]) -> list[Continuation]:
        return [
            Continuation((len(prompt),), tuple(self.tokens(text) for text in own), True)
            for prompt, own in zip(prompts, answers, strict=True)
        ]

    def tokens(self, text: str) -> tuple[int, ...]:
        return (self.known.index(text),) if text in self.known else tuple(1000 + ord(sign) for sign in text)


def forms(*options: str, model: Letters | Words | None = None) -> OptionForms:
    return option_forms(model or Letters(), Options(options[0], options[1:]), "Answer:")


def test_letters_are_spelt_with_and_without_a_space_and_in_no_other_case() -> None:
    assert forms(" (A)", " (B)").options == ((" (A)", "(A)"), (" (B)", "(B)"))


def test_words_are_spelt_in_other_case_where_that_takes_no_more_tokens() -> None:
    found = forms(" Yes", " No", model=Words(" Yes", "Yes", " yes", " No", "no"))
    assert found.options == ((" Yes", "Yes", " yes"), (" No", "No", "no"))
    assert not found.single_tokens
    assert forms(" Yes", " No", model=Words(" Yes", "Yes", " No", "No")).single_tokens


def test_a_spelling_that_begins_another_one_of_its_option_is_counted_with_it() -> None:
    unspaced = Words()
    unspaced.tokens = lambda text: tuple(map(ord, text.strip()))  # type: ignore[method-assign]
    assert forms(" (A)", " (B)", model=unspaced).options == ((" (A)",), (" (B)",))


@pytest.mark.parametrize("options", [("Paris", "Paris, Texas"), ("1", "10"), ("10", "1")])
def test_an_option_that_begins_another_one_is_refused(options: tuple[str, str]) -> None:
    with pytest.raises(DataError, match="begins the option"):
        forms(*options)


@given(rows=st.lists(st.lists(logprobs, min_size=1, max_size=3), min_size=2, max_size=5))
def test_the_margin_is_the_log_ratio_of_the_wanted_option_to_all_others(rows: list[list[float]]) -> None:
    spelt = tuple(tuple(f"{n} {m}" for m in range(len(row))) for n, row in enumerate(rows))
    margin = OptionForms(spelt, True).margin([value for row in rows for value in row])
    wanted, *others = (sum(map(exp, row)) for row in rows)
    assert margin.value == pytest.approx(log(wanted) - log(sum(others)), abs=1e-6)
    assert margin.mass == pytest.approx(wanted + sum(others))
    assert margin.options == pytest.approx(tuple(log(sum(map(exp, row))) for row in rows))


def test_a_long_option_is_not_helped_by_its_length() -> None:
    even = OptionForms(((" a",), (" b c d e",)), False).margin([log(0.1), log(0.1)])
    assert even.value == 0.0


def test_options_that_the_model_never_says_have_a_margin_all_the_same() -> None:
    two = OptionForms(((" a",), (" b",)), True)
    assert two.margin([-inf, -2.0]).value == -inf
    assert two.margin([-2.0, -inf]).value == inf
    assert two.margin([-inf, -inf]).value == 0.0


def test_sentences_have_a_margin_and_no_mass() -> None:
    found = forms(" I help them.", " I leave them.")
    assert found.sentences
    assert found.margin([log(1e-9)] * len(found.texts)).mass is None
    assert forms(" (A)", " (B)").margin([log(0.1)] * 4).mass == pytest.approx(0.4)
