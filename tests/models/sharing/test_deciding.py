"""An answer that is decided ends, and no other answer changes by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.models.conftest import ModelOf
from tests.models.sharing.test_equality import PROMPTS, STEPS, grid, tokens


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
@pytest.mark.parametrize("way", ["none", "copies", "tree"])
def test_answers_end_where_they_are_decided(model_of: ModelOf, way: str, engine: str) -> None:
    model = replace(model_of("starcoder2", engine), sharing=way)
    whole = model.complete(PROMPTS, grid((1,)), max_new_tokens=STEPS)

    def decided(prompt: int, text: str) -> bool:
        return len(text.split()) > prompt

    ended = model.complete(PROMPTS, grid((1,)), max_new_tokens=STEPS, decided=decided)
    for full, cut in zip(tokens(whole.arms), tokens(ended.arms), strict=True):
        assert cut == [answer[: number + 1] for number, answer in enumerate(full)]
