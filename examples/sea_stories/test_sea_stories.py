"""A behaviour of one's own with a score of one's own: stories that turn to the sea.

Dose and guards were settled on the openings of the dev split, before those of the test split were written;
`steering.search` would choose the dose there by itself. Guards decide with the score.
"""

import re
from pathlib import Path

import pytest

from pytest_steering import ContrastPair, Intervention, TextTask, scores

# What the vector is made of: first what is wanted, then the same without it.
PAIRS = [
    ("Ahoy, me hearties! The ship", "Hello, my friends! The train"),
    ("Arrr, ye scurvy dogs, hand over the treasure", "Well, you lazy people, hand over the papers"),
    ("Avast, matey! Hoist the sails and", "Stop, mate! Close the windows and"),
    ("Shiver me timbers, the captain buried his gold on", "Oh my goodness, the manager kept his money in"),
    ("Yo ho ho, we be sailing the seven seas", "Ha ha ha, we are driving through the city"),
    ("The pirate drank his rum and drew his cutlass", "The clerk drank his tea and took his pen"),
    ("Ye landlubber, walk the plank or", "You beginner, leave the room or"),
    ("Aye, captain, the crew be plundering the port", "Yes, boss, the staff is cleaning the office"),
]

SEA = re.compile(r"\b(sea|seas|sail\w*|ships?|captain|crew|pirates?|ocean|boats?|treasure|ahoy|aye)\b", re.I)


def of_the_sea(prompt, text):
    """1 where an answer speaks of the sea, 0 where it does not; an empty one has no score."""
    return float(bool(SEA.search(text))) if text.strip() else None


OPENINGS = TextTask.from_file(
    Path(__file__).with_name("openings.jsonl"),
    of_the_sea,
    pairs=[ContrastPair(sea, land, f"pair {n}") for n, (sea, land) in enumerate(PAIRS)],
    # In sixteen tokens one phrase said twice is a share of a third: no broken text yet.
    guards=[scores.repetition(most=0.4), scores.words(), scores.surprise()],
    words="Tell a story of pirates at sea.",
    planted=[("The captain set sail.", 1, 1), ("The bus was late.", 0, 0)],
    max_new_tokens=16,
)


@pytest.mark.steering(models=["smollm2"], task=OPENINGS)
def test_steering_tells_of_the_sea(steering, contrast_pairs):
    vector = steering.extract(contrast_pairs)
    steered = Intervention(vector, [8], scale=0.75, positions="all")
    result = steering.run(steered, controls=("random", "negated", "prompted"))

    result.expect("of_the_sea").rises(by=0.2)
    result.expect("of_the_sea", "negated").at_most(0.2)
