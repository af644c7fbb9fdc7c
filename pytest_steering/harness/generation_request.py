"""How an answer is to be written, as a task of the harness says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pytest_steering.errors import DataError
from pytest_steering.steering.numbers import whole_number

USUAL_TOKENS = 256
"""Of an answer where the task names no number, as in the harness."""

_LENGTHS = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")
_OF_SAMPLING = ("temperature", "top_p", "top_k", "min_p")
_KNOWN = {"until", "do_sample", *_LENGTHS, *_OF_SAMPLING}


class GenerationRequest(NamedTuple):
    """When an answer ends; it is written greedily.

    Attributes:
        stop: Texts that end it.
        max_new_tokens: At most this many.
    """

    stop: tuple[str, ...]
    max_new_tokens: int

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> GenerationRequest:
        """Return what a task's generation arguments ask for.

        Args:
            said: `until`, a length, and whether to sample.

        Raises:
            DataError: They ask for sampling, or for something that is not known here.
        """
        unknown = sorted(set(said) - _KNOWN)
        if unknown:
            raise DataError(f"generation arguments {unknown} are not known; known are {sorted(_KNOWN)}")
        if said.get("do_sample"):
            raise DataError("the task samples its answers; steered answers are greedy, set do_sample: false")
        until = said.get("until") or ()
        lengths = [said[name] for name in _LENGTHS if said.get(name) is not None]
        most = whole_number(lengths[0]) if lengths else USUAL_TOKENS
        if not most or most < 1:
            raise DataError(
                f"an answer of {lengths[0]!r} tokens was asked for; a whole number from 1 was expected"
            )
        return cls((until,) if isinstance(until, str) else tuple(until), most)
