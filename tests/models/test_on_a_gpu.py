"""The same model on a CUDA device and on the processor: the same directions, states and answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.models.running.sampling import Sampling
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.models.engine.test_every_operation import put_to_use, tokens_of
from tests.steering.operations.drawing import USES
from tests.tiny import ENGINES, FAMILIES, PROMPTS, random_vector, tiny_module, tiny_tokenizer

pytestmark = pytest.mark.gpu

METHODS = (
    "mean_difference",
    "pca_diff",
    "pca_center",
    "whitened",
    "logistic",
    "learned_margin",
    "learned_text",
)
PAIRS = [ContrastPair(f"w{n} w5 w6", f"w{n} w5 w7 w8", f"p{n}") for n in range(8, 16)]
SAMPLING = Sampling(temperature=0.8, seed=1, draws=2)


def on(device: str, family: str = "starcoder2", engine: str = "hooks") -> SteerableModel:
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("torch finds no CUDA device here")
    return SteerableModel.wrap(tiny_module(family).to(device), tiny_tokenizer(), engine=engine)


@pytest.fixture(params=ENGINES)
def both(request: pytest.FixtureRequest) -> tuple[SteerableModel, SteerableModel]:
    return on("cuda", engine=request.param), on("cpu", engine=request.param)


@pytest.mark.parametrize("use", USES)
def test_an_operation_writes_the_same_answers(
    both: tuple[SteerableModel, SteerableModel], use: tuple[str, bool]
) -> None:
    arm = put_to_use(use, "all")

    require_same(both, [None, arm, replace(arm, positions="last", schedule="linear(tokens=3)")])


def test_a_condition_decides_the_same(both: tuple[SteerableModel, SteerableModel]) -> None:
    condition = random_vector(layers=(0,), seed=2)
    arms: list[Intervention | None] = [
        Intervention(random_vector((1, 3)), when=f"similarity > 0{where}", condition=condition)
        for where in ("", " at each token")
    ]

    require_same(both, arms)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("method", METHODS)
def test_a_method_finds_the_same_direction(family: str, method: str) -> None:
    here, there = (extract(on(device, family), PAIRS, method, layers=(1, 3)) for device in ("cuda", "cpu"))

    for layer, direction in there.directions.items():
        assert torch.cosine_similarity(here.directions[layer], direction, dim=0) > 0.999


def test_a_draw_is_the_same_where_its_seed_is() -> None:
    here, there = (
        on(device).complete(PROMPTS, [None], max_new_tokens=4, sampling=SAMPLING)
        for device in ("cuda", "cpu")
    )

    assert [one.token_ids for one in here.arms[0]] == [one.token_ids for one in there.arms[0]]


def test_nnsight_leaves_a_model_where_it_is() -> None:
    on("cuda")
    model = on("cpu", engine="nnsight")
    model.generate(PROMPTS, max_new_tokens=1)

    assert str(model.loaded.module.device) == "cpu"


def require_same(both: tuple[SteerableModel, SteerableModel], arms: list[Intervention | None]) -> None:
    """An answer in which two best logits nearly tie says nothing."""
    answers = [[answer for arm in tokens_of(model, arms) for answer in arm] for model in both]
    told = [(one, other) for one, other in zip(*answers, strict=True) if one and other]

    assert len(told) > len(answers[0]) // 2
    assert all(one == other for one, other in told)
