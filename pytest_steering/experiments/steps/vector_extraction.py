"""The step that makes a vector: pairs apart from what is scored, a direction, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.experiments.leakage import refuse_scored
from pytest_steering.extraction.directions import extract
from pytest_steering.extraction.methods import method_named
from pytest_steering.extraction.pairs import require_pairs
from pytest_steering.models.proving.origin import made_from
from pytest_steering.tasks.overlap import without_overlap
from pytest_steering.tasks.pair_rows import CONTRAST
from pytest_steering.tasks.sample_selection import data_hash

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.extraction.reading_places import At
    from pytest_steering.steering.vector import SteeringVector


def training_pairs(context: Context, count: int) -> list[ContrastPair]:
    """Return the task's own contrast pairs, or pairs over training samples apart from the scored ones.

    Args:
        context: Gives the model and what it is asked.
        count: Number of pairs.

    Raises:
        DataError: No training sample can be used, or there is no such contrast.
    """
    questions = context.questions
    if questions.source.contrast == CONTRAST:
        return questions.source.contrast_pairs([], count, context.model)
    scored = [one.sample for one in questions.scored]
    train = without_overlap(scored, questions.source.samples("train"))
    return questions.source.contrast_pairs(train, count, context.model)


def extract_vector(
    context: Context, pairs: Sequence[ContrastPair], method: str, layers: Sequence[int] | str, at: At
) -> SteeringVector:
    """Return the direction of the pairs at each layer, and remember the pairs for controls.

    Args:
        context: Gives the model and what it is asked.
        pairs: Contrast pairs, none of them about a scored sample.
        method: Of the extraction.
        layers: Block numbers, `last3` or `all`.
        at: Where states are read.

    Raises:
        DataError: There are no pairs, or one is about a scored sample.
    """
    require_pairs(pairs)
    questions = context.questions
    refuse_scored(pairs, questions.source.samples(), [one.sample for one in questions.scored])
    numbers = context.model.architecture.resolve_layers(layers)
    depends = (tuple(pairs), method_named(method), numbers, at)
    vector = context.remembered("extract", depends, lambda: _extracted(context, pairs, method, layers, at))
    context.note_vector(vector)
    return vector


def _extracted(
    context: Context, pairs: Sequence[ContrastPair], method: str, layers: Sequence[int] | str, at: At
) -> SteeringVector:
    """Return the vector; its provenance names model, data and samples."""
    vector = extract(context.model, pairs, method, layers, at)
    dataset = context.questions.source.name
    told = {
        **made_from(context.model, vector.layers, vector.provenance["weights"]),
        "dataset": dataset,
        "contrast": ", ".join(sorted({pair.contrast for pair in pairs})),
        "sample_ids": ",".join(dict.fromkeys(pair.sample_id for pair in pairs)),
    }
    samples = frozenset((dataset, pair.sample_id) for pair in pairs)
    sources = replace(vector.sources, samples=samples)
    vector = replace(vector, provenance={**vector.provenance, **told}, sources=sources)
    data = data_hash(context.trained_on(vector.sources))
    return replace(vector, provenance={**vector.provenance, "data": data})
