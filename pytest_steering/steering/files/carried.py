"""A vector in any format: what a file of another tool becomes here, and what becomes of a vector there."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_steering.errors import StorageError, VectorError
from pytest_steering.file_access.storage import replace_file
from pytest_steering.printable import printable
from pytest_steering.steering.files import FORMATS
from pytest_steering.steering.files.contents import contents_of
from pytest_steering.steering.files.foreign_files import what_it_is
from pytest_steering.steering.files.format_registry import VectorFormat, format_of, written_format
from pytest_steering.steering.files.found import Found
from pytest_steering.steering.files.hints import Hints
from pytest_steering.steering.files.numbering import BLOCK_OUTPUT, NUMBERINGS, placed
from pytest_steering.steering.files.own_format import OWN, is_own
from pytest_steering.steering.sites import BLOCK_OUTPUT as SITE

if TYPE_CHECKING:
    from torch import Tensor

log = logging.getLogger("pytest_steering")


_EXPECTED = "a file that SteeringVector.save wrote was expected, or one of a format in docs/vectors.md"


class Carried(NamedTuple):
    """What a file of another tool is here.

    Attributes:
        directions: By block.
        method: How they were made, as far as the file says.
        provenance: What the file says, and how its numbers became blocks.
        notes: What a person has to know, a sentence each.
    """

    directions: Mapping[int, Tensor]
    method: str
    provenance: Mapping[str, str]
    notes: tuple[str, ...]


def format_named_by(path: Path) -> str:
    """Return the format that a file's name ends in; our own for any other name."""
    return next((one.name for one in FORMATS.values() if path.suffix in one.suffixes and path.suffix), OWN)


def read_foreign(path: Path, hints: Hints) -> Carried | None:
    """Return the vector in a file of another tool; None for a file of our own.

    Args:
        path: A file, or a folder where a tool keeps one.
        hints: What a person says of it.

    Raises:
        VectorError: It is of no format known here, damaged, or leaves something open.
    """
    try:
        if is_own(path):
            _require_asked(path, "a vector that this project saved", (), hints)
            return None
        contents = contents_of(path)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    found = format_of(contents) if contents else None
    if contents is None or found is None:
        held = ", ".join(printable(name, 40) for name in sorted(contents.keys)[:3]) if contents else ""
        raise _unreadable(path, f"it holds {held}; {_EXPECTED}" if held else _EXPECTED)
    _require_asked(path, found.title, found.asks, hints)
    return _carried(path, found, found.read(contents, hints), hints)


def write_foreign(name: str, path: Path, directions: Mapping[int, Tensor], said: Mapping[str, str]) -> None:
    """Write a vector as another tool reads it.

    Raises:
        VectorError: The format cannot be written, cannot say this vector, or the file cannot be written.
    """
    kind, site = written_format(name), said.get("site", SITE)
    if site != SITE:
        raise VectorError(
            f"the vector is of the {site}, and a file of {kind.title} is read as one of the {SITE}; save it "
            "in our own format"
        )
    assert kind.write is not None
    try:
        replace_file(path, kind.write(directions, said))
    except StorageError as error:
        raise VectorError(f"the steering vector cannot be kept: {error}") from error
    log.warning("%s: a file of %s does not keep %s", path, kind.title, "; ".join(kind.loses))


def _require_asked(path: Path, title: str, asks: tuple[str, ...], hints: Hints) -> None:
    """Refuse what was said and is nothing that the format leaves open: it would change nothing."""
    said = [name for name in ("layer", "row", "feature", "axis") if getattr(hints, name) is not None]
    idle = [name for name in said if name not in asks]
    if idle:
        raise VectorError(
            f"{path} is {title}: {', '.join(f'{name}=' for name in idle)} says nothing of such a file, which "
            "names its "
            "layers itself; cut a vector with vector.only(layers)"
        )


def _carried(path: Path, kind: VectorFormat, found: Found, hints: Hints) -> Carried:
    numbering = hints.numbering or found.numbering
    where = placed(found.directions, numbering, found.rows)
    notes = found.notes + tuple(f"its layer {n} is left out: {why}" for n, why in where.left_out.items())
    if not where.blocks:
        raise VectorError(f"{path} has no direction at a block's output: {'; '.join(notes)}")
    directions = {block: _direction(path, n, found.directions[n]) for n, block in where.blocks.items()}
    said = {"format": kind.title, "file": printable(path.name, 80), "site": SITE, **found.said}
    if numbering != BLOCK_OUTPUT:
        moved = ", ".join(f"{n} → {block}" for n, block in list(where.blocks.items())[:4])
        said["numbering"] = f"{NUMBERINGS[numbering]} ({moved}{', …' if len(where.blocks) > 4 else ''})"
    return Carried(directions, found.method or "given", said, notes)


def _direction(path: Path, number: int, given: Tensor) -> Tensor:
    import torch

    row = given.reshape(-1) if given.dim() == 2 and 1 in given.shape else given
    if row.dim() != 1 or not row.numel() or row.numel() > 1 << 24:
        raise VectorError(
            f"{path}: layer {number} has numbers of shape {list(given.shape)[:6]}; [hidden] expected"
        )
    wide = row.detach().float()
    if not bool(torch.isfinite(wide).all()):
        bad = int((~torch.isfinite(wide)).sum())
        raise VectorError(
            f"{path}: the direction at layer {number} has {bad} entries that are NaN or infinite"
        )
    if not bool(wide.any()):
        raise VectorError(f"{path}: the direction at layer {number} is zero; leave it out of the file")
    return wide


def _unreadable(path: Path, why: str) -> VectorError:
    try:
        said = what_it_is(path)
    except OSError:
        said = ""
    return VectorError(f"{path} is not a readable steering vector: {f'it is {said}' if said else why}")
