"""Rows and numbers of foreign files as tensors, or a sentence about what they are instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.numbers import whole_number

if TYPE_CHECKING:
    from torch import Tensor

_HIGHEST = 100_000
_BLOCK = re.compile(r"(?:.*\.)?(?:layers?|h|blocks?)[._](\d{1,6})(?:\.hook_resid_post)?", re.DOTALL)
_ENTERS = re.compile(r"(?:.*\.)?blocks\.(\d{1,6})\.hook_resid_pre", re.DOTALL)


def layer_number(key: Any, where: str) -> int:
    """Return the number of a layer that a file gives as a number or as text.

    Raises:
        VectorError: It is none, or higher than any model is deep.
    """
    text = key.strip() if isinstance(key, str) else key
    number = int(text) if isinstance(text, str) and re.fullmatch(r"\d{1,6}", text) else whole_number(text)
    if number is None or not 0 <= number <= _HIGHEST:
        raise VectorError(
            f"{where} has a direction for {printable(repr(key), 40)}, which is no number of a layer"
        )
    return number


def block_named(name: str) -> tuple[int, bool] | None:
    """Return the block that a name means, and whether its input is meant; None for another module or hook.

    Args:
        name: Such as `layers.3`, `transformer.h.3`, `blocks.3.hook_resid_post`, `blocks.3.hook_resid_pre`.
    """
    if entering := _ENTERS.fullmatch(name):
        return int(entering[1]), True
    leaving = _BLOCK.fullmatch(name)
    return (int(leaving[1]), False) if leaving else None


def numbers(rows: Any, where: str) -> Tensor:
    """Return lists of numbers, or an array, as float32.

    Raises:
        VectorError: They are no numbers, or rows of different lengths.
    """
    import torch

    try:
        if isinstance(rows, torch.Tensor):
            return rows if rows.is_floating_point() else rows.float()
        if hasattr(rows, "dtype"):
            return torch.from_numpy(rows.astype("float32"))
        _require_numbers(rows)
        return torch.tensor(rows, dtype=torch.float32, device="cpu")
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise VectorError(
            f"{where} holds no numbers where a direction was expected: {printable(str(error), 120)}"
        ) from error


def _require_numbers(rows: Any) -> None:
    """Refuse truth values and text, which torch would take for numbers or name in its own words."""
    flat = (
        [one for row in rows for one in (row if isinstance(row, list) else [row])]
        if isinstance(rows, list)
        else [rows]
    )
    other = next((one for one in flat if isinstance(one, bool) or not isinstance(one, int | float)), None)
    if other is not None or not flat:
        raise ValueError(f"{other!r} is no number" if flat else "an empty list")


def picked_row(table: Tensor, row: int | None, where: str, what: str = "row") -> Tensor:
    """Return the one row of a table, or the one that was asked for.

    Args:
        table: Of shape [rows, hidden].
        row: Which; None where nobody said.
        where: The file, for people.
        what: As the argument of `load` is called.

    Raises:
        VectorError: There are several and none was asked for, or there is no such row.
    """
    if table.dim() != 2 or not table.shape[0]:
        raise VectorError(f"{where} has numbers of shape {list(table.shape)}; [rows, hidden] expected")
    count = table.shape[0]
    if row is None and count > 1:
        raise VectorError(
            f"{where} holds {count:,} directions; say which: SteeringVector.load(path, {what}=0)"
        )
    if row is not None and row >= count:
        raise VectorError(f"{where} has no {what} {row:,}; it has {count:,}, numbered from 0")
    return table[row or 0]
