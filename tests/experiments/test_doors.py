"""A datum crosses a door once: what one extract, search and run read, however often they ask for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from pytest_steering import Experiment, Intervention, SteerableModel
from pytest_steering.models.proving.origin import _fitting
from pytest_steering.models.tokenisation import TokenMemory

DOORS = {
    "data set": "pytest_steering.tasks.security.security_task.load_dataset",
    "origin": "pytest_steering.models.proving.origin.require_origin",
    "weights": "pytest_steering.models.proving.fingerprint.weights_fingerprint",
}


def noting(door: Callable[..., Any], seen: list[tuple[Any, ...]]) -> Callable[..., Any]:
    def noted(*args: Any, **kwargs: Any) -> Any:
        seen.append(args)
        return door(*args, **kwargs)

    return noted


@pytest.fixture(scope="module")
def crossed(starcoder2: SteerableModel) -> dict[str, list[tuple[Any, ...]]]:
    """What crossed each door."""
    from importlib import import_module

    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in (*DOORS, "texts")}
    with pytest.MonkeyPatch.context() as patch:
        for name, door in DOORS.items():
            module, _, function = door.rpartition(".")
            patch.setattr(door, noting(getattr(import_module(module), function), found[name]))
        patch.setattr(TokenMemory, "_read", noting(TokenMemory._read, found["texts"]))
        starcoder2.loaded.texts._known.clear()
        _fitting.pop(starcoder2.loaded.module, None)
        experiment = Experiment(starcoder2, limit=8)
        vector = experiment.extract(experiment.contrast_pairs(16))
        choice = experiment.search(vector, layers=[1, 2], scales=[0.5, 1.0], limit=8)
        experiment.run(Intervention(vector, [choice.layer], choice.scale))
    return found


def test_a_data_set_is_read_once(crossed: dict[str, list[tuple[Any, ...]]]) -> None:
    assert crossed["data set"] == [("twins",)]


def test_a_text_goes_through_the_tokenizer_once(crossed: dict[str, list[tuple[Any, ...]]]) -> None:
    times = Counter((text, special) for _, texts, special in crossed["texts"] for text in texts)
    assert len(times) > 50
    assert set(times.values()) == {1}


def test_a_vectors_origin_is_compared_once_at_a_layer(crossed: dict[str, list[tuple[Any, ...]]]) -> None:
    compared = [(vector.provenance, vector_at) for vector, vector_at in map(origin_of, crossed["origin"])]
    assert compared
    assert not [one for number, one in enumerate(compared) if one in compared[:number]]


def origin_of(args: tuple[Any, ...]) -> tuple[Any, Any]:
    _name, _loaded, intervention = args
    return intervention.vector, intervention.at


def test_weights_are_hashed_at_the_edges_of_a_step(crossed: dict[str, list[tuple[Any, ...]]]) -> None:
    """Of extracting, of searching twice, of the seed of nulls, before the run and after it."""
    assert len(crossed["weights"]) <= 6
