"""Measures what the limits of guards let through, on a real model steered from well to far too far.

    python -m tools.score_limits

Prints the numbers of docs/scores.md: what guards say by scale, and what scoring costs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean, median
from typing import TypeAlias

from pytest_steering import Intervention, SteerableModel, SteeringVector, scores
from pytest_steering.tasks.scores import Score, Scored

Found: TypeAlias = Mapping[str, list[Scored]]

MODEL, BLOCK, NEW_TOKENS = "smollm2", 20, 24
SCALES = (0.0, 1.0, -1.0, 1.5, 3.0, 4.0, 6.0)

THINGS = (
    *("film", "meal", "hotel", "book", "concert", "garden"),
    *("trip", "class", "game", "party", "phone", "car"),
)
FORMS = (
    ("I loved the {}. It was wonderful", "I hated the {}. It was terrible"),
    ("The {} was a joy and I am happy with it", "The {} was a pain and I am upset with it"),
    ("What a great time I had with the {}", "What an awful time I had with the {}"),
)
OPENINGS = (
    *("I went to the market this morning and", "My neighbour told me that", "The meeting yesterday was"),
    *(
        "When I opened the door,",
        "The new office is",
        "We walked along the river and",
        "The letter said that",
    ),
    *("Last weekend I", "The teacher looked at us and", "On the way home,", "My brother called me because"),
    *(
        "The weather today is",
        "After dinner we",
        "The old house on the hill",
        "She looked at the photograph and",
    ),
    "In the afternoon I",
)

GUARDS = (scores.repetition(), scores.distinct_2(), scores.compression(), scores.words(), scores.surprise())
SCORED = (scores.sentiment(), scores.language("en"), *GUARDS)


def main() -> int:
    """Print the table and the costs."""
    model = SteerableModel.load(MODEL, device="cpu")
    vector = _sentiment(model)
    arms = [Intervention(vector, scale=scale, positions="all") if scale else None for scale in SCALES]
    begun = time.process_time()
    texts = model.generate(OPENINGS, arms, max_new_tokens=NEW_TOKENS)
    seconds = {"generation": time.process_time() - begun, **dict.fromkeys((one.name for one in SCORED), 0.0)}
    found = [_scored(model, arm, seconds) for arm in texts]
    sys.stdout.writelines(_limits(found))
    sys.stdout.writelines(_costs(seconds))
    return 0


def _sentiment(model: SteerableModel) -> SteeringVector:
    positive, negative = ([form[side].format(thing) for thing in THINGS for form in FORMS] for side in (0, 1))
    means = model.mean_states([positive, negative], [BLOCK])[BLOCK]
    return SteeringVector({BLOCK: means[0] - means[1]})


def _scored(
    model: SteerableModel, arm: Sequence[str], seconds: dict[str, float]
) -> Mapping[str, list[Scored]]:
    found = {}
    for score in SCORED:
        score.of_all([(OPENINGS[0], arm[0])], model)  # what is loaded once is no cost of an answer
        begun = time.process_time()
        found[score.name] = score.of_all(list(zip(OPENINGS, arm, strict=True)), model)
        seconds[score.name] += time.process_time() - begun
    return found


def _limits(found: Sequence[Found]) -> Iterator[str]:
    names = " | ".join(f"{guard.name} | within" for guard in GUARDS)
    yield f"| scale | sentiment, mean | {names} |\n" + "|---" * (2 + 2 * len(GUARDS)) + "|\n"
    for scale, row in zip(SCALES, found, strict=True):
        cells = [f"{scale:g}", f"{fmean(_values(row['sentiment'])):.2f}"]
        for guard in GUARDS:
            values = _values(row[guard.name])
            cells += [f"{median(values):.2f}", f"{_within(guard, values, found[0]):.0%}"]
        yield f"| {' | '.join(cells)} |\n"


def _within(guard: Score, values: Sequence[float], unsteered: Found) -> float:
    if guard.limit is None:
        return 1.0
    low, high = guard.limit.bounds(_values(unsteered[guard.name]))
    return sum(low <= one <= high for one in values) / len(OPENINGS)


def _values(scored: Sequence[Scored]) -> list[float]:
    return [one.value for one in scored if one.value is not None]


def _costs(seconds: Mapping[str, float]) -> Iterator[str]:
    answers = len(OPENINGS) * len(SCALES)
    yield "\nmilliseconds of a processor for each answer: "
    yield ", ".join(f"{name} {1000 * took / answers:.2f}" for name, took in seconds.items()) + "\n"


if __name__ == "__main__":
    sys.exit(main())
