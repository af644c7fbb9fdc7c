"""Models that someone has wrapped: taken out, or refused with a way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import DataParallel, Module

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.specs import resolve_model
from pytest_steering.models.proving.fingerprint import plain_tensors
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.intervention import Intervention
from tests.tiny import PROMPTS, random_vector, tiny_module, tiny_tokenizer

STEERED = Intervention(random_vector(), scale=5.0)
IDS = torch.tensor([[3, 4, 5]])


class PeftModel(Module):
    """Stands for PEFT's class where PEFT is not installed; the name is what counts."""

    def __init__(self, base: Any, prompts: bool = False) -> None:
        super().__init__()
        kind = type("Config", (), {"peft_type": "PROMPT_TUNING", "is_prompt_learning": prompts})
        self.base, self.peft_config = base, {"default": kind()}

    def get_base_model(self) -> Any:
        return self.base


class PeftModelForCausalLM(PeftModel):
    """Goes by its parent's name."""


class FSDPModule(Module):
    """Stands for what torch mixes into a sharded model."""


def wrapped(module: Any) -> SteerableModel:
    return SteerableModel.wrap(module, tiny_tokenizer())


@pytest.mark.parametrize(
    "around", [DataParallel, PeftModelForCausalLM, torch.compile], ids=lambda f: f.__name__
)
def test_a_wrapper_that_changes_nothing_is_taken_off_and_another_below_it(around: Any) -> None:
    module = tiny_module("qwen2")
    model = wrapped(around(DataParallel(module)))
    assert model.loaded.module is module
    assert model.name == "Qwen2ForCausalLM"


@pytest.mark.slow
def test_lora_of_peft_is_steered_as_the_model_that_it_changed() -> None:
    peft = pytest.importorskip("peft")
    config = peft.LoraConfig(task_type="CAUSAL_LM", init_lora_weights=False, target_modules=["q_proj"])
    whole = peft.get_peft_model(tiny_module("qwen2"), config).eval()
    with torch.no_grad():
        expected = whole(IDS).logits
        assert not expected.equal(tiny_module("qwen2")(IDS).logits)
        assert wrapped(whole).loaded.module(IDS).logits.equal(expected)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: PeftModelForCausalLM(tiny_module("qwen2"), prompts=True),
            "PROMPT_TUNING.*tokens of its own",
        ),
        (FSDPModule, "FSDPModule holds shards of the weights; wrap the model before"),
    ],
    ids=["prompt learning", "sharded"],
)
def test_a_wrapper_with_other_answers_is_refused_with_the_way_out(make: Any, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        wrapped(make())


@pytest.mark.parametrize("whole", [True, False])
def test_a_model_compiled_in_place_is_refused_and_says_how_to_undo_it(whole: bool) -> None:
    module = tiny_module("qwen2")
    part = module if whole else module.model.layers[2]
    part.compile(backend="eager")
    named = "Qwen2ForCausalLM" if whole else "model.layers.2"
    with pytest.raises(ModelError, match=rf"compiled \(1: {named}\).*_compiled_call_impl = None"):
        wrapped(module)
    part._compiled_call_impl = None
    assert wrapped(module).generate(PROMPTS[:1], max_new_tokens=1)


def test_a_block_that_was_replaced_by_a_compiled_one_is_named() -> None:
    module = tiny_module("qwen2")
    module.model.layers[2] = torch.compile(module.model.layers[2], backend="eager")
    with pytest.raises(ModelError, match=r"model\.layers\.2"):
        wrapped(module)


@pytest.mark.slow
def test_what_is_compiled_later_is_run_as_it_was_written_while_it_is_steered() -> None:
    module = tiny_module("qwen2")
    model = wrapped(module)
    compiled: Any = torch.compile(module, backend="eager")
    expected = model.generate(PROMPTS, [None, STEERED], max_new_tokens=3)
    with torch.no_grad():
        plain = compiled(IDS).logits
        with model.steering(STEERED):
            assert compiled(IDS).logits.equal(module(IDS).logits)
            assert not compiled(IDS).logits.equal(plain)
        assert compiled(IDS).logits.equal(plain)
        module.model.layers[1].compile(backend="eager")
        assert module(IDS).logits.equal(plain)
        assert model.generate(PROMPTS, [None, STEERED], max_new_tokens=3) == expected
        assert module(IDS).logits.equal(plain)


def test_offloaded_weights_are_counted_and_named() -> None:
    accelerate = pytest.importorskip("accelerate")
    module = tiny_module("qwen2")
    accelerate.cpu_offload(module, execution_device="cpu")
    with pytest.raises(ModelError, match=r"63 of 63 weights are not in memory \(model.embed_tokens.weight"):
        wrapped(module)


def test_a_weight_made_of_several_tensors_is_read_tensor_by_tensor() -> None:
    class Quantised:
        numbers, scale = torch.ones(2, dtype=torch.int8), torch.ones(1)

        def __tensor_flatten__(self) -> tuple[list[str], None]:
            return ["numbers", "scale"], None

    weight: Any = Quantised()
    found: list[Tensor] = plain_tensors(weight)
    assert [part.dtype for part in found] == [torch.int8, torch.float32]
    assert plain_tensors(weight.scale) == [weight.scale]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (
            {"peft_type": "LORA", "base_model_name_or_path": "owner/base"},
            r"\(LORA\) of the model 'owner/base'",
        ),
        ({}, r"an adapter \(PEFT\) of the model that it was trained on"),
        ([], "that it was trained on"),
        ({"peft_type": "LORA\x1b[31m", "base_model_name_or_path": "a\x1b]0;b"}, r"LORA\\x1b\[31m"),
    ],
)
def test_an_adapters_folder_names_its_base_model_and_what_to_do(
    tmp_path: Path, config: Any, said: str
) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match=said) as caught:
        resolve_model(str(tmp_path))
    assert "merge_and_unload" in str(caught.value)
    assert str(caught.value).isprintable()
