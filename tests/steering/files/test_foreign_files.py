"""Files of other tools given as vectors or data: a sentence says what each is, and nothing of it is run."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pytest_steering.errors import DataError, VectorError
from pytest_steering.steering.vector import SteeringVector
from pytest_steering.tasks.data_files import read_object
from pytest_steering.tasks.jsonlines import read_rows
from tests.tiny import random_vector

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
FILES: dict[str, tuple[bytes, str]] = {
    "lfs.safetensors": (LFS, r"Git-LFS pointer.*git lfs pull"),
    "annexed.safetensors": (b"/annex/objects/SHA256E-s9--00\n", r"git-annex pointer.*git annex get"),
    "page.safetensors": (b"\n<!DOCTYPE html><html>404", "a web page"),
    "empty.safetensors": (b"", "empty"),
    "vector.gguf": (b"GGUF\3\0\0\0...controlvector.model_hint", "a damaged GGUF file"),
    "model.gguf": (b"GGUF\3\0\0\0...general.architecture llama", "a damaged GGUF file"),
    "other.json": (b'{"a": 1, "b": 2}', "JSON with 'a', 'b'"),
    "list.json": (b"[1, 2]", "a list in JSON"),
    "rows.jsonl": (b'{"a": 1}\n{"a": 2}\n', "it is JSON lines with 'a'"),
    "vector.gz": (gzip.compress(b"x"), "packed with gzip"),
    "table.parquet": (b"PAR1....", "a Parquet table"),
    "vector.npy": (b"\x93NUMPY\1\0", "a damaged NumPy array"),
    "cut.zip": (b"PK\x03\x04....", "a zip archive that is cut off"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_tool_is_named_when_given_as_a_vector(tmp_path: Path, name: str) -> None:
    content, sentence = FILES[name]
    (tmp_path / name).write_bytes(content)

    with pytest.raises(VectorError, match=sentence):
        SteeringVector.load(tmp_path / name)


def test_a_numpy_archive_is_no_pickle(tmp_path: Path) -> None:
    np.savez(tmp_path / "params.npz", W_dec=np.ones(3), b_dec=np.ones(3))

    with pytest.raises(VectorError, match=r"NumPy archive \(\.npz\) of W_dec, b_dec") as found:
        SteeringVector.load(tmp_path / "params.npz")
    assert "pickle, as torch" not in str(found.value)


def test_any_other_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "vectors.zip", "w") as archive:
        archive.writestr("vector.safetensors", b"x")

    with pytest.raises(VectorError, match="a zip archive; unpack it first"):
        SteeringVector.load(tmp_path / "vectors.zip")


FOLDERS = {
    "a sparse autoencoder": ("cfg.json", "sae_weights.safetensors"),
    "an adapter": ("adapter_config.json", "adapter_model.safetensors"),
    "a folder of a model": ("config.json",),
}


@pytest.mark.parametrize("sentence", FOLDERS)
def test_a_folder_of_another_tool_is_named(tmp_path: Path, sentence: str) -> None:
    for name in FOLDERS[sentence]:
        (tmp_path / name).write_bytes(b"{}")

    with pytest.raises(VectorError, match=sentence):
        SteeringVector.load(tmp_path)


def test_safetensors_of_another_tool_say_what_they_hold(tmp_path: Path) -> None:
    save_file({"W_dec": torch.ones(3)}, tmp_path / "sae.safetensors")

    with pytest.raises(
        VectorError, match=r"it holds W_dec; a file that SteeringVector\.save wrote was expected"
    ):
        SteeringVector.load(tmp_path / "sae.safetensors")


def test_a_vector_of_a_newer_layout_is_no_foreign_file(tmp_path: Path) -> None:
    path = tmp_path / "new.safetensors"
    save_file({"layer.0": torch.ones(3)}, path, metadata={"format": "pytest-steering.vector.9"})

    with pytest.raises(VectorError, match=r"layout pytest-steering\.vector\.9; this version reads"):
        SteeringVector.load(path)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"layer.1"', b'"layer.3"'),
        (b'"method":"given"', b'"method":"taken"'),
        (b'\\"weights\\": \\"a', b'\\"weights\\": \\"b'),
        (b'\\"known\\": false', b'\\"known\\": true '),
    ],
)
def test_a_header_that_was_edited_is_found_out(tmp_path: Path, was: bytes, becomes: bytes) -> None:
    path = tmp_path / "vector.safetensors"
    SteeringVector(random_vector((1, 2)).directions, provenance={"weights": "abc"}).save(path)
    content = path.read_bytes()
    assert was in content
    path.write_bytes(content.replace(was, becomes, 1))

    with pytest.raises(VectorError, match="not as they were saved"):
        SteeringVector.load(path)


READERS: dict[str, Callable[[Path], object]] = {
    "lines": lambda path: list(read_rows(path)),
    "an object": read_object,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ["lfs.safetensors", "page.safetensors", "vector.gz", "table.parquet"])
def test_data_that_is_another_file_is_named(tmp_path: Path, reader: str, name: str) -> None:
    content, sentence = FILES[name]
    (tmp_path / name).write_bytes(content)

    with pytest.raises(DataError, match=sentence):
        READERS[reader](tmp_path / name)
