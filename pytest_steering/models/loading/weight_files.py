"""Which files a model's folder has for its weights: safetensors of its own, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_steering.errors import DataError, ModelError
from pytest_steering.file_access.file_kinds import file_kind
from pytest_steering.plain_json import parsed

if TYPE_CHECKING:
    from pytest_steering.models.loading.specs import ModelSpec

_INDEX = "model.safetensors.index.json"
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.msgpack", "*.h5")


def require_weight_files(spec: ModelSpec) -> None:
    """Refuse a folder whose weights are pickles, lie elsewhere or were never fetched; a hub id has none yet.

    Args:
        spec: Of a model.

    Raises:
        ModelError: It does; the sentence says what to do.
    """
    folder = Path(spec.source)
    if spec.gguf or not folder.is_dir():
        return
    found = sorted(folder.glob("*.safetensors"))
    pickles = sorted(path.name for pattern in _PICKLES for path in folder.glob(pattern))
    if not found and pickles:
        raise ModelError(
            f"model {spec.name!r} has its weights in {pickles[0]} alone, which can run any code when read; "
            "convert it to safetensors where you trust it: model.save_pretrained(folder)"
        )
    for path in found:
        kind = file_kind(path)
        if kind:
            raise ModelError(f"{path} holds no weights: it is {kind}")
    if (folder / _INDEX).exists():
        _require_own_files(folder / _INDEX)


def _require_own_files(index: Path) -> None:
    """An index that names a path elsewhere would have other files read than those of the model."""
    try:
        names = {str(name) for name in parsed(index.read_bytes())["weight_map"].values()}
    except (OSError, DataError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{index} is no index of weights: {error!r}; get it again") from error
    foreign = sorted(name for name in names if Path(name).name != name or "\\" in name)
    missing = sorted(name for name in names if not (index.parent / name).is_file())
    if foreign:
        raise ModelError(f"{index} names {foreign[0]!r}, which is no file of its folder; it is not read")
    if missing:
        raise ModelError(f"{index} names {missing[0]!r}, which is not there; get it again")
