"""How an experiment comes by its vector, its layer and its scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.experiments import asking, resuming, sweeps
from pytest_steering.experiments.search import Choice, search
from pytest_steering.extraction.directions import extract
from pytest_steering.models.origin import made_from
from pytest_steering.steering.intervention import Intervention

if TYPE_CHECKING:
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.steering.vector import SteeringVector


def extract_vector(
    experiment: Experiment, pairs: Sequence[ContrastPair], method: str, layers: Sequence[int] | str
) -> SteeringVector:
    """Return the direction of the pairs at each layer; its provenance names model, data and samples.

    Args:
        experiment: Gives the model and the data set.
        pairs: Contrast pairs.
        method: Of the extraction.
        layers: Block numbers, `last3` or `all`.
    """
    vector = extract(experiment.model, pairs, method, layers)
    told = {
        **made_from(experiment.model, vector.layers),
        "dataset": experiment.source,
        "contrast": ", ".join(sorted({pair.contrast for pair in pairs})),
        "sample_ids": ",".join(dict.fromkeys(pair.sample_id for pair in pairs)),
    }
    vector = replace(vector, provenance={**vector.provenance, **told})
    data = asking.data_hash(experiment.trained_on(vector))
    return replace(vector, provenance={**vector.provenance, "data": data})


def search_split(
    experiment: Experiment,
    vector: SteeringVector,
    layers: Sequence[int],
    scales: Sequence[float],
    split: str,
    limit: int | None,
    forced: bool,
) -> Choice:
    """Return the best layer and scale on a split, and hand a record of every point to the experiment's sink.

    Args:
        experiment: Gives the model, the data and how it is asked.
        vector: Has a direction for each of `layers`.
        layers: Blocks to try.
        scales: Scales to try at each.
        split: Of the data set that vectors come from.
        limit: Look at this many samples; None for all.
        forced: Whether the vector may have been made for something else.
    """
    every = asking.ask(experiment.samples(split, experiment.source), experiment.question)
    samples = [one.sample for one in asking.fitting(experiment.model, every, experiment.max_new_tokens)]
    asked = asking.ask(samples if limit is None else asking.evenly(samples, limit), experiment.question)
    searched = experiment.memo.setdefault(("searched", vector.sha256), [])
    searched.append((split, [one.sample for one in asked]))
    grid = [Intervention(vector, [layer], scale, forced=forced) for layer in layers for scale in scales]
    resumed = resuming.resumed_choice(experiment, grid, asked, split)
    if resumed is not None:
        return resumed
    choice = search(
        experiment.model,
        grid,
        asked,
        experiment.question,
        split=split,
        reader=experiment.reader,
        max_new_tokens=experiment.max_new_tokens,
    )
    for record in sweeps.search_records(experiment, grid, asked, choice):
        experiment.sink(record)
    return choice
