"""The cost model counts what its page says that it counts, and the page shows what it counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tools.docs_tables import DOCS, with_tables
from tools.scaling.cost import Geometry, Machine, Plan
from tools.scaling.measured import H200, POINTS

TINY = Geometry("tiny", parameters=1000, blocks=2, hidden=10, kv_width=4, value_bytes=2)
PLAN = Plan(prompts=3, prompt_tokens=100, new_tokens=5, arms=8, rows=4)
MACHINE = Machine("m", prefill=1e6, decode=5e5, bandwidth=1e12)


def test_shared_prompts_are_read_once_and_others_once_for_each_cell() -> None:
    assert PLAN.read_tokens == 300
    assert replace(PLAN, shared=False).read_tokens == 8 * 300


def test_reading_counts_parameters_twice_and_the_columns_attended_to() -> None:
    assert MACHINE.reading(TINY, PLAN) == pytest.approx(300 * (2 * 1000 + 4 * 10 * 2 * 50) / 1e6)


def test_writing_takes_the_longest_of_operations_weights_and_started_blocks() -> None:
    operations = 3 * 8 * 5 * (2 * 1000 + 4 * 10 * 2 * 102.5) / 5e5
    passes = 2 * 5  # 24 answers in batches of 16
    assert MACHINE.writing(TINY, PLAN) == pytest.approx(operations)
    assert replace(MACHINE, bandwidth=100.0).writing(TINY, PLAN) == pytest.approx(passes * 2000 / 100)
    assert replace(MACHINE, block_seconds=3.0).writing(TINY, PLAN) == pytest.approx(passes * 2 * 3)


def test_memory_holds_weights_prefixes_once_and_answers_each() -> None:
    token = 2 * 4 * 2 * 2
    assert MACHINE.memory(TINY, PLAN) == 2000 + token * (2 * 100 + 16 * 5)
    assert MACHINE.memory(TINY, replace(PLAN, shared=False)) == 2000 + token * (4 * 100 + 4 * 5)


def test_what_was_measured_is_met_as_the_page_says() -> None:
    ratios = {point: point.machine.seconds(point.model, point.plan) / point.seconds for point in POINTS}
    assert all(
        0.6 <= one <= 1.0 if point.machine is H200 else 0.8 <= one <= 1.4 for point, one in ratios.items()
    )


def test_the_page_is_as_the_model_computes_it() -> None:
    page = (DOCS / "scaling.md").read_text(encoding="utf-8")
    assert with_tables(page) == page
    assert page.count("<!-- table: scaling") == 3
