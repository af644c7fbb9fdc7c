"""Rows share at the lengths at which sharing changes nothing, and at no others."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.models.finding.length_marks import length_marks
from pytest_steering.models.sharing.shape_proof import Shape
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.near import assert_near
from tests.tiny import random_vector, tiny_model
from tools.census.build import tiny_tokenizer

NEW = 4
WINDOW, CONTEXT = 24, 64


def module_of(kind: str, **settings: Any) -> Any:
    """A tiny random model whose weights are large enough that a wrong column shows."""
    from transformers import AutoConfig, AutoModelForCausalLM

    sizes = {"hidden_size": 32, "num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 64}
    special = {"vocab_size": 128, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    config = AutoConfig.for_model(kind, **{**special, **sizes, "initializer_range": 0.3, **settings})
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return AutoModelForCausalLM.from_config(config).eval()


LOCAL = {"attention_types": [[["global", "local"], 2]], "num_layers": 4, "window_size": WINDOW}
SCALED = {"original_max_position_embeddings": WINDOW, "rope_theta": 1e4}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "local attention": ("gpt_neo", {**LOCAL, "max_position_embeddings": CONTEXT}),
    "a sliding window": ("mistral", {"sliding_window": WINDOW, "num_key_value_heads": 4}),
    "rotary factors for long texts": (
        "phi3",
        {
            "original_max_position_embeddings": WINDOW,
            "rope_parameters": {
                **SCALED,
                "rope_type": "longrope",
                "factor": 4.0,
                "short_factor": [1.0] * 4,
                "long_factor": [8.0] * 4,
            },
        },
    ),
    "learned positions": ("gpt2", {"n_positions": CONTEXT}),
}


@pytest.fixture(scope="module", params=KINDS)
def model(request: pytest.FixtureRequest) -> SteerableModel:
    kind, settings = KINDS[request.param]
    return SteerableModel.wrap(
        module_of(kind, **{"max_position_embeddings": CONTEXT, **settings}), tiny_tokenizer()
    )


def words(count: int, start: int) -> str:
    return " ".join(f"w{3 + (start + 7 * place) % 120}" for place in range(count))


def cells(model: SteerableModel, positions: str = "last") -> list[Intervention | None]:
    size = model.architecture.hidden_size
    steered = [
        Intervention(random_vector((layer,), size, seed), scale=scale, positions=positions)
        for layer in (1, 3)
        for seed in (0, 1)
        for scale in (1.0, -2.0)
    ]
    return [None, *steered]


def fitted(lengths: Sequence[int], model: SteerableModel) -> list[str]:
    room = (model.loaded.context or CONTEXT) - NEW
    return [words(min(length, room), 5 * number) for number, length in enumerate(lengths)]


SLOW = pytest.mark.slow
EDGES = (9, WINDOW - NEW, WINDOW, WINDOW + 1, CONTEXT - NEW)
LENGTHS = [*(pytest.param(length, marks=SLOW) for length in EDGES), 2 * WINDOW]


@pytest.mark.parametrize("positions", ["last", pytest.param("all", marks=SLOW)])
@pytest.mark.parametrize("longest", LENGTHS)
def test_arms_say_the_same_with_and_without_sharing(
    model: SteerableModel, longest: int, positions: str
) -> None:
    prompts, none = fitted((longest, longest - 3), model), replace(model, sharing="none", batch_rows=1)
    arms = cells(model, positions)
    found, expected = (one.complete(prompts, arms, max_new_tokens=NEW) for one in (model, none))
    for one, other in zip(found.arms, expected.arms, strict=True):
        for own, alone in zip(one, other, strict=True):
            until = alone.tied_at or NEW
            assert own.token_ids[:until] == alone.token_ids[:until], found.sharing
    choices = ["w5", "w9 w40 w7"]
    scores, alone_scores = (one.choice_logprobs(prompts, choices, arms) for one in (model, none))
    for one_score, other_score in zip(scores, alone_scores, strict=True):
        assert_near(one_score, other_score)


def test_short_rows_share_and_long_ones_say_what_stands_against_it() -> None:
    model = SteerableModel.wrap(module_of("gpt_neo", **LOCAL, max_position_embeddings=256), tiny_tokenizer())
    short = model.complete([words(12, 1)], cells(model), max_new_tokens=NEW)
    long = model.complete([words(WINDOW, 1)], cells(model), max_new_tokens=NEW)
    assert short.sharing == "tree"
    assert short.counts.shared_rows == 9
    assert f"none for rows of {WINDOW} tokens or more" in long.sharing
    assert long.counts.shared_rows == 0
    blocks = model.complete([words(WINDOW, 1)] * 6, cells(model, "all"), max_new_tokens=NEW)
    assert f"not blocks: rows of {WINDOW} tokens or more" in blocks.sharing
    assert blocks.counts.block_rows == 0


def test_neighbours_in_a_tree_stay_within_the_context() -> None:
    model = SteerableModel.wrap(module_of("gpt2", n_positions=40), tiny_tokenizer())
    seen: list[int] = []
    with_past = model.loaded.module.register_forward_pre_hook(
        lambda _module, _args, given: seen.append(
            given["input_ids"].shape[1]
            + (given["past_key_values"].get_seq_length() if given.get("past_key_values") else 0)
        ),
        with_kwargs=True,
    )
    found = model.complete([words(20, 1)], cells(model), max_new_tokens=NEW)
    with_past.remove()
    assert found.sharing == "tree"
    assert max(seen) < 40


def test_a_fault_that_shows_only_in_long_rows_is_found_at_their_length() -> None:
    model = tiny_model("qwen2", max_position_embeddings=512)
    module, own = model.loaded.module, model.loaded.module.forward

    @functools.wraps(own)
    def forward(input_ids: Any = None, past_key_values: Any = None, **given: Any) -> Any:
        """A model that forgets how long its cache is beyond 90 tokens, which no setting names."""
        out = own(input_ids=input_ids, past_key_values=past_key_values, **given)
        if (
            past_key_values is not None
            and past_key_values.get_seq_length() > 100
            and input_ids.shape[1] < 100
        ):
            out.logits = out.logits.flip(-1)
        return out

    module.forward = forward
    short = model.complete([words(12, 1)], cells(model), max_new_tokens=2)
    assert short.sharing == "tree"
    long = model.complete([words(120, 1)], cells(model), max_new_tokens=2)
    assert long.sharing.startswith("none; not copies for rows of up to 128 tokens: logits are up to")
    assert long.counts.shared_rows == 0


def test_an_error_while_rows_share_lets_them_run_by_themselves(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from pytest_steering.models.sharing.decode import BranchRun

    model, prompts = tiny_model("qwen2", seed=4), [words(9, 1), words(7, 2)]

    def broken(*_: Any) -> Any:
        raise IndexError("index 48 is out of range")

    with monkeypatch.context() as patch:
        patch.setattr(BranchRun, "generate", broken)
        patch.setattr(BranchRun, "logits", broken)
        found = model.complete(prompts, cells(model), max_new_tokens=NEW)
        scores = model.choice_logprobs(prompts, ["w5", "w9 w40"], cells(model))
    assert "IndexError: index 48 is out of range" in found.sharing
    assert "run one by one instead: IndexError" in caplog.text
    assert found.counts.rows == 2 * len(cells(model))
    none = replace(model, sharing="none")
    expected = none.complete(prompts, cells(model), max_new_tokens=NEW)
    assert [[d.token_ids for d in arm] for arm in found.arms] == [
        [d.token_ids for d in arm] for arm in expected.arms
    ]
    for one, other in zip(scores, none.choice_logprobs(prompts, ["w5", "w9 w40"], cells(model)), strict=True):
        assert_near(one, other)


def test_an_error_in_shared_blocks_lets_rows_run_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_steering.models.sharing.upper_blocks import ResumedRun

    model, prompts = tiny_model("qwen2", seed=5), [words(9, n) for n in range(8)]

    def broken(*_: Any) -> Any:
        raise ValueError("no such column")

    monkeypatch.setattr(ResumedRun, "generate", broken)
    found = model.complete(prompts, cells(model, "all"), max_new_tokens=NEW)
    assert "not blocks: ValueError: no such column" in found.sharing
    assert found.counts.block_rows == 0


@given(
    prefix=st.integers(1, 600),
    branch=st.integers(1, 300),
    branches=st.integers(1, 30),
    further=st.integers(0, 400) | st.none(),
)
def test_the_shape_that_is_tried_is_no_smaller_and_lies_within_the_lengths(
    prefix: int, branch: int, branches: int, further: int | None
) -> None:
    used = Shape(prefix + branch, branch, prefix + branches * branch)
    most = None if further is None else used.columns + further
    tried = used.rounded(most)
    assert used.row <= tried.row <= tried.columns
    assert used.columns <= tried.columns
    assert most is None or tried.columns <= most
    assert tried.branch >= 1
    assert tried.row + (min(2, branches) - 1) * tried.branch <= tried.columns


def test_lengths_are_read_wherever_a_config_names_them() -> None:
    module = module_of("phi3", **KINDS["rotary factors for long texts"][1], max_position_embeddings=CONTEXT)
    assert set(length_marks(module).values()) == {WINDOW, CONTEXT}
    qwen = module_of("qwen2", max_position_embeddings=CONTEXT, sliding_window=WINDOW, max_window_layers=2)
    assert set(length_marks(qwen).values()) == {CONTEXT}, "the window is not in use, and layers are no length"
    assert set(length_marks(module_of("gpt_neo", **LOCAL)).values()) == {WINDOW, 2048}
