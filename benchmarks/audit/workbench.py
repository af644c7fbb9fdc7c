"""Models, vectors and claims that the audit's experiments share."""

from __future__ import annotations

from functools import cache
from typing import Any

from pytest_steering import Experiment, Intervention, Result, SteerableModel, SteeringVector

PLACES = {"starcoder": (3, 0.75), "starcoder2": (1, 1.25), "qwen2": (1, 1.0), "blind": (2, 0.5)}
"""Layer and scale that a search on dev finds, by model; of the blind one every place is as good."""

SAMPLES = 96


@cache
def model(name: str = "starcoder") -> SteerableModel:
    """Return an embedded model; each is loaded once."""
    return SteerableModel.load(name, device="cpu")


def experiment(name: str = "starcoder", /, **options: Any) -> Experiment:
    """Return a new experiment on an embedded model, which remembers nothing of any other.

    Args:
        name: Of the model.
        **options: Of the experiment; the embedded twins are scored, some of them.
    """
    return Experiment(model(name), **{"limit": SAMPLES, **options})


@cache
def vector(name: str = "starcoder") -> SteeringVector:
    """Return the careful − default direction of training samples, at every block."""
    training = experiment(name)
    return training.extract(training.contrast_pairs())


def careful(name: str = "starcoder", of: SteeringVector | None = None, part: float = 1.0) -> Intervention:
    """Return a vector where the careful one works.

    Args:
        name: Of the model.
        of: The vector; the careful one where none is given.
        part: Of the scale.
    """
    layer, scale = PLACES[name]
    return Intervention(vector(name) if of is None else of, [layer], part * scale)


def improves(result: Result) -> None:
    """Claim that steering made the number better that the task is about."""
    result.expect(result.comparison.main_metric).improves()
