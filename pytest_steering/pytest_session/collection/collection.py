"""Which tests run on which models, in which order, and how they are selected."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.experiment_options import require_known
from pytest_steering.identity import named_with_parameters
from pytest_steering.models.loading.specs import ModelSpec
from pytest_steering.pytest_session.collection.families import register_families
from pytest_steering.pytest_session.collection.fixture_origin import asks_for_ours
from pytest_steering.pytest_session.session import SteeringSession
from pytest_steering.shard import own_tests

_MARKER_HELP = (
    "steering(task='twins', split='test', form='sentence', reader='text', models=[...], limit=None, "
    "max_new_tokens=32, stop='length', vectors_from='', contrast='', both_polarities=False): what the "
    "`steering` fixture runs; task names one of a conftest's hook pytest_steering_tasks or a data set of "
    "labelled code (dataset= is another word for it); stop='verdict' ends answers that are decided; models "
    "replaces the configured ones for this test, those of --steering-model too"
)


def register_marker(config: pytest.Config) -> None:
    """Make the plugin's own marker known; where all markers are listed, those of families too."""
    config.addinivalue_line("markers", _MARKER_HELP)
    if config.option.markers:
        register_families(config)


def parametrize(session: SteeringSession, metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a model once a model, and once an engine where both are wanted."""
    if not asks_for_ours(metafunc, "steering_model"):
        return
    if not session.has_tests:
        session.has_tests = True
        register_families(session.config)
    try:
        specs = _specs_of(session, metafunc.definition)
    except SteeringError as error:
        session.errors.append(f"{metafunc.definition.nodeid}: {error}")
        specs = ()
    params = [pytest.param(spec, id=spec.name, marks=_marks(spec)) for spec in specs]
    metafunc.parametrize("steering_model", params, indirect=True, scope="session")
    if "steering_adapter" in metafunc.fixturenames and len(session.settings.engines) > 1:
        metafunc.parametrize("steering_adapter", session.settings.engines, indirect=True, scope="session")


def marked(item: pytest.Item) -> dict[str, Any]:
    """Return what the `steering` markers of a test say, the closest one first.

    Raises:
        SteeringError: A marker says something that is not known, or of another kind.
    """
    said: dict[str, Any] = {}
    for mark in item.iter_markers("steering"):
        said = {**mark.kwargs, **said}
        if mark.args:
            raise SteeringError(f"the steering marker takes keywords alone; found {mark.args!r}")
    require_known(said)
    return said


def inspect(session: SteeringSession, items: list[pytest.Item]) -> None:
    """Note what the tests are marked with, before any is deselected, and refuse those that are not sound.

    Raises:
        pytest.UsageError: Some tests are not written as the plugin expects; the message says which and why.
    """
    session.marks = [frozenset(mark.name for mark in item.iter_markers()) for item in items]
    if session.errors:
        session.refuse(items)


def keep_shard(session: SteeringSession, collected: list[pytest.Item], items: list[pytest.Item]) -> None:
    """Leave out the tests of other shards, where the tests are run in shards.

    Args:
        session: Says which shard this is, and keeps what is to run in all of them.
        collected: All tests before any was left out, which decide what each shard has.
        items: Those that are to run; changed.
    """
    shard = session.settings.shard
    if shard is None:
        return
    models = {item.nodeid: spec.name if (spec := spec_of(item)) else "" for item in (*collected, *items)}
    own = own_tests(shard, models)
    session.all_shards = list(items)
    others = [item for item in items if item.nodeid not in own]
    items[:] = [item for item in items if item.nodeid in own]
    session.config.hook.pytest_deselected(items=others)


def order_by_model(items: list[pytest.Item]) -> None:
    """Sort tests so that each model is loaded once; tests without a model come first, as they were."""
    names = [spec.name for item in items if (spec := spec_of(item))]
    rank = {name: place for place, name in enumerate(dict.fromkeys(names))}

    def place(item: pytest.Item) -> int:
        spec = spec_of(item)
        return -1 if spec is None else rank[spec.name]

    items.sort(key=place)


def spec_of(item: pytest.Item) -> ModelSpec | None:
    """Return the model a test runs on, or None where it asks for none."""
    callspec = getattr(item, "callspec", None)
    spec = callspec.params.get("steering_model") if callspec else None
    return spec if isinstance(spec, ModelSpec) else None


def experiment_of(item: pytest.Item) -> str:
    """Return the name that a test goes by in records: with its parameters but for model and engine."""
    name = getattr(item, "originalname", None) or item.name
    given = item.callspec.params if hasattr(item, "callspec") else {}
    model = getattr(given.get("steering_model"), "name", "")
    return named_with_parameters(name, item.nodeid, model, given.get("steering_adapter", ""))


def _specs_of(session: SteeringSession, definition: pytest.Item) -> tuple[ModelSpec, ...]:
    models = marked(definition).get("models")
    if models is None:
        return session.specs
    return session.resolve_of_test(models)


def _marks(spec: ModelSpec) -> list[pytest.MarkDecorator]:
    """Of a model that is absent too: only a test may bring one, which is then skipped."""
    skipped = [pytest.mark.skip(reason=spec.absent)] if spec.absent else []
    return [*(getattr(pytest.mark, name) for name in spec.marks), *skipped]
