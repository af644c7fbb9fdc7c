from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pytest_steering.errors import VectorError
from pytest_steering.models.proving.witness import same_bits
from pytest_steering.steering import operations
from pytest_steering.steering.edit import Edit, Operation
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.operations import operation, operation_named, projection
from tests.steering.operations.drawing import (
    EVERY,
    PRECISION,
    drawn,
    dtypes,
    edit_of,
    seeds,
    shapes,
    strengths,
    uses,
)
from tests.tiny import random_vector


@pytest.fixture
def registry() -> Iterator[dict[str, Operation]]:
    """What a test registers is gone after it."""
    before = dict(operations.OPERATIONS)
    yield operations.OPERATIONS
    operations.OPERATIONS.clear()
    operations.OPERATIONS.update(before)


@given(uses, shapes, dtypes, seeds)
@settings(deadline=None)
def test_strength_zero_is_the_identity_in_every_bit(
    use: tuple[str, bool], shape: tuple[int, int], dtype: torch.dtype, seed: int
) -> None:
    states, direction = drawn(shape, seed)
    states[0, 0] = -0.0
    states = states.to(dtype)
    left = edit_of(use, direction, 0.0)(states)
    assert torch.equal(torch.signbit(left), torch.signbit(states))
    assert torch.equal(left, states)


@given(uses, shapes, dtypes, strengths, seeds)
@settings(deadline=None)
def test_a_state_comes_out_the_same_in_every_bit_whatever_stands_beside_it(
    use: tuple[str, bool], shape: tuple[int, int], dtype: torch.dtype, strength: float, seed: int
) -> None:
    states, direction = drawn(shape, seed)
    states, edit = states.to(dtype), edit_of(use, direction, strength)
    together = edit(states)
    assert together.dtype == dtype
    assert same_bits(together, torch.cat([edit(states[row : row + 1]) for row in range(shape[0])]))
    assert same_bits(together, edit(states.T.contiguous().T)), "in whatever order they lie in memory"
    assert same_bits(together, edit(states.repeat(50, 1))[: shape[0]])
    streams = states[:, None].expand(-1, 3, -1)
    assert same_bits(edit(streams)[:, 1], together)


@given(shapes, dtypes, seeds)
@settings(deadline=None)
def test_a_full_ablation_leaves_nothing_along_the_direction_and_nothing_to_ablate(
    shape: tuple[int, int], dtype: torch.dtype, seed: int
) -> None:
    states, direction = drawn(shape, seed)
    states, edit = states.to(dtype), Edit(operation_named("ablate"), direction, 1.0)
    once = edit(states)
    unit = direction.double() / direction.double().norm()
    room = PRECISION[dtype] * states.double().norm(dim=-1)
    assert bool(((once.double() @ unit).abs() <= room).all())
    assert bool(((edit(once).double() - once.double()).norm(dim=-1) <= room).all())


@given(shapes, dtypes, strengths, seeds)
@settings(deadline=None)
def test_an_ablation_is_what_numpy_takes_away_in_double_precision(
    shape: tuple[int, int], dtype: torch.dtype, strength: float, seed: int
) -> None:
    states, direction = drawn(shape, seed)
    states = states.to(dtype)
    h, v = states.double().numpy(), direction.double().numpy()
    expected = h - strength * np.outer(h @ v, v) / (v @ v)
    found = Edit(operation_named("ablate"), direction, strength)(states).double().numpy()
    apart = np.linalg.norm(found - expected, axis=-1)
    wide = Edit(operation_named("ablate"), direction, strength)(
        states.to(torch.promote_types(dtype, torch.float32))
    )
    assert same_bits(torch.from_numpy(found).to(dtype), wide.to(dtype)), "rounded once"
    assert (apart <= PRECISION[dtype] * np.linalg.norm(h, axis=-1) * max(1, abs(strength))).all()


@given(shapes, strengths, st.floats(0.001, 1000), seeds)
@settings(deadline=None)
def test_an_ablation_does_not_see_how_long_the_direction_is_or_which_way_it_points(
    shape: tuple[int, int], strength: float, factor: float, seed: int
) -> None:
    states, direction = drawn(shape, seed)
    ablate = operation_named("ablate")
    made = Edit(ablate, direction, strength)(states)
    assert same_bits(made, Edit(ablate, -direction, strength)(states))
    torch.testing.assert_close(made, Edit(ablate, factor * direction, strength)(states), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("length", [1e-38, 1e-20, 1e20, 1e38])
def test_the_shortest_and_the_longest_direction_can_be_ablated(length: float) -> None:
    states, direction = drawn((4, 64), 0)
    level = direction / direction.abs().max()
    left = Edit(operation_named("ablate"), level * length, 1.0)(states)
    torch.testing.assert_close(left, Edit(operation_named("ablate"), level, 1.0)(states))


def test_along_zeros_lies_nothing() -> None:
    states, direction = drawn((4, 8), 0)
    assert not projection(states, 0 * direction).any()
    assert torch.equal(Edit(operation_named("ablate"), 0 * direction, 1.0)(states), states)


@given(shapes, dtypes, strengths, seeds)
@settings(deadline=None)
def test_adding_rounds_scale_times_the_vector_to_the_state_s_type_and_adds_it(
    shape: tuple[int, int], dtype: torch.dtype, strength: float, seed: int
) -> None:
    states, direction = drawn(shape, seed)
    states, edit = states.to(dtype), Edit(operation_named("add"), direction, strength)
    assert torch.equal(edit(states), states + (strength * direction).to(dtype))
    assert torch.equal(edit.change(states), (strength * direction).expand(shape))
    assert torch.equal(edit.delta, strength * direction)


def test_what_is_expected_of_an_ablation_is_what_lies_along_the_direction() -> None:
    states, direction = drawn((3, 16), 0)
    edit = Edit(operation_named("ablate"), direction, 0.5)
    for dtype in (torch.float32, torch.bfloat16):
        given_states = states.to(dtype)
        torch.testing.assert_close(
            edit.change(given_states), -0.5 * projection(given_states.float(), direction)
        )
    with pytest.raises(VectorError, match="what 'ablate' adds to a state depends on the state"):
        edit.delta  # noqa: B018 - asking is the test


def test_the_strength_of_an_ablation_is_not_divided_by_the_layers() -> None:
    vector = random_vector((0, 1, 2))
    assert Intervention(vector, operation="ablate").edit(1).strength == 1.0
    assert Intervention(vector, operation="ablate", scale=0.5).coefficient == 0.5
    assert Intervention(vector, operation="add", scale=3.0).edit(1).strength == 1.0


def test_the_spec_names_the_operation_and_nothing_else_of_it() -> None:
    added, ablated = (Intervention(random_vector(), operation=name).spec() for name in ("add", "ablate"))
    assert {**ablated, "operation": "add"} == added


def test_a_name_of_another_file_is_not_taken_over(registry: dict[str, Operation]) -> None:
    def ablate(states: Tensor, _direction: Tensor, _strength: float) -> Tensor:
        return states

    with pytest.raises(VectorError, match="an operation named 'ablate' is registered already"):
        operation(ablate)


def test_an_operation_that_loses_states_is_refused_by_name() -> None:
    first = Operation("first", lambda states, _direction, _strength: states[:1])
    with pytest.raises(VectorError, match=r"operation 'first' makes \[1, 8\] of states \[4, 8\]"):
        Edit(first, torch.ones(8), 1.0)(torch.ones(4, 8))


def test_every_operation_of_the_package_is_tried() -> None:
    assert {name.partition("(")[0] for name in EVERY} == set(operations.OPERATIONS)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cap(hi=2)", "takes no number called hi; it takes low, high"),
        ("clamp", r"needs a number for value, as in clamp\(value=1\)"),
        ("ablate(by=2)", "takes no number called by; it takes none"),
        ("cap(high=2, high=3)", "gives high twice"),
        ("cap(2)", "has '2' where a name and a number, such as high=2, belong"),
        ("cap(high=nan)", "high nan is not a finite number"),
        ("cap(high=two)", "high 'two' is not a finite number"),
        ("cap(high=2", "is not a name, such as ablate, or a call"),
        ("swap(second=1)", "takes no number called second"),
        ("capp(high=2)", r"operation 'capp' is not known; did you mean 'cap'\? known are ablate"),
        (3, "operation 3 is not a name"),
    ],
)
def test_a_malformed_operation_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(VectorError, match=sentence):
        Intervention(random_vector(), operation=text)


def test_the_spec_holds_an_operation_with_its_numbers_in_one_form() -> None:
    written = [" cap( high=2.50,low = -1e0 ) ", "cap(low=-1, high=2.5)"]
    assert {Intervention(random_vector(), operation=one).spec()["operation"] for one in written} == {
        "cap(low=-1, high=2.5)"
    }


def test_another_vector_is_part_of_the_spec_and_asked_of_those_operations_that_take_one() -> None:
    vector, second = random_vector(), random_vector(seed=1)
    alone, both = (
        Intervention(vector, operation="swap"),
        Intervention(vector, operation="swap", second=second),
    )
    assert both.spec() == {**alone.spec(), "second": second.sha256[:16]}
    with pytest.raises(VectorError, match="operation 'ablate' takes one vector; leave second= out"):
        Intervention(vector, operation="ablate", second=second)
    with pytest.raises(VectorError, match="has no direction for layers"):
        Intervention(vector, operation="swap", second=random_vector((1,)))
    with pytest.raises(VectorError, match="cannot be put together"):
        Intervention(vector, operation="swap", second=random_vector(hidden=8))


def test_an_operation_that_needs_another_vector_says_so(registry: dict[str, Operation]) -> None:
    @operation
    def between(states: Tensor, direction: Tensor, strength: float, *, second: Tensor) -> Tensor:
        return states + strength * (direction + second)

    with pytest.raises(VectorError, match="operation 'between' needs another vector; give it as second="):
        Intervention(random_vector(), operation="between")
    assert registry["between"].own


def test_an_operation_that_only_adds_takes_nothing_else(registry: dict[str, Operation]) -> None:
    with pytest.raises(VectorError, match="so it can take nothing else"):

        @operation(additive=True)
        def more(states: Tensor, direction: Tensor, strength: float, *, by: float) -> Tensor:
            return states + strength * by * direction

    assert "more" not in registry
