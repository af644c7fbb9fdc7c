from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from pytest_steering import scores
from tests.tiny import CONTEXT, tiny_model

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

PROMPT = "w3 w14 w15 w9"


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return tiny_model("qwen2")


def test_surprise_is_the_mean_negative_log_likelihood_of_the_answer_after_its_prompt(
    model: SteerableModel,
) -> None:
    answer = " w5 w77 w2"
    (found,) = scores.surprise().of_all([(PROMPT, answer)], model)
    ids, own = model.tokens([PROMPT])[0], model.choice_tokens(answer, PROMPT)
    with torch.no_grad():
        logits = model.loaded.module(torch.tensor([ids + own])).logits[0].double()
    shares = logits.softmax(-1)
    expected = [-float(shares[len(ids) - 1 + step, token].log()) for step, token in enumerate(own)]
    assert found.value == pytest.approx(sum(expected) / len(expected), rel=1e-5)


def test_what_the_model_writes_itself_surprises_it_less_than_other_words(model: SteerableModel) -> None:
    own = model.generate([PROMPT], max_new_tokens=6)[0]
    expected, foreign = scores.surprise().of_all([(PROMPT, own), (PROMPT, "w90 w91 w92 w90 w91 w92")], model)
    assert expected.value is not None
    assert foreign.value is not None
    assert expected.value < foreign.value


def test_the_prompt_changes_how_surprising_an_answer_is(model: SteerableModel) -> None:
    one, other = scores.surprise().of_all([(PROMPT, "w5 w6"), ("w80 w81", "w5 w6")], model)
    assert one.value != pytest.approx(other.value, rel=1e-3)


def test_answers_that_cannot_be_read_are_named_and_shift_no_other(model: SteerableModel) -> None:
    long = " ".join(["w5"] * CONTEXT)
    written = [(PROMPT, "w5 w6"), (PROMPT, ""), (PROMPT, long), (PROMPT, "\ud800"), (PROMPT, "w7 w8 w9")]
    found = scores.surprise().of_all(written, model)
    alone = [scores.surprise().of_all([written[number]], model)[0].value for number in (0, 4)]
    assert [found[0].value, found[4].value] == pytest.approx(alone, rel=1e-5)
    assert found[1] == (None, "")
    assert found[2] == (None, f"prompt and answer have {CONTEXT + 4} tokens, the context holds {CONTEXT}")
    assert found[3].value is None
    assert "lone surrogate" in found[3].fault


def test_an_answer_that_just_fits_into_the_context_is_read(model: SteerableModel) -> None:
    (found,) = scores.surprise().of_all([(PROMPT, " ".join(["w5"] * (CONTEXT - 4)))], model)
    assert found.value is not None


def test_without_a_model_at_hand_every_answer_says_so() -> None:
    assert (
        scores.surprise().of_all([("p", "a"), ("p", "b")])
        == [(None, "no model is at hand that could be surprised")] * 2
    )


def test_nothing_to_score_is_no_work(model: SteerableModel) -> None:
    assert scores.surprise().of_all([], model) == []
