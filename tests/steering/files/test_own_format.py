from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from pytest_steering.errors import VectorError
from pytest_steering.steering.vector import SteeringVector
from tests.tiny import random_vector

numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)
layered = st.dictionaries(st.integers(0, 99), st.lists(numbers, min_size=3, max_size=3), min_size=1)


@given(layered, st.text(), st.dictionaries(st.text(), st.text()))
def test_what_was_saved_is_loaded_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory,
    directions: dict[int, list[float]],
    method: str,
    provenance: dict[str, str],
) -> None:
    path = tmp_path_factory.mktemp("vectors") / "vector.safetensors"
    given_tensors = {layer: torch.tensor(direction) for layer, direction in directions.items()}
    vector = SteeringVector(given_tensors, method, provenance)
    vector.save(path)
    assert SteeringVector.load(path) == vector
    assert SteeringVector.load(str(path)).sha256 == vector.sha256


def test_layers_that_were_given_the_same_tensor_are_saved(tmp_path: Path) -> None:
    shared = torch.ones(4)
    SteeringVector({0: shared, 1: shared}).save(tmp_path / "vector.safetensors")
    assert SteeringVector.load(tmp_path / "vector.safetensors").layers == (0, 1)


class _Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path(self.path),))

    def __init__(self, path: Path) -> None:
        self.path = str(path)


def test_a_pickle_is_refused_and_never_run(tmp_path: Path) -> None:
    (tmp_path / "vector.pkl").write_bytes(pickle.dumps(_Bomb(tmp_path / "ran")))
    with pytest.raises(VectorError, match=r"vector\.pkl is not a readable steering vector"):
        SteeringVector.load(tmp_path / "vector.pkl")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_a_truncated_file_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "vector.safetensors"
    random_vector().save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(VectorError, match="not a readable steering vector"):
        SteeringVector.load(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(VectorError, match="not a readable steering vector"):
            SteeringVector.load(path)


def test_a_refused_path_comes_with_advice(tmp_path: Path) -> None:
    random_vector().save(tmp_path / "mine.safetensors")
    (tmp_path / "vector.pkl").write_bytes(pickle.dumps({0: [1.0]}))
    advice = {
        tmp_path: r"it is a folder; name a file .*\(.safetensors files in it: mine\.safetensors\)",
        tmp_path / "none.safetensors": "there is no such file",
        tmp_path / "vector.pkl": r"it is a pickle.*was not read\. If you trust it, .*SteeringVector\(",
    }
    for path, sentence in advice.items():
        with pytest.raises(VectorError, match=sentence):
            SteeringVector.load(path)


def test_a_damaged_file_whose_length_begins_like_a_pickle_is_not_called_one(tmp_path: Path) -> None:
    path = tmp_path / "vector.safetensors"
    path.write_bytes((0x80).to_bytes(8, "little") + b'{"layer.0":')
    with pytest.raises(VectorError, match=r"SteeringVector\.save wrote was expected"):
        SteeringVector.load(path)


def test_a_file_without_our_header_is_no_vector_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"layer.0": torch.ones(3)}, str(path))
    assert SteeringVector.load(path).provenance["format"].startswith("tensors by layer")


FORMAT = {"format": "pytest-steering.vector.1"}


@pytest.mark.parametrize(
    ("tensors", "metadata"),
    [
        ({"layer.0": torch.ones(3)}, FORMAT),
        ({"layer.0": torch.ones(3)}, {**FORMAT, "method": "m", "provenance": "{"}),
        ({"weight": torch.ones(3)}, {**FORMAT, "method": "m", "provenance": "{}"}),
        ({"layer.0": torch.ones(3, 3)}, {**FORMAT, "method": "m", "provenance": "{}"}),
        ({"layer.0": torch.full((3,), torch.nan)}, {**FORMAT, "method": "m", "provenance": json.dumps({})}),
    ],
)
def test_a_damaged_vector_file_is_refused(
    tmp_path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str]
) -> None:
    path = tmp_path / "vector.safetensors"
    save_file(tensors, str(path), metadata=metadata)
    with pytest.raises(VectorError, match="damaged steering vector"):
        SteeringVector.load(path)
