"""The arm that asks in words for what the vector is to bring about, and adds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control
from pytest_steering.tasks.security.prompts.question_forms import CAREFUL_HEADERS

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention


@control("prompted")
def prompted(context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the unsteered model with words before the question.

    Raises:
        DataError: No words ask for what the intervention is to bring about.
    """
    _require_careful(context.questions.contrast, intervention)
    return {"prompted": Condition(header=CAREFUL_HEADERS[0])}


def _require_careful(contrast: str, intervention: Intervention) -> None:
    if contrast != "careful":
        raise DataError(
            "the control 'prompted' puts the contrast's words beside the question, and the contrast "
            f"{contrast!r} has none; use contrast='careful', or leave the control out"
        )
    made_from = str(intervention.vector.provenance.get("contrast") or "careful")
    if not made_from.startswith("careful") or intervention.scale < 0:
        raise DataError(
            f"the control 'prompted' asks to be careful, and the vector ({made_from}, scale "
            f"{intervention.scale:g}) is to bring about something else; leave the control out"
        )
