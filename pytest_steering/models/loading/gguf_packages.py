"""The packages that transformers reads GGUF files with."""

from __future__ import annotations

from importlib.util import find_spec

from pytest_steering.errors import ModelError

_PACKAGES = ("gguf", "accelerate")


def missing_packages() -> tuple[str, ...]:
    """Return which of the packages are not installed."""
    return tuple(name for name in _PACKAGES if find_spec(name) is None)


def require_packages() -> None:
    """Refuse to read a GGUF file where a package for it is missing.

    Raises:
        ModelError: The message has the command that installs them.
    """
    missing = missing_packages()
    if missing:
        raise ModelError(
            f"GGUF files are read with {' and '.join(missing)}: pip install 'pytest-steering[gguf]'"
        )
