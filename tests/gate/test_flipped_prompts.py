from __future__ import annotations

from dataclasses import replace

from pytest_steering.gate.flipped_prompts import prompts_of
from pytest_steering.records import Outcome
from pytest_steering.tasks.task_registry import find_task
from tests.gate.runs import cell


def test_prompts_are_made_again_where_they_are_the_recorded_ones() -> None:
    twins = find_task("twins")
    first, second = twins.ask(twins.samples("test")[:2])
    outcomes = (
        Outcome(first.sample.id, "yes", prompt_sha256=first.prompt_sha256),
        Outcome(second.sample.id, "yes", prompt_sha256="of other code"),
    )
    assert prompts_of(cell("steered", outcomes), {}).texts == {first.sample.id: first.prompt}


def test_the_words_of_a_prompted_cell_stand_in_its_prompts() -> None:
    twins = find_task("twins")
    (asked,) = twins.ask(twins.samples("test")[:1], "Review carefully.")
    record = cell("prompted", (Outcome(asked.sample.id, "yes", prompt_sha256=asked.prompt_sha256),))
    worded = replace(record, spec={**record.spec, "intervention": {"header": "Review carefully."}})
    assert prompts_of(worded, {}).texts == {asked.sample.id: asked.prompt}


def test_a_data_set_that_is_not_at_hand_is_named_in_place_of_prompts() -> None:
    record = cell("steered", ())
    elsewhere = replace(record, spec={**record.spec, "data": {"dataset": "castle", "split": "test"}})
    found = prompts_of(elsewhere, {})
    assert not found.texts
    assert "castle" in found.missing


def test_prompts_of_a_task_that_only_a_test_knows_are_those_that_the_run_kept() -> None:
    record = cell("steered", (Outcome("a", "yes", prompt_sha256="1"), Outcome("b", "yes", prompt_sha256="2")))
    own = replace(record, spec={**record.spec, "data": {"dataset": "of a marker", "split": "test"}})

    assert prompts_of(own, {}, {"1": "What?", "2": "How?", "3": "Why?"}).texts == {"a": "What?", "b": "How?"}
    assert "of a marker" in prompts_of(own, {}, {"1": "What?"}).missing
