"""Several interventions as one: what it is made of, in which order it acts, and what a record says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from pytest_steering import Intervention, Joint, SteeringVector
from pytest_steering.errors import VectorError
from pytest_steering.steering.edit import Edit
from pytest_steering.steering.joint import edit_of_parts, shares_of_parts


def vector(seed: int, layers: tuple[int, ...] = (1, 3)) -> SteeringVector:
    drawn = torch.Generator().manual_seed(seed)
    return SteeringVector({layer: torch.randn(8, generator=drawn) for layer in layers})


ADDED = Intervention(vector(1), [1], 2.0, positions="all")
ABLATED = Intervention(vector(2), operation="ablate", positions="last")
CAPPED = Intervention(vector(3), [3], operation="cap(high=0.5)", positions="prompt")


def test_a_joint_intervention_stands_for_its_parts() -> None:
    assert Joint(Joint(ADDED, ABLATED), CAPPED).parts == (ADDED, ABLATED, CAPPED)
    assert Joint(ADDED, ABLATED).at == (1, 3)


@pytest.mark.parametrize(
    ("given", "found"), [((), "nothing"), ((ADDED, None), "NoneType"), (([ADDED],), "list")]
)
def test_what_is_no_intervention_is_refused_by_name(given: tuple[Any, ...], found: str) -> None:
    with pytest.raises(VectorError, match=f"{found} was found"):
        Joint(*given)


def test_each_token_has_a_share_of_each_part() -> None:
    shares = shares_of_parts(Joint(ADDED, ABLATED, CAPPED), 3, 0, 5)
    assert shares == {
        0: (1.0, 0.0, 1.0),
        1: (1.0, 0.0, 1.0),
        2: (1.0, 1.0, 1.0),
        3: (1.0, 1.0, 0.0),
        4: (1.0, 1.0, 0.0),
    }


def test_parts_change_a_state_one_after_another_in_the_order_given() -> None:
    states = torch.randn(4, 8, generator=torch.Generator().manual_seed(0))
    first, then = ADDED.edit(1), ABLATED.edit(1)
    made = edit_of_parts(Joint(ADDED, ABLATED), 1, (1.0, 1.0))(states)
    assert torch.equal(made, then(first(states)))
    turned = edit_of_parts(Joint(ABLATED, ADDED), 1, (1.0, 1.0))(states)
    assert torch.equal(turned, first(then(states)))
    assert not torch.equal(made, turned)


def test_between_parts_states_are_rounded_to_their_own_type_as_between_hooks() -> None:
    states = torch.randn(4, 8, generator=torch.Generator().manual_seed(0)).bfloat16()
    made = edit_of_parts(Joint(ADDED, ADDED), 1, (1.0, 1.0))(states)
    assert torch.equal(made, ADDED.edit(1)(ADDED.edit(1)(states)))
    assert not torch.equal(made, ADDED.scaled(2).edit(1)(states))


def test_where_one_part_steers_a_token_its_own_edit_is_done() -> None:
    alone = edit_of_parts(Joint(ADDED, ABLATED), 1, (0.0, 0.5))
    assert isinstance(alone, Edit)
    assert (alone.operation.name, alone.strength) == ("ablate", 0.5)


def test_a_factor_scales_each_part() -> None:
    assert [part.scale for part in Joint(ADDED, ABLATED).scaled(0.5).parts] == [1.0, 0.5]


def test_what_is_added_by_all_parts_is_their_sum() -> None:
    both = edit_of_parts(Joint(ADDED, replace(ADDED, scale=-1.0)), 1, (1.0, 1.0))
    assert torch.allclose(both.delta, vector(1).directions[1])


def test_a_spec_names_each_part() -> None:
    said = Joint(ADDED, ABLATED).spec()
    assert said == {"layers": [1, 3], "parts": [ADDED.spec(), ABLATED.spec()]}


def test_the_hash_of_the_vectors_tells_their_order() -> None:
    assert Joint(ADDED, ABLATED).vector_hash != Joint(ABLATED, ADDED).vector_hash
