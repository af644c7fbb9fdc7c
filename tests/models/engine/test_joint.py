"""Several interventions in one pass do what plain PyTorch hooks do, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import product

import pytest
import torch

from pytest_steering import Intervention, Joint, SteerableModel, SteeringVector
from pytest_steering.errors import InterventionError, VectorError
from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.engine.remote.token_plan import token_plan
from pytest_steering.models.engine.vllm.row_order import distinct_arms
from pytest_steering.models.running.batching import pad_left
from pytest_steering.steering.joint import edit_of_parts
from tests.models.conftest import ModelOf
from tests.models.engine.test_every_operation import STEPS, WAYS, by_formula, require_alike, tokens_of
from tests.reference import EVERYWHERE, Row, editing
from tests.tiny import BLOCK_PATHS, ENGINES, FAMILIES, PROMPTS, random_vector

CELLS = [*product(FAMILIES, ("last", "prompt", "all"), ENGINES)]
FEW = CELLS[::5]
"""Each family, position and engine once or twice."""


def joint(positions: str) -> Joint:
    """Two operations at one block, and a third that meets both; each along another vector at other tokens."""
    added = Intervention(random_vector((1, 3), seed=1), positions=positions, per_layer=True)
    ablated = Intervention(random_vector((3,), seed=2), operation="ablate", positions="all")
    capped = Intervention(random_vector((2, 3), seed=3), operation="cap(high=0.5)", positions="generated")
    return Joint(added, ablated, capped)


@contextmanager
def hooked(model: SteerableModel, ids: list[int], parts: Sequence[Intervention]) -> Iterator[None]:
    """Let each part's formula edit the states of a text, in hooks of its own behind those before it."""
    with ExitStack() as stack, torch.no_grad():
        for part in parts:
            deltas = {layer: part.coefficient * part.vector.directions[layer] for layer in part.at}
            edit = by_formula((part.operation, False), part)
            row = Row(ids, deltas, EVERYWHERE[part.where.name], edit)
            stack.enter_context(
                editing(model.loaded.module, BLOCK_PATHS[model.architecture.family], [row], [0], 0)
            )
        yield


def written_plainly(model: SteerableModel, ids: list[int], parts: Sequence[Intervention]) -> tuple[int, ...]:
    """Write greedily without a cache."""
    answer: list[int] = []
    with hooked(model, ids, parts):
        while len(answer) < STEPS and not model.loaded.stop_ids.intersection(answer):
            logits = model.loaded.module(input_ids=torch.tensor([[*ids, *answer]]), use_cache=False).logits
            answer.append(int(logits[0, -1].argmax()))
    return tuple(answer)


@pytest.mark.parametrize(
    ("family", "positions", "engine"),
    [cell if cell in FEW else pytest.param(*cell, marks=pytest.mark.slow) for cell in CELLS],
)
def test_parts_are_done_together_as_by_hooks_one_after_another(
    model_of: ModelOf, family: str, positions: str, engine: str
) -> None:
    model, arm, other = model_of(family, engine), joint(positions), Intervention(random_vector(seed=9))
    expected = [written_plainly(model, ids, arm.parts) for ids in model.tokens(PROMPTS)]
    for way in WAYS[engine]:
        unsteered, found, nothing, _ = tokens_of(
            replace(model, sharing=way), [None, arm, arm.scaled(0.0), other]
        )
        require_alike(found, expected)
        assert nothing == unsteered
    require_alike(found, [tokens_of(model, [arm], [prompt])[0][0] for prompt in PROMPTS])


def test_the_order_of_parts_at_one_block_is_theirs(model_of: ModelOf) -> None:
    model, (added, ablated, _) = model_of("starcoder2"), joint("all").parts
    same = (
        Intervention(added.vector.only([3]), positions="all"),
        replace(ablated, vector=added.vector.only([3])),
    )
    there, back = tokens_of(model, [Joint(*same), Joint(*reversed(same))])
    alone_ablated, alone_added = tokens_of(model, [same[1], same[0]])
    assert there == alone_ablated  # what was added is taken away again
    assert back != there
    assert back != alone_added


def test_parts_of_the_same_kind_add_up(model_of: ModelOf) -> None:
    model = model_of("qwen2")
    one, two = (Intervention(random_vector((2,), seed=seed), positions="all") for seed in (1, 2))
    summed = Intervention(one.vector + two.vector, positions="all")
    joined, together = tokens_of(model, [Joint(one, two), summed])
    require_alike(joined, together)


@pytest.mark.parametrize("engine", ENGINES)
def test_logprobs_are_those_of_plain_hooks(model_of: ModelOf, engine: str) -> None:
    model, arm = model_of("starcoder", engine), joint("last")
    (ids,) = model.tokens(PROMPTS[:1])
    with hooked(model, ids, arm.parts):
        expected = model.loaded.module(input_ids=torch.tensor([ids])).logits[0, -1].log_softmax(-1)
    choices = [" w1", " w2"]
    found = model.choice_logprobs(PROMPTS[:1], choices, [arm])[0][0]
    tokens = [model.choice_tokens(choice, PROMPTS[0])[0] for choice in choices]
    assert found == pytest.approx(expected[tokens].tolist(), abs=1e-5)


def test_each_part_has_a_condition_and_a_schedule_of_its_own(model_of: ModelOf) -> None:
    """What a condition refuses to one part it does not refuse to another."""
    model = model_of("starcoder2")
    states = model.hidden_states(PROMPTS, [1])[1]
    condition = SteeringVector({1: states[0] - states[1]})
    always = Intervention(random_vector((2,), seed=1), schedule="window(stop=1)", positions="all")
    anyway = Intervention(random_vector((3,), seed=2), positions="all")
    never = replace(anyway, when="similarity > 1", condition=condition)
    held = replace(anyway, when="similarity < 1", condition=condition)
    refused, alone, met, plain = tokens_of(
        model, [Joint(always, never), always, Joint(always, held), Joint(always, anyway)]
    )
    assert refused == alone
    assert met == plain != alone


def test_a_condition_sees_what_other_parts_did_at_lower_blocks(model_of: ModelOf) -> None:
    model, far = model_of("starcoder2"), random_vector((1,), seed=4, norm=400.0)
    drowned = Intervention(far, positions="all")
    steered = Intervention(
        random_vector((3,), seed=5),
        positions="all",
        when="similarity > 0.9",
        condition=SteeringVector({2: far.directions[1]}),
    )
    alone = model.complete(PROMPTS, [steered], max_new_tokens=2)
    beside = model.complete(PROMPTS, [Joint(drowned, steered)], max_new_tokens=2)
    (before,), (after,) = alone.counts.decisions.values(), beside.counts.decisions.values()
    assert before == [len(PROMPTS), 0]
    assert after == [len(PROMPTS), len(PROMPTS)]


def test_code_of_one_s_own_runs_steered_by_all_parts(model_of: ModelOf) -> None:
    model, arm = model_of("starcoder2"), joint("all")
    (ids,) = model.tokens(PROMPTS[:1])
    with hooked(model, ids, arm.parts):
        expected = model.loaded.module(input_ids=torch.tensor([ids])).logits
    with torch.no_grad(), model.steering(arm) as seen:
        found = model.loaded.module(input_ids=torch.tensor([ids])).logits
    assert torch.allclose(found, expected, atol=1e-4)
    assert seen.steered_tokens == 2 * len(ids)  # blocks 1 and 3; nothing is generated here


def test_every_part_has_to_fit_the_model_and_is_proven(model_of: ModelOf) -> None:
    model, fits = model_of("starcoder2"), Intervention(random_vector())
    with pytest.raises(VectorError, match="8 wide"):
        model.complete(PROMPTS[:1], [Joint(fits, Intervention(random_vector(hidden=8)))])
    with pytest.raises(VectorError, match=r"positions prompt\[99\] lie outside"):
        model.complete(PROMPTS[:1], [Joint(fits, replace(fits, positions=[99]))], max_new_tokens=2)


def test_what_a_wrong_engine_leaves_out_of_one_part_is_noticed(
    model_of: ModelOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pytest_steering.models.engine.writing.edit_of_parts",
        lambda arm, layer, shares: edit_of_parts(Joint(*arm.parts[:1]), layer, shares[:1]),
    )
    both = Joint(*(Intervention(random_vector((2,), seed=seed)) for seed in (1, 2)))
    with pytest.raises(InterventionError, match="layer 2 hands on is not what was asked for"):
        model_of("starcoder2").complete(PROMPTS[:1], [both], max_new_tokens=2)


def test_engines_that_do_one_intervention_in_each_arm_refuse_more_by_name() -> None:
    with pytest.raises(InterventionError, match="a joint one of 3 parts needs the hooks engine"):
        distinct_arms([None, joint("all")])
    with pytest.raises(InterventionError, match="the nnsight-remote engine does one"):
        token_plan(EditSession(pad_left([[1, 2]], 0, "cpu"), [joint("all")]), 2, [1])
