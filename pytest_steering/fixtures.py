"""The fixtures a test asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.models.loading.specs import ModelSpec
from pytest_steering.pytest_session.collection.collection import experiment_of, marked
from pytest_steering.pytest_session.session import session_of
from pytest_steering.pytest_session.session_end import ci_reports

if TYPE_CHECKING:
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.records import Record


@pytest.fixture(scope="session")
def steering_model(request: pytest.FixtureRequest) -> SteerableModel:
    """Return the loaded model; a test that asks for it runs once for each configured model."""
    spec = getattr(request, "param", None)
    if not isinstance(spec, ModelSpec):
        raise SteeringError(
            "the plugin chooses the model of a test: ask for steering_model (or steering) as an argument of "
            "the test, and name models with --steering-model or @pytest.mark.steering(models=[...])"
        )
    return session_of(request.config).load(spec)


@pytest.fixture(scope="session")
def steering_adapter(request: pytest.FixtureRequest, steering_model: SteerableModel) -> SteerableModel:
    """Return the model bound to the engine of this test: each in turn with `--steering-engine both`."""
    return steering_model.with_engine(
        getattr(request, "param", session_of(request.config).settings.engines[0])
    )


@pytest.fixture
def steering(request: pytest.FixtureRequest, steering_adapter: SteerableModel) -> Experiment:
    """Return one experiment on one model: extract, search, run. Its cells become records of the run.

    Where the test also asks for pytest-benchmark's `benchmark`, the first timed phase is measured by it, and
    accuracy and latency of each scored arm stand in its `extra_info`.
    """
    from pytest_steering.experiments.experiment import Experiment

    session = session_of(request.config)
    said = {name: value for name, value in marked(request.node).items() if name != "models"}
    benchmark = request.getfixturevalue("benchmark") if "benchmark" in request.fixturenames else None
    if benchmark is not None:
        said["timer"] = _timer(benchmark)

    def sink(record: Record) -> None:
        session.record(record)
        ci_reports.note(request.node, record)
        if benchmark is not None:
            benchmark.extra_info.update(_mirrored(record))

    return Experiment(
        steering_adapter,
        data_paths=session.settings.data,
        name=experiment_of(request.node),
        node_id=request.node.nodeid,
        sink=sink,
        memo=session.memo,
        finished=session.finished.get(request.node.nodeid, {}),
        **said,
    )


@pytest.fixture
def contrast_pairs(steering: Experiment) -> Sequence[Any]:
    """Return the training pairs of the experiment's data set."""
    pairs: Sequence[Any] = steering.contrast_pairs()
    return pairs


def _timer(benchmark: Any) -> Callable[[Callable[[], Any]], Any]:
    """Return what measures the first function it is given: pytest-benchmark measures one a test."""
    used = False

    def timed(function: Callable[[], Any]) -> Any:
        nonlocal used
        if used:
            return function()
        used = True
        return benchmark.pedantic(function, rounds=1, iterations=1)

    return timed


def _mirrored(record: Record) -> dict[str, float | None]:
    if record.spec.get("purpose") != "score":
        return {}
    values = {
        "accuracy": record.metrics.get("accuracy_all"),
        **{f"latency.{k}": v for k, v in record.latency.items()},
    }
    # A numpy scalar would bring an xdist session down, and has no JSON form.
    return {f"{record.arm}.{name}": None if value is None else float(value) for name, value in values.items()}
