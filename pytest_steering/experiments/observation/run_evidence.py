"""Everything that is looked at around a scored run, as plain data for the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from pytest_steering.experiments.controls import vacuous_controls
from pytest_steering.experiments.observation.addition_witness import witness
from pytest_steering.experiments.observation.batched_witness import watch_together
from pytest_steering.experiments.observation.foreign_hooks import hooks
from pytest_steering.experiments.observation.read_distance import read_distance
from pytest_steering.experiments.observation.reader_probe import probe_reader
from pytest_steering.experiments.observation.repetition import repeated
from pytest_steering.experiments.observation.vector_sources import stands_behind
from pytest_steering.models.proving.fingerprint import count_hooks, first_weights
from pytest_steering.models.proving.origin import differences
from pytest_steering.tasks.likelihood import longest_answer
from pytest_steering.texts.text_print import bare_hash

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.steering.sources import Sources

PROMPTS = 8
WITNESSED = 3


def before(
    context: Context, intervention: AnyIntervention, claim: float | None, weights: str
) -> dict[str, Any]:
    """Return what can be seen before the model runs.

    Args:
        context: Its model and what it is asked.
        intervention: The steered arm.
        claim: The effect that the run is to show; None for none.
        weights: Fingerprint of the model's weights as they are now.
    """
    model, module, questions = context.model, context.model.loaded.module, context.questions
    prints = {"first": first_weights(module, weights), "before": weights}
    seen: dict[str, Any] = {"claim": claim, "weights": prints, "hooks": hooks(module)}
    seen["foreign"], seen["forced"] = _foreign(intervention, model), intervention.forced
    seen["reader"] = probe_reader(questions.task)
    if questions.task.notes:
        seen["task"] = list(questions.task.notes)
    seen["copies"] = questions.copies.as_dict()
    seen |= stands_behind(context, reduce(or_, _sources(intervention)))
    seen["texts"] = [bare_hash(one.sample.text) for one in questions.scored]
    vacuous = vacuous_controls(intervention)
    return seen | ({"vacuous": vacuous} if vacuous else {})


def observed(context: Context, intervention: AnyIntervention, seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `before` returned, with what the model is seen to do before anything is scored.

    Args:
        context: Its model and what it is asked.
        intervention: The steered arm; where it is foreign to the model and not forced, nothing is run.
        seen: What `before` returned.
    """
    refused = seen["foreign"] and not seen["forced"]
    return {**seen} if refused else {**seen, **_measured(context, intervention)}


def after(context: Context, seen: Mapping[str, Any], weights: str) -> dict[str, Any]:
    """Return the same with the state of the model after the run.

    Args:
        context: Whose model ran.
        seen: What `before` returned.
        weights: Fingerprint of the model's weights as they are now.
    """
    left = {**seen["hooks"], "after": count_hooks(context.model.loaded.module)}
    return {**seen, "weights": {**seen["weights"], "after": weights}, "hooks": left}


def spread(prompts: Sequence[str], count: int) -> list[str]:
    """Return prompts of lengths from the shortest to the longest."""
    ordered = sorted(dict.fromkeys(prompts), key=len)
    step = max(1, (len(ordered) - 1) / max(1, count - 1))
    return [
        ordered[min(len(ordered) - 1, round(number * step))] for number in range(min(count, len(ordered)))
    ]


def _foreign(intervention: AnyIntervention, model: SteerableModel) -> list[str]:
    """Return in which ways the parts' vectors were made for something else."""
    found = [one for part in intervention.parts for one in differences(part, model.loaded)]
    return list(dict.fromkeys(found))


def _sources(intervention: AnyIntervention) -> Iterator[Sources]:
    """Yield what stands behind each vector: one that decides when something is done can leak as well."""
    for part in intervention.parts:
        yield from (vector.sources for vector, _ in part.vectors.values())


def _measured(context: Context, intervention: AnyIntervention) -> dict[str, Any]:
    model, scored = context.model, context.questions.scored
    prompts = [one.prompt for one in scored]
    tokens = context.max_new_tokens or longest_answer(model, scored)
    long = model.overlong(prompts, tokens)
    fitting = {one.prompt: one for number, one in enumerate(scored) if number not in long}
    ends = _special_ends(model, prompts)
    if not fitting:
        return ends
    few = spread(list(fitting), WITNESSED)
    written, failed = witness(model, intervention, few, tokens)
    found: dict[str, Any] = {**ends, "written": written, "failed": failed}
    if failed:
        return found
    found["together"] = watch_together(model, intervention, few)
    read = read_distance(model, intervention.at, spread(list(fitting), 1))
    again = [fitting[prompt] for prompt in spread(list(fitting), PROMPTS)]
    repeat = repeated(model, intervention, context.max_new_tokens, again)
    return {**found, "read": read, "repeat": repeat}


def _special_ends(model: SteerableModel, prompts: Sequence[str]) -> dict[str, Any]:
    """Return how many prompts begin or end in special tokens as no model was trained to read them."""
    ends = model.special_ends(prompts)
    counts = {"doubled": len(ends.doubled), "stopped": len(ends.stopped), "prompts": len(prompts)}
    return {"special_ends": counts} if any(ends) else {}
