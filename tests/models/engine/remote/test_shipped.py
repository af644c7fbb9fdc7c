"""What the functions that travel do, on tensors alone."""

from __future__ import annotations

import torch

from pytest_steering.models.engine.remote.shipped import seen, steered

WHERE, ADDED = torch.tensor([[-1, -1, 0], [1, -1, -1]]), torch.tensor([[1.0, 2.0], [4.0, 4.0]])


def test_a_vector_is_added_where_the_plan_names_it_and_nowhere_else() -> None:
    output = torch.zeros(2, 3, 2)
    asked, before, mask = steered(output, None, WHERE, ADDED, 3)
    assert asked[0, 2].tolist() == [1, 2]
    assert asked[1, 0].tolist() == [4, 4]
    assert asked.sum() == 11
    assert output.sum() == 0
    wrote, untouched, finite, *_ = seen(asked, None, before, mask, asked, False)
    assert wrote.equal(mask)
    assert (untouched, finite) == (True, True)


def test_a_later_pass_has_the_last_columns_of_the_plan() -> None:
    asked, _, mask = steered((torch.zeros(2, 1, 2), "rest"), 0, WHERE, ADDED, 3)
    assert mask.tolist() == [[True], [False]]
    assert asked[1] == "rest"


def test_what_was_not_written_or_changed_elsewhere_is_reported() -> None:
    asked, before, mask = steered(torch.zeros(2, 3, 2), None, WHERE, ADDED, 3)
    wrote, untouched, finite, *_ = seen(before, None, before, mask, asked, False)
    assert not wrote.any()
    assert (untouched, finite) == (True, True)
    moved = asked.clone()
    moved[0, 0] = 1
    wrote, untouched, *_ = seen(moved, None, before, mask, asked, False)
    assert wrote.equal(mask)
    assert not untouched
    infinite = asked.clone()
    infinite[0, 2, 0] = torch.inf
    assert seen(infinite, None, before, mask, infinite, False)[2] is False


def test_no_number_at_a_pad_is_nothing_that_was_changed() -> None:
    output = torch.zeros(2, 3, 2)
    output[0, 0] = torch.nan
    asked, before, mask = steered(output, None, WHERE, ADDED, 3)
    assert seen(asked, None, before, mask, asked, False)[1:3] == (True, True)
