from __future__ import annotations

from types import SimpleNamespace

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.testing.selection import SUITE
from pytest_steering.testing.traps.engine_request import MakeEngine
from pytest_steering.testing.traps.own_engine import own_engine
from pytest_steering.testing.traps.registered_engines import OF_THE_RUN, engines_of

CONFTEST = """
from pytest_steering import testing

def unsteered(model):
    def answer(requests):
        if any("[" in one.positions for one in requests):
            raise testing.NotOffered("it knows no token numbers")
        return [testing.Reply(written(one).token_ids) for one in requests]

    def written(one):
        return model.complete([list(one.prompt)], max_new_tokens=one.new_tokens).arms[0][0]

    return answer

def pytest_steering_engines(config):
    return {"mine": unsteered}
"""


def test_an_engine_of_a_conftest_is_held_against_the_traps(
    pytester: pytest.Pytester, starcoder2: object
) -> None:
    pytester.copy_example(str(SUITE))
    pytester.makeconftest(CONFTEST)
    chosen = "mine and (hook or zero or numbers or strength)"
    run = pytester.runpytest("conformance.py", "--steering-model", "starcoder2", "-k", chosen, "-rs")
    run.assert_outcomes(failed=2, passed=1, skipped=1)
    run.stdout.fnmatch_lines(
        [
            "*text is fluent and unsteered under a steered label: call 0: request 0: token *",
            "*no token numbers*",
        ]
    )


def test_a_name_that_is_taken_is_an_error() -> None:
    named: list[dict[str, MakeEngine]] = [{"mine": own_engine}, {OF_THE_RUN: own_engine}]
    config = SimpleNamespace(hook=SimpleNamespace(pytest_steering_engines=lambda **_: named))
    with pytest.raises(SteeringError, match="an engine called 'engine of the run' is there already"):
        engines_of(config)  # type: ignore[arg-type]
