"""A process of its own renders chat templates: jinja's sandbox limits neither loops nor what is built."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO, Any, cast

from pytest_steering.models.template_worker import CPU_SECONDS, MOST_MIB

START_SECONDS = 120
SECONDS = 60
"""By the clock, where a busy machine gives a process little of its processor, or its system sets no limit."""

_SCRIPT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from pytest_steering.models.template_worker import serve; serve()"
)
_lock = threading.Lock()
_started: dict[int, subprocess.Popen[str]] = {}
"""By the number of the process that started it: a fork starts its own."""


def render_apart(request: Mapping[str, Any]) -> str:
    """Return what a template writes.

    Args:
        request: As `template_worker.rendered` takes it.

    Raises:
        ValueError: The template failed, with its own words, or was stopped.
    """
    with _lock:
        process = _process()
        line = _answer(process, json.dumps(dict(request)), SECONDS)
        if not line:
            _stop()
            raise ValueError(
                f"it took over {CPU_SECONDS} seconds or {MOST_MIB} MiB to write one prompt and was stopped; "
                "a template that loops or builds without end is broken, or was made to do harm"
            )
    answer = json.loads(line)
    if "error" in answer:
        raise ValueError(answer["error"])
    return str(answer["text"])


def _process() -> subprocess.Popen[str]:
    known = _started.get(os.getpid())
    if known is not None and known.poll() is None:
        return known
    process = subprocess.Popen(  # noqa: S603 - this interpreter, with its own search path
        [sys.executable, "-c", _SCRIPT, json.dumps(sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    _started[os.getpid()] = process
    if not _answer(process, "", START_SECONDS):
        _stop()
        raise ValueError("the process that renders chat templates did not start")
    return process


def _answer(process: subprocess.Popen[str], request: str, seconds: float) -> str:
    """Return the line that answers a line; empty where the process ended, or had to be."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        to, back = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        to.write(f"{request}\n")
        to.flush()
        line = back.readline()
    except OSError:
        return ""
    finally:
        timer.cancel()
    return line if line.endswith("\n") else ""


@atexit.register
def _stop() -> None:
    process = _started.pop(os.getpid(), None)
    if process is not None:
        process.kill()
        process.communicate()
