"""Were scored samples read for the vector, or looked at when its layer and scale were chosen?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pytest_steering.tasks.overlap import looked_for, overlap, prints_of
from pytest_steering.texts.text_print import bare_hash, near_copies

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.sources import Sources
    from pytest_steering.tasks.asked import Asked
    from pytest_steering.tasks.sample import Sample
    from pytest_steering.texts.text_print import TextPrint

EXAMPLES = 3


def stands_behind(context: Context, sources: Sources) -> dict[str, Any]:
    """Return what stands behind vectors and is scored too, as plain data.

    Args:
        context: What is scored, and what this experiment searched.
        sources: Of all vectors that are applied.

    Returns:
        `overlap`: how many scored samples they were made of, with a few by name, and how many more are
        near copies of their texts; `origin`: whether they are clean, overlapping or unknown, and of how many
        texts they are made; `searched`: the same of what layer and scale were chosen on.
    """
    scored = context.questions.scored
    read = _overlap(scored, sources.read.prints, context.trained_on(sources))
    searches = [(split, prints_of(looked_at), looked_at) for split, looked_at in context.searches]
    if sources.searched.prints:
        searches.append(("", list(sources.searched.prints), []))
    return {
        "overlap": read,
        "origin": {"state": _state(sources, read), "texts": len(sources.read.prints)},
        "searched": [
            {"split": split, "samples": len(prints), **_counts(_overlap(scored, prints, looked_at))}
            for split, prints, looked_at in searches
        ],
    }


def _state(sources: Sources, read: Mapping[str, Any]) -> Literal["clean", "overlapping", "unknown"]:
    if read["samples"] or read["near"]:
        return "overlapping"
    return "clean" if sources.known else "unknown"


def _counts(found: Mapping[str, Any]) -> dict[str, int]:
    return {"overlap": found["samples"], "near": found["near"], "scored": found["scored"]}


def _overlap(scored: Sequence[Asked], texts: Iterable[TextPrint], known: Sequence[Sample]) -> dict[str, Any]:
    """Return how many scored samples are surely among others, and how many more nearly are.

    Args:
        scored: The scored samples with their prompts.
        texts: Prints of the others.
        known: The others, as far as they are known as samples.
    """
    prints, samples = list(texts), [one.sample for one in scored]
    whole = {one.sha256 for one in prints}
    told = {one.partition(" (")[0]: one for one in overlap(known, samples)}
    near = {samples[here].id for here, _ in near_copies(looked_for(samples), prints)}
    for one in scored:
        if not whole.isdisjoint((bare_hash(one.sample.text), bare_hash(one.prompt))):
            told.setdefault(one.sample.id, f"{one.sample.id} (its text is one of them)")
    nearly = sorted(near - told.keys())
    examples = [*told.values(), *(f"{name} (near copy)" for name in nearly)]
    return {
        "samples": len(told),
        "near": len(nearly),
        "scored": len(scored),
        "examples": examples[:EXAMPLES],
    }
