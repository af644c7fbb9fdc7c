"""Operations beside adding: the engines write what plain hooks write, and a proof tells them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine import edit_session as sessions
from pytest_steering.models.engine.base import Engine, LoadedModel
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.engine.hooks import HooksEngine
from pytest_steering.models.engine.writing import LayerWriter
from pytest_steering.models.loading.specs import DEFAULT_MODELS
from pytest_steering.models.proving import admission
from pytest_steering.models.proving.proof import DECODE, Proof, prove
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering import operations
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.operations import operation, projection
from tests.models.conftest import ModelOf
from tests.near import assert_near
from tests.reference import EVERYWHERE, Row, ablated, full_logits, greedy
from tests.tiny import BLOCK_PATHS, ENGINES, FAMILIES, PROMPTS, random_vector, tiny_model

STEPS = 4
WRITTEN = "a block hands on what was asked, bit for bit, at the asked tokens alone"
CODE = ("int f(void) {", "x;", "Is this code secure or vulnerable?\nAnswer:", "char b[8]; gets(b);")

edit = EditSession.edit


def ablation(positions: str = "last", **options: Any) -> Intervention:
    return Intervention(random_vector(), operation="ablate", positions=positions, **options)


def rows_of(model: SteerableModel, arm: Intervention, prompts: Sequence[str]) -> list[Row]:
    """The rows as the reference takes them; an ablation is done in full at every layer."""
    deltas = {layer: arm.vector.directions[layer] for layer in arm.at}
    return [Row(ids, deltas, EVERYWHERE[arm.where.name], ablated) for ids in model.tokens(prompts)]


def require_plain(model: SteerableModel, arm: Intervention, prompts: Sequence[str]) -> None:
    """Hold padded batches, decoding and likelihoods against plain hooks that ablate in double precision."""
    loaded, path = model.loaded, BLOCK_PATHS[model.architecture.family]
    rows = rows_of(model, arm, prompts)
    expected = greedy(loaded.module, path, rows, STEPS, loaded.pad_id, loaded.stop_ids)
    (found,) = model.complete(prompts, [arm], max_new_tokens=STEPS).arms
    for done, plain in zip(found, expected, strict=True):
        assert list(done.token_ids) == plain.tokens or done.tied_at is not None
    (scores,) = model.choice_logprobs(prompts, [" w3 w9"], [arm])
    by_hand = []
    for row, goes_on in zip(rows, model.continuations(prompts, [[" w3 w9"]] * len(prompts)), strict=True):
        (answer,), prompt = goes_on.answers, list(goes_on.prompt)
        logits = full_logits(loaded.module, path, replace(row, prompt=prompt), answer).log_softmax(-1)
        by_hand.append(sum(logits[len(prompt) - 1 + step, token] for step, token in enumerate(answer)))
    assert_near(scores[:, 0], torch.tensor(by_hand), blocks=model.architecture.num_layers + 1)


@pytest.mark.parametrize("positions", EVERYWHERE)
def test_an_ablation_writes_what_a_plain_hook_writes(steered_model: SteerableModel, positions: str) -> None:
    require_plain(steered_model, ablation(positions), PROMPTS)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", DEFAULT_MODELS)
def test_an_ablation_of_an_embedded_model_writes_what_a_plain_hook_writes(name: str, engine: str) -> None:
    model = SteerableModel.load(name, device="cpu", engine=engine)
    vector = model.hidden_states(CODE[:2], "last3")
    for positions in ("last", "all"):
        arm = Intervention(
            random_vector(tuple(vector), model.architecture.hidden_size),
            operation="ablate",
            positions=positions,
        )
        require_plain(model, arm, CODE)


def test_an_ablation_changes_the_text_and_the_engines_agree(model_of: ModelOf) -> None:
    for family in FAMILIES:
        hooks, nnsight = (
            model_of(family, engine).generate(PROMPTS, [None, ablation("all")], max_new_tokens=STEPS)
            for engine in ENGINES
        )
        assert hooks == nnsight
        assert hooks[0] != hooks[1]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_what_leaves_an_ablated_block_has_nothing_along_the_direction(dtype: torch.dtype) -> None:
    """Read by a hook of the test's own, in the model's type, and a few roundings of it wide."""
    model = tiny_model("qwen2")
    model = replace(model, loaded=replace(model.loaded, module=model.loaded.module.to(dtype)))
    model.require([ablation("all")])
    states: list[Tensor] = []
    block = model.loaded.module.get_submodule("model.layers.4")
    handle = block.register_forward_pre_hook(lambda _module, args: states.append(args[0].double()))
    model.generate(PROMPTS[-1:], ablation("all"), max_new_tokens=2)
    handle.remove()
    direction = random_vector().directions[3].double()
    assert len(states) == 2
    for state in states:
        along = (state @ direction / direction.norm()).abs() / state.norm(dim=-1)
        assert float(along.max()) <= 4 * torch.finfo(dtype).eps


@pytest.mark.parametrize("sharing", ["tree", "copies", "none"])
def test_operations_in_one_batch_do_what_each_does_alone(steered_model: SteerableModel, sharing: str) -> None:
    model = replace(steered_model, sharing=sharing)
    for positions in ("last", "all"):
        arms = [
            None,
            Intervention(random_vector(seed=1), scale=3.0, positions=positions),
            ablation(positions),
            Intervention(random_vector(seed=2), [3], 0.5, "ablate", positions),
            Intervention(random_vector(seed=1), scale=0.0, operation="ablate", positions=positions),
        ]
        together = model.generate(PROMPTS, arms, max_new_tokens=STEPS)
        assert together == [model.generate(PROMPTS, arm, max_new_tokens=STEPS) for arm in arms]
        assert together[4] == together[0]


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_batch_of_one_is_ablated_as_a_batch_of_many(model: SteerableModel, rows: int) -> None:
    arms = [ablation("all"), ablation("last", scale=0.7)]
    few = replace(model, batch_rows=rows)
    assert few.generate(PROMPTS, arms, max_new_tokens=STEPS) == model.generate(
        PROMPTS, arms, max_new_tokens=STEPS
    )


def wrong_sign(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return 2 * state - edit(session, layer, state)


def halved(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return (state + edit(session, layer, state)) / 2


def one_token_late(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return state + (edit(session, layer, state) - state).roll(1, dims=1)


def one_row_late(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return state + (edit(session, layer, state) - state).roll(1, dims=0)


def not_in_decode(session: EditSession, layer: int, state: Tensor) -> Tensor:
    return state if len(session.trace.forwards) > 1 else edit(session, layer, state)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "fault",
    [wrong_sign, halved, one_token_late, one_row_late, not_in_decode],
    ids=lambda fault: fault.__name__,
)
def test_an_engine_that_ablates_wrongly_is_caught(
    fault: Callable[..., Tensor], engine: str, model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of("starcoder2", engine)
    assert model.generate(PROMPTS, ablation(), max_new_tokens=3)
    monkeypatch.setattr(EditSession, "edit", fault)
    with pytest.raises(InterventionError):
        model.generate(PROMPTS, ablation(), max_new_tokens=3)


def failing(model: SteerableModel, name: str) -> list[str]:
    return [check.claim for check in prove(model.loaded, make_engine("hooks", model.loaded), name).failures]


def writing(name: str) -> Callable[..., LayerWriter]:
    """A writer that does another operation than the interventions ask for."""

    def make(layer: int, rows: Sequence[Intervention | None], state: Tensor) -> LayerWriter:
        swapped = [None if row is None else replace(row, operation=name) for row in rows]
        return LayerWriter(layer, swapped, state)

    return make


@pytest.mark.parametrize(("asked", "done"), [("add", "ablate"), ("ablate", "add")])
def test_a_proof_tells_one_operation_from_the_other(
    asked: str, done: str, model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of("qwen2")
    assert failing(model, asked) == []
    monkeypatch.setattr(sessions, "LayerWriter", writing(done))
    assert {WRITTEN, DECODE, "all blocks can be steered at once"} <= set(failing(model, asked))


def test_a_proof_finds_an_ablation_at_the_wrong_tokens(
    model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EditSession, "edit", one_token_late)
    monkeypatch.setattr(EditSession, "check_first", lambda *_: None)
    assert WRITTEN in failing(model_of("qwen2"), "ablate")


def test_a_proof_finds_an_ablation_at_the_wrong_block(
    model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = HooksEngine._calls_by_module

    def one_lower(self: HooksEngine, layers: Sequence[int]) -> dict[str, dict[int, int]]:
        blocks = self._loaded.architecture.blocks
        calls = [layer for found in right(self, layers).values() for layer in found.values()]
        return {blocks[max(0, layer - 1)].path: {0: layer} for layer in calls}

    monkeypatch.setattr(HooksEngine, "_calls_by_module", one_lower)
    assert {WRITTEN, "lower blocks are unchanged"} <= set(failing(model_of("qwen2"), "ablate"))


@pytest.fixture
def own() -> Iterator[Callable[..., str]]:
    """Registers an operation for one test and returns its name."""
    before = dict(operations.OPERATIONS)
    yield lambda function, **traits: (operation(**traits)(function), function.__name__)[1]
    operations.OPERATIONS.clear()
    operations.OPERATIONS.update(before)


def used(model: SteerableModel, name: str) -> list[str]:
    return model.generate(PROMPTS, Intervention(random_vector(), operation=name), max_new_tokens=3)


def test_an_operation_is_proven_once_when_it_is_first_used(
    own: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def mirrored(states: Tensor, direction: Tensor, strength: float) -> Tensor:
        return states - 2 * strength * projection(states, direction)

    def counted(loaded: LoadedModel, engine: Engine, operation: str) -> Proof:
        asked.append(operation)
        return prove(loaded, engine, operation)

    name, asked = own(mirrored, divides_scale=False), list[str]()
    monkeypatch.setattr(admission, "proof_key", lambda *_: None)
    monkeypatch.setattr(admission, "prove", counted)
    model = tiny_model("qwen2")
    for _ in range(2):
        assert used(model, name) != used(model, "ablate") != used(model, "add")
    assert asked == ["add", name, "ablate"]


def test_an_operation_that_looks_at_the_whole_batch_is_refused(
    own: Callable[..., str], model_of: ModelOf
) -> None:
    def gated(states: Tensor, direction: Tensor, strength: float) -> Tensor:
        return states + strength * direction * ((states @ direction).max() > 0)

    with pytest.raises(
        InterventionError, match="'gated' makes something else of a state that stands beside others"
    ):
        used(model_of("qwen2"), own(gated))


def test_an_operation_that_writes_into_what_it_is_given_is_refused(
    own: Callable[..., str], model_of: ModelOf
) -> None:
    def written(states: Tensor, direction: Tensor, strength: float) -> Tensor:
        return states.add_(strength * direction)

    with pytest.raises(InterventionError, match="'written' changes the states that it is given"):
        used(model_of("qwen2"), own(written))


def test_an_operation_that_is_additive_by_its_word_alone_is_refused(
    own: Callable[..., str], model_of: ModelOf
) -> None:
    def scaled(states: Tensor, _direction: Tensor, strength: float) -> Tensor:
        return states * (1 + strength)

    with pytest.raises(InterventionError, match="is not what was asked for"):
        used(model_of("qwen2"), own(scaled, additive=True))


def test_an_operation_that_finds_nothing_to_change_is_proven_with_a_note(
    own: Callable[..., str], model_of: ModelOf
) -> None:
    def rarely(states: Tensor, direction: Tensor, strength: float) -> Tensor:
        return torch.where(projection(states, direction) > 1e9, states + strength * direction, states)

    model = model_of("qwen2")
    name = own(rarely)
    proof = prove(model.loaded, model.engine, name)
    assert proof.holds
    assert "'rarely' changes none of the states that were tried" in str(proof)
    assert used(model, name) == model.generate(PROMPTS, max_new_tokens=3)
