"""Whatever rows share, they write what each writes alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.near import assert_near, first_scores
from tests.tiny import FAMILIES, random_vector, tiny_model

if TYPE_CHECKING:
    from pytest_steering.models.running.completion import Completion
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.positions import TokenChooser

WAYS = ("tree", "copies")
STEPS = 5


def each_way(few: int) -> list[Any]:
    """Each way with few rows at a time, which cost most, and with all; by a plain run each way once."""
    quick = {("tree", few), ("copies", 64)}
    pairs = product(WAYS, (few, 64))
    return [pytest.param(*pair, marks=() if pair in quick else pytest.mark.slow) for pair in pairs]


PROMPTS = (
    "w3 w14 w15 w9 w26",
    "w5",
    "w35 w89 w79 w32 w38 w46 w26 w43",
    "w27 w18 w28",
    "w31 w41 w59 w26 w53 w58 w9 w7 w9 w3 w2 w3",
    "w8 w8",
)


def every_position(scale: float = 3.0) -> list[Intervention | None]:
    """Arms that leave the prompt at different tokens, among them some that share nothing."""
    positions: list[str | list[int] | TokenChooser] = [
        "last",
        "last_prompt",
        "generated",
        "generated[:2]",
        "prompt[-3:]",
        "prompt[-2:] + generated",
        "all",
        "prompt",
        [0],
        [-1],
        lambda ids: [token % 3 == 0 for token in ids],
    ]
    steered = [
        Intervention(random_vector((layer, 4), seed=seed), scale=scale, positions=where)
        for seed, where in enumerate(positions)
        for layer in (0, 2)
    ]
    return [steered[0], None, *steered[1:]]


def grid(layers: Sequence[int] = (0, 1, 3)) -> list[Intervention | None]:
    """A sweep as people run it: layers × scales, at `last`."""
    return [None] + [
        Intervention(random_vector((layer,), seed=seed), scale=scale)
        for layer in layers
        for scale in (-2.0, 1.0, 4.0)
        for seed in (0, 1)
    ]


def tokens(arms: Sequence[Sequence[Completion]]) -> list[list[tuple[int, ...]]]:
    return [[done.token_ids for done in arm] for arm in arms]


def alone(model: SteerableModel, arms: Sequence[Intervention | None]) -> list[list[tuple[int, ...]]]:
    return [tokens(model.complete(PROMPTS, [arm], max_new_tokens=STEPS).arms)[0] for arm in arms]


@pytest.fixture(scope="module")
def grid_alone(model: SteerableModel) -> list[list[tuple[int, ...]]]:
    return alone(model, grid())


@pytest.fixture(scope="module")
def positions_alone(model: SteerableModel) -> list[list[tuple[int, ...]]]:
    return alone(model, every_position())


@pytest.mark.parametrize(("way", "rows"), each_way(few=3))
def test_a_sweep_writes_what_each_cell_writes_alone(
    model: SteerableModel, grid_alone: list[list[tuple[int, ...]]], way: str, rows: int
) -> None:
    sweep = replace(model, sharing=way, batch_rows=rows).complete(PROMPTS, grid(), max_new_tokens=STEPS)
    assert sweep.sharing.split(";")[0] == way
    assert tokens(sweep.arms) == grid_alone


@pytest.mark.parametrize(("way", "rows"), each_way(few=5))
def test_arms_at_any_positions_write_what_each_writes_alone(
    model: SteerableModel, positions_alone: list[list[tuple[int, ...]]], way: str, rows: int
) -> None:
    found = replace(model, sharing=way, batch_rows=rows)
    sweep = found.complete(PROMPTS, every_position(), max_new_tokens=STEPS)
    assert tokens(sweep.arms) == positions_alone


@pytest.mark.parametrize("way", WAYS)
def test_first_tokens_scores_and_divergences_are_those_without_sharing(
    model: SteerableModel, way: str
) -> None:
    words = ["w3", "w50", "w70"]
    expected, found = (
        replace(model, sharing=sharing)
        .complete(PROMPTS, every_position(), max_new_tokens=2, choices=words)
        .arms
        for sharing in ("none", way)
    )
    for one, other in zip(expected, found, strict=True):
        assert_near(first_scores(other), first_scores(one))


@pytest.mark.parametrize("way", WAYS)
def test_choices_score_as_they_do_without_sharing(model: SteerableModel, way: str) -> None:
    choices = ["w3", "w50 w4 w17", "w70", "w9 w9"]
    expected, found = (
        replace(model, sharing=sharing, batch_rows=rows).choice_logprobs(PROMPTS, choices, every_position())
        for sharing, rows in (("none", 64), (way, 20))
    )
    for one, other in zip(expected, found, strict=True):
        assert_near(other, one)


@pytest.fixture(scope="module", params=FAMILIES)
def ending(request: pytest.FixtureRequest) -> SteerableModel:
    """A model that ends its answers with tokens which it writes early."""
    model = tiny_model(request.param)
    written = alone(replace(model, loaded=replace(model.loaded, stop_ids=frozenset())), grid())
    early = sorted({answer[2] for arm in written for answer in arm})[:6]
    return replace(model, loaded=replace(model.loaded, stop_ids=frozenset(early)))


@pytest.fixture(scope="module")
def ending_alone(ending: SteerableModel) -> list[list[tuple[int, ...]]]:
    return alone(ending, grid())


@pytest.mark.parametrize("way", WAYS)
def test_rows_that_end_at_different_steps_leave_the_others_as_they_are(
    ending: SteerableModel, ending_alone: list[list[tuple[int, ...]]], way: str
) -> None:
    assert len({len(answer) for arm in ending_alone for answer in arm}) > 2
    found = replace(ending, sharing=way).complete(PROMPTS, grid(), max_new_tokens=STEPS)
    assert tokens(found.arms) == ending_alone
    fed = sum(len(answer) for arm in ending_alone[1:] for answer in arm)
    assert found.counts.steered_tokens == fed


def test_the_beginning_of_a_prompt_is_read_once(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    prompts = [prompt for prompt in PROMPTS if " " in prompt]
    shared = model.complete(prompts, grid(), max_new_tokens=1).counts
    lengths = list(map(len, model.tokens(prompts)))
    assert shared.prompt_tokens == sum(length - 1 + len(grid()) for length in lengths)
    assert shared.shared_rows == shared.rows == len(prompts) * len(grid())


def test_one_arm_alone_and_the_nnsight_engine_share_nothing(model_of: ModelOf) -> None:
    single = model_of("qwen2").complete(PROMPTS, [None], max_new_tokens=2)
    other = model_of("qwen2", "nnsight").complete(PROMPTS, grid()[:3], max_new_tokens=2)
    assert [single.sharing, other.sharing] == ["none", "none"]
    assert single.counts.shared_rows == other.counts.shared_rows == 0
