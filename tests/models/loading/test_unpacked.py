from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from pytest_steering.errors import ModelError
from pytest_steering.models.loading import unpacked as unpacked_module
from pytest_steering.models.loading.gguf_unpacking import unpack
from pytest_steering.models.loading.planning import plan
from pytest_steering.models.loading.specs import ModelSpec, resolve_model
from pytest_steering.models.loading.unpacked import unpacked, unpacked_folder
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.progress.progress import WATCHER, Advance
from tests.tiny_gguf import END, TEMPLATE, tiny_llama, write_gguf

TEXT = "the cat sat on the mat"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "pytest-steering" / "models"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The tiny model of seed 0 in float32."""
    return write_gguf(tmp_path / "tiny.gguf", tiny_llama())


@pytest.fixture
def folder(file: Path) -> Path:
    """What the file was unpacked into."""
    return Path(unpacked(resolve_model(str(file))).source)


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(*_: object) -> None:
        raise AssertionError("it was unpacked again")

    monkeypatch.setattr(unpacked_module, "unpack", unpack)


def logits(model: SteerableModel) -> torch.Tensor:
    ids = torch.tensor(model.tokens([TEXT]))
    with torch.no_grad():
        result: torch.Tensor = model.loaded.module(ids).logits
    return result


def test_a_file_loads_as_the_model_that_was_written_into_it(file: Path) -> None:
    model = SteerableModel.load(str(file), device="cpu")
    ids = torch.tensor(model.tokens([TEXT]))

    assert torch.equal(logits(model), tiny_llama()(ids).logits)
    assert model.loaded.tokenizer.decode(ids[0]) == TEXT
    assert (model.name, model.architecture.family, model.loaded.context) == ("tiny", "llama", 64)
    assert model.loaded.stop_ids == {model.loaded.tokenizer.convert_tokens_to_ids(END)}
    assert model.loaded.tokenizer.chat_template == TEMPLATE


def test_the_folder_is_that_of_an_ordinary_model(folder: Path) -> None:
    """One that called itself quantised would not be compared with the memory that is free."""
    assert "quantization_config" not in json.loads((folder / "config.json").read_text())


def test_a_matrix_that_is_used_twice_is_kept_once(tmp_path: Path) -> None:
    module = tiny_llama(tied=True)
    for weight in module.parameters():
        weight.data.copy_(weight.data.bfloat16())
    file = write_gguf(tmp_path / "tied.gguf", module, kind="BF16")
    model = SteerableModel.load(str(file), device="cpu")
    kept = load_file(Path(model.loaded.module.config._name_or_path) / "model.safetensors")

    assert "lm_head.weight" not in kept
    assert torch.equal(logits(model), module(torch.tensor(model.tokens([TEXT]))).logits)


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [("F32", "float32"), ("F16", "float16"), ("BF16", "bfloat16"), ("Q8_0", "float32"), ("Q4_1", "float32")],
)
def test_the_weights_are_kept_exactly_and_in_no_larger_dtype(tmp_path: Path, kind: str, dtype: str) -> None:
    from gguf import GGUFReader, dequantize

    file = write_gguf(tmp_path / "tiny.gguf", tiny_llama(), kind=kind)
    kept = load_file(Path(unpacked(resolve_model(str(file))).source) / "model.safetensors")
    stored = {one.name: dequantize(one.data, one.tensor_type) for one in GGUFReader(file).tensors}

    assert {str(weight.dtype) for weight in kept.values()} == {f"torch.{dtype}"}
    for ours, theirs in {
        "mlp.up_proj": "ffn_up",
        "self_attn.v_proj": "attn_v",
        "input_layernorm": "attn_norm",
    }.items():
        expected = torch.tensor(stored[f"blk.1.{theirs}.weight"])
        assert torch.equal(kept[f"model.layers.1.{ours}.weight"].float(), expected)


def test_a_second_load_reads_what_the_first_unpacked(folder: Path, file: Path, never: None) -> None:
    again = unpacked(resolve_model(str(file)))

    assert (again.source, again.name, again.gguf) == (str(folder), "tiny", None)


def test_the_content_decides_and_not_the_path(folder: Path, file: Path, tmp_path: Path, never: None) -> None:
    moved = file.rename(tmp_path / "moved.gguf")
    assert unpacked(resolve_model(str(moved))).source == str(folder)

    other = write_gguf(file, tiny_llama(seed=1))
    assert unpacked_folder(other) != folder


def test_another_version_of_transformers_reads_for_itself(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = unpacked_folder(file)
    monkeypatch.setattr(unpacked_module, "version", lambda _name: "6.0.0")

    assert unpacked_folder(file) != ours


def flip_a_bit(folder: Path) -> None:
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)


def shorten(folder: Path) -> None:
    os.truncate(folder / "tokenizer.json", 100)


def add(folder: Path) -> None:
    (folder / "adapter_config.json").write_text("{}")


def remove(folder: Path) -> None:
    (folder / "generation_config.json").unlink()


def forget(folder: Path) -> None:
    (folder / "unpacked.json").unlink()


def nonsense(folder: Path) -> None:
    (folder / "unpacked.json").write_text("[]")


@pytest.mark.parametrize("damage", [flip_a_bit, shorten, add, remove, forget, nonsense])
def test_a_folder_that_is_not_as_it_was_left_is_made_anew(
    folder: Path, file: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    before = logits(SteerableModel.load(str(file), device="cpu"))
    damage(folder)
    with caplog.at_level(logging.WARNING, "pytest_steering"):
        after = logits(SteerableModel.load(str(file), device="cpu"))

    assert torch.equal(before, after)
    assert "was damaged; it is unpacked anew" in caplog.text
    assert sorted(json.loads((folder / "unpacked.json").read_text())["files"]) == sorted(
        path.name for path in folder.iterdir() if path.name != "unpacked.json"
    )


def test_a_watcher_is_told_how_far_the_unpacking_is(file: Path) -> None:
    told: list[tuple[int, str, list[int]]] = []

    @contextmanager
    def watcher(total: int, unit: str) -> Iterator[Advance]:
        told.append((total, unit, []))
        yield told[-1][2].append

    token = WATCHER.set(watcher)
    unpacked(resolve_model(str(file)))
    WATCHER.reset(token)

    assert told == [(3, "step", [1, 1, 1])]


def test_what_a_killed_process_left_is_no_model(file: Path, cache: Path) -> None:
    folder = unpacked_folder(file)
    program = (
        "import sys, time\n"
        "from pytest_steering.models.loading import unpacked\n"
        "from pytest_steering.models.loading.specs import ModelSpec, resolve_model\n"
        "def unpack(spec, folder):\n"
        "    folder.mkdir(); (folder / 'adapter_config.json').write_text('{}'); print('begun', flush=True)\n"
        "    time.sleep(60)\n"
        "unpacked.unpack = unpack\n"
        "unpacked.unpacked(resolve_model(sys.argv[1]))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(file)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(signal.SIGKILL)
    assert not folder.exists()
    assert [path.name for path in cache.glob("*.draft")] == [f"{folder.name}.draft"]

    assert unpacked(resolve_model(str(file))).source == str(folder)
    assert not (folder / "adapter_config.json").exists()
    assert not list(cache.glob("*.draft"))


def test_of_two_that_load_it_at_once_one_unpacks_and_the_other_waits(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a lock of its own on the file beside the folder, as two processes have."""
    times = []

    def slowly(spec: ModelSpec, folder: Path) -> None:
        times.append(time.monotonic())
        time.sleep(0.2)
        unpack(spec, folder)

    monkeypatch.setattr(unpacked_module, "unpack", slowly)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(unpacked, [resolve_model(str(file))] * 2)

    assert one == other
    assert len(times) == 1


def test_a_file_that_is_cut_short_is_a_sentence_and_leaves_nothing(file: Path, cache: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)

    with pytest.raises(ModelError, match=r"tiny.*of [\d,]+ bytes; a file that is cut short") as caught:
        SteerableModel.load(str(file))
    assert "\n" not in str(caught.value)
    assert not [path for path in cache.iterdir() if path.suffix != ".lock"]


def test_an_architecture_that_transformers_cannot_read_is_a_sentence(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "other.gguf", tiny_llama(), architecture="rwkv7")

    with pytest.raises(ModelError, match="architecture rwkv7 is not supported"):
        SteerableModel.load(str(file))


def test_a_file_that_lacks_weights_is_refused(tmp_path: Path) -> None:
    module = tiny_llama()
    del module.model.layers[1]
    file = write_gguf(tmp_path / "half.gguf", module)

    with pytest.raises(ModelError, match="lack 9 weights of its architecture"):
        SteerableModel.load(str(file))


def test_a_model_that_does_not_fit_is_not_unpacked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_steering.models.loading.planning.free_memory", lambda _device: 1000)

    with pytest.raises(ModelError, match=r"tiny needs .* in float32"):
        SteerableModel.load(str(file))
    assert not unpacked_folder(file).exists()


def test_a_missing_package_is_named_with_the_command(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_steering.models.loading.gguf_packages.find_spec", lambda _name: None)

    with pytest.raises(ModelError, match=r"gguf and accelerate; pip install 'pytest-steering\[gguf\]'"):
        SteerableModel.load(str(file))


def test_what_is_unpacked_needs_the_packages_no_more(
    folder: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_steering.models.loading.gguf_packages.find_spec", lambda _name: None)

    assert SteerableModel.load(str(file), device="cpu").name == "tiny"


def test_a_cache_that_cannot_be_written_is_a_sentence(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))

    with pytest.raises(
        ModelError, match=r"could not be unpacked into .*; make room there, or set XDG_CACHE_HOME"
    ):
        SteerableModel.load(str(file))


def test_a_plan_is_made_from_the_file_and_unpacks_nothing(file: Path, cache: Path) -> None:
    assert plan(str(file), "cpu").name == "tiny"
    assert not cache.exists()
