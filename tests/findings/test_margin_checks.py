"""Where text and margin part, and where part of the samples moves against the others, a finding says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_steering.findings.margin_checks import LEAST
from pytest_steering.records import Outcome
from tests.experiments.cells import always, outcome, run, truthful
from tests.findings.test_findings import ids


def parted(count: int, every: int) -> list[Outcome]:
    """Right answers whose margin says the opposite on one of every so many samples."""
    arm = [outcome(n, "no" if n % 2 else "yes", margin=-2.0 if n % 2 else 2.0) for n in range(count)]
    return [replace(one, margin=-(one.margin or 0.0)) if n % every == 0 else one for n, one in enumerate(arm)]


@pytest.mark.parametrize(("every", "named"), [(3, True), (50, False)])
def test_text_and_margin_that_part_on_many_samples_are_named(every: int, named: bool) -> None:
    found = ids(run(unsteered=parted(160, 1000), steered=parted(160, every)))
    assert ("margin-disagrees" in found) is named


def test_too_few_samples_do_not_tell_whether_text_and_margin_agree() -> None:
    few, enough = parted(LEAST - 1, 1), parted(LEAST, 1)
    assert "margin-disagrees" not in ids(run(unsteered=few, steered=few))
    assert "margin-disagrees" in ids(run(unsteered=enough, steered=enough))


def test_a_group_that_moves_against_the_others_limits_what_a_run_says() -> None:
    base = always(160)
    steered = [
        replace(one, margin=(one.margin or 0.0) + (-3.0 if one.group == "CWE-1" else 3.0) + n % 5 / 10)
        for n, one in enumerate(base)
    ]
    assert "moved-against" in ids(run(base, steered), "limits")


def test_a_vector_that_moves_all_the_same_way_or_nothing_is_not_named() -> None:
    base = always(160)
    down = [replace(one, margin=(one.margin or 0.0) - 3.0 - n % 5 / 10) for n, one in enumerate(base)]
    assert "moved-against" not in ids(run(base, down))
    assert "moved-against" not in ids(run(base, base))
    assert "moved-against" not in ids(run(truthful(160), truthful(160)))
