from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.errors import VectorError
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.similarity import Similarity
from pytest_steering.steering.vector import SteeringVector
from tests.tiny import random_vector

CONDITION = random_vector((1,), seed=9)


@given(st.sampled_from(["<", "<=", ">", ">="]), st.floats(-1, 1), st.integers(0, 99))
@settings(deadline=None)
def test_a_condition_compares_torch_s_own_cosine(sign: str, threshold: float, seed: int) -> None:
    states = torch.randn(20, 32, generator=torch.Generator().manual_seed(seed))
    cosines = torch.nn.functional.cosine_similarity(states, CONDITION.directions[1][None])
    found = Similarity.parse(f"similarity {sign} {threshold}", CONDITION).holds(states)
    apart = (cosines - threshold).abs() > 1e-5
    expected = cosines < threshold if "<" in sign else cosines > threshold
    assert torch.equal(found[apart], expected[apart])


@given(st.integers(1, 20), st.integers(0, 99), st.sampled_from([torch.float32, torch.bfloat16]))
@settings(deadline=None)
def test_a_state_decides_the_same_alone_and_beside_others(rows: int, seed: int, dtype: torch.dtype) -> None:
    states = torch.randn(rows, 32, generator=torch.Generator().manual_seed(seed)).to(dtype)
    one = Similarity.parse("similarity > 0", CONDITION)
    assert one.holds(states).tolist() == [bool(one.holds(state[None])) for state in states]


def test_of_several_streams_the_mean_is_compared_and_zeros_are_like_nothing() -> None:
    direction = CONDITION.directions[1]
    streams = torch.stack([torch.stack([3 * direction, -direction]), torch.zeros(2, 32)])
    assert Similarity.parse("similarity > 0.9", CONDITION).holds(streams).tolist() == [True, False]


def test_a_condition_is_written_in_one_form() -> None:
    texts = ["similarity>.10", "  similarity  >  0.1 ", "similarity > 1e-1"]
    arms = [Intervention(random_vector(), when=text, condition=CONDITION) for text in texts]
    assert {arm.when for arm in arms} == {"similarity > 0.1"}
    each = Intervention(random_vector(), when="similarity < 0  at each token", condition=CONDITION)
    assert each.spec()["when"] == "similarity < 0 at each token"
    assert each.spec()["condition"] == {"layer": 1, "sha256": CONDITION.sha256[:16]}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"when": "similarity"}, "is no condition; write similarity, one of < <= > >=, and a number"),
        ({"when": "similarity = 0.1"}, "is no condition"),
        ({"when": "norm > 0.1"}, "is no condition"),
        ({"when": "similarity > 0.1 sometimes"}, "is no condition"),
        ({"when": 0.1}, "when=0.1 is no condition"),
        ({"when": "similarity > nan"}, "threshold nan is not a finite number"),
        ({"when": "similarity > much"}, "threshold 'much' is not a finite number"),
        ({"when": "similarity > 2"}, "a similarity is a cosine, from -1 to 1"),
        ({"when": "similarity > 0", "condition": None}, "give condition="),
        ({"when": "similarity > 0", "condition": random_vector((0, 1))}, "cut it with only"),
        ({"when": "similarity > 0", "condition": SteeringVector({0: torch.zeros(32)})}, "that is not zero"),
        (
            {"when": "similarity > 0", "condition": random_vector((2,))},
            "block 1 has been steered already",
        ),
        ({"when": "similarity > 0", "condition": random_vector((1,), hidden=8)}, "cannot be put together"),
        ({"when": None}, "a condition vector says nothing without when="),
    ],
)
def test_a_malformed_condition_is_refused_with_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(VectorError, match=sentence):
        Intervention(random_vector(), **{"condition": CONDITION, **options})


def test_weights_are_factors_of_the_scale_that_nothing_divides() -> None:
    arm = Intervention(random_vector((0, 1, 3)), scale=2.0, weights={1: 0.5, 3: 1.0})
    assert arm.at == (1, 3)
    assert [arm.edit(layer).strength for layer in arm.at] == [1.0, 2.0]
    assert arm.spec()["weights"] == {"1": 0.5, "3": 1.0}


@pytest.mark.parametrize(
    ("weights", "layers", "sentence"),
    [
        ({}, None, "are no number for each layer"),
        ([0.5], None, "are no number for each layer"),
        ({1: 0.5}, [1, 3], "leave layers out, or name the same ones"),
        ({1: float("nan")}, None, "the weight of layer 1 nan is not a finite number"),
        ({7: 1.0}, None, "has no direction for layers"),
    ],
)
def test_weights_that_are_none_are_refused(weights: Any, layers: Any, sentence: str) -> None:
    with pytest.raises(VectorError, match=sentence):
        Intervention(random_vector(), layers, weights=weights)
