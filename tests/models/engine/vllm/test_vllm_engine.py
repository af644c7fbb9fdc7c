"""vLLM itself, on models with heads of 32; `nox -s vllm` has an environment for it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from pytest_steering.errors import InterventionError, PromptError
from pytest_steering.models.loading.smollm2 import SMOLLM2
from pytest_steering.models.loading.specs import resolve_optional
from pytest_steering.models.proving.row_trials import COARSER
from pytest_steering.models.rounding import rounding
from pytest_steering.models.running.sampling import Sampling
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from pytest_steering.testing.invariances import compare
from tests.models.engine.vllm.saved_models import saved
from tests.tiny import FAMILIES, random_vector

if TYPE_CHECKING:
    from pytest_steering.models.running.completion import Completion
    from pytest_steering.steering.positions import PositionsLike

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("vllm") is None, reason="needs vLLM: nox -s vllm"),
]

PROMPTS = [[5, 16, 17, 11, 28], [7], [37, 91, 81, 34, 40, 48, 28, 45], [29, 20, 30]]
POSITIONS: list[PositionsLike] = [
    "last",
    "all",
    "prompt",
    "generated",
    [0, -1],
    "all - prompt[:1]",
    "generated[:3]",
]


@pytest.fixture(scope="module", params=FAMILIES)
def hooks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SteerableModel:
    return SteerableModel.load(saved(request.param, tmp_path_factory.mktemp(request.param)))


@pytest.fixture(scope="module")
def vllm(hooks: SteerableModel) -> SteerableModel:
    return hooks.with_engine("vllm")


def test_arms_mixed_in_one_batch_answer_as_plain_hooks(hooks: SteerableModel, vllm: SteerableModel) -> None:
    arms: list[Intervention | None] = [
        None,
        *(an_arm(hooks, 1 + number % 3, at) for number, at in enumerate(POSITIONS)),
        None,
    ]
    found, wanted = (model.complete(PROMPTS, arms, max_new_tokens=16) for model in (vllm, hooks))
    assert not compare(found.arms, wanted.arms).differing
    assert found.counts.steered_tokens == wanted.counts.steered_tokens
    assert tokens(found.arms[0]) == tokens(found.arms[-1])
    assert any(tokens(arm) != tokens(found.arms[0]) for arm in found.arms[1:-1])


def test_steered_and_unsteered_calls_leave_each_other_alone(vllm: SteerableModel) -> None:
    long = [[5 + number % 90 for number in range(160)]]
    arm = an_arm(vllm, 1, "all")
    first = [vllm.complete(long, [one], max_new_tokens=8).arms[0] for one in (None, arm)]
    again = [vllm.complete(long, [one], max_new_tokens=8).arms[0] for one in (None, arm, None)]
    assert [tokens(one) for one in again] == [tokens(first[0]), tokens(first[1]), tokens(first[0])]


def test_states_are_those_of_transformers(hooks: SteerableModel, vllm: SteerableModel) -> None:
    found, wanted = (model.hidden_states(PROMPTS, "all") for model in (vllm, hooks))
    for layer, state in wanted.items():
        assert (found[layer] - state).norm() <= 1e-5 * state.norm()


def test_what_it_cannot_do_is_refused_by_name(vllm: SteerableModel) -> None:
    with pytest.raises(InterventionError, match="'ablate' does not, and this engine does nothing else"):
        vllm.complete(PROMPTS, [an_arm(vllm, 1, "all", operation="ablate")])
    with pytest.raises(InterventionError, match="are a function"):
        vllm.complete(PROMPTS, [an_arm(vllm, 1, lambda ids: [True] * len(ids))])
    with pytest.raises(PromptError, match="vllm engine takes the likeliest tokens"):
        vllm.complete(PROMPTS, sampling=Sampling())


def an_arm(
    model: SteerableModel, layer: int, positions: PositionsLike, operation: str = "add"
) -> Intervention:
    vector = random_vector((layer,), model.architecture.hidden_size, seed=layer)
    return Intervention(vector, scale=2.0, positions=positions, operation=operation)


def tokens(arm: Sequence[Completion]) -> list[tuple[int, ...]]:
    return [done.token_ids for done in arm]


OPENINGS = [
    "The capital of France is",
    "I went to the cinema and",
    "My dog",
    "Once upon a time there was a king who",
    "The best thing about winter is",
    "She opened the letter and",
]


@pytest.fixture(scope="module")
def smollm2() -> SteerableModel:
    spec = resolve_optional(SMOLLM2)
    if spec.absent:
        pytest.skip(spec.absent)
    return SteerableModel.load(spec, device="cpu")


def test_smollm2_is_proven_and_answers_as_by_plain_hooks(smollm2: SteerableModel) -> None:
    vector = random_vector((1, 15, 28), smollm2.architecture.hidden_size, norm=30.0)
    places: list[tuple[int, PositionsLike]] = [
        (1, "last"),
        (15, "all"),
        (28, "prompt"),
        (15, "generated[:3]"),
    ]
    arms = [None, *(Intervention(vector.only([layer]), positions=at) for layer, at in places)]
    found, wanted = (
        model.complete(OPENINGS, arms, max_new_tokens=16) for model in (smollm2.with_engine("vllm"), smollm2)
    )
    assert [tokens(arm) for arm in found.arms] == [tokens(arm) for arm in wanted.arms]
    assert all(tokens(arm) != tokens(found.arms[0]) for arm in found.arms[1:])


def test_what_is_rounding_between_engines_is_far_less_than_one_block(smollm2: SteerableModel) -> None:
    """The proof allows what vLLM rounds off; a numbering that is off by one has to stay beyond it."""
    states = smollm2.hidden_states(OPENINGS, "all")
    apart = [
        float(((states[layer + 1] - states[layer]).norm(dim=-1) / states[layer + 1].norm(dim=-1)).min())
        for layer in list(states)[:-1]
    ]
    blocks = smollm2.architecture.num_layers
    assert min(apart) > 20 * COARSER * rounding(smollm2.loaded.module.dtype, blocks + 1)
