"""What the workers of a run do, in sentences, from the signs of life that they left."""

from __future__ import annotations

import time
from collections.abc import Iterator

from pytest_steering.printable import printable
from pytest_steering.run_folder.heartbeats import SILENT, Heartbeat
from pytest_steering.run_folder.runs import Run

_UNITS = ((86_400, "days"), (3_600, "h"), (60, "min"), (1, "s"))


def life_signs(run: Run, now: float | None = None) -> list[str]:
    """Return a sentence for each worker of a run that has not ended; none for one that has.

    Args:
        run: Whose signs of life are read.
        now: In seconds since 1970.
    """
    if run.manifest.status != "started":
        return []
    at = time.time() if now is None else now
    nobody = run.lock.held() is False
    return [_sentence(beat, at, nobody=nobody) for beat in run.heartbeats]


def goes_on(run: Run, now: float | None = None) -> bool:
    """Return whether some worker of a run lives, as far as can be told.

    Args:
        run: Whose signs of life are read.
        now: In seconds since 1970.
    """
    at = time.time() if now is None else now
    return run.lock.held() is not False and any(
        not beat.over and at - beat.at < SILENT and at - beat.moved < SILENT for beat in run.heartbeats
    )


def _sentence(beat: Heartbeat, now: float, *, nobody: bool) -> str:
    where = printable(", ".join(_where(beat)), 300)
    if beat.over:
        return f"{beat.worker} {printable(beat.over, 300)} {ago(now - beat.at)} ago, after {where}"
    if nobody:
        return f"{beat.worker} was killed: it was last seen {ago(now - beat.at)} ago in {where}"
    if now - beat.at >= SILENT:
        return f"{beat.worker} silent for {ago(now - beat.at)} in {where}, {beat.process}"
    if now - beat.moved >= SILENT:
        return (
            f"{beat.worker} lives but has done nothing for {ago(now - beat.moved)} in {where}, {beat.process}"
        )
    return f"{beat.worker} alive {ago(now - beat.moved)} ago in {where}"


def _where(beat: Heartbeat) -> Iterator[str]:
    yield beat.doing or "no test"
    yield f"{beat.cells} cell{'' if beat.cells == 1 else 's'} so far"
    if beat.steps:
        yield beat.steps


def ago(seconds: float) -> str:
    """Return a time in the largest unit that it has two of, such as `4 s` or `20 min`."""
    whole = max(0, round(seconds))
    size, unit = next(((size, unit) for size, unit in _UNITS if whole >= 2 * size), _UNITS[-1])
    return f"{whole // size} {unit}"
