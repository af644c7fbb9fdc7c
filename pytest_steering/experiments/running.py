"""One scored run: all arms that add something in shared batches, watched from before to after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import InterventionError, VectorError
from pytest_steering.evaluation.datasets import load_neutral
from pytest_steering.experiments import asking, recording, resuming
from pytest_steering.experiments.controls import PROMPTED, control_arms
from pytest_steering.experiments.evaluate import Evaluation, Swapped, evaluate
from pytest_steering.experiments.neutral import TEXTS, neutral_kl
from pytest_steering.experiments.observation import observe
from pytest_steering.experiments.prompted import asked_in_words, beside, instruction, require_words
from pytest_steering.experiments.result import STEERED, UNSTEERED, Result
from pytest_steering.experiments.side_effects import NEUTRAL_TEXTS, neutral_effects
from pytest_steering.models.fingerprint import count_hooks, weights_state
from pytest_steering.models.origin import require_origin

if TYPE_CHECKING:
    from pytest_steering.experiments.asking import Asked
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention


def run_arms(
    experiment: Experiment,
    intervention: Intervention,
    controls: Sequence[str],
    doses: Sequence[float],
    claim: float,
) -> Result:
    """Score an intervention beside the unsteered model and its controls; see `Experiment.run`.

    Args:
        experiment: Gives the model, the samples and the sink of records.
        intervention: The steered arm.
        controls: Names of control arms.
        doses: Parts of the scale that are scored too.
        claim: The change of accuracy that the run is to show.
    """
    if PROMPTED in controls:
        require_words(experiment, intervention)
    arms: dict[str, Intervention | None] = {UNSTEERED: None, STEERED: intervention}
    arms |= {f"dose:{part:g}": replace(intervention, scale=part * intervention.scale) for part in doses}
    pairs = experiment.pairs_of(intervention.vector)
    added = [name for name in controls if name != PROMPTED]
    arms |= control_arms(intervention, added, experiment.model, pairs)
    if PROMPTED in controls:
        arms[PROMPTED] = None
    resumed = resuming.resumed_arms(experiment, experiment.scored, arms)
    if resumed is not None:
        return Result(resumed, sink=experiment.sink)
    return _scored(experiment, intervention, arms, observe.before(experiment, intervention, claim))


def _scored(
    experiment: Experiment,
    intervention: Intervention,
    arms: Mapping[str, Intervention | None],
    seen: Mapping[str, Any],
) -> Result:
    try:
        require_origin(experiment.model.name, experiment.model.loaded, intervention)
        with left_as_it_was(experiment.model):
            evaluation = _timed(experiment, arms)
    except (InterventionError, VectorError, RuntimeError) as error:
        told = {**observe.after(experiment, seen), "failed": str(error)}
        for record in recording.failed_cells(experiment, experiment.scored, arms, told):
            experiment.sink(record)
        raise
    neutral = _neutral(experiment.model, _without_words(arms))
    seen = observe.after(experiment, seen)
    found = recording.score_arms(experiment, experiment.scored, arms, evaluation, neutral, seen)
    result = Result(found, sink=experiment.sink)
    for arm in result.arms.values():
        experiment.sink(arm.record)
    return result


def _neutral(model: SteerableModel, arms: Mapping[str, Intervention | None]) -> dict[str, dict[str, float]]:
    """Return what each arm does to texts that ask nothing, by the name of the number."""
    texts = load_neutral()
    next_token = neutral_kl(model, arms, texts[:TEXTS])
    effects = neutral_effects(model, arms, texts[:NEUTRAL_TEXTS])
    return {name: {"neutral_kl": next_token[name], **effects[name].metrics()} for name in arms}


@contextmanager
def left_as_it_was(model: SteerableModel) -> Iterator[None]:
    """Raise InterventionError when hooks or weights are not what they were before."""
    module = model.loaded.module
    hooks, weights = count_hooks(module), weights_state(module)
    yield
    if count_hooks(module) != hooks:
        raise InterventionError(f"{count_hooks(module) - hooks} hooks were left on {model.name}")
    if weights_state(module) != weights:
        raise InterventionError(f"the weights of {model.name} changed while it was steered")


def _timed(experiment: Experiment, arms: Mapping[str, Intervention | None]) -> Evaluation:
    def call() -> Evaluation:
        found = _evaluated(experiment, experiment.scored, _without_words(arms))
        if PROMPTED not in arms:
            return found
        asked = asked_in_words(experiment, experiment.scored)
        return beside(
            found, _evaluated(experiment, asked, {PROMPTED: None}, instruction(experiment)["header"])
        )

    timed: Evaluation = call() if experiment.timer is None else experiment.timer(call)
    return timed


def _without_words(arms: Mapping[str, Intervention | None]) -> dict[str, Intervention | None]:
    return {name: arm for name, arm in arms.items() if name != PROMPTED}


def _evaluated(
    experiment: Experiment,
    asked: Sequence[Asked],
    arms: Mapping[str, Intervention | None],
    header: str = "",
) -> Evaluation:
    return evaluate(
        experiment.model,
        asked,
        arms,
        experiment.question,
        reader=experiment.reader,
        max_new_tokens=experiment.max_new_tokens,
        swapped=_swapped(experiment, header),
        stop=experiment.stop,
    )


def _swapped(experiment: Experiment, header: str) -> Swapped | None:
    if not experiment.both_polarities:
        return None
    form = asking.opposite_form(experiment.question)
    return Swapped(asking.ask([one.sample for one in experiment.scored], form, header), form)
