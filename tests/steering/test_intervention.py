from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from pytest_steering.errors import VectorError
from pytest_steering.steering.intervention import Intervention
from tests.tiny import random_vector


def test_the_layers_are_the_vectors_unless_some_are_named() -> None:
    vector = random_vector((1, 3, 4))
    assert Intervention(vector).at == (1, 3, 4)
    assert Intervention(vector, layers=[4, 1]).at == (1, 4)


def test_the_scale_is_shared_by_the_layers_unless_it_is_per_layer() -> None:
    vector = random_vector((1, 3, 4))
    assert Intervention(vector, scale=6.0).coefficient == 2.0
    assert Intervention(vector, layers=[3], scale=6.0).coefficient == 6.0
    assert Intervention(vector, scale=6.0, per_layer=True).coefficient == 6.0
    assert torch.equal(Intervention(vector, scale=-6.0).delta(3), -2.0 * vector.directions[3])


def test_a_layer_named_twice_counts_once() -> None:
    twice = Intervention(random_vector(), layers=[3, 3], scale=6.0)
    assert twice.at == (3,)
    assert twice.coefficient == 6.0


def test_the_spec_is_plain_json_and_the_same_however_it_was_written() -> None:
    vector = random_vector((1, 3))
    specs = [
        Intervention(vector, layers=[3, 1], scale=2, positions="all - prompt[:1]").spec(),
        Intervention(vector, scale=2.0, positions=" all  - prompt[:1]").spec(),
        Intervention(vector, scale=torch.tensor(2.0), positions="all - prompt[:1]").spec(),  # type: ignore[arg-type]
    ]
    assert json.loads(json.dumps(specs[0])) == specs[0]
    assert specs[0] == specs[1] == specs[2]


def test_interventions_are_equal_when_they_add_the_same() -> None:
    assert Intervention(random_vector(), scale=2.0) == Intervention(random_vector(), scale=2.0)
    assert Intervention(random_vector(), scale=2.0) != Intervention(random_vector(seed=1), scale=2.0)
    assert len({Intervention(random_vector()), Intervention(random_vector())}) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scale": float("nan")}, "not a finite number"),
        ({"scale": float("inf")}, "not a finite number"),
        ({"scale": "strong"}, "not a finite number"),
        ({"scale": None}, "not a finite number"),
        ({"operation": "project"}, "operation 'project' is not known"),
        ({"layers": []}, "no direction for layers"),
        ({"layers": [2]}, r"no direction for layers \[2\]; it has \[1, 3\]"),
        ({"layers": [-1]}, r"layers \[-1\]: a vector does not know how deep its model is"),
        ({"layers": "last3"}, "no list of block numbers"),
        ({"layers": 3}, "no list of block numbers"),
        ({"layers": [1.0]}, "whole numbers were expected"),
        ({"layers": [True]}, "whole numbers were expected"),
        ({"layers": ["1"]}, "whole numbers were expected"),
        ({"vector": {1: [1.0]}}, "needs a SteeringVector, not dict"),
        ({"positions": "nowhere"}, "are not known"),
    ],
)
def test_what_cannot_be_applied_is_one_clear_sentence(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(VectorError, match=said) as caught:
        Intervention(**{"vector": random_vector(), **changes})
    assert "\n" not in str(caught.value)
