from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import PromptError
from pytest_steering.models import tokenisation
from pytest_steering.models.tokenisation import TokenMemory
from tests.tiny import tiny_tokenizer


class Asked:
    """A tokenizer that notes which texts it was given."""

    def __init__(self) -> None:
        self.real: Any = tiny_tokenizer()
        self.texts: list[str] = []
        self.add_bos_token = False

    def __len__(self) -> int:
        return len(self.real)

    def __call__(self, texts: list[str], **options: Any) -> Any:
        self.texts += texts
        return self.real(texts, **options)


@given(st.lists(st.lists(st.sampled_from(["w3", "w4 w5", "w6", "w7 w8 w9"]), min_size=1), min_size=1))
def test_ids_are_those_of_the_tokenizer_whatever_was_read_before(calls: list[list[str]]) -> None:
    memory, real = TokenMemory(tiny_tokenizer()), tiny_tokenizer()
    for texts in calls:
        assert memory.ids(texts) == real(texts)["input_ids"]


def test_each_text_is_read_once() -> None:
    asked = Asked()
    memory = TokenMemory(asked)
    memory.ids(["w3", "w4", "w3"])
    memory.ids(["w4", "w5"])
    assert asked.texts == ["w3", "w4", "w5"]


def test_a_text_with_and_without_the_tokens_that_are_added_to_it_is_two() -> None:
    asked = Asked()
    memory = TokenMemory(asked)
    memory.ids(["w3"])
    memory.ids(["w3"], special=False)
    assert asked.texts == ["w3", "w3"]


def test_what_a_caller_does_to_a_row_stays_with_the_caller() -> None:
    memory = TokenMemory(tiny_tokenizer())
    memory.ids(["w3 w4"])[0].clear()
    assert memory.ids(["w3 w4"]) == tiny_tokenizer()(["w3 w4"])["input_ids"]


def test_a_tokenizer_that_was_given_a_token_is_asked_again() -> None:
    tokenizer: Any = tiny_tokenizer.__wrapped__()  # its own, as it is changed
    memory = TokenMemory(tokenizer)
    before = memory.ids(["w3w4"])
    tokenizer.add_tokens(["w3w4"])
    assert memory.ids(["w3w4"]) == tokenizer(["w3w4"])["input_ids"] != before


def test_a_tokenizer_that_begins_to_add_a_token_of_its_own_is_asked_again() -> None:
    asked = Asked()
    memory = TokenMemory(asked)
    memory.ids(["w3"])
    asked.add_bos_token = True
    memory.ids(["w3"])
    assert asked.texts == ["w3", "w3"]


def test_no_more_than_so_many_tokens_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenisation, "MOST", 2)
    asked = Asked()
    memory = TokenMemory(asked)
    for text in ("w3 w4", "w5", "w6", "w3 w4"):
        assert memory.ids([text]) == asked.real([text])["input_ids"]
    assert asked.texts == ["w3 w4", "w5", "w6", "w3 w4"]


def test_a_text_that_the_tokenizer_cannot_read_is_named_among_others() -> None:
    with pytest.raises(PromptError, match=r"'w5\\ud800' holds half a character .* at place 2"):
        TokenMemory(tiny_tokenizer()).ids(["w3", "w5\ud800", "w4"])


class Strict(Asked):
    """A tokenizer that raises for a word that it does not know, as one without a token for those does."""

    def __call__(self, texts: list[str], **options: Any) -> Any:
        if any("unheard" in text for text in texts):
            raise Exception("WordLevel error: Missing [UNK] token from the vocabulary")
        return super().__call__(texts, **options)


def test_a_tokenizer_that_raises_is_quoted_with_the_text_and_what_to_do() -> None:
    said = "cannot read the text 'unheard of': Exception: WordLevel error: Missing .*; use other words"
    with pytest.raises(PromptError, match=said):
        TokenMemory(Strict()).ids(["w3", "unheard of"])
