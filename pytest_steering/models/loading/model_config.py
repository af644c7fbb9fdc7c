"""A model's config, read without anything else of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, first_line
from pytest_steering.models.loading.gguf_packages import require_packages

if TYPE_CHECKING:
    from pytest_steering.models.loading.specs import ModelSpec


def read_config(spec: ModelSpec, *, trust_remote_code: bool = False) -> Any:
    """Return a model's config without anything else of it.

    Raises:
        ModelError: It cannot be read.
    """
    from transformers import AutoConfig

    options: dict[str, Any] = {"trust_remote_code": trust_remote_code, "revision": spec.revision}
    if spec.gguf:
        require_packages()
        options["gguf_file"] = spec.gguf
    try:
        return AutoConfig.from_pretrained(spec.source, **options)
    except Exception as error:  # the libraries below raise errors of many kinds
        raise ModelError(
            f"the config of model {spec.name!r} could not be read from {spec.place}: {first_line(error)}"
        ) from error
