"""Libraries that some scores need and the package does not bring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytest_steering.errors import DataError


@contextmanager
def needed_by(score: str) -> Iterator[None]:
    """Turn an import that fails into a sentence with the one command that helps.

    Args:
        score: What needs the library.

    Raises:
        DataError: The library is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        raise DataError(
            f"the score {score!r} needs {library}, which is not installed; "
            "pip install 'pytest-steering[scores]' brings it"
        ) from error
