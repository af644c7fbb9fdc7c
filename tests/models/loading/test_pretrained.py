from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.placement import resolve_device, resolve_dtype
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.steerable import SteerableModel
from tests.models.conftest import ModelOf
from tests.tiny import CONTEXT, END, FAMILIES, PAD, PROMPTS, tiny_module, tiny_tokenizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny Starcoder2 on disk as `save_pretrained` leaves it."""
    return saved("starcoder2", tmp_path / "tiny")


def saved(family: str, path: Path) -> Path:
    tiny_module(family).save_pretrained(path)
    tiny_tokenizer().save_pretrained(path)
    return path


def edit_config(folder: Path, **changes: Any) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_saved_model_is_loaded_ready_to_run(family: str, tmp_path: Path, model_of: ModelOf) -> None:
    model = SteerableModel.load(str(saved(family, tmp_path / "mine")), device="cpu")
    assert model.weights == model_of(family).weights
    assert not model.loaded.module.training
    assert (model.name, model.architecture.family) == ("mine", family)
    assert (model.loaded.pad_id, sorted(model.loaded.stop_ids), model.loaded.context) == (PAD, [END], CONTEXT)


def test_a_loaded_model_writes_what_it_wrote_before_it_was_saved(folder: Path, model_of: ModelOf) -> None:
    expected = model_of("starcoder2").generate(PROMPTS, max_new_tokens=4)
    assert SteerableModel.load(str(folder), device="cpu").generate(PROMPTS, max_new_tokens=4) == expected


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_the_dtype_is_the_one_asked_for(folder: Path, dtype: str) -> None:
    model = SteerableModel.load(str(folder), device="cpu", dtype=dtype)
    assert str(model.loaded.module.dtype) == f"torch.{dtype}"


def test_auto_is_float32_on_the_cpu_whatever_the_config_says(folder: Path) -> None:
    edit_config(folder, dtype="bfloat16", torch_dtype="bfloat16")
    assert SteerableModel.load(str(folder), device="cpu").loaded.module.dtype == torch.float32


@pytest.mark.parametrize("device", ["gpu", "cuda0", "", "cpu:x", "meta", 3.5, None])
def test_a_device_that_is_none_is_one_clear_sentence(device: Any) -> None:
    with pytest.raises(ModelError, match="device"):
        resolve_device(device)


def test_cuda_without_a_gpu_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ModelError, match="'cuda:1' was asked for, but torch finds no CUDA device"):
        resolve_device("cuda:1")
    assert resolve_device("auto") == "cpu"


@pytest.mark.parametrize("dtype", ["float64", "int8", "fp16", ""])
def test_a_dtype_that_is_not_known_is_one_clear_sentence(dtype: str) -> None:
    with pytest.raises(ModelError, match="use auto, float32, bfloat16, float16"):
        resolve_dtype(dtype, "cpu")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"engine": "sglang"}, "engine 'sglang' is not known; known are hooks, nnsight"),
        ({"dtype": "int4"}, "dtype 'int4' is not known"),
        ({"device": "tpu9"}, "device 'tpu9'"),
        ({"batch_rows": 0}, "batch_rows is 0"),
        ({"layer_path": "encoder.layers"}, "encoder.layers"),
    ],
)
def test_an_option_that_is_not_known_is_one_clear_sentence(
    folder: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        SteerableModel.load(str(folder), **options)
    assert "\n" not in str(caught.value)


def test_an_unknown_engine_is_refused_before_the_model_is_looked_for() -> None:
    with pytest.raises(ModelError, match="engine"):
        SteerableModel.load("no-such-model", engine="sglang")


@pytest.mark.parametrize("name", ["starcodr2", "no-such-model", "", "./nowhere"])
def test_an_unknown_model_is_one_clear_sentence(name: str) -> None:
    with pytest.raises(ModelError, match="model") as caught:
        SteerableModel.load(name)
    assert "\n" not in str(caught.value)


def truncate_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])


def remove_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def pickle_weights(folder: Path) -> None:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    remove_weights(folder)


def drop_a_weight(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    del weights["model.layers.2.mlp.c_fc.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def reshape_a_weight(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    weights["model.layers.2.mlp.c_fc.weight"] = torch.ones(3, 3)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def break_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0"}')


def remove_tokenizer(folder: Path) -> None:
    for file in folder.glob("token*"):
        file.unlink()


def unknown_type(folder: Path) -> None:
    edit_config(folder, model_type="brand_new", architectures=["BrandNewForCausalLM"])


def no_language_model(folder: Path) -> None:
    edit_config(folder, model_type="vit", architectures=["ViTModel"])


@pytest.mark.parametrize(
    "damage",
    [
        truncate_weights,
        remove_weights,
        pickle_weights,
        drop_a_weight,
        reshape_a_weight,
        break_tokenizer,
        remove_tokenizer,
        unknown_type,
        no_language_model,
    ],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_model_folder_is_one_clear_sentence(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(folder)
    with pytest.raises(ModelError, match="tiny") as caught:
        SteerableModel.load(str(folder), device="cpu")
    assert "\n" not in str(caught.value)


def test_a_weight_that_the_files_lack_is_named_and_never_random(folder: Path) -> None:
    drop_a_weight(folder)
    with pytest.raises(ModelError, match=r"lack 1 weights .*such as model\.layers\.2\.mlp\.c_fc\.weight"):
        SteerableModel.load(str(folder), device="cpu")


def test_a_models_own_python_code_is_not_run_unless_asked_for(folder: Path) -> None:
    edit_config(
        folder, model_type="brand_new", auto_map={"AutoConfig": "code.C", "AutoModelForCausalLM": "code.M"}
    )
    (folder / "code.py").write_text(f"open({str(folder / 'ran')!r}, 'w')")
    with pytest.raises(ModelError):
        SteerableModel.load(str(folder), device="cpu")
    assert not (folder / "ran").exists()


def test_a_hub_id_without_a_network_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        SteerableModel.load("bigcode/starcoder2-15b")


def test_a_quantised_model_is_left_where_its_loader_put_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import AutoModelForCausalLM

    read = AutoModelForCausalLM.from_pretrained

    def quantised(*args: Any, **options: Any) -> Any:
        found = read(*args, **options)
        module = found[0] if isinstance(found, tuple) else found
        module.hf_quantizer = SimpleNamespace(is_compileable=False)
        module.to = lambda *_: pytest.fail("a quantised model must not be moved")
        return found

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", quantised)
    assert SteerableModel.load(str(folder)).architecture.num_layers > 0


def test_every_stop_token_of_the_generation_config_ends_an_answer() -> None:
    module = tiny_module("qwen2")
    module.generation_config.eos_token_id = [END, 7]
    assert as_loaded(module, tiny_tokenizer()).stop_ids == {END, 7}


def test_the_tokenizers_stop_token_is_taken_where_the_model_names_none() -> None:
    module = tiny_module("qwen2")
    module.generation_config.eos_token_id = None
    assert as_loaded(module, tiny_tokenizer()).stop_ids == {END}


def test_a_pad_token_that_the_model_has_no_embedding_of_is_not_used() -> None:
    module = tiny_module("qwen2")
    module.generation_config.pad_token_id = 500
    tokenizer = _Tokenizer(pad_token_id=400, eos_token_id=END)
    assert as_loaded(module, tokenizer).pad_id == END


class _Tokenizer:
    def __init__(self, **ids: int) -> None:
        vars(self).update(ids)
