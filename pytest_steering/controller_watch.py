"""A worker of xdist ends with its controller: xdist lets a busy one of a killed run live 15 seconds longer."""

from __future__ import annotations

import os
import threading
import time

STEP = 0.5
"""Seconds between two looks at whether the controller is there."""


def end_with_controller() -> None:
    """End this process soon after the one that started it, from a thread; what is written by then is whole."""
    controller = os.getppid()

    def watch() -> None:
        while os.getppid() == controller:
            time.sleep(STEP)
        os._exit(1)

    threading.Thread(target=watch, name="pytest-steering-controller", daemon=True).start()
