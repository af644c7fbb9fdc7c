"""The arm that asks in words for what the vector is to bring about, and adds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.errors import DataError
from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls.control_registry import control
from pytest_steering.experiments.wording_choice import choose_words

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.intervention import Intervention


@control("prompted")
def prompted(context: Context, intervention: Intervention) -> dict[str, Condition]:
    """Return the unsteered model with words before the question; of several wordings the best one on dev.

    Raises:
        DataError: No words ask for what the intervention is to bring about.
    """
    source = context.questions.source
    if not source.wordings:
        raise DataError(
            f"the control 'prompted' puts words beside the question, and the task {source.name!r} has none "
            f"for the contrast {source.contrast!r}; give it some, or leave the control out"
        )
    made_from = str(intervention.vector.provenance.get("contrast") or source.contrast)
    if not made_from.startswith(source.contrast) or intervention.scale < 0:
        raise DataError(
            f"the control 'prompted' says {source.wordings[0]!r}, and the vector ({made_from}, scale "
            f"{intervention.scale:g}) is to bring about something else; leave the control out"
        )
    chosen = choose_words(context)
    return {"prompted": Condition(header=chosen.words, chosen=chosen.told())}
