"""Were scored samples read for the vector, or looked at when its layer and scale were chosen?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pytest_steering.tasks.overlap import overlap
from pytest_steering.text_print import bare_hash, standing_in, wanted

if TYPE_CHECKING:
    from pytest_steering.experiments.context import Context
    from pytest_steering.steering.sources import Texts
    from pytest_steering.steering.vector import SteeringVector
    from pytest_steering.tasks.asked import Asked

EXAMPLES = 3


def stands_behind(context: Context, vector: SteeringVector) -> dict[str, Any]:
    """Return what stands behind a vector and is scored too, as plain data.

    Args:
        context: What is scored, and what this experiment searched.
        vector: As it is applied.

    Returns:
        `overlap`: how many scored samples it was made of, with a few by name; `origin`: whether it is clean,
        overlapping or unknown, and of how many texts it is made; `searched`: what layer and scale were chosen
        on, with the scored samples among them.
    """
    scored = context.questions.scored
    samples = [one.sample for one in scored]
    named = overlap(context.trained_on(vector), samples)
    read = {**_found_in(vector.sources.read, scored), **{one.partition(" ")[0]: one for one in named}}
    return {
        "overlap": {"samples": len(read), "examples": list(read.values())[:EXAMPLES]},
        "origin": {"state": _state(vector, read), "texts": len(vector.sources.read.prints)},
        "searched": [
            *(
                {"split": split, "samples": len(looked_at), "overlap": len(overlap(looked_at, samples))}
                for split, looked_at in context.searches
            ),
            *_with_the_vector(vector.sources.searched, scored),
        ],
    }


def _state(vector: SteeringVector, read: Mapping[str, str]) -> Literal["clean", "overlapping", "unknown"]:
    if read:
        return "overlapping"
    return "clean" if vector.sources.known else "unknown"


def _found_in(texts: Texts, scored: Sequence[Asked]) -> dict[str, str]:
    """Return the scored samples that stand in some texts, or whose prompt is one of them, by id."""
    prints = texts.prints
    whole = {one.sha256 for one in prints}
    stands = standing_in([wanted(one.sample.text) for one in scored], prints)
    return {
        one.sample.id: f"{one.sample.id} (its text is in what the vector was read from)"
        for one, found in zip(scored, stands, strict=True)
        if found or bare_hash(one.prompt) in whole
    }


def _with_the_vector(searched: Texts, scored: Sequence[Asked]) -> list[dict[str, Any]]:
    """Return what a vector itself says of the samples that its layer or scale were chosen on."""
    if not searched.prints:
        return []
    return [{"split": "", "samples": len(searched.prints), "overlap": len(_found_in(searched, scored))}]
