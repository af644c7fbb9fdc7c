from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch

from pytest_steering.errors import PromptError, VectorError
from pytest_steering.models.running.generation import Completion
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.models.conftest import ModelOf
from tests.near import assert_near, first_scores
from tests.reference import EVERYWHERE, Row, greedy
from tests.tiny import BLOCK_PATHS, END, FAMILIES, PROMPTS, VOCABULARY, random_vector, tiny_model

STEPS = 8
EVERY_WORD = [f"w{number}" for number in range(VOCABULARY - 2)]


def reference(
    model: SteerableModel, intervention: Intervention | None, prompts: Sequence[str] = PROMPTS
) -> list[Any]:
    """The same batch by the test's own greedy loop; the division by the layers is written out here."""
    deltas, name = {}, "all"
    if intervention is not None:
        share = 1 if intervention.per_layer else len(intervention.at)
        directions = intervention.vector.directions
        deltas = {layer: directions[layer] * (intervention.scale / share) for layer in intervention.at}
        name = intervention.where.name
    rows = [Row(ids, deltas, EVERYWHERE[name]) for ids in model.tokens(prompts)]
    path, loaded = BLOCK_PATHS[model.architecture.family], model.loaded
    return greedy(loaded.module, path, rows, STEPS, loaded.pad_id, loaded.stop_ids)


def tokens(arm: Sequence[Completion]) -> list[list[int]]:
    return [list(done.token_ids) for done in arm]


def arms_of(model: SteerableModel, *interventions: Intervention | None, **options: Any) -> list[Any]:
    return model.complete(PROMPTS, interventions, max_new_tokens=STEPS, **options).arms


@pytest.mark.parametrize("positions", EVERYWHERE)
def test_steered_text_is_what_a_plain_hook_gives_token_for_token(
    steered_model: SteerableModel, positions: str
) -> None:
    intervention = Intervention(random_vector(), scale=3.0, positions=positions)
    expected = [answer.tokens for answer in reference(steered_model, intervention)]
    assert tokens(arms_of(steered_model, intervention)[0]) == expected


def test_unsteered_text_is_what_a_plain_greedy_loop_gives(steered_model: SteerableModel) -> None:
    expected = [answer.tokens for answer in reference(steered_model, None)]
    assert tokens(arms_of(steered_model, None)[0]) == expected


def test_steering_at_each_region_changes_the_text(steered_model: SteerableModel) -> None:
    plain = tokens(arms_of(steered_model, None)[0])
    for positions in ("last", "prompt", "generated", "all"):
        steered = arms_of(steered_model, Intervention(random_vector(), scale=9.0, positions=positions))[0]
        assert tokens(steered) != plain, positions


def test_both_engines_write_the_same_tokens(model_of: ModelOf) -> None:
    intervention = Intervention(random_vector(), scale=3.0)
    for family in FAMILIES:
        both = [arms_of(model_of(family, engine), None, intervention) for engine in ("hooks", "nnsight")]
        assert [tokens(arm) for arm in both[0]] == [tokens(arm) for arm in both[1]]


def test_scale_zero_is_bit_equal_to_unsteered(steered_model: SteerableModel) -> None:
    zero = Intervention(random_vector(), scale=0.0, positions="all")
    (plain,) = arms_of(steered_model, None, choices=EVERY_WORD)
    (steered,) = arms_of(steered_model, zero, choices=EVERY_WORD)
    assert tokens(steered) == tokens(plain)
    assert [done.choice_logprobs for done in steered] == [done.choice_logprobs for done in plain]


def test_scale_zero_beside_the_unsteered_rows_of_its_batch_has_no_divergence(
    steered_model: SteerableModel,
) -> None:
    plain, zero = arms_of(steered_model, None, Intervention(random_vector(), scale=0.0))
    assert tokens(zero) == tokens(plain)
    assert max(done.first_token_kl for done in zero) < 1e-6


def test_interventions_in_one_batch_give_what_each_gives_alone(steered_model: SteerableModel) -> None:
    arms = [
        None,
        Intervention(random_vector(), scale=3.0),
        Intervention(random_vector(seed=1), layers=[3], scale=-2.0, positions="all"),
        Intervention(random_vector((0, 2, 4), seed=2), scale=4.0, positions="generated", per_layer=True),
    ]
    together = arms_of(steered_model, *arms)
    alone = [arms_of(steered_model, arm)[0] for arm in arms]
    assert [tokens(arm) for arm in together] == [tokens(arm) for arm in alone]


@pytest.mark.parametrize("rows", [1, 2, 3, 64])
def test_the_batch_size_changes_no_token_and_first_scores_by_less_than_rounding(
    model: SteerableModel, rows: int
) -> None:
    arms = (None, Intervention(random_vector(), scale=3.0))
    for expected, found in zip(
        arms_of(model, *arms, choices=EVERY_WORD),
        arms_of(replace(model, batch_rows=rows), *arms, choices=EVERY_WORD),
        strict=True,
    ):
        assert tokens(found) == tokens(expected)
        scores = [torch.tensor([done.choice_logprobs for done in arm]) for arm in (found, expected)]
        assert_near(*scores)


def test_answers_come_back_in_the_order_of_the_prompts(model: SteerableModel) -> None:
    small = replace(model, batch_rows=2)
    forward = small.generate(PROMPTS, max_new_tokens=STEPS)
    backward = small.generate(PROMPTS[::-1], max_new_tokens=STEPS)
    assert backward[::-1] == forward
    assert len(set(forward)) > 1


def test_first_token_scores_and_divergence_are_those_of_the_plain_loop(steered_model: SteerableModel) -> None:
    intervention = Intervention(random_vector(), scale=3.0)
    plain, steered = arms_of(steered_model, None, intervention, choices=["w3", "w50"])
    base = torch.stack([answer.first for answer in reference(steered_model, None)])
    moved = torch.stack([answer.first for answer in reference(steered_model, intervention)])
    kl = (moved.exp() * (moved - base)).sum(-1)
    chosen = [steered_model.choice_tokens(word, PROMPTS[0])[0] for word in ("w3", "w50")]
    expected = torch.cat([moved[:, chosen], kl[:, None]], dim=-1)
    assert_near(first_scores(steered), expected)
    assert [done.first_token_kl for done in plain] == [0.0] * len(PROMPTS)


def test_without_an_unsteered_arm_there_is_no_divergence_to_report(model: SteerableModel) -> None:
    (steered,) = arms_of(model, Intervention(random_vector()))
    assert {done.first_token_kl for done in steered} == {None}


def test_the_scale_is_divided_by_the_layers_unless_it_is_per_layer(model: SteerableModel) -> None:
    vector = random_vector((1, 2, 3))
    shared = Intervention(vector, scale=6.0)
    each = Intervention(vector, scale=2.0, per_layer=True)
    assert tokens(arms_of(model, shared)[0]) == tokens(arms_of(model, each)[0])
    assert torch.equal(shared.delta(1), 2.0 * vector.directions[1])


def ending_model(family: str, engine: str) -> SteerableModel:
    """A model whose stop token is one that it writes early for some prompts and late for others."""
    model = tiny_model(family, engine)
    intervention = Intervention(random_vector(), scale=3.0)
    open_end = replace(model, loaded=replace(model.loaded, stop_ids=frozenset()))
    written = tokens(arms_of(open_end, intervention)[0])
    stops = [
        token
        for token in {token for answer in written for token in answer[1:]}
        if 0 < sum(token in answer for answer in written) < len(written)
    ]
    return replace(model, loaded=replace(model.loaded, stop_ids=frozenset(stops[:1])))


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("positions", ["last", "all"])
def test_a_row_that_ended_is_not_steered_any_more(family: str, engine: str, positions: str) -> None:
    model = ending_model(family, engine)
    intervention = Intervention(random_vector(), scale=3.0, positions=positions)
    generation = model.complete(PROMPTS, [intervention], max_new_tokens=STEPS)
    written = tokens(generation.arms[0])
    assert len({len(answer) for answer in written}) > 1
    assert written == [answer.tokens for answer in reference(model, intervention)]
    prompts = sum(map(len, model.tokens(PROMPTS))) if positions == "all" else len(PROMPTS)
    fed = sum(len(answer) - 1 for answer in written)
    assert generation.counts.steered_tokens == 2 * (prompts + fed)


def test_an_answer_ends_with_its_stop_token_and_the_text_leaves_it_out(model_of: ModelOf) -> None:
    ended = [done for done in arms_of(model_of("qwen2"), None)[0] if done.token_ids[-1] == END]
    assert ended
    assert all("<end>" not in done.text for done in ended)


def test_counts_are_exact(model_of: ModelOf) -> None:
    model = replace(model_of("starcoder2"), batch_rows=4, sharing="none")
    arms = (None, Intervention(random_vector(), scale=3.0))
    generation = model.complete(PROMPTS, arms, max_new_tokens=3)
    lengths = sum(map(len, model.tokens(PROMPTS)))
    written = sum(len(done.token_ids) for arm in generation.arms for done in arm)
    assert generation.counts.as_dict() == {
        "batches": 2,  # of 2 and 3 prompts: the shorter three have fewer tokens
        "forwards": 6,
        "rows": 10,
        "shared_rows": 0,
        "block_rows": 0,
        "prompt_tokens": 2 * lengths,
        "generated_tokens": written,
        "steered_tokens": 2 * 3 * len(PROMPTS),
        "halvings": 0,
    }


def test_near_ties_are_listed_where_they_happen(model_of: ModelOf) -> None:
    model = tiny_model("starcoder2")
    with torch.no_grad():
        model.loaded.module.lm_head.weight.zero_()
    (arm,) = arms_of(model, None)
    assert {done.tied_at for done in arm} == {0}
    assert {done.tied_at for done in arms_of(model_of("starcoder"), None)[0]} == {None}


SAMPLING = {
    "do_sample": True,
    "temperature": 5.0,
    "top_k": 3,
    "repetition_penalty": 1.9,
    "no_repeat_ngram_size": 1,
    "suppress_tokens": list(range(2, 60)),
    "min_new_tokens": 6,
    "forced_eos_token_id": 70,
    "num_beams": 1,
    "use_cache": True,
}


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_models_own_generation_config_does_not_leak_into_the_greedy_search(
    family: str, engine: str, model_of: ModelOf
) -> None:
    expected = tokens(arms_of(model_of(family, engine), None)[0])
    own = tiny_model(family, engine)
    for key, value in SAMPLING.items():
        setattr(own.loaded.module.generation_config, key, value)
    kept = own.loaded.module.generation_config.to_dict()
    assert tokens(arms_of(own, None)[0]) == expected
    assert own.loaded.module.generation_config.to_dict() == kept


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "5"])
def test_a_number_of_new_tokens_that_is_none_is_refused(model_of: ModelOf, count: Any) -> None:
    with pytest.raises(PromptError, match="max_new_tokens"):
        model_of("qwen2").generate(PROMPTS, max_new_tokens=count)


def test_an_empty_list_of_interventions_is_refused(model_of: ModelOf) -> None:
    with pytest.raises(VectorError, match=r"\[None\]"):
        model_of("qwen2").generate(PROMPTS, [])
