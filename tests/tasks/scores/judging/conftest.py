from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_steering.tasks.scores.judging import endpoint
from tests.tasks.scores.judging.court import Court, sitting


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No judge but the test's, nothing kept but in the test's folder, and no waiting."""
    for name in (endpoint.URL, endpoint.MODEL, endpoint.KEY):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(endpoint, "BACK_OFF", 0.001)


@pytest.fixture
def court() -> Iterator[Court]:
    with sitting() as found:
        yield found
