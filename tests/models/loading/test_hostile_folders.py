"""Folders that hold no model, or one that nobody should read: each is a sentence, at once."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.config_sizes import size_faults
from pytest_steering.models.loading.planning import plan
from pytest_steering.models.loading.specs import resolve_model
from pytest_steering.models.steerable import SteerableModel

Change = dict[str, Any]

CONFIGS: dict[str, tuple[Change, str]] = {
    "no heads": ({"num_attention_heads": 0}, "'num_attention_heads' is 0, expected 1 to"),
    "a width of 10^15": ({"hidden_size": 10**15}, "'hidden_size' is 1000000000000000, expected 1 to"),
    "negative layers": ({"num_hidden_layers": -3}, "'num_hidden_layers' is -3"),
    "a million layers": ({"num_hidden_layers": 10**6}, "'num_hidden_layers' is 1000000, expected 1 to 1,000"),
    "no vocabulary": ({"vocab_size": 0}, "'vocab_size' is 0"),
    "heads in words": ({"num_attention_heads": "four"}, "is 'four', expected a whole number"),
    "an unknown activation": ({"hidden_act": "wish"}, "wish"),
    "an unknown rotary scaling": ({"rope_parameters": {"rope_type": "wish", "rope_theta": 1e4}}, "wish|rope"),
    "an unknown family": ({"model_type": "wish", "architectures": ["Wish"]}, "wish"),
    "code of its own": (
        {"model_type": "wish", "auto_map": {"AutoConfig": "code.C", "AutoModelForCausalLM": "code.M"}},
        "custom code|trust_remote_code|wish",
    ),
    "sizes of a tower": ({"text_config": {"num_hidden_layers": 10**9}}, "of its text_config"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole model in a folder of its own."""
    return Path(shutil.copytree(resolve_model("starcoder2").source, tmp_path / "model"))


@pytest.mark.parametrize("what", CONFIGS)
def test_a_config_that_describes_no_model_is_a_sentence_at_once(folder: Path, what: str) -> None:
    change, sentence = CONFIGS[what]
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | change))
    begun = time.process_time()

    for use in (lambda: plan(str(folder), "cpu"), lambda: SteerableModel.load(str(folder), device="cpu")):
        with pytest.raises(ModelError, match=sentence):
            use()
    assert time.process_time() - begun < 10


TEXTS: dict[str, tuple[bytes, str]] = {
    "deep nesting": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
    "a key twice": (b'{"hidden_size": 8, "hidden_size": 9}', "stands in one object 2 times"),
    "NaN": (b'{"hidden_size": NaN}', "no number of JSON"),
    "a page": (b"<!DOCTYPE html>", "a web page"),
    "nothing": (b"", "empty"),
}


@pytest.mark.parametrize("what", TEXTS)
def test_a_config_that_is_no_plain_json_is_a_sentence(folder: Path, what: str) -> None:
    content, sentence = TEXTS[what]
    (folder / "config.json").write_bytes(content)

    with pytest.raises(ModelError, match=sentence):
        plan(str(folder), "cpu")


def _cut(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])


def _pickled(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")


def _pointer(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")


def _index(name: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        row = {"metadata": {}, "weight_map": {"a": name}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(row))

    return write


def _torn_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"a"')


FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut weights": (_cut, "could not be loaded"),
    "pickled weights": (_pickled, r"pytorch_model\.bin alone, which can run any code.*convert it"),
    "a pointer": (_pointer, "Git-LFS pointer"),
    "an index that leads elsewhere": (_index("../../other.safetensors"), "which is no file of its folder"),
    "an index of what is not there": (_index("b.safetensors"), "which is not there"),
    "a tokenizer cut off": (_torn_tokenizer, "could not be loaded"),
}


@pytest.mark.parametrize("what", FILES)
def test_files_that_hold_no_weights_of_the_model_are_a_sentence(folder: Path, what: str) -> None:
    damage, sentence = FILES[what]
    damage(folder)

    with pytest.raises(ModelError, match=sentence):
        SteerableModel.load(str(folder), device="cpu")


def test_sizes_that_a_family_lists_or_leaves_open_are_no_fault() -> None:
    config = {
        "num_hidden_layers": 2,
        "num_attention_heads": [4, 8],
        "intermediate_size": None,
        "vocab_size": 9,
    }
    assert list(size_faults(config)) == []
