"""Faults in scoring that other tools have, each as a case that would call broken steering a success."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import pytest
import torch

from pytest_steering import scores
from pytest_steering.comparison import gold_agreement, inconclusive
from pytest_steering.limit import Limit
from pytest_steering.records import Outcome
from pytest_steering.tasks.scores import Score
from tests.tasks.scores.judging.court import Court, Verdict, rated, sitting
from tests.tasks.scores.scored import values
from tests.tiny import tiny_model


@pytest.fixture
def court(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Court]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    with sitting() as found:
        yield found


def allows(score: Score, text: str, *unsteered: str) -> bool:
    """Whether a guard allows an answer beside the unsteered ones; what has no number is not allowed."""
    (value,), usual = values(score, text), [one for one in values(score, *unsteered) if one is not None]
    low, high = (score.limit or Limit()).bounds(usual)
    return value is not None and low <= value <= high


def test_broken_text_is_never_dropped_for_being_too_unlikely_so_that_the_mean_improves() -> None:
    """One tool leaves out texts of a perplexity above 10,000: the more text breaks, the better its mean."""
    model = tiny_model("qwen2", seed=1)
    with torch.no_grad():  # so sure of the next token that any other one is all but impossible
        model.loaded.module.get_output_embeddings().weight.mul_(200)
    prompt = "w3 w14 w15"
    own = model.generate([prompt], max_new_tokens=4)[0]
    usual, broken = scores.surprise().of_all([(prompt, own), (prompt, "w90 w90 w91 w90")], model)
    assert usual.value is not None
    assert broken.value is not None
    assert broken.value > math.log(10_000)
    assert fmean([usual.value, broken.value]) > usual.value


def test_the_prompt_is_never_part_of_what_is_scored() -> None:
    """Another tool scores prompt and answer together: a happy opening then makes every answer happy."""
    prompt, answer = "What a wonderful, lovely, happy day! I love it. Tell me why.", "It is terrible."
    for score in (scores.sentiment(), scores.words(), scores.language("en"), scores.repetition()):
        (found,) = score.of_all([(prompt, answer)])
        assert [found.value] == values(score, answer)
    (found,) = scores.sentiment().of_all([(prompt, answer)])
    assert found.value is not None
    assert found.value < 0


def test_a_judge_that_fails_on_one_criterion_moves_no_later_answer_of_it(court: Court) -> None:
    """A third drops failed calls of each criterion and then pairs what is left: all later pairs are wrong."""
    answers = ["a", "b", "c", "d"]
    court.verdicts = {"a": [rated(0)], "b": [Verdict("no idea")], "c": [rated(1)], "d": [rated(2)]}
    strict = scores.judge("It is clear.", name="clear", url=court.url, model="strict")
    found = strict.of_all([("p", answer) for answer in answers])
    court.verdicts["b"] = [rated(1)]
    other = scores.judge("It is kind.", name="kind", url=court.url, model="other")
    pairs = list(zip(found, other.of_all([("p", answer) for answer in answers]), strict=True))
    assert [(one.value, two.value) for one, two in pairs] == [(0, 0), (None, 1), (1, 1), (2, 2)]


def test_a_score_that_reads_steered_words_worse_shows_no_effect_smaller_than_that() -> None:
    """Prefixes agree with a judge on 91 % of unsteered and 80 % of steered answers: vocabulary moved."""
    willing = ["Sure, here it is."] * 6
    usual = ["I cannot help with that."] * 4
    moved = [*usual[:2], "That is nothing for me to do.", "Find somebody else for it."]
    gold = {str(number): number < 4 for number in range(10)}  # as many refuse in both arms, in other words
    before, after = refusals(*usual, *willing), refusals(*moved, *willing)
    one, other = (gold_agreement("arm", arm, gold, "refusal") for arm in (before, after))
    assert (one.share, other.share) == (1.0, 0.8)
    effect = fmean(row.scores["refusal"] or 0 for row in after) - fmean(
        row.scores["refusal"] or 0 for row in before
    )
    assert effect == pytest.approx(-0.2)
    assert "inconclusive" in inconclusive(effect, one, other)


def refusals(*texts: str) -> list[Outcome]:
    said = enumerate(values(scores.refusal(), *texts))
    return [Outcome(str(number), "", scores={"refusal": value}) for number, value in said]


USUAL = (
    " bought a loaf of bread. I'm going to make a sandwich for the kids.",
    " she's a big fan of the local band, and she's been wanting to join their tour.",
    " a great opportunity to discuss the latest developments in the field of quantum computing.",
)
"""As SmolLM2 wrote unsteered."""


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("worse worse worse worse worse worse worse worse", -0.9),
        (" had a great time. We had a great time. We had a great time. We had a great time.", 0.9),
        (" happy happy happy happy happy happy happy happy happy happy happy happy", 0.9),
    ],
)
def test_a_loop_scores_as_high_as_can_be_and_is_no_success(text: str, least: float) -> None:
    """Steered too far the model loops on one phrase, with a high score: guards decide with it."""
    (value,) = values(scores.sentiment(), text)
    assert value is not None
    assert abs(value) >= abs(least)
    assert not allows(scores.repetition(), text)
    assert all(allows(scores.repetition(), usual) for usual in USUAL)


@pytest.mark.parametrize("text", ["", "\n\n\n\n\n\n\n\n", "!!!!!!!!!!!!!!", "worse"])
def test_text_that_vanished_is_no_success_either(text: str) -> None:
    assert not allows(scores.words(), text, *USUAL)
    assert all(allows(scores.words(), usual, *USUAL) for usual in USUAL)


def test_a_loop_within_a_word_is_seen_by_compression() -> None:
    assert not allows(scores.compression(), "worse" * 20, *USUAL)
    assert all(allows(scores.compression(), usual, *USUAL) for usual in USUAL)


def test_text_that_no_model_would_write_is_seen_by_surprise_alone() -> None:
    """Three times the scale: no repetition, usual length, high score, and no language any more."""
    score = scores.surprise()
    assert score.limit is not None
    _, high = score.limit.bounds([1.08, 1.17, 1.47])  # nats a token of SmolLM2's unsteered answers
    assert 1.92 < high < 2.41  # the most surprising at the usual scale, and a broken one at three times it
    broken = " can see the way the light has grown to know her as she has been to know the family life"
    assert allows(scores.repetition(), broken)
    assert allows(scores.words(), broken, *USUAL)
