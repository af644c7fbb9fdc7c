"""What every test of this project runs under."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

CONFTEST = Path(__file__).with_name("conftest.py")


def processor_seconds() -> tuple[float, float]:
    """Of this process with what it started and waited for, and of the latter alone."""
    used = os.times()
    started = used.children_user + used.children_system
    return used.user + used.system + started, started


def test_a_run_ends_with_the_processor_seconds_of_itself_and_of_what_it_started(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(test_it="import os\ndef test_work(): os.system('true')")
    before, result, after = processor_seconds(), pytester.runpytest("-q"), processor_seconds()
    (found,) = re.findall(
        r"^(\d+) processor seconds, (\d+) of them in processes started$", str(result.stdout), re.M
    )

    for least, seconds, most in zip(before, map(int, found), after, strict=True):
        assert round(least) <= seconds <= round(most)


def test_a_busy_machine_fails_no_property_and_a_poor_strategy_does() -> None:
    used = settings()
    assert used.deadline is None
    assert list(used.suppress_health_check) == [HealthCheck.too_slow]
