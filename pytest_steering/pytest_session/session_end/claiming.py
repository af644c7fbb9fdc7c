"""`--steering-claims`: what the tests of a run claim is one family, decided when the session finishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.file_access.file_lines import is_there

if TYPE_CHECKING:
    from pytest_steering.pytest_session.session import SteeringSession


def finish(session: SteeringSession, run: pytest.Session) -> Mapping[str, Sequence[str]]:
    """Hold all claims of the run against one level, where that is asked for, and set the exit status.

    Args:
        session: Has the run's records; a worker of xdist leaves the decision to its controller.
        run: pytest's session.

    Returns:
        What fails tests, by their ids: claims of theirs that do not survive.
    """
    if (
        hasattr(session.config, "workerinput")
        or not session.settings.claims
        or session.settings.shard is not None
        or not is_there(session.run.path)
    ):
        return {}
    try:
        lost = _lost(session)
    except SteeringError:
        return {}  # the gate, which reads the same records, has said so
    if lost and run.exitstatus == pytest.ExitCode.OK:
        run.exitstatus = pytest.ExitCode.TESTS_FAILED
    return lost


def _lost(session: SteeringSession) -> dict[str, list[str]]:
    from pytest_steering.experiments.claim_family import claims_of

    claims = claims_of(session.run.read().records)
    found: dict[str, list[str]] = {}
    for one in claims:
        if one.met and not one.survives:
            said = f"claims: does not survive among the {len(claims)} of this run: {one}"
            found.setdefault(one.record.node_id, []).append(said)
    return found
