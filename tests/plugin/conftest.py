from __future__ import annotations

import json

import pytest

# Stands in for a model: what it is asked for is noted in its name, and nothing is loaded.
STUB = """
    from types import SimpleNamespace
    import pytest
    from pytest_steering.models.steerable import SteerableModel

    def _load(source, *, engine="hooks", **asked):
        def with_engine(name):
            return SimpleNamespace(**{**vars(model), "engine_name": name})
        model = SimpleNamespace(source=source, engine_name=engine, asked=asked, with_engine=with_engine)
        return model

    SteerableModel.load = staticmethod(_load)
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with three models to configure, `one` and `two` (starcoder2) and `three` (gpt_bigcode)."""
    from pytest_steering.models.steerable import SteerableModel

    # The stub replaces the class' own method in this very process; this puts it back.
    monkeypatch.setattr(SteerableModel, "load", SteerableModel.load)
    for name, model_type in {"one": "starcoder2", "two": "starcoder2", "three": "gpt_bigcode"}.items():
        folder = pytester.mkdir(name)
        (folder / "config.json").write_text(json.dumps({"model_type": model_type}))
    pytester.makeconftest(STUB)
    pytester.makeini("[pytest]\nsteering_models =\n  one\n  two\n  three\n")
    return pytester
