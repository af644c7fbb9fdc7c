"""Blocks are found by what runs and hands the residual stream on; the traps of real models are set here."""

from __future__ import annotations

import resource
from typing import Any

import pytest
import torch
from torch import nn

from pytest_steering.errors import ModelError
from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.finding.architecture import detect_architecture
from pytest_steering.models.loading.memory import KNOWN, known_dimensions
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.proving.proof import prove
from tests.models.toys import LAYERS, WIDTH, toy
from tests.tiny import tiny_tokenizer


def proven(model: Any, engine: str = "hooks") -> bool:
    loaded = as_loaded(model, tiny_tokenizer())
    proof = prove(loaded, make_engine(engine, loaded))
    assert proof.holds, str(proof)
    return proof.holds


FORMS = {
    "tensor": "tensor",
    "tuple": "tuple[0]",
    "second of a tuple": "tuple[1]",
    "list": "list[0]",
    "output": "BaseModelOutput[last_hidden_state]",
    "sequence first": "tensor, sequence first",
}


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
@pytest.mark.parametrize("form", [*FORMS])
def test_blocks_that_return_anything_are_found_and_steered(form: str, engine: str) -> None:
    model = toy(returns=form)
    assert detect_architecture(model).output == FORMS[form]
    assert proven(model, engine)


def test_a_deeper_vision_tower_is_not_taken_for_the_language_model() -> None:
    architecture = detect_architecture(toy(tower=9))
    assert (architecture.layer_path, architecture.num_layers) == ("blocks", LAYERS)
    assert ("vision", "its 9 members did not run") in architecture.rejected


def test_a_vision_tower_of_the_same_length_is_not_taken_either() -> None:
    assert detect_architecture(toy(tower=LAYERS)).layer_path == "blocks"


def test_of_two_lists_of_the_same_length_that_both_run_the_one_with_the_states_is_taken() -> None:
    model = toy(adapters=True)
    architecture = detect_architecture(model)
    assert architecture.layer_path == "blocks"
    assert [path for path, _ in architecture.rejected] == ["adapters"]
    assert proven(model)


def test_choosing_the_wrong_one_of_two_lists_does_not_survive_the_proof() -> None:
    loaded = as_loaded(toy(adapters=True), tiny_tokenizer(), layer_path="adapters")
    proof = prove(loaded, make_engine("hooks", loaded))
    assert [check.claim for check in proof.failures] == [
        "a block's state is transformers' own hidden_states[k + 1]"
    ]


def test_a_shared_block_has_a_number_for_each_of_its_calls() -> None:
    model = toy(rounds=3)
    architecture = detect_architecture(model)
    assert architecture.num_layers == 3 * LAYERS
    assert [(block.path, block.call) for block in architecture.blocks[3:6]] == [
        ("blocks.3", 0),
        ("blocks.0", 1),
        ("blocks.1", 1),
    ]
    assert proven(model)


def test_nnsight_refuses_shared_blocks_because_it_cannot_tell_their_calls_apart() -> None:
    loaded = as_loaded(toy(rounds=2), tiny_tokenizer())
    with pytest.raises(ModelError, match="run several times in one forward pass"):
        make_engine("nnsight", loaded)


def test_one_module_that_stands_in_the_list_several_times_is_one_block_with_several_calls() -> None:
    model = toy()
    model.blocks = nn.ModuleList([model.blocks[0], model.blocks[1], model.blocks[0], model.blocks[1]])
    blocks = detect_architecture(model).blocks
    assert [(block.path, block.call) for block in blocks] == [
        ("blocks.0", 0),
        ("blocks.1", 0),
        ("blocks.0", 1),
        ("blocks.1", 1),
    ]
    assert proven(model)


def test_blocks_that_are_skipped_at_run_time_are_named_and_have_no_number() -> None:
    model = toy(skip=(1,))
    architecture = detect_architecture(model)
    assert architecture.skipped == ("blocks.1",)
    assert [block.path for block in architecture.blocks] == ["blocks.0", "blocks.2", "blocks.3"]
    assert proven(model)


@pytest.mark.parametrize("engine", ["hooks", "nnsight"])
@pytest.mark.parametrize(("streams", "words"), [("last", "3 streams"), ("first", "3 streams first")])
def test_parallel_residual_streams_are_each_given_the_vector(streams: str, words: str, engine: str) -> None:
    model = toy(streams=streams)
    assert detect_architecture(model).output == f"tensor, {words}"
    assert proven(model, engine)


def test_a_size_is_read_from_the_config_and_never_from_a_name() -> None:
    model = toy()
    model.config._name_or_path = "someone/toy-9000b-h8192"
    assert detect_architecture(model).hidden_size == WIDTH
    assert known_dimensions("bigcode/starcoder2-7b").hidden_size == 4608


def test_a_config_that_belies_its_weights_is_refused_with_the_candidates() -> None:
    model = toy()
    model.config.hidden_size = 4096
    with pytest.raises(ModelError, match=r"no list of 4 blocks .*blocks: its members do not return .*24\]"):
        detect_architecture(model)


def test_layer_path_overrides_and_a_wrong_one_is_answered_with_the_candidates() -> None:
    model = toy(adapters=True)
    assert detect_architecture(model, "adapters").layer_path == "adapters"
    with pytest.raises(ModelError, match=r"at layer_path 'model.layers' .*adapters.*; blocks"):
        detect_architecture(model, "model.layers")


def test_an_encoder_decoder_is_refused_with_the_name_of_its_decoder() -> None:
    from transformers import BartConfig, BartForConditionalGeneration

    config = BartConfig(
        vocab_size=64, d_model=16, encoder_layers=1, decoder_layers=1, encoder_ffn_dim=16, decoder_ffn_dim=16
    )
    with pytest.raises(ModelError, match=r"encoder-decoder.*load that: BartForCausalLM"):
        detect_architecture(BartForConditionalGeneration(config))


def test_a_model_that_cannot_read_plain_tokens_is_refused_with_its_own_words() -> None:
    model = toy()
    model.forward = lambda **inputs: model.missing[inputs]
    with pytest.raises(
        ModelError, match="a forward pass of ToyModel on plain tokens failed with AttributeError"
    ):
        detect_architecture(model)


def test_detection_leaves_no_hook_and_the_mode_as_it_was() -> None:
    model = toy().train()
    detect_architecture(model)
    assert model.training
    assert not any(module._forward_hooks for module in model.modules())


def test_detection_says_what_it_found(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="pytest_steering"):
        detect_architecture(toy())
    assert caplog.messages == ["Found blocks with 4 layers", "Architecture pattern: blocks"]


@pytest.mark.parametrize("name", [*KNOWN])
def test_the_six_models_are_found_on_the_meta_device_at_full_size(name: str) -> None:
    from transformers import AutoConfig, AutoModelForCausalLM

    known = KNOWN[name]
    sizes = {
        "hidden_size": known.hidden_size,
        "num_hidden_layers": known.num_layers,
        "num_attention_heads": known.heads,
        "intermediate_size": known.mlp_size,
    }
    if known.model_type == "gpt_bigcode":
        sizes["n_inner"] = sizes.pop("intermediate_size")
    else:
        sizes["num_key_value_heads"] = known.kv_heads
    config = AutoConfig.for_model(known.model_type, **sizes)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    passes: list[Any] = []
    model.register_forward_pre_hook(lambda *given: passes.append(given))
    architecture = detect_architecture(model)
    assert len(passes) == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000
    found = (architecture.layer_path, architecture.num_layers, architecture.hidden_size)
    assert found == (known.layer_path, known.num_layers, known.hidden_size)
