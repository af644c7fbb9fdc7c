"""The arm that asks in words for what the vector is to bring about, and adds nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError
from pytest_steering.evaluation.prompts.forms import CAREFUL_HEADERS
from pytest_steering.experiments import asking, contrasts
from pytest_steering.experiments.controls import PROMPTED

if TYPE_CHECKING:
    from pytest_steering.experiments.asking import Asked
    from pytest_steering.experiments.evaluate import Evaluation
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.records import Outcome
    from pytest_steering.steering.intervention import Intervention


def require_words(experiment: Experiment, intervention: Intervention) -> None:
    """Raise DataError where no words ask for what the intervention is to bring about."""
    instruction(experiment)
    made_from = str(intervention.vector.provenance.get("contrast") or "careful")
    if not made_from.startswith("careful") or intervention.scale < 0:
        raise DataError(
            f"the control {PROMPTED!r} asks to be careful, and the vector ({made_from}, scale "
            f"{intervention.scale:g}) is to bring about something else; leave the control out"
        )


def instruction(experiment: Experiment) -> dict[str, str]:
    """Return the words that stand beside the question, as the cell's spec says it.

    Raises:
        DataError: The contrast that vectors are made from differs in code, which no words bring about.
    """
    contrast = experiment.contrast or contrasts.default_contrast(experiment.source)
    if contrast != "careful":
        raise DataError(
            f"the control {PROMPTED!r} puts the contrast's words beside the question, and the contrast "
            f"{contrast!r} has none; use contrast='careful', or leave the control out"
        )
    return {"header": CAREFUL_HEADERS[0]}


def asked_in_words(experiment: Experiment, asked: Sequence[Asked]) -> list[Asked]:
    """Return the samples with prompts that ask for it."""
    form = experiment.question
    return asking.ask([one.sample for one in asked], form, instruction(experiment)["header"])


def beside(shared: Evaluation, prompted: Evaluation) -> Evaluation:
    """Return both as one; KL to the unsteered answer is left out, as its prompt was another."""
    outcomes = {name: tuple(map(_without_kl, arm)) for name, arm in prompted.outcomes.items()}
    return replace(
        shared,
        outcomes={**shared.outcomes, **outcomes},
        counts=_sum(shared.counts, prompted.counts),
        seconds=shared.seconds + prompted.seconds,
        sharing={**shared.sharing, **prompted.sharing},
    )


def _without_kl(outcome: Outcome) -> Outcome:
    return replace(outcome, first_token_kl=None)


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, Any]:
    return {name: count + other.get(name, 0) for name, count in one.items()}
