"""Every operation at every position, by each engine and way of sharing, against plain PyTorch hooks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from pytest_steering.errors import SteeringError
from pytest_steering.models.engine.decisions import Decisions
from pytest_steering.models.running.completion import Arms
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.reference import EVERYWHERE, Row, Steers, editing, greedy
from tests.steering.operations.drawing import USES
from tests.steering.operations.test_formulas import FORMULAS
from tests.tiny import BLOCK_PATHS, ENGINES, FAMILIES, PROMPTS, random_vector
from tools.census.build import build, tiny_tokenizer

STEPS = 4
LAYERS = (1, 3)
POSITIONS = tuple(EVERYWHERE)
WAYS = {"hooks": ("auto", "copies", "none"), "nnsight": ("none",)}

CELLS = [(*use, at, engine) for use, at, engine in product(FORMULAS, POSITIONS, ENGINES)]
FEW = CELLS[:: len(POSITIONS) * len(ENGINES) - 3]
"""Each operation at some position with some engine."""


def put_to_use(use: tuple[str, bool], positions: Any, **options: Any) -> Intervention:
    second = random_vector(seed=5) if use[1] else None
    return Intervention(
        random_vector(LAYERS), operation=use[0], positions=positions, per_layer=True, second=second, **options
    )


def by_formula(use: tuple[str, bool], arm: Intervention) -> Callable[[Tensor, Tensor], Tensor]:
    """What the operation makes of one state, by its formula in double precision."""
    directions, second = arm.vector.directions, arm.second
    seconds = {id(vector): second.directions[layer] for layer, vector in directions.items() if second}

    def edit(state: Tensor, vector: Tensor) -> Tensor:
        other = seconds.get(id(vector), torch.zeros_like(vector)).double().numpy()
        made = FORMULAS[use](state[None].double().numpy(), vector.double().numpy(), 1.0, other)
        return torch.from_numpy(made[0]).to(state.dtype)

    return edit


def tokens_of(model: SteerableModel, arms: Arms, prompts: Any = PROMPTS) -> list[Any]:
    done = model.complete(prompts, arms, max_new_tokens=STEPS)
    return [[one.token_ids if one.tied_at is None else () for one in arm] for arm in done.arms]


def written_plainly(model: SteerableModel, rows: list[Row]) -> list[tuple[int, ...]]:
    loaded, path = model.loaded, BLOCK_PATHS[model.architecture.family]
    found = greedy(loaded.module, path, rows, STEPS, loaded.pad_id, loaded.stop_ids)
    return [tuple(one.tokens) for one in found]


def require_alike(found: list[Any], expected: list[tuple[int, ...]]) -> None:
    """Tokens are the same; an answer in which two best logits nearly tie says nothing."""
    told = [(one, other) for one, other in zip(found, expected, strict=True) if one]
    assert len(told) > len(expected) // 2
    assert [one for one, _ in told] == [other for _, other in told]


def require_written(model: SteerableModel, arm: Intervention, rows: list[Row]) -> None:
    """Hold each way of sharing, and rows alone, against plain hooks; strength 0 against no steering."""
    expected = written_plainly(model, rows)
    other, nothing = Intervention(random_vector(seed=3)), replace(arm, scale=0.0)
    for way in WAYS[model.engine_name]:
        unsteered, found, zero, _ = tokens_of(replace(model, sharing=way), [None, arm, nothing, other])
        require_alike(found, expected)
        assert zero == unsteered
    require_alike(found, [tokens_of(model, [arm], [prompt])[0][0] for prompt in PROMPTS])


@pytest.mark.parametrize(
    ("name", "two", "positions", "engine"),
    [cell if cell in FEW else pytest.param(*cell, marks=pytest.mark.slow) for cell in CELLS],
)
def test_an_operation_writes_what_its_formula_writes_by_plain_hooks(
    model_of: ModelOf, name: str, two: bool, positions: str, engine: str
) -> None:
    family = FAMILIES[CELLS.index((name, two, positions, engine)) % len(FAMILIES)]
    model, arm = model_of(family, engine), put_to_use((name, two), positions)
    deltas, edit = dict(arm.vector.directions), by_formula((name, two), arm)
    rows = [Row(ids, deltas, EVERYWHERE[positions], edit) for ids in model.tokens(PROMPTS)]
    require_written(model, arm, rows)


SHARES: dict[str, Callable[[int], float]] = {
    "window(stop=2)": lambda step: float(step < 2),
    "window(start=1, stop=3)": lambda step: float(1 <= step < 3),
    "linear(tokens=3)": lambda step: max(0.0, 1 - step / 3),
    "exponential(rate=0.5)": lambda step: 0.5**step,
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("schedule", SHARES)
def test_a_schedule_follows_each_row_s_own_answer(model_of: ModelOf, schedule: str, engine: str) -> None:
    """The prompts have different lengths; a plain hook is told each row's own step."""
    model = model_of("starcoder2", engine)
    arm = put_to_use(("add", False), "all", schedule=schedule)
    expected = []
    for ids in model.tokens(PROMPTS):
        rows = [_at_step(ids, arm, share, step) for step, share in enumerate(map(SHARES[schedule], range(9)))]
        expected.append(_written_step_by_step(model, rows))
    for way in WAYS[engine]:
        _, found = tokens_of(replace(model, sharing=way), [None, arm])
        require_alike(found, expected)


def _at_step(ids: list[int], arm: Intervention, share: float, step: int) -> Row:
    deltas = {layer: share * direction for layer, direction in arm.vector.directions.items()}
    here: Steers = lambda token, prompt: max(0, token - prompt + 1) == step  # noqa: E731
    return Row(ids, deltas, here)


def _written_step_by_step(model: SteerableModel, rows: list[Row]) -> tuple[int, ...]:
    """Write one answer without a cache, each step's tokens steered by the row of that step."""
    answer: list[int] = []
    for _ in range(STEPS):
        with ExitStack() as stack, torch.no_grad():
            for row in rows:
                stack.enter_context(
                    editing(model.loaded.module, BLOCK_PATHS[model.architecture.family], [row], [0], 0)
                )
            ids = torch.tensor([[*rows[0].prompt, *answer]])
            logits = model.loaded.module(input_ids=ids, use_cache=False).logits
        answer.append(int(logits[0, -1].argmax()))
        if answer[-1] in model.loaded.stop_ids:
            break
    return tuple(answer)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("positions", ["last", "all"])
def test_each_prompt_decides_for_itself_whether_it_is_steered(
    model_of: ModelOf, positions: str, engine: str
) -> None:
    """Elsewhere one prompt of a batch that meets the condition steers all of them."""
    model = model_of("starcoder2", engine)
    states, condition = model.hidden_states(PROMPTS, [1])[1], random_vector((1,), seed=9)
    cosines = torch.nn.functional.cosine_similarity(states, condition.directions[1][None])
    threshold = float(cosines.sort().values[1:3].mean())
    arm = put_to_use(("swap", False), positions, when=f"similarity > {threshold}", condition=condition)
    always = replace(arm, when=None, condition=None)
    for way in WAYS[engine]:
        there = replace(model, sharing=way)
        unsteered, found, steered = tokens_of(there, [None, arm, always])
        expected = [steered[n] if cosines[n] > threshold else unsteered[n] for n in range(len(PROMPTS))]
        assert found == expected
        assert found not in (unsteered, steered)
    scores = model.choice_logprobs(PROMPTS, [" w3 w9", " w1"], [None, arm, always])
    held = (cosines > threshold)[:, None]
    torch.testing.assert_close(scores[1], torch.where(held, scores[2], scores[0]))


@pytest.mark.parametrize("engine", ENGINES)
def test_each_token_decides_for_itself_by_the_state_that_a_plain_hook_sees(
    model_of: ModelOf, engine: str
) -> None:
    model, condition = model_of("starcoder2", engine), random_vector((1,), seed=9)
    unit = condition.directions[1] / condition.directions[1].norm()
    arm = put_to_use(("swap", False), "all", when="similarity > 0 at each token", condition=condition)
    expected = []
    for ids in model.tokens(PROMPTS):
        answer: list[int] = []
        for _ in range(STEPS):
            logits = _decided_by_token(model, [*ids, *answer], arm, unit)
            answer.append(int(logits.argmax()))
            if answer[-1] in model.loaded.stop_ids:
                break
        expected.append(tuple(answer))
    for way in WAYS[engine]:
        unsteered, found = tokens_of(replace(model, sharing=way), [None, arm])
        require_alike(found, expected)
        assert found != unsteered


def _decided_by_token(model: SteerableModel, tokens: list[int], arm: Intervention, unit: Tensor) -> Tensor:
    """Read one text without a cache; swap at both layers those tokens whose state at block 1 is asked to."""
    blocks = model.loaded.module.get_submodule(BLOCK_PATHS[model.architecture.family])
    held: list[Tensor] = []

    def hook_of(layer: int) -> Callable[..., Any]:
        vector = arm.vector.directions[layer]

        def hook(_module: Any, _args: Any, output: Any) -> Any:
            state = output[0] if isinstance(output, tuple) else output
            if layer == LAYERS[0]:
                held.append(state @ unit > 0)
            swapped = state - 2 * (state @ vector / (vector @ vector))[..., None] * vector
            made = torch.where(held[-1][..., None], swapped, state)
            return (made, *output[1:]) if isinstance(output, tuple) else made

        return hook

    handles = [blocks[layer].register_forward_hook(hook_of(layer)) for layer in LAYERS]
    try:
        with torch.no_grad():
            logits: Tensor = model.loaded.module(input_ids=torch.tensor([tokens]), use_cache=False).logits
    finally:
        for handle in handles:
            handle.remove()
    return logits[0, -1]


KINDS = ("gpt2", "bloom", "openai-gpt", "mamba", "falcon_h1", "gemma3n_text")
"""Blocks that return a tensor, a tuple, a list, and streams first."""


@pytest.mark.parametrize(
    "model_type", [KINDS[1], *(pytest.param(one, marks=pytest.mark.slow) for one in (KINDS[0], *KINDS[2:]))]
)
def test_every_operation_runs_whatever_a_block_returns(model_type: str) -> None:
    """Each is proven bit for bit when it is first used; strength 0 changes no token."""
    model = SteerableModel.wrap(build(model_type), tiny_tokenizer(), name=model_type)
    size, prompts = model.architecture.hidden_size, ["w5 w9 w11", "w7", "w20 w3 w8 w31 w4"]
    vector, second = random_vector((0,), size), random_vector((0,), size, seed=5)
    for name, two in USES:
        arm = Intervention(vector, operation=name, positions="all", second=second if two else None)
        unsteered, zero, found = tokens_of(model, [None, replace(arm, scale=0.0), arm], prompts)
        assert zero == unsteered
        alone = [tokens_of(model, [arm], [prompt])[0][0] for prompt in prompts]
        assert [a for a, b in zip(found, alone, strict=True) if a and b] == [
            b for a, b in zip(found, alone, strict=True) if a and b
        ]


def test_a_condition_whose_block_does_not_run_ends_in_an_error(
    model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, condition = model_of("starcoder2", "hooks"), random_vector((0,), seed=9)
    arm = put_to_use(("swap", False), "last", when="similarity > 0", condition=condition)
    monkeypatch.setattr(Decisions, "decided", lambda _self, _layer, _state, _spans, shares: dict(shares))
    with pytest.raises(SteeringError, match="block of their condition has not run"):
        model.complete(PROMPTS, [arm], max_new_tokens=1)
