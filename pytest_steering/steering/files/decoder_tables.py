"""All directions of a sparse autoencoder, to look for some among them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.files.contents import contents_of
from pytest_steering.steering.files.rows import numbers
from pytest_steering.steering.files.sparse_autoencoders import WEIGHTS

if TYPE_CHECKING:
    from torch import Tensor


def decoder_table(path: Path, axis: int | None = None) -> Tensor:
    """Return the decoder of a sparse autoencoder, a row a feature: [features, hidden], float32.

    Args:
        path: Of a file or folder of which `SteeringVector.load(path, feature=…)` reads single ones.
        axis: 0 where the features of a square decoder of dictionary_learning are its rows.

    Raises:
        VectorError: It is no sparse autoencoder, or damaged.
    """
    contents = contents_of(path)
    if contents is not None and contents.kind == "folder":
        return _of_safetensors(path / WEIGHTS)
    if contents is not None and "W_dec" in contents.keys:
        return numbers(contents.value["W_dec"], str(path)).float()
    if contents is not None and "decoder.weight" in contents.keys:
        weight = numbers(contents.value["decoder.weight"], str(path)).float()
        return weight if axis == 0 else weight.T
    raise VectorError(f"{path} holds no decoder of a sparse autoencoder")


def _of_safetensors(path: Path) -> Tensor:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="pt") as file:
            table: Tensor = file.get_tensor("W_dec")
            return table.float()
    except (SafetensorError, OSError) as error:
        raise VectorError(
            f"{path} holds no decoder W_dec that can be read: {printable(str(error), 200)}"
        ) from error
