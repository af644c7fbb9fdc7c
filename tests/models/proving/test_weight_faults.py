"""Whether broken weights are refused does not hang on what was loaded before, nor on what a cache says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.proving.proof_cache import cache_folder, proof_key, recall
from pytest_steering.models.steerable import SteerableModel
from tests.tiny import tiny_module, tiny_tokenizer


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def sound(_module: Any) -> None:
    """Leave it as it is."""


def one_nan(module: Any) -> None:
    module.model.layers[2].mlp.up_proj.weight.data[3, 4] = float("nan")


def infinite(module: Any) -> None:
    module.model.norm.weight.data[1] = float("inf")


def zeros(module: Any) -> None:
    for weight in module.parameters():
        weight.data.zero_()


def cut(module: Any) -> None:
    for weight in module.model.layers[-1].parameters():
        weight.data.zero_()


def looks_ahead(module: Any) -> None:
    module.model.layers[1].mlp.register_forward_hook(lambda _m, _a, state: state + state.flip(1))


def stores_beams(module: Any) -> None:
    module.generation_config.num_beams = 3


FAULTS: dict[Callable[[Any], None], str] = {
    sound: "",
    stores_beams: "",
    one_nan: r"not finite in 1 of its weights, such as model\.layers\.2\.mlp\.up_proj\.weight",
    infinite: "not finite in 1 of its weights",
    zeros: "constant",
    cut: r"all matrices of .* block model\.layers\.4 are constant",
    looks_ahead: "looks ahead",
}


def outcome(fault: Callable[[Any], None]) -> str:
    module = tiny_module("qwen2")
    fault(module)
    try:
        SteerableModel.wrap(module, tiny_tokenizer())
    except ModelError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_loading_and_a_warm_cache_change_no_outcome(seed: int) -> None:
    order = list(FAULTS) * 2
    Random(seed).shuffle(order)
    for fault in order:
        said = outcome(fault)
        assert bool(said) == bool(FAULTS[fault]), fault.__name__
        assert re.search(FAULTS[fault], said)


def kept() -> tuple[Path, str]:
    loaded = as_loaded(tiny_module("qwen2"), tiny_tokenizer())
    SteerableModel.wrap(loaded.module, tiny_tokenizer())
    key = proof_key(loaded, "hooks")
    assert key is not None
    return cache_folder() / f"{key}.json", key


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "no checks": lambda proof: proof.update(checks=[]),
    "one missing": lambda proof: proof["checks"].pop(4),
    "another order": lambda proof: proof["checks"].reverse(),
    "a fault": lambda proof: proof["checks"][0].update(fault="it looks ahead"),
    "another claim": lambda proof: proof["checks"][0].update(claim="the model is sound"),
    "another operation": lambda proof: proof.update(operation="ablate"),
    "checks of no kind": lambda proof: proof.update(checks={}),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_kept_proof_that_claims_other_things_than_todays_is_none(
    edit: Callable[[dict[str, Any]], object],
) -> None:
    path, key = kept()
    assert recall(key) is not None
    proof = json.loads(path.read_text())
    edit(proof)
    path.write_text(json.dumps(proof))
    assert recall(key) is None


def test_a_proof_is_kept_for_these_weights_buffers_and_methods_alone() -> None:
    def key(change: Callable[[Any], object]) -> str | None:
        module = tiny_module("qwen2")
        change(module)
        return proof_key(as_loaded(module, tiny_tokenizer()), "hooks")

    same = key(sound)
    assert same == key(stores_beams) == key(sound)
    assert key(lambda m: m.lm_head.weight.data[0].add_(1.0)) != same
    assert key(lambda m: m.model.rotary_emb.inv_freq.mul_(2.0)) != same
    assert key(looks_ahead) is None, "a hook may do anything"
    assert key(lambda m: setattr(m.model.layers[0], "forward", lambda state, **_: state)) is None


def test_a_class_whose_method_was_replaced_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = as_loaded(tiny_module("qwen2"), tiny_tokenizer())
    before, kind = proof_key(loaded, "hooks"), type(loaded.module.model.layers[0].mlp)
    monkeypatch.setattr(kind, "forward", lambda _self, state: state + state.flip(1))
    assert proof_key(loaded, "hooks") != before


def test_dropout_that_a_trainer_left_on_changes_no_answer_and_is_left_on() -> None:
    model = SteerableModel.wrap(tiny_module("starcoder", resid_pdrop=0.5), tiny_tokenizer())
    before = model.choice_logprobs(["w3 w4"], [" w5"])[0]
    model.loaded.module.train()
    assert torch.equal(model.choice_logprobs(["w3 w4"], [" w5"])[0], before)
    assert model.loaded.module.training
