"""The packages that transformers reads GGUF files with, and which transformers reads them as they are."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec

from pytest_steering.errors import ModelError

_PACKAGES = ("gguf", "accelerate")

_TRANSFORMERS = "5.7"
"""Older ones put a beginning of their own before each text of a Llama: SmolLM2 then answers nonsense."""


def missing_packages() -> str | None:
    """Return which packages GGUF files cannot be read without, as a sentence; None where all are here."""
    from packaging.version import Version

    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if Version(version("transformers")) < Version(_TRANSFORMERS):
        missing.append(f"transformers from {_TRANSFORMERS} on")
    if not missing:
        return None
    return f"GGUF files are read with {' and '.join(missing)}; pip install 'pytest-steering[gguf]'"


def require_packages() -> None:
    """Refuse to read a GGUF file where a package for it is missing.

    Raises:
        ModelError: The message has the command that installs them.
    """
    missing = missing_packages()
    if missing:
        raise ModelError(missing)
