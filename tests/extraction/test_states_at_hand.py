from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from pytest_steering.extraction.methods import METHODS
from pytest_steering.extraction.states_at_hand import StatesAtHand
from pytest_steering.models.steerable import SteerableModel
from tests.extraction.test_directions import LengthReader

POSITIVE = ["def f(x):", "a longer text of words", "x = 1"]
NEGATIVE = ["class C:", "another text", "y = 22"]


@pytest.mark.parametrize("method", ["mean_difference", "lda"])
def test_a_method_finds_the_direction_that_it_finds_on_the_model(
    starcoder2: SteerableModel, method: str
) -> None:
    kept = StatesAtHand(starcoder2, [*POSITIVE, *NEGATIVE], [1, 3])
    found = METHODS[method](kept, POSITIVE, NEGATIVE, [1, 3])
    wanted = METHODS[method](starcoder2, POSITIVE, NEGATIVE, [1, 3])
    for layer in (1, 3):
        assert torch.allclose(found[layer], wanted[layer], rtol=1e-3, atol=1e-4)


def test_states_are_read_once_and_those_that_are_not_at_hand_from_the_model() -> None:
    read: list[int] = []

    class Counted(LengthReader):
        def hidden_states(
            self, prompts: Sequence[str], layers: Sequence[int] | str, position: str
        ) -> dict[int, Tensor]:
            read.append(len(prompts))
            return super().hidden_states(prompts, layers, position)

    kept = StatesAtHand(Counted(), [*POSITIVE, *POSITIVE], [0])
    for _ in range(5):
        kept.hidden_states(POSITIVE[:2], [0])
    assert read == [3]
    kept.hidden_states(POSITIVE[:2], [1])
    kept.hidden_states(["new"], [0])
    assert read == [3, 2, 1]
    assert kept.vector_provenance() == {"model": "reader"}
