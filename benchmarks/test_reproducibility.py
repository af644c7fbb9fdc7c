"""The same run twice gives the same tokens, and a coefficient of zero is no intervention."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_steering import Experiment, Intervention


@pytest.mark.steering(dataset="twins", split="test", limit=64)
def test_a_run_repeats_token_for_token(steering: Experiment, chosen: Intervention) -> None:
    prompts = [one.prompt for one in steering.scored]
    module = steering.model.loaded.module
    steering.model.complete(prompts[:1], [None], max_new_tokens=1)  # transformers puts hooks that only look
    before, weights = count_hooks(module), {name: one.clone() for name, one in module.state_dict().items()}
    first = steering.model.complete(prompts, [None, chosen], max_new_tokens=32)
    again = steering.model.complete(prompts, [None, chosen], max_new_tokens=32)
    assert first.arms == again.arms
    assert first.counts == again.counts
    assert count_hooks(module) == before
    assert all(one.equal(weights[name]) for name, one in module.state_dict().items())


def count_hooks(module: Any) -> int:
    return sum(len(part._forward_pre_hooks) + len(part._forward_hooks) for part in module.modules())


@pytest.mark.steering(dataset="twins", split="test", limit=64)
def test_scale_zero_is_bit_equal_to_unsteered(steering: Experiment, chosen: Intervention) -> None:
    # Arms that share a prompt's cache stand at other columns and may round otherwise; apart they may not.
    model, prompts = replace(steering.model, sharing="none"), [one.prompt for one in steering.scored]
    unsteered, zero = model.complete(prompts, [None, replace(chosen, scale=0.0)], max_new_tokens=32).arms
    assert [one.token_ids for one in zero] == [one.token_ids for one in unsteered]
    assert {one.first_token_kl for one in zero} == {0.0}


@pytest.mark.steering(dataset="twins", split="test", limit=64)
def test_both_engines_write_the_same_tokens(steering: Experiment, chosen: Intervention) -> None:
    prompts = [one.prompt for one in steering.scored]
    arms = [
        steering.model.with_engine(engine).complete(prompts, [None, chosen], max_new_tokens=32).arms
        for engine in ("hooks", "nnsight")
    ]
    tokens = [[[one.token_ids for one in arm] for arm in engine] for engine in arms]
    assert tokens[0] == tokens[1]
