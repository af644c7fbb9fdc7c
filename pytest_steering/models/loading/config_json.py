"""The family of a model, from its config.json as plain JSON: transformers takes seconds to import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError, ModelError
from pytest_steering.file_access.file_kinds import file_kind
from pytest_steering.models.loading.adapters import about_adapter
from pytest_steering.models.loading.config_sizes import size_faults
from pytest_steering.plain_json import parsed


def config_model_type(config: Path) -> str | None:
    """Return the model_type that a config.json names, if any.

    Args:
        config: The file.

    Raises:
        ModelError: It is not there, or no JSON object.
    """
    values = _read_config(config)
    model_type = values.get("model_type")
    return model_type if isinstance(model_type, str) and model_type else None


def _read_config(config: Path) -> dict[str, Any]:
    adapter = None if config.is_file() else about_adapter(config.parent)
    if adapter:
        raise ModelError(adapter)
    if not config.is_file():
        raise ModelError(f"{config.parent} is no model: a folder with a config.json was expected")
    try:
        values = parsed(config.read_bytes())
    except (OSError, DataError) as error:
        found = file_kind(config)
        why = f"it is {found}" if found else str(error)
        raise ModelError(f"{config} cannot be read as JSON: {why}") from error
    if not isinstance(values, dict):
        raise ModelError(f"{config} holds no JSON object, so it says no model_type")
    fault = next(size_faults(values), "")
    if fault:
        raise ModelError(f"{config} describes no model: {fault}")
    return values
