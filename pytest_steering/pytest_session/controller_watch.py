"""A worker of xdist ends with its controller; by itself a busy one goes on for 15 seconds."""

from __future__ import annotations

import os
import threading
import time

STEP = 0.5
"""Seconds between two looks at whether the controller is there."""


def end_with_controller() -> None:
    """End this process, whatever it does, soon after the one that started it."""
    controller = os.getppid()

    def watch() -> None:
        while os.getppid() == controller:
            time.sleep(STEP)
        os._exit(1)

    threading.Thread(target=watch, name="pytest-steering-controller", daemon=True).start()
