from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_steering.errors import ModelError
from pytest_steering.models.steerable import SteerableModel
from tests.tiny import tiny_module, tiny_tokenizer


def test_the_tokenizer_of_a_processor_is_taken() -> None:
    processor = SimpleNamespace(tokenizer=tiny_tokenizer(), image_processor=object())
    assert SteerableModel.wrap(tiny_module("qwen2"), processor).tokenizer is tiny_tokenizer()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "there is no tokenizer"),
        ("qwen2", "str 'qwen2' was found"),
        (object(), "object"),
        (dict, "type"),
    ],
)
def test_what_is_no_tokenizer_is_refused_by_name(given: Any, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        SteerableModel.wrap(tiny_module("qwen2"), given)
