from __future__ import annotations

import pytest

from pytest_steering.comparison import Facts
from pytest_steering.comparison.metrics import metric, metrics, register, registry
from pytest_steering.comparison.metrics.metric import Metric
from pytest_steering.comparison.metrics.quantities import Plain
from tests.experiments.cells import truthful


def test_every_metric_has_a_title_and_a_sentence_of_its_own_for_the_docs() -> None:
    every = metrics()
    assert all(one.title for one in every)
    assert all(one.meaning for one in every)
    assert len({one.name for one in every}) == len(every)


def test_a_metric_that_was_registered_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_OWN", {})
    mine = register(Metric("mine", "mine", "always one", Plain(lambda _facts: 1.0)))
    assert metric("mine") is mine
    assert metrics()[-1] is mine
    assert registry.numbers(Facts(truthful(4)))["mine"] == 1.0
