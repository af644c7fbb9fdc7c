"""Steering files of lm-evaluation-harness: what its model type `steered` reads, as .pt and as a table."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.files.contents import Contents
from pytest_steering.steering.files.format_registry import vector_format
from pytest_steering.steering.files.found import Found
from pytest_steering.steering.files.hints import Hints
from pytest_steering.steering.files.rows import block_named, numbers
from pytest_steering.steering.files.sparse_autoencoders import decoder_row
from pytest_steering.steering.numbers import finite_number

if TYPE_CHECKING:
    from torch import Tensor


def _is_config(contents: Contents) -> bool:
    values = (
        contents.value.values() if contents.kind == "torch" and isinstance(contents.value, Mapping) else ()
    )
    return bool(values) and all(isinstance(one, Mapping) and "steering_vector" in one for one in values)


@vector_format("lm-eval", "lm-evaluation-harness, model type steered (.pt)", _is_config)
def read_config(contents: Contents, _hints: Hints) -> Found:
    """Return vector × coefficient by hookpoint, which is what the harness adds to the module's output."""
    where = str(contents.path)
    steps = [
        (_block(str(hookpoint), where), _added(one, f"{where}, {printable(str(hookpoint), 60)}"))
        for hookpoint, one in contents.value.items()
    ]
    return Found(_summed(steps), notes=_MULTIPLIED)


@vector_format(
    "lm-eval-csv", "lm-evaluation-harness, table of features (.csv)", lambda one: one.kind == "csv"
)
def read_table(contents: Contents, _hints: Hints) -> Found:
    """Return the sum of its rows' features by hookpoint, of which the harness keeps the last alone."""
    steps, where = [], str(contents.path)
    for number, row in enumerate(csv.DictReader(contents.value.splitlines()), 2):
        at = f"{where}, line {number}"
        hookpoint, folder = (
            str(row.get("hookpoint") or ""),
            contents.path.parent / str(row.get("sparse_model") or ""),
        )
        _require_added(row.get("action"), row.get("head_index"), at)
        feature, strength = (
            _whole(row.get("feature_index"), at),
            _strength(row.get("steering_coefficient"), at),
        )
        steps.append((_block(hookpoint, at), strength * _feature(folder, hookpoint, feature, at)))
    if not steps:
        raise VectorError(f"{where} has no row below its header")
    twice = len({block for block, _ in steps}) < len(steps)
    return Found(_summed(steps), notes=(*_MULTIPLIED, *((_SUMMED,) if twice else ())))


_MULTIPLIED = (
    "the file's coefficients are multiplied in, as lm-evaluation-harness adds them: apply it with scale=1",
)
_SUMMED = "several rows of one hookpoint are summed; lm-evaluation-harness applies the last of them alone"


def _feature(folder: Path, hookpoint: str, feature: int, where: str) -> Tensor:
    for one in (folder / hookpoint, folder):
        file = next(
            (one / name for name in ("sae_weights.safetensors", "sae.safetensors") if (one / name).is_file()),
            None,
        )
        if file:
            return decoder_row(file, feature)
    raise VectorError(
        f"{where}: the sparse model {printable(str(folder), 120)} is no folder here; nothing is downloaded, "
        "so fetch it "
        "and name its folder in the column sparse_model"
    )


def _block(hookpoint: str, where: str) -> int:
    named = block_named(hookpoint)
    if named is None or named[1]:
        raise VectorError(
            f"{where}: the hookpoint {printable(hookpoint, 80)!r} is not a block; layers.N and h.N are read "
            "here"
        )
    return named[0]


def _added(one: Mapping[str, Any], where: str) -> Tensor:
    _require_added(one.get("action", "add"), one.get("head_index"), where)
    vector = numbers(one["steering_vector"], where).reshape(-1)
    return _strength(one.get("steering_coefficient", 1.0), where) * vector.float()


def _require_added(action: object, head: object, where: str) -> None:
    if action != "add":
        raise VectorError(
            f"{where}: the action {printable(str(action), 40)!r} does more than add a direction, so a vector "
            "cannot say "
            "it; take the direction alone with action 'add', and name the operation in an Intervention"
        )
    if head not in (None, "", "None"):
        raise VectorError(
            f"{where}: head_index {printable(str(head), 20)} steers one head; vectors are of whole blocks"
        )


def _strength(given: object, where: str) -> float:
    try:
        return finite_number(float(given), f"{where}: the coefficient")  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise VectorError(f"{where}: the coefficient {printable(str(given), 40)!r} is no number") from error


def _whole(given: object, where: str) -> int:
    text = str(given or "").strip()
    if not text.isdecimal():
        raise VectorError(f"{where}: the feature {printable(text, 40)!r} is no whole number")
    return int(text)


def _summed(steps: list[tuple[int, Tensor]]) -> dict[int, Tensor]:
    total: dict[int, Tensor] = {}
    for block, direction in steps:
        total[block] = total[block] + direction if block in total else direction
    return total
