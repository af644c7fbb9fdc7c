"""The errors this project raises on purpose; the plugin prints their sentence without a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_BEGUN = 3


class SteeringError(Exception):
    """Something a person has to decide or mend; the message says what was found, expected and what to do."""


class ModelError(SteeringError):
    """A model that cannot be found, loaded, understood or fitted into memory."""


class VectorError(SteeringError):
    """A steering vector or intervention that does not fit the model it is applied to."""


class PromptError(SteeringError):
    """Prompts that cannot be run as they are."""


class DataError(SteeringError):
    """A data set, answer file or record that is not what its reader expects."""


class StorageError(SteeringError):
    """A file that cannot be written as a whole, such as on a full disk."""


class InterventionError(SteeringError):
    """An intervention that did not happen where and as it was asked for."""


class CellTimeoutError(SteeringError):
    """A test from which no cell came for longer than `--steering-cell-timeout`."""

    def __init__(self, sentence: str = "no cell ended within --steering-cell-timeout") -> None:
        super().__init__(sentence)


class NotFiniteError(SteeringError):
    """States or logits that overflow the dtype they are computed in, or are no numbers at all."""


class ExpectationFailed(AssertionError):  # noqa: N818 - it fails a test, it is no error
    """A success criterion was not met, was not decided, or the samples cannot settle it; it says which."""


def first_line(error: BaseException) -> str:
    """Return the first line of another library's message, or the error's kind where it says nothing."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def did_you_mean(name: str, known: Iterable[str], most: int = 1) -> str:
    """Return a question for a sentence about a name that nothing goes by; empty where nothing is near.

    Args:
        name: As given.
        known: What could have been meant.
        most: So many of them at most.
    """
    every = list(known)
    # A beginning is far from a long name, as `pca` from `pca_diff`, and meant it all the same.
    begun = [one for one in every if len(name) >= _BEGUN and one.startswith(name)]
    near = (begun or difflib.get_close_matches(name, every, n=most))[:most]
    return f"did you mean {' or '.join(map(repr, near))}? " if near else ""
