"""The step that scores a vector beside the unsteered model and its controls, watched from before to after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.comparison import STEERED, UNSTEERED, Comparison
from pytest_steering.errors import InterventionError
from pytest_steering.experiments import recording, resuming
from pytest_steering.experiments.arm_evaluation import evaluate_conditions
from pytest_steering.experiments.cell_spec import blank
from pytest_steering.experiments.condition import Condition
from pytest_steering.experiments.controls import (
    control_conditions,
    free_controls,
    possible_conditions,
    usual_controls,
)
from pytest_steering.experiments.failed_steps import what_ended
from pytest_steering.experiments.neutral_effects import TEXTS, neutral_kl
from pytest_steering.experiments.neutral_texts import load_neutral
from pytest_steering.experiments.observation import run_evidence
from pytest_steering.experiments.observation.null_check import null_check
from pytest_steering.experiments.required_kinds import require_intervention, require_names
from pytest_steering.experiments.rereading import as_read
from pytest_steering.experiments.result import Result
from pytest_steering.experiments.side_effects import NEUTRAL_TEXTS, neutral_effects
from pytest_steering.findings.data_checks import usual_claim
from pytest_steering.models.proving.fingerprint import WeightsState, weights_fingerprint, weights_state
from pytest_steering.models.proving.origin import require_origins
from pytest_steering.steering.joint import AnyIntervention

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.models.steerable import SteerableModel

Conditions = Mapping[str, Condition]

LARGE, LARGE_MODELS_PART = 50_000_000, 4
"""From so many parameters on one in so many neutral texts is read: they took longer than the scored ones."""


def run_arms(
    context: Context,
    intervention: AnyIntervention,
    controls: Sequence[str] | None,
    doses: Sequence[float],
    claim: float | None,
) -> Result:
    """Score an intervention beside the unsteered model and its controls; see `Experiment.run`.

    Args:
        context: Gives the model, what it is asked and the sink of records.
        intervention: The steered arm.
        controls: Names of control arms; None for the usual ones, of which those that cannot be are named.
        doses: Parts of the scale that are scored too.
        claim: The change that the run is to show; None for the usual one.
    """
    require_intervention(intervention)
    require_names(controls)
    claim = usual_claim(context.questions.task.main_metric) if claim is None else claim
    conditions = {UNSTEERED: Condition(), STEERED: Condition(intervention)}
    conditions |= {f"dose:{part:g}": Condition(intervention.scaled(part)) for part in doses}
    beside, impossible = _controls(context, intervention, controls)
    conditions |= beside
    found = _resumed(context, conditions, claim)
    if found is None:
        found = _scored(context, conditions, intervention, claim, impossible)
        for arm in found.arms.values():
            context.sink(arm.record)
    prompts = {one.sample.id: one.prompt for one in context.questions.scored}
    return Result(found, sink=context.sink, prompts=prompts)


def _controls(
    context: Context, intervention: AnyIntervention, names: Sequence[str] | None
) -> tuple[dict[str, Condition], dict[str, str]]:
    """Return the control arms, and why usual ones are not among them; those that were named have to be."""
    if names is None:
        return possible_conditions(context, intervention, usual_controls(context))
    named = control_conditions(context, intervention, names)
    free = [one for one in free_controls(context) if names and one not in names]
    beside, impossible = possible_conditions(context, intervention, free)
    return {**named, **beside}, impossible


def _resumed(context: Context, conditions: Conditions, claim: float | None) -> Comparison | None:
    """Return the arms from records, or None where any of them has to be run; findings depend on the claim."""
    if not context.finished:
        return None
    asked = context.questions.scored
    wanted = [blank(context, asked, conditions, name) for name in conditions]
    records = resuming.finished_records(context, wanted) or []
    same = all(one.outcomes and one.evidence.get("claim", claim) == claim for one in records)
    whole = records and same and as_read(context, conditions, records)
    return Comparison.of(records) if whole else None


def _scored(
    context: Context,
    conditions: Conditions,
    intervention: AnyIntervention,
    claim: float | None,
    impossible: Mapping[str, str],
) -> Comparison:
    asked, module = context.questions.scored, context.model.loaded.module
    state = weights_state(module)
    seen = run_evidence.before(context, intervention, claim, state.fingerprint)
    seen |= {"impossible": dict(impossible)} if impossible else {}
    try:
        seen = run_evidence.observed(context, intervention, seen)
        require_origins(context.model.name, context.model.loaded, intervention.parts)
        evaluation = context.timed(lambda: evaluate_conditions(context, conditions))
        neutral = _neutral(context.model, conditions)
        seen |= {} if neutral.get(STEERED) else {"neutral": "unmeasured"}
        seen["nulls"] = null_check(context, intervention)
        seen = _left_as_it_was(context, seen, state)
    except Exception as error:  # whatever a reader, a score or a model raises, the cells say so
        now = weights_fingerprint(module)
        why = error if now == state.fingerprint else _changed(context)
        told = {**run_evidence.after(context, seen, now), "failed": what_ended(why)}
        for record in recording.failed_cells(context, asked, conditions, told):
            context.sink(record)
        if why is error:
            raise
        raise why from error
    return recording.score_arms(context, asked, conditions, evaluation, neutral, seen)


def _neutral(model: SteerableModel, conditions: Conditions) -> dict[str, dict[str, float]]:
    """Return what each arm without words does to texts that ask nothing, by the name of the number.

    A context that holds none of them leaves the numbers out, which a finding names.
    """
    arms = {name: one.intervention for name, one in conditions.items() if one.neutral}
    every, part = load_neutral(), 1 if model.memory_profile.parameters < LARGE else LARGE_MODELS_PART
    long = model.overlong(every, 1)
    texts = [text for number, text in enumerate(every) if number not in long]
    if not texts:
        return {name: {} for name in arms}
    next_token = neutral_kl(model, arms, texts[: TEXTS // part])
    effects = neutral_effects(model, arms, texts[: NEUTRAL_TEXTS // part])
    return {
        name: {
            **({"neutral_kl": next_token[name]} if name in next_token else {}),
            **(effects[name].metrics() if name in effects else {}),
        }
        for name in arms
    }


def _left_as_it_was(context: Context, seen: Mapping[str, Any], before: WeightsState) -> dict[str, Any]:
    """Return what was seen after all arms ran; raise InterventionError when hooks or weights are others."""
    now = weights_state(context.model.loaded.module)
    found = run_evidence.after(context, seen, now.fingerprint)
    left = found["hooks"]["after"] - found["hooks"]["before"]
    if left:
        raise InterventionError(f"{left} hooks were left on {context.model.name}")
    if now != before:
        raise _changed(context)
    return found


def _changed(context: Context) -> InterventionError:
    return InterventionError(f"the weights of {context.model.name} changed while it was steered")
