"""Prints how often data cross their doors in one extract, search and run: `python doors.py`.

It uses public names alone, so that it counts for any commit: `PYTHONPATH=CHECKOUT python doors.py`.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from collections import Counter

from pytest_steering import Experiment, Intervention, SteerableModel

DOORS = {
    "load_dataset": "a data set is read",
    "_encode_plus": "texts go through the tokenizer",
    "require_origin": "a vector's origin is compared with the model",
    "weights_fingerprint": "the weights are hashed",
}


def crossings(model: SteerableModel, limit: int | None) -> Counter[str]:
    """Return how often each door was crossed, by its name."""
    profile = cProfile.Profile()
    profile.enable()
    experiment = Experiment(model, limit=limit)
    vector = experiment.extract(experiment.contrast_pairs(16))
    choice = experiment.search(vector, layers=[1, 2], limit=limit)
    experiment.run(Intervention(vector, [choice.layer], choice.scale))
    profile.disable()
    found: Counter[str] = Counter()
    for (_file, _line, name), (_primitive, calls, *_times) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if name in DOORS:
            found[name] += calls
    return found


def main() -> None:
    """Count on the embedded model with 8 samples."""
    found = crossings(SteerableModel.load("starcoder2", device="cpu"), limit=8)
    for name, what in DOORS.items():
        sys.stdout.write(f"{found[name]:5}  {what} ({name})\n")


if __name__ == "__main__":
    main()
