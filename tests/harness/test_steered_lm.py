from __future__ import annotations

import sys

import pytest

from pytest_steering.errors import ModelError
from pytest_steering.harness import steered_lm


def test_without_the_harness_one_sentence_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lm_eval", "lm_eval.api.model"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "pytest_steering.harness.harness_model", raising=False)
    with pytest.raises(ModelError, match=r"pip install 'pytest-steering\[lm-eval\]'"):
        steered_lm(object())  # type: ignore[arg-type]
