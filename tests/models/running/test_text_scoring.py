from __future__ import annotations

import pytest
import torch

from pytest_steering.errors import PromptError
from pytest_steering.models.running import text_scoring
from pytest_steering.models.steerable import SteerableModel
from tests.near import assert_near
from tests.tiny import CONTEXT, PROMPTS, VOCABULARY

TEXTS = ("w5 w6 w7", "w1", "w90 w14 w2 w2", "", "w8 w9")


def by_hand(model: SteerableModel, prompt: str, text: str) -> torch.Tensor:
    """log p of each token, one row at a time with nothing beside it."""
    ids, own = model.tokens([prompt])[0], model.choice_tokens(text, prompt) if text else []
    with torch.no_grad():
        logits = model.loaded.module(torch.tensor([ids + own])).logits[0]
    scores = logits.log_softmax(-1)
    return torch.tensor([float(scores[len(ids) - 1 + step, token]) for step, token in enumerate(own)])


def test_each_text_is_scored_after_its_own_prompt(steered_model: SteerableModel) -> None:
    found = steered_model.text_logprobs(PROMPTS, TEXTS)
    for scores, prompt, text in zip(found, PROMPTS, TEXTS, strict=True):
        assert_near(scores[None], by_hand(steered_model, prompt, text)[None])


@pytest.mark.parametrize("rows", [1, 2])
def test_batches_of_any_size_give_the_same(
    model: SteerableModel, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = model.text_logprobs(PROMPTS, TEXTS)
    monkeypatch.setattr(text_scoring, "MOST_LOGITS", rows * VOCABULARY * 5)
    for scores, expected in zip(model.text_logprobs(PROMPTS, TEXTS), whole, strict=True):
        assert_near(scores[None], expected[None])


@pytest.mark.parametrize(("fewer", "rows"), [(0, [2, 2]), (1, [1, 1, 1, 1])])
def test_no_pass_has_more_logits_than_are_allowed(
    model: SteerableModel, fewer: int, rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[tuple[int, ...]] = []
    head = model.loaded.module.get_output_embeddings()
    handle = head.register_forward_hook(lambda _module, _inputs, out: passes.append(tuple(out.shape)))
    longest = 4  # tokens, whose logits and those before the first one are kept
    monkeypatch.setattr(text_scoring, "MOST_LOGITS", 2 * VOCABULARY * (longest + 1) - fewer)
    model.text_logprobs(PROMPTS, TEXTS)
    handle.remove()
    assert [run for run, *_ in passes] == rows  # the text without tokens is not run


def test_texts_without_tokens_have_no_scores(model: SteerableModel) -> None:
    assert [scores.shape for scores in model.text_logprobs(PROMPTS[:2], ["", ""])] == [(0,), (0,)]


def test_when_memory_runs_out_the_batch_is_halved(
    model: SteerableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = model.text_logprobs(PROMPTS, TEXTS)
    real = type(model.engine).logits

    def small(engine: object, batch: object, session: object, columns: int) -> object:
        if batch.rows > 1:  # type: ignore[attr-defined]
            raise MemoryError
        return real(engine, batch, session, columns)  # type: ignore[arg-type]

    monkeypatch.setattr(type(model.engine), "logits", small)
    for scores, expected in zip(model.text_logprobs(PROMPTS, TEXTS), whole, strict=True):
        assert_near(scores[None], expected[None])


def test_texts_without_their_prompts_and_texts_too_long_are_refused(model: SteerableModel) -> None:
    with pytest.raises(PromptError, match="2 prompts and 1 texts; give one text a prompt"):
        model.text_logprobs(PROMPTS[:2], ["w1"])
    with pytest.raises(PromptError, match="1 of 1 prompts do not fit"):
        model.text_logprobs(["w1"], [" ".join(["w1"] * CONTEXT)])
