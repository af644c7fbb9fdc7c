"""A choice is scored by the tokens with which its prompt really goes on, or is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pytest_steering.errors import PromptError
from pytest_steering.models.running.continuation import Continuation, unknown_to
from pytest_steering.models.running.joining import Joining
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.models.tokenisation import TemplatedText, TokenMemory
from tests.near import assert_near
from tests.tiny import tiny_module, tiny_tokenizer
from tests.tokenizers_at_hand import MADE, tokenizer_of

PROMPTS = ("I choose (", "Answer:", "Answer: ", "Yes or", "Is it (A) or (B)?\nAnswer:")
CHOICES = ("A", "B", " A", " (A)", " Yes", "Yes", " No")
ADDED = ("<s> $A", "<s> $A </s>", "$A </s>", "$A")
SIGNS = "aAY 1(:.\n日é\u0301😀\u200d"
"""A letter and its accent, a joiner of emoji, digits: what may become one token with a neighbour."""

texts = st.one_of(st.text(SIGNS, max_size=6), st.sampled_from([*PROMPTS, *CHOICES]))


def joining(tokenizer: Any) -> Joining:
    return Joining(TokenMemory(tokenizer).ids, unknown_to(tokenizer))


def as_one_text(tokenizer: Any, text: str, template: str) -> list[int]:
    """The tokens of a text with what is added before it, and without what is added behind it."""
    ids: list[int] = tokenizer(text)["input_ids"]
    return ids[:-1] if template.endswith("</s>") else ids


@pytest.mark.parametrize("template", ADDED)
@pytest.mark.parametrize("kind", MADE)
@settings(max_examples=8)
@given(
    before=st.lists(texts, min_size=1, max_size=4), end=texts, choices=st.lists(texts, min_size=1, max_size=3)
)
def test_prompt_and_answer_are_the_tokens_of_both_as_one_text_or_are_refused(
    kind: str, template: str, before: list[str], end: str, choices: list[str]
) -> None:
    tokenizer = tokenizer_of(kind, template)
    prompts = [text + end for text in before]
    alone = [as_one_text(tokenizer, prompt, template) for prompt in prompts]
    assume(all(tokenizer(prompt, add_special_tokens=False)["input_ids"] for prompt in prompts))
    joined = [[as_one_text(tokenizer, prompt + choice, template) for choice in choices] for prompt in prompts]
    if kind == "pieces":  # words that touch and are unknown together follow after a space
        assume(not any(tokenizer.unk_token_id in one for row in joined for one in row))
    if any(
        one[:1] != ids[:1] or one == ids[: len(one)]
        for ids, row in zip(alone, joined, strict=True)
        for one in row
    ):
        with pytest.raises(PromptError, match=r"add no token to|nothing of the prompt is left"):
            joining(tokenizer).continuations(prompts, [choices] * len(prompts))
        return
    found = joining(tokenizer).continuations(prompts, [choices] * len(prompts))
    for ids, row, one in zip(alone, joined, found, strict=True):
        assert one.whole == (list(one.prompt) == ids)
        assert [[*one.prompt, *answer] for answer in one.answers] == row
        for place, answer in enumerate(one.answers):
            assert answer
            assert (place in one.unknown) == (tokenizer.unk_token_id in answer)


def test_prompts_that_end_alike_go_on_each_by_its_own_tokens() -> None:
    """Runs without an end inside the window: what is one token depends on where the run began."""
    for kind in [*MADE][:-1]:  # a word of many letters is unknown to the last one, whatever it says
        tokenizer, ends = tokenizer_of(kind), ("1", "Y", " ", "日", "12", "\n")
        prompts = [f"(A{sign * length}" for sign in ends for length in range(64, 72)]
        found = joining(tokenizer).continuations(prompts, [["1", "Yes", " A"]] * len(prompts))
        for prompt, one in zip(prompts, found, strict=True):
            joined = [[*one.prompt, *answer] for answer in one.answers]
            assert joined == [tokenizer(prompt + choice)["input_ids"] for choice in ("1", "Yes", " A")]


def test_a_text_that_a_template_wrote_gets_no_token_with_its_choice() -> None:
    tokenizer = tokenizer_of("bytes", "<s> $A </s>")
    (one,) = joining(tokenizer).continuations([TemplatedText("<s>Answer:")], [[" Yes"]])
    assert [*one.prompt, *one.answers[0]] == tokenizer("<s>Answer: Yes", add_special_tokens=False)[
        "input_ids"
    ]


def test_a_token_that_prompt_and_answer_share_is_cut_from_the_prompt_of_every_answer() -> None:
    (one,) = joining(tokenizer_of("first")).continuations(["Answer: "], [["Yes", "x"]])
    assert not one.whole
    assert not one.next_tokens


def test_an_answer_that_adds_nothing_is_refused() -> None:
    with pytest.raises(PromptError, match="add no token"):
        joining(tiny_tokenizer()).continuations(["w3 w5"], [["  "]])
    with pytest.raises(PromptError, match=r"add no token to the prompt that ends in 'Answer:'"):
        joining(tokenizer_of("stripped")).continuations(["Answer:"], [["Yes", "\n"]])


def test_a_prompt_of_which_its_answer_leaves_nothing_is_refused() -> None:
    with pytest.raises(
        PromptError, match=r"\['Yes'\] and the prompt that ends in '\(' .*nothing of the prompt"
    ):
        joining(Glued()).continuations(["("], [["Yes"]])


class Glued:
    """A tokenizer to which whatever stands together is one token."""

    def __len__(self) -> int:
        return 9

    def __call__(self, rows: list[str], **_options: Any) -> dict[str, list[list[int]]]:
        return {"input_ids": [[hash(word) % 97 for word in row.split()] for row in rows]}


def test_words_that_touch_follow_after_a_space_where_only_whole_words_are_known() -> None:
    (one,) = joining(tiny_tokenizer()).continuations(["w3 w5"], [["w7"]])
    assert one == Continuation(
        tuple(tiny_tokenizer()("w3 w5")["input_ids"]), (tuple(tiny_tokenizer()("w7")["input_ids"]),), True
    )
    (strange,) = joining(tiny_tokenizer()).continuations(["unheard w5"], [["w7"]])
    assert strange.answers == one.answers


def shared_with(alone: list[int]) -> Callable[[list[int]], int]:
    return lambda ids: len(list(takewhile(lambda two: two[0] == two[1], zip(alone, ids, strict=False))))


@pytest.mark.parametrize("kind", MADE)
def test_a_likelihood_is_that_of_the_text_as_it_goes_on(kind: str) -> None:
    tokenizer = tokenizer_of(kind)
    model = SteerableModel.wrap(tiny_module("qwen2", vocab_size=400), tokenizer)
    prompts = [prompt for prompt in PROMPTS if (kind, prompt) != ("pieces", "Yes or")]
    (scores,) = model.choice_logprobs(prompts, CHOICES)
    for prompt, row in zip(prompts, scores, strict=True):
        joined = [tokenizer(prompt + choice)["input_ids"] for choice in CHOICES]
        begins = min(map(shared_with(tokenizer(prompt)["input_ids"]), joined))
        for choice, ids in enumerate(joined):
            with torch.no_grad():
                logits = model.loaded.module(torch.tensor([ids])).logits[0].log_softmax(-1)
            by_hand = sum(logits[place - 1, ids[place]] for place in range(begins, len(ids)))
            assert_near(row[choice], by_hand)


@pytest.fixture(scope="module")
def sentencepiece() -> SteerableModel:
    return SteerableModel.wrap(tiny_module("qwen2"), tokenizer_of("first"))


def test_a_first_token_that_is_another_one_after_the_prompt_is_refused(sentencepiece: SteerableModel) -> None:
    with pytest.raises(PromptError, match="use choice_logprobs"):
        sentencepiece.complete(["Answer: "], choices=["Yes"], max_new_tokens=1)


def test_the_tokens_of_a_choice_are_those_after_its_prompt(sentencepiece: SteerableModel) -> None:
    read = sentencepiece.tokenizer.convert_ids_to_tokens
    assert "".join(read(sentencepiece.choice_tokens("A", "I choose ("))) == "▁(A"
    assert "".join(read(sentencepiece.choice_tokens(" Yes", "Answer:"))) == "▁Yes"


def test_a_choice_that_the_tokenizer_does_not_know_is_refused_by_name(sentencepiece: SteerableModel) -> None:
    with pytest.raises(PromptError, match=r"does not know the choices \[' 한'\]"):
        sentencepiece.choice_logprobs(["Answer:"], [" Yes", " 한"])


@pytest.mark.parametrize("choices", [[], [""], ["Yes", ""], [3]])
def test_a_choice_without_a_text_is_refused(sentencepiece: SteerableModel, choices: list[Any]) -> None:
    with pytest.raises(PromptError, match="at least one token each"):
        sentencepiece.choice_logprobs(["Answer:"], choices)
