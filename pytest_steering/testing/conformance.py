"""The suite behind `pytest --steering-conformance`: nothing but the steering itself may change an answer.

Greedy tokens must be equal in float32 except where the two best logits lie within `TIE_MARGIN`; such answers
are listed in the report section "near-ties". Log-probabilities may move by what rounding explains.

The engine of the run and those that the hook `pytest_steering_engines` names are held against every trap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_steering.errors import ModelError
from pytest_steering.models.rounding import parted
from pytest_steering.models.running.completion import Completion
from pytest_steering.testing.invariances import (
    LOW_PRECISION_LOGPROB,
    PROMPTS,
    Comparison,
    answers,
    arms,
    compare,
    prompt_logprobs,
    rebuilt,
    rounding_of,
    uncached_faults,
)
from pytest_steering.testing.traps.engine_request import MakeEngine
from pytest_steering.testing.traps.known_traps import TRAPS
from pytest_steering.testing.traps.probes import Probes
from pytest_steering.testing.traps.registered_engines import engines_of
from pytest_steering.testing.traps.trap import Trap
from pytest_steering.testing.traps.trap_verdict import FAILED, PASSED, TrapTrial

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel

Require = Callable[[Comparison], None]
Answers = Sequence[Sequence[Completion]]
Engines = Mapping[str, MakeEngine]

_CHOICES = (" yes", " no")


@pytest.fixture
def require_equal(request: pytest.FixtureRequest) -> Require:
    """Fail on answers that differ without a tie, and list those that do with one."""

    def require(found: Comparison) -> None:
        if found.tied:
            request.node.add_report_section("call", "near-ties", "\n".join(found.tied))
            request.node.user_properties.append(("near_ties", len(found.tied)))
        assert not found.differing, "\n".join(found.differing)

    return require


@pytest.fixture
def float32(steering_model: SteerableModel) -> SteerableModel:
    """The model, where it runs in float32: in lower precision every shape of a batch rounds differently."""
    import torch

    if next(steering_model.loaded.module.parameters()).dtype != torch.float32:
        pytest.skip("tokens are held equal in float32 alone; add --steering-dtype float32")
    return steering_model


@pytest.fixture(scope="session")
def usual(steering_model: SteerableModel) -> Answers:
    """The answers as they are written where nothing is said: what most checks hold another way against."""
    return answers(steering_model)


def test_a_repeated_run_gives_the_same_bits(steering_model: SteerableModel, usual: Answers) -> None:
    """Two runs of the same thing are one thing."""
    assert answers(steering_model) == usual


def test_a_batch_of_one_answers_as_a_batch_of_several(
    float32: SteerableModel, usual: Answers, require_equal: Require
) -> None:
    """Who shares a batch with a prompt is none of its business."""
    require_equal(compare(answers(replace(float32, batch_rows=1)), usual))


def test_the_order_of_the_prompts_does_not_matter(
    float32: SteerableModel, usual: Answers, require_equal: Require
) -> None:
    """Answers come back in the order of the questions."""
    backwards = [arm[::-1] for arm in answers(float32, PROMPTS[::-1])]
    require_equal(compare(backwards, usual))


def test_left_padding_answers_as_right_padding(float32: SteerableModel) -> None:
    """Pads are never steered and never read, on either side."""
    if float32.batch_rows == 1:
        pytest.skip("this model runs one row at a time, so that nothing is ever padded")
    moved = parted(prompt_logprobs(float32, "left"), prompt_logprobs(float32, "right"))
    assert moved <= rounding_of(float32)


def test_a_cache_changes_no_token(float32: SteerableModel, usual: Answers, require_equal: Require) -> None:
    """What is steered step by step is what is steered when the whole text is read again."""
    require_equal(uncached_faults(float32, usual))


def test_nnsight_answers_as_hooks(steering_model: SteerableModel, require_equal: Require) -> None:
    """The engines are two ways to do one thing."""
    try:
        other = steering_model.with_engine("nnsight")
    except ModelError as error:
        pytest.skip(f"nnsight does not steer this model: {error}")
    require_equal(compare(answers(other), answers(steering_model.with_engine("hooks"))))


def test_eager_attention_answers_as_sdpa(float32: SteerableModel, require_equal: Require) -> None:
    """How attention is computed is none of the answer's business."""
    try:
        eager, sdpa = rebuilt(float32, attention="eager"), rebuilt(float32, attention="sdpa")
    except ModelError as error:
        pytest.skip(str(error))
    require_equal(compare(answers(eager), answers(sdpa)))


def test_bfloat16_is_near_float32(float32: SteerableModel) -> None:
    """Eight bits of precision move log-probabilities, but not far."""
    low = rebuilt(float32, dtype="bfloat16")
    assert _distance(_choice_scores(float32), _choice_scores(low)) <= LOW_PRECISION_LOGPROB


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try each engine that is to be held against the traps."""
    if "trial" in metafunc.fixturenames:
        named = engines_of(metafunc.config)
        metafunc.parametrize("trial", named.values(), ids=named, indirect=True, scope="session")


@pytest.fixture(scope="session")
def trial(request: pytest.FixtureRequest, steering_model: SteerableModel) -> TrapTrial:
    """An engine, started on the model."""
    make: MakeEngine = request.param
    return TrapTrial(steering_model, make(steering_model), Probes(steering_model))


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
@pytest.mark.usefixtures("float32")
def test_the_engine_does_not_fall_into(trap: Trap, trial: TrapTrial) -> None:
    """What was seen in engines that steer: each trap's requests are answered as plain hooks answer them."""
    found = trial.verdict(trap)
    assert found.outcome != FAILED, f"{trap.fault}: {found.reason}"
    if found.outcome != PASSED:
        pytest.skip(f"{found.outcome}: {found.reason}")


def _choice_scores(model: SteerableModel) -> Tensor:
    import torch

    return torch.stack(model.choice_logprobs(list(PROMPTS), list(_CHOICES), arms(model)))


def _distance(one: Tensor, other: Tensor) -> float:
    """Return the largest difference, where either gives a token at least one chance in a thousand."""
    likely = (one > math.log(1e-3)) | (other > math.log(1e-3))
    return float(((one - other).abs() * likely).max())
