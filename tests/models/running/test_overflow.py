"""An arm that overflows is named and set aside; the others are what they are without it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
import torch
from torch import Tensor

from pytest_steering import Intervention, SteerableModel, SteeringVector
from pytest_steering.errors import ModelError, NotFiniteError, VectorError
from pytest_steering.models.engine.finite import FiniteWatch, sizes
from pytest_steering.models.running.completion import Completion, Counts
from pytest_steering.tasks.scores import surprise
from tests.tiny import HIDDEN, LAYERS, random_vector, tiny_module, tiny_tokenizer

PROMPTS = ["w3 w14 w15 w9 w26", "w5 w6", "w35 w89 w79 w32 w38 w46 w26 w43"]
MILD = Intervention(random_vector(), scale=1.0)
LARGEST = {torch.float16: 4e4, torch.bfloat16: 3e38, torch.float32: 3e38}


def too_large(size: float, layers: Sequence[int] = (1, 2), positions: str = "last") -> Intervention:
    signs = torch.ones(HIDDEN)
    signs[::2] = -1
    vector = SteeringVector(dict.fromkeys(layers, size * signs))
    return Intervention(vector, per_layer=True, positions=positions)


@cache
def model_in(family: str, dtype: torch.dtype, engine: str = "hooks") -> SteerableModel:
    module = tiny_module(family).to(dtype)
    return SteerableModel.wrap(module, tiny_tokenizer(), name=f"tiny-{family}", engine=engine)


def same(one: Completion, other: Completion) -> bool:
    kls = (one.first_token_kl or 0.0, other.first_token_kl or 0.0)
    return one.token_ids == other.token_ids and kls[0] == pytest.approx(kls[1], abs=2e-3)


@pytest.fixture
def overflowing() -> SteerableModel:
    """A model in which the word `w93` is more than any state holds."""
    model = SteerableModel.wrap(tiny_module("qwen2", seed=5).half(), tiny_tokenizer(), name="tiny-qwen2")
    # After it was wrapped: weights that are not finite are refused there.
    model.loaded.module.get_input_embeddings().weight.data[model.tokens(["w93"])[0][0]] = torch.inf
    return model


@pytest.mark.parametrize("sharing", ["tree", "copies", "none"])
@pytest.mark.parametrize("dtype", list(LARGEST))
@pytest.mark.parametrize("family", ["starcoder", "qwen2"])
def test_the_other_arms_of_a_prompt_are_what_they_are_without_the_one_that_overflows(
    family: str, dtype: torch.dtype, sharing: str
) -> None:
    model, bad = replace(model_in(family, dtype), sharing=sharing), too_large(LARGEST[dtype])
    alone = model.complete(PROMPTS, [None, MILD], max_new_tokens=4)
    beside = model.complete(PROMPTS, [None, bad, MILD], max_new_tokens=4)

    assert beside.sharing.startswith(sharing)
    for before, after in zip(alone.arms, (beside.arms[0], beside.arms[2]), strict=True):
        assert all(map(same, before, after))
    assert set(beside.counts.overflows) == {(1, number) for number in range(3)}
    for one in beside.arms[1]:
        assert (one.text, one.token_ids, one.first_token_kl) == ("", (), None)
        assert one.overflow is not None
        assert (one.overflow.dtype, one.overflow.unsteered) == (str(dtype).split(".")[1], False)
        assert one.overflow.layer in (1, 2)
        assert one.overflow.token == one.prompt_tokens - 1


@pytest.mark.parametrize("choices", [["w5", "w9"], ["w5 w6 w7", "w9", "w2 w3"]])
@pytest.mark.parametrize("sharing", ["tree", "none"])
def test_scores_beside_an_arm_that_overflows_are_what_they_are_without_it(
    sharing: str, choices: list[str]
) -> None:
    model, counts = replace(model_in("starcoder2", torch.float16), sharing=sharing), Counts()
    alone = model.choice_logprobs(PROMPTS, choices, [None, MILD])
    beside = model.choice_logprobs(PROMPTS, choices, [too_large(4e4), None, MILD], counts=counts)

    assert beside[0].isnan().all()
    assert set(counts.overflows) == {(0, number) for number in range(3)}
    for before, after in zip(alone, beside[1:], strict=True):
        assert torch.allclose(before, after, atol=1e-2)


def test_each_prompt_keeps_its_own_number_where_prompts_have_options_of_their_own() -> None:
    model, counts = model_in("starcoder2", torch.float16), Counts()
    options = [["w5", "w9"], ["w7", "w8"], ["w5", "w9"]]
    model.option_logprobs(PROMPTS, options, [None, MILD, too_large(4e4)], counts=counts)

    assert set(counts.overflows) == {(2, 0), (2, 1), (2, 2)}
    assert [counts.overflows[2, n].prompt_tokens for n in range(3)] == [5, 2, 8]


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
def test_what_overflows_in_the_middle_of_an_answer_is_found_where_it_does(engine: str) -> None:
    model = model_in("starcoder2", torch.float32, engine)
    late = too_large(3e38, (1,), positions="generated[2:]")
    found = model.complete(PROMPTS, [None, late], max_new_tokens=6)
    long = [number for number, one in enumerate(found.arms[0]) if len(one.token_ids) > 3]

    assert long
    assert all(map(same, found.arms[0], model.complete(PROMPTS, [None], max_new_tokens=6).arms[0]))
    for number in long:
        said = str(found.arms[1][number].overflow)
        assert said == (
            "it overflows float32: the state that leaves layer 1 is not finite at token 2 of its answer"
        )


def test_an_arm_that_overflows_at_one_prompt_keeps_its_answers_to_the_others(
    overflowing: SteerableModel,
) -> None:
    model, prompts = overflowing, [PROMPTS[0], "w8 w93", PROMPTS[2]]
    alone = model.complete(PROMPTS[::2], [None, MILD], max_new_tokens=3)
    found = model.complete(prompts, [None, MILD], max_new_tokens=3)

    assert set(found.counts.overflows) == {(0, 1), (1, 1)}
    for one in found.counts.overflows.values():
        assert str(one).startswith("the unsteered model overflows float16: the state that leaves layer 0")
    for before, after in zip(alone.arms, found.arms, strict=True):
        assert all(map(same, before, after[::2]))


def test_a_state_whose_squares_overflow_is_not_taken_for_one_that_says_nothing() -> None:
    # The norm divides by the root of ∞: every block reads zeros, and the logits are finite.
    model = model_in("qwen2", torch.float32)
    found = model.complete(PROMPTS, [None, MILD, too_large(1e20, (1,))], max_new_tokens=1)

    assert set(found.counts.overflows) == {(2, number) for number in range(3)}


def test_texts_alone_have_no_place_for_an_arm_without_answers() -> None:
    model = model_in("starcoder2", torch.float16)
    with pytest.raises(NotFiniteError, match=r"arm 1 has no answer to prompt 0 .*layer"):
        model.generate(PROMPTS, [None, too_large(4e4), MILD], max_new_tokens=2)


def test_a_warning_names_the_arm(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "pytest_steering"):
        model_in("starcoder2", torch.float16).complete(
            PROMPTS, [None, too_large(4e4), MILD], max_new_tokens=1
        )

    (said,) = caplog.messages
    assert said.startswith(
        "arm 1 of 3 is set aside at 3 prompts: it overflows float16: the state that leaves"
    )


def test_a_vector_beyond_the_dtype_is_refused_alone_and_set_aside_beside_others() -> None:
    model, beyond = model_in("starcoder2", torch.float16), Intervention(random_vector(norm=1e7))
    with pytest.raises(VectorError, match=r"is no longer finite in tiny-starcoder2's torch\.float16"):
        model.complete(PROMPTS, [None, beyond])
    found = model.complete(PROMPTS, [None, beyond, MILD], max_new_tokens=1)

    assert set(found.counts.overflows) == {(1, number) for number in range(3)}


def test_a_text_that_overflows_has_no_numbers_and_the_others_have_theirs(overflowing: SteerableModel) -> None:
    alone = overflowing.text_logprobs(["w1", "w2"], ["w3 w4", "w5 w6"])
    found = overflowing.text_logprobs(["w1", "w9", "w2"], ["w3 w4", "w93 w93 w8", "w5 w6"])

    assert found[1].isnan().all()
    assert found[1].shape == (3,)
    for before, after in zip(alone, found[::2], strict=True):
        assert torch.allclose(before, after, atol=1e-2)
    scored = surprise().of_all([("w1", "w3 w4"), ("w9", "w93 w93 w8")], overflowing)
    assert scored[0].value is not None
    assert scored[1].value is None
    assert "overflows" in scored[1].fault


def test_states_that_overflow_are_refused_by_name(overflowing: SteerableModel) -> None:
    with pytest.raises(ModelError, match=r"leaves layer \d is not finite in float16 at token 1 of prompt 1"):
        overflowing.hidden_states(["w1 w2", "w3 w93"], "all")
    with pytest.raises(ModelError, match="the unsteered model overflows there"):
        SteeringVector.from_contrast(overflowing, ["w3 w93"], ["w1 w2"], layers=[LAYERS - 1])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_a_size_is_a_norm_whatever_the_dtype(dtype: torch.dtype) -> None:
    states = torch.randn(3, 2, 64, dtype=torch.float64).to(dtype)

    assert torch.allclose(sizes(states).double(), states.double().norm(dim=-1), rtol=1e-5)
    assert not sizes(torch.full((8,), 1e20)).isfinite()
    assert sizes(torch.full((8,), 6e4, dtype=torch.float16)).isfinite()


@pytest.mark.parametrize("lost", [torch.inf, torch.nan, -torch.inf])
def test_a_pass_is_held_against_what_it_wrote(lost: float) -> None:
    watch = FiniteWatch()
    watch.wrote(torch.tensor([[1.0, lost], [1.0, 2.0]]))
    with pytest.raises(NotFiniteError):
        watch.end(torch.zeros(1, 1, 3), [])
    watch.begin()
    watch.end(torch.zeros(1, 1, 3), [])


def test_logits_at_pads_may_be_anything_and_one_token_may_be_impossible() -> None:
    def of(row: Tensor) -> Tensor:
        return torch.stack([row, torch.ones(3)])[None]

    watch, at_pad, at_token = FiniteWatch(), [(0, 1)], [(0, 1), (0, 2)]
    watch.end(of(torch.full((3,), torch.nan)), at_pad)
    watch.end(of(torch.tensor([0.0, -torch.inf, 1.0])), at_token)
    for lost in ([torch.nan, 0.0, 0.0], [torch.inf, 0.0, 0.0], [-torch.inf] * 3):
        with pytest.raises(NotFiniteError):
            watch.end(of(torch.tensor(lost)), at_token)
