from __future__ import annotations

from pytest_steering.gate.gated_cells import expected_cells, steered_cells
from tests.gate.runs import run


def test_without_an_expectation_every_steered_cell_stands_beside_its_unsteered_control() -> None:
    unsteered, steered, _expected = records = run()
    (found,) = steered_cells(records)
    assert (found.record, found.unsteered) == (steered, unsteered)
    (asked,) = expected_cells(records)
    assert (asked.record, asked.unsteered) == (steered, unsteered)
