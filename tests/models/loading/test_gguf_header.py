from __future__ import annotations

import pickle
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.gguf_header import gguf_in, gguf_model_type


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def header(*values: bytes, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, 0, len(values)) + b"".join(values)


def string(key: str, value: str) -> bytes:
    return text(key) + struct.pack("<I", 8) + text(value)


def array(key: str, kind: int, length: int, items: bytes) -> bytes:
    return text(key) + struct.pack("<IIQ", 9, kind, length) + items


ARCHITECTURE = string("general.architecture", "llama")
BEFORE = (
    text("a.flag") + struct.pack("<I?", 7, True),
    text("a.number") + struct.pack("<Id", 12, 0.5),
    string("a.name", "général"),
    array("some.numbers", 5, 3, struct.pack("<3i", 1, 2, 3)),
    array("some.words", 8, 2, text("one") + text("two")),
)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "model.gguf"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("version", [2, 3])
def test_the_architecture_is_found_behind_values_of_any_kind(tmp_path: Path, version: int) -> None:
    path = written(tmp_path, header(*BEFORE, ARCHITECTURE, version=version))

    assert gguf_model_type(path) == "llama"


@pytest.mark.parametrize(
    ("theirs", "ours"), [("qwen2moe", "qwen2_moe"), ("command-r", "cohere"), ("phi3", "phi3")]
)
def test_an_architecture_goes_by_the_name_that_transformers_has_for_it(
    tmp_path: Path, theirs: str, ours: str
) -> None:
    assert gguf_model_type(written(tmp_path, header(string("general.architecture", theirs)))) == ours


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r"is no GGUF file: it begins with b''"),
        (pickle.dumps({"weight": 1}), "is no GGUF file: it begins with"),
        (b"PK\x03\x04 what torch.save writes", r"is no GGUF file: it begins with b'PK\\x03\\x04'"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "pointer of Git LFS.* git lfs pull"),
        (header(ARCHITECTURE, version=1), "GGUF of version 1; versions 2 and 3"),
        (header(*BEFORE), r"names no general\.architecture"),
        (header(text("a") + struct.pack("<I", 77)), "is not as GGUF files have it"),
        (header(text("a") + struct.pack("<IIQ", 9, 9, 1)), "is not as GGUF files have it"),
        (header(b"\xff" * 8), "is cut short"),
        (header(array("a", 5, 1 << 63, b"")), "is cut short"),
        (header(struct.pack("<Q", 1) + b"\xff" + struct.pack("<I", 8)), "is not as GGUF files have it"),
    ],
)
def test_what_is_no_such_file_is_one_clear_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        gguf_model_type(written(tmp_path, content))
    assert "\n" not in str(caught.value)


@given(length=st.integers(4, len(header(*BEFORE, ARCHITECTURE)) - 1))
def test_a_header_that_ends_anywhere_is_cut_short(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    path = written(tmp_path_factory.mktemp("cut"), header(*BEFORE, ARCHITECTURE)[:length])

    with pytest.raises(ModelError, match="is cut short; fetch the file again"):
        gguf_model_type(path)


def test_a_folder_means_the_one_gguf_file_in_it(tmp_path: Path) -> None:
    assert gguf_in(tmp_path) is None
    (tmp_path / "config.json").write_text("{}")
    file = written(tmp_path, header(ARCHITECTURE))

    assert gguf_in(tmp_path) == gguf_in(file) == file


def test_weights_of_the_ordinary_kind_come_first(tmp_path: Path) -> None:
    written(tmp_path, header(ARCHITECTURE))
    (tmp_path / "model.safetensors").touch()

    assert gguf_in(tmp_path) is None


def test_of_several_files_one_has_to_be_named(tmp_path: Path) -> None:
    for name in ("small.gguf", "large.gguf"):
        (tmp_path / name).touch()

    with pytest.raises(ModelError, match=r"holds 2 GGUF files \(large.gguf, small.gguf\); give the path"):
        gguf_in(tmp_path)
