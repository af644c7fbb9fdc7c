from __future__ import annotations

import json

import pytest

# A pytest inside this one forgets what it imported, and numpy cannot be imported a second time.
import scipy.stats  # noqa: F401

from tests.inner_pytest import FEW_PLUGINS

# Stands in for models and experiments: nothing is loaded, and a run makes two records.
STUB = """
    import sys
    from types import SimpleNamespace
    import pytest
    from pytest_steering.records import Outcome, Record

    def _load(source, *, engine="hooks", **asked):
        def with_engine(name):
            return SimpleNamespace(**{**vars(model), "engine_name": name})
        model = SimpleNamespace(name=source.name, source=source.source, engine_name=engine, asked=asked)
        model.with_engine = with_engine
        return model

    class _Experiment:
        def __init__(self, model, *, sink, name, node_id, timer=lambda call: call(), **said):
            self.model, self.sink, self.name, self.node_id = model, sink, name, node_id
            self.timer, self.said = timer, said
        def contrast_pairs(self):
            return ["a pair"]
        def run(self, answers="nyny", purpose="score"):
            for arm, given in (("unsteered", "yyyy"), ("steered", answers)):
                self.timer(lambda: None)
                self.sink(self.cell(arm, given, purpose))
        def cell(self, arm, given, purpose):
            outcomes = tuple(
                Outcome(f"s{n}", ("no", "yes")[n % 2], correct=letter == "ny"[n % 2],
                        predicted={"y": "yes", "n": "no"}[letter])
                for n, letter in enumerate(given)
            )
            spec = {"purpose": purpose, "model": {"name": self.model.name}, "engine": self.model.engine_name}
            return Record(
                spec, arm, outcomes=outcomes, metrics={"accuracy_all": 0.5}, latency={"seconds": 1.0},
                experiment=self.name, node_id=self.node_id,
            )

    stub = SimpleNamespace(SteerableModel=SimpleNamespace(load=_load), Experiment=_Experiment)
    sys.modules["pytest_steering.models.steerable"] = stub
    sys.modules["pytest_steering.experiments.experiment"] = stub
"""


@pytest.fixture
def few_plugins(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:  # pytester unsets them
    """Let each pytest that a test starts do without what has no part there."""
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(FEW_PLUGINS))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # named by a person, so that no worker asks torch for fewer


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with three models to configure, `one` and `two` (starcoder2) and `three` (gpt_bigcode)."""
    for name, model_type in {"one": "starcoder2", "two": "starcoder2", "three": "gpt_bigcode"}.items():
        folder = pytester.mkdir(name)
        (folder / "config.json").write_text(json.dumps({"model_type": model_type}))
    pytester.makeconftest(STUB)
    pytester.makeini("[pytest]\nsteering_models =\n  one\n  two\n  three\n")
    return pytester


# The stub's cells, held against a baseline; which of its answers are right is set from outside.
GATED_TEST = """
    import os
    from dataclasses import replace
    import pytest
    from pytest_steering.experiments.baseline_expectation import baseline_expected

    @pytest.mark.steering(models=["one"])
    def test_it(steering):
        made, sink = [], steering.sink
        steering.sink = lambda record: made.append(_long(record)) or sink(made[-1])
        steering.run()
        sink(baseline_expected(made[1], made[0]))

    def _long(record):
        wrong = int(os.environ["WRONG"]) if record.arm == "steered" else 80
        outcomes = tuple(
            replace(record.outcomes[0], id=f"s{n}", expected="yes", predicted="no" if n < wrong else "yes",
                    correct=n >= wrong)
            for n in range(160)
        )
        return replace(record, outcomes=outcomes)
"""


@pytest.fixture
def gated(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with a test that holds its cell against a baseline; 16 of 160 answers are wrong."""
    project.makepyfile(test_it=GATED_TEST)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("WRONG", "16")
    return project
