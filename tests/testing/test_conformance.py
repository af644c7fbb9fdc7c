"""The suite passes on sound models, fails on a fault below it, and replaces the user's own tests."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import torch

from pytest_steering import SteerableModel
from pytest_steering.models.engine import hooks
from pytest_steering.models.engine.base import forward_inputs
from pytest_steering.models.loading.specs import DEFAULT_MODELS
from pytest_steering.models.rounding import parted
from pytest_steering.models.running.completion import Completion
from pytest_steering.testing.invariances import compare, prompt_logprobs, rounding_of
from pytest_steering.testing.selection import select
from tests.near import FAR

SUITE = Path(__file__).parents[2] / "pytest_steering" / "testing" / "conformance.py"


def completion(*tokens: int, tied_at: int | None = None) -> list[list[Completion]]:
    return [[Completion("", tokens, 1, tied_at=tied_at)]]


def test_equal_answers_are_equal() -> None:
    found = compare(completion(1, 2), completion(1, 2))
    assert not found.differing
    assert not found.tied


def test_a_difference_is_named_with_its_place() -> None:
    assert compare(completion(1, 2, 3), completion(1, 9, 3)).differing == (
        "arm 0, prompt 0: token 1 differs",
    )


def test_a_shorter_answer_differs_where_it_ends() -> None:
    assert compare(completion(1), completion(1, 2)).differing == ("arm 0, prompt 0: token 1 differs",)


@pytest.mark.parametrize(("tied_at", "excused"), [(0, True), (1, True), (2, False)])
def test_a_near_tie_excuses_what_comes_after_it_alone(tied_at: int, excused: bool) -> None:
    found = compare(completion(1, 2, 3, tied_at=tied_at), completion(1, 9, 3))
    assert bool(found.tied) == excused
    assert bool(found.differing) != excused


@pytest.fixture(scope="module", params=DEFAULT_MODELS)
def embedded(request: pytest.FixtureRequest) -> SteerableModel:
    return SteerableModel.load(request.param, device="cpu")


def test_scores_with_pads_on_either_side_part_by_what_rounding_explains(embedded: SteerableModel) -> None:
    left, right = (prompt_logprobs(embedded, side) for side in ("left", "right"))
    assert parted(left, right) <= rounding_of(embedded)


def test_scores_where_pads_are_attended_to_part_by_far_more(
    embedded: SteerableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def attended(*given: Any) -> dict[str, Any]:
        inputs = forward_inputs(*given)
        return {**inputs, "attention_mask": torch.ones_like(inputs["attention_mask"])}

    right = prompt_logprobs(embedded, "right")
    monkeypatch.setattr(hooks, "forward_inputs", attended)
    assert parted(prompt_logprobs(embedded, "left"), right) > FAR * rounding_of(embedded)


def test_the_flag_collects_the_suite_and_nothing_else(pytestconfig: pytest.Config) -> None:
    class Config:
        args = ["tests"]  # noqa: RUF012 - as pytest has it

        @staticmethod
        def getoption(name: str) -> bool:
            return name == "--steering-conformance"

    select(Config)  # type: ignore[arg-type]
    assert Config.args == [str(SUITE)]
    assert not pytestconfig.getoption("--steering-conformance")


INSTALLED = any(point.value == "pytest_steering.plugin" for point in entry_points(group="pytest11"))
PLUGIN = () if INSTALLED else ("-p", "pytest_steering.plugin")

SABOTAGE = """
import pytest
from pytest_steering.models.engine.edit_session import EditSession

edit = EditSession.edit

def crosstalk(session, layer, state):
    edited = edit(session, layer, state)
    return edited + 0.3 * edited.mean(0, keepdim=True) if len(session.rows) > 1 else edited

@pytest.fixture(scope="session", autouse=True)
def sabotage(steering_model):
    EditSession.edit = crosstalk
    EditSession.check_first = lambda *_: None
    yield
    EditSession.edit = edit
"""


@pytest.mark.slow
def test_the_suite_passes_on_an_embedded_model(pytester: pytest.Pytester) -> None:
    pytester.copy_example(str(SUITE))
    run = pytester.runpytest_subprocess(*PLUGIN, "--steering-model", "starcoder2", "conformance.py")
    run.assert_outcomes(passed=8)


@pytest.mark.slow
def test_the_suite_fails_where_rows_of_a_batch_change_each_other(pytester: pytest.Pytester) -> None:
    pytester.copy_example(str(SUITE))
    pytester.makeconftest(SABOTAGE)
    run = pytester.runpytest_subprocess(*PLUGIN, "--steering-model", "starcoder2", "conformance.py")
    run.stdout.fnmatch_lines(["FAILED *test_a_batch_of_one_answers_as_a_batch_of_several*"])
