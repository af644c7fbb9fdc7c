"""At which lengths rows may stand beside shorter ones: tried when they are first used."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_steering.errors import CellTimeoutError
from pytest_steering.models.finding.length_marks import length_marks
from pytest_steering.models.proving.padding_trial import STEPS, padding_fault, pass_fault
from pytest_steering.models.running.budget import out_of_memory

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import Engine, LoadedModel

log = logging.getLogger("pytest_steering")

_PAST = 6
"""The longest row of a trial goes so many tokens past the length that is tried."""

_known: WeakKeyDictionary[Any, dict[tuple[str, int], bool]] = WeakKeyDictionary()


def padded_lengths(loaded: LoadedModel, engine: Engine) -> Callable[[int], bool]:
    """Return what says whether a row of so many tokens may stand beside shorter ones.

    When it was loaded, a model was tried on a few tokens. Its config names lengths beyond which it computes
    in another way, such as rotary positions that are scaled by the longest row of a batch: rows that reach
    one are tried around it, once.

    Args:
        loaded: The model.
        engine: Runs it.
    """

    def beside(tokens: int) -> bool:
        context = loaded.context or tokens + _PAST + STEPS
        marks = sorted(set(length_marks(loaded.module).values()))
        reached = [mark for mark in marks if mark <= tokens and mark + _PAST + STEPS <= context]
        return all(_holds(loaded, engine, mark) for mark in reached)

    return beside


def _holds(loaded: LoadedModel, engine: Engine, mark: int) -> bool:
    known = _known.setdefault(loaded.module, {})
    if (engine.name, mark) not in known:
        try:
            fault = _fault(loaded, engine, mark)
        except CellTimeoutError:  # no answer to what was tried
            raise
        except Exception as error:
            if out_of_memory(error):
                return False
            fault = f"{type(error).__name__}: {error}"
        known[engine.name, mark] = not fault
        if fault:
            log.warning("Rows of %d tokens and more run one text at a time: %s", mark, fault)
    return known[engine.name, mark]


def _fault(loaded: LoadedModel, engine: Engine, mark: int) -> str:
    """Try rows on both sides of a length, one of which comes to it while it is written, and a short one."""
    lengths = (mark + _PAST, mark + _PAST // 2, max(1, mark - 1), 1 + mark // 4)
    return pass_fault(loaded, engine, lengths) or padding_fault(loaded, engine, lengths)
