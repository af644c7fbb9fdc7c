from __future__ import annotations

import math

import pytest
import torch

from pytest_steering.errors import InterventionError, NotFiniteError
from pytest_steering.models.engine.remote.greedy_tokens import near_ties, require_greedy
from pytest_steering.models.engine.row_answers import NearTie

END = frozenset({1})


def lead(best: float, second: float, tokens: tuple[int, int] = (7, 8)) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor([[best, second]]), torch.tensor([tokens])


def test_the_likeliest_tokens_are_fine_and_either_of_two_that_tie() -> None:
    require_greedy([[7, 8]], [lead(2.0, 1.0), lead(1.0, 1.0)], 2, END)


def test_a_penalty_of_the_server_is_seen() -> None:
    with pytest.raises(InterventionError, match="wrote token 8 at step 1 of row 0, and 7 was the likeliest"):
        require_greedy([[7, 8]], [lead(2.0, 1.0), lead(2.0, 1.0)], 2, END)


def test_an_end_token_of_the_server_is_seen() -> None:
    with pytest.raises(InterventionError, match="ended row 0 after 1 of 2 tokens"):
        require_greedy([[7]], [lead(2.0, 1.0)], 2, END)
    require_greedy([[1]], [lead(2.0, 1.0, (1, 7))], 2, END)


def test_logits_that_are_none_are_no_answer() -> None:
    with pytest.raises(NotFiniteError, match="row 0 at step 0"):
        require_greedy([[7]], [lead(math.nan, math.nan)], 1, END)


def test_the_first_near_tie_of_an_answer_is_told() -> None:
    leads = [lead(2.0, 1.0), lead(1.0, 1.0 - 5e-5), lead(1.0, 1.0)]
    assert near_ties([[7, 7, 7]], leads) == [NearTie(1, 8)]
    assert near_ties([[7]], leads) == [None]
