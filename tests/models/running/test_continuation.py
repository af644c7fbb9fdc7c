"""A choice is scored by the tokens with which its prompt really goes on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import takewhile
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import PromptError
from pytest_steering.models.running.continuation import Joining
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.models.tokenisation import TokenMemory
from tests.near import assert_near
from tests.tiny import tiny_module, tiny_tokenizer

CORPUS = [
    "Is it (A) or (B)? I choose (A)",
    "Answer: Yes",
    "Answer: No",
    "(B",
    "(A",
    "the answer is Yes A B",
] * 20
PROMPTS = ("I choose (", "Answer:", "Answer: ", "Yes or", "Is it (A) or (B)?\nAnswer:")
CHOICES = ("A", "B", " A", " (A)", " Yes", "Yes", " No", "\nYes")
KINDS = ("always", "first", "prepended")


@cache
def sentencepiece_like(kind: str) -> Any:
    """A tokenizer that begins every text, the first one, or the whole text with a mark of its own."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True))
    if kind == "prepended":
        marks = [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
        raw.normalizer = normalizers.Sequence(marks)
    else:
        raw.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme=kind)
    raw.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=90, special_tokens=["<unk>", "<s>", "</s>"])
    )
    template = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    raw.post_processor = template
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="</s>"
    )


def joining(tokenizer: Any) -> Joining:
    return Joining(TokenMemory(tokenizer).ids, tokenizer.unk_token_id)


@pytest.mark.parametrize("kind", KINDS)
@given(
    ends=st.lists(st.tuples(st.text("ab\n ", max_size=5), st.sampled_from(PROMPTS)), min_size=1, max_size=6)
)
def test_prompt_and_answer_are_the_tokens_of_both_as_one_text(kind: str, ends: list[tuple[str, str]]) -> None:
    tokenizer = sentencepiece_like(kind)
    prompts = [before + end for before, end in ends]
    found = joining(tokenizer).continuations(prompts, [CHOICES] * len(prompts))
    for prompt, one in zip(prompts, found, strict=True):
        assert one.whole == (list(one.prompt) == tokenizer(prompt)["input_ids"])
        for choice, answer in zip(CHOICES, one.answers, strict=True):
            assert [*one.prompt, *answer] == tokenizer(prompt + choice)["input_ids"]


def test_a_token_that_prompt_and_answer_share_is_cut_from_the_prompt_of_every_answer() -> None:
    (one,) = joining(sentencepiece_like("first")).continuations(["Answer: "], [["Yes", "x"]])
    assert not one.whole
    assert not one.next_tokens


def test_an_answer_that_adds_nothing_is_refused() -> None:
    with pytest.raises(PromptError, match="add no token"):
        joining(tiny_tokenizer()).continuations(["w3 w5"], [["  "]])


def test_words_that_touch_follow_by_themselves_where_only_whole_words_are_known() -> None:
    (one,) = joining(tiny_tokenizer()).continuations(["w3 w5"], [["w7"]])
    assert (list(one.prompt), one.whole) == (tiny_tokenizer()("w3 w5")["input_ids"], True)
    assert list(one.answers[0]) == tiny_tokenizer()("w7")["input_ids"]


def shared_with(alone: list[int]) -> Callable[[list[int]], int]:
    return lambda ids: len(list(takewhile(lambda two: two[0] == two[1], zip(alone, ids, strict=False))))


@pytest.mark.parametrize("kind", KINDS)
def test_a_likelihood_is_that_of_the_text_as_it_goes_on(kind: str) -> None:
    tokenizer = sentencepiece_like(kind)
    model = SteerableModel.wrap(tiny_module("qwen2"), tokenizer)
    (scores,) = model.choice_logprobs(PROMPTS, CHOICES)
    for prompt, row in zip(PROMPTS, scores, strict=True):
        joined = [tokenizer(prompt + choice)["input_ids"] for choice in CHOICES]
        begins = min(map(shared_with(tokenizer(prompt)["input_ids"]), joined))
        for choice, ids in enumerate(joined):
            with torch.no_grad():
                logits = model.loaded.module(torch.tensor([ids])).logits[0].log_softmax(-1)
            by_hand = sum(logits[place - 1, ids[place]] for place in range(begins, len(ids)))
            assert_near(row[choice], by_hand)


def test_a_first_token_that_is_another_one_after_the_prompt_is_refused() -> None:
    model = SteerableModel.wrap(tiny_module("qwen2"), sentencepiece_like("first"))
    with pytest.raises(PromptError, match="use choice_logprobs"):
        model.complete(["Answer: "], choices=["Yes"], max_new_tokens=1)
