"""Layers and scales proposed by Optuna's tree-structured Parzen estimator, a batch for each sweep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import DataError

if TYPE_CHECKING:
    from pytest_steering.experiments.grid_search import Point
    from pytest_steering.experiments.search_methods.preference import Preference
    from pytest_steering.experiments.search_methods.search_space import Looks, Place, SearchSpace

USUAL_BUDGET = 32

BATCH = 8
"""Points of one sweep: each reads the prompts once for all its arms. The first is drawn at random."""

DIGITS = 3
"""Of a scale: one that differs by less is no other dose."""


def tree_parzen(space: SearchSpace, looks: Looks, preference: Preference) -> list[Point]:
    """Return the points that were looked at, each once, in the order in which they were proposed.

    Bergstra et al. (2011); guards are constraints (Watanabe & Hutter 2023): points that break them teach
    where text breaks, and are never taken for good ones. What is proposed follows from the seed and from what
    was found, so that a search can be made again, and gone on with from its records.

    Args:
        space: Layers, in their order; scales, from the smallest to the largest of those given.
        looks: Steers and scores.
        preference: What is to be large, and by how much a point breaks the guards.

    Raises:
        DataError: Optuna is not installed.
    """
    optuna = _optuna()
    found: dict[Place, Point] = {}
    left = space.budget or USUAL_BUDGET
    with _silent(optuna):
        study = optuna.create_study(direction="maximize", sampler=_sampler(optuna, space.seed))
        while left > 0:
            trials = [study.ask() for _ in range(min(BATCH, left))]
            places = [_proposed(trial, space) for trial in trials]
            new = [place for place in dict.fromkeys(places) if place not in found]
            if new:
                found |= zip(new, looks.look(new, looks.samples), strict=True)
            for trial, place in zip(trials, places, strict=True):
                trial.set_constraint("guards", preference.violation(found[place]))
                study.tell(trial, preference.worth(found[place]) or 0.0)
            left -= len(trials)
    return list(found.values())


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise DataError("a search by 'tpe' needs Optuna: pip install 'pytest-steering[optuna]'") from error
    return optuna


def _sampler(optuna: Any, seed: int) -> Any:
    """Return what proposes; of trials under way it keeps away, so that those of a batch differ."""
    return optuna.samplers.TPESampler(
        seed=seed, n_startup_trials=BATCH, multivariate=False, constant_liar=True
    )


def _proposed(trial: Any, space: SearchSpace) -> Place:
    low, high = min(space.scales), max(space.scales)
    layers = sorted(set(space.layers))
    layer = layers[trial.suggest_int("layer", 0, len(layers) - 1)]
    scale = float(f"{trial.suggest_float('scale', low, high):.{DIGITS}g}")
    return layer, min(max(scale, low), high)


@contextmanager
def _silent(optuna: Any) -> Iterator[None]:
    """Keep Optuna's lines about each study to itself."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(level)
