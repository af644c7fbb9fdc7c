"""What a vector is made from is held apart from what it is scored on."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_steering.errors import DataError
from pytest_steering.extraction.pairs import ContrastPair
from pytest_steering.tasks.overlap import normalised, refuse_overlap
from pytest_steering.tasks.sample import Sample


def refuse_scored(pairs: Sequence[ContrastPair], known: Sequence[Sample], scored: Sequence[Sample]) -> None:
    """Refuse contrast pairs that are about scored samples: by id, twin, original, or text.

    Args:
        pairs: As a vector is about to be made from.
        known: The data set that pairs are usually made of; a pair about one of its samples is about its twin
            too.
        scored: What the vector is to be scored on.

    Raises:
        DataError: Some are; the first few are named.
    """
    ids = {pair.sample_id for pair in pairs}
    twins = {sample.pair_id for sample in known if sample.id in ids and sample.pair_id}
    named = [sample for sample in known if sample.id in ids or sample.pair_id in twins]
    refuse_overlap(named, scored)
    _refuse_text_within([pair for pair in pairs if pair.sample_id not in {one.id for one in named}], scored)


def _refuse_text_within(pairs: Sequence[ContrastPair], scored: Sequence[Sample]) -> None:
    """Pairs of one's own say no more than their text: look for the scored one in it."""
    texts = [normalised(text) for pair in pairs for text in (pair.positive, pair.negative)]
    known = ((sample.id, normalised(sample.text)) for sample in scored)
    found = [name for name, scored_text in known if any(scored_text in text for text in texts)]
    if found:
        raise DataError(
            f"the text of {len(found)} scored samples, such as {found[0]!r}, is in the contrast pairs; "
            "make pairs of other samples"
        )
