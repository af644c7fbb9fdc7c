"""Which controls a run has that names none, and which ones stand beside those that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.experiments.controls.threshold import has_threshold

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context

DEFAULT_CONTROLS = ("random", "negated", "shuffled", "prompted")
"""A run goes without those that its vector or its task has not, and says so."""


def usual_controls(context: Context) -> tuple[str, ...]:
    """Return the controls of a run that names none.

    Args:
        context: Names the task.
    """
    scored = any(one.answers for one in context.questions.scored)
    return (*DEFAULT_CONTROLS, *(("unembedding",) if scored else ()), *free_controls(context))


def free_controls(context: Context) -> tuple[str, ...]:
    """Return what stands beside any controls of a run unasked, as nothing is run for it on the scored split.

    Args:
        context: Names the task.
    """
    return ("threshold",) if has_threshold(context) else ()
