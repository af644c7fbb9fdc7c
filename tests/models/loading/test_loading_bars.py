from __future__ import annotations

import pytest
from transformers.utils import logging

from pytest_steering import SteerableModel
from pytest_steering.models.loading.loading_bars import bars_for_terminals


@pytest.fixture(autouse=True)
def _bars_are_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests of the process have turned off is no part of these."""
    monkeypatch.setattr(logging, "_tqdm_active", True)


def test_weights_are_loaded_without_bars_where_nobody_sees_them(capfd: pytest.CaptureFixture[str]) -> None:
    SteerableModel.load("starcoder2")

    assert "%|" not in capfd.readouterr().err


def test_a_terminal_keeps_its_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with bars_for_terminals():
        assert logging.is_progress_bar_enabled()


def test_bars_are_as_they_were_afterwards() -> None:
    with bars_for_terminals():
        assert not logging.is_progress_bar_enabled()

    assert logging.is_progress_bar_enabled()
