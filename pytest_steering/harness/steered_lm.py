"""The door to the harness: what is asked for without it is one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.errors import ModelError

if TYPE_CHECKING:
    from pytest_steering.harness.harness_model import HarnessModel
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.joint import AnyIntervention


def steered_lm(model: SteerableModel, intervention: AnyIntervention | None = None) -> HarnessModel:
    """Return a model under an intervention as lm-evaluation-harness takes it.

    `lm_eval.simple_evaluate(model=steered_lm(model, intervention), tasks=[...])`; the tokens that a task
    scores or has written count as generated, what stands before them as the prompt.

    Args:
        model: Any; it is proven, as wherever it is steered.
        intervention: None is the unsteered model.

    Raises:
        ModelError: The harness is not installed.
        VectorError: The intervention does not fit the model.
        InterventionError: The operation does not prove to be done as asked.
    """
    try:
        from pytest_steering.harness.harness_model import HarnessModel
    except ModuleNotFoundError as error:
        raise ModelError(
            f"lm-evaluation-harness needs {error.name}, which is not installed; "
            "pip install 'pytest-steering[lm-eval]' brings it"
        ) from error
    model.require([intervention])
    return HarnessModel(model, intervention)
