"""Can whoever reads answers read those that are known?"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_steering.tasks.task import Task


def probe_reader(task: Task) -> dict[str, object]:
    """Return how many planted answers a task was asked to read, and which of them it read wrongly.

    Args:
        task: Plants answers, and reads them.
    """
    planted = task.planted()
    with warnings.catch_warnings():
        # What a reader has to say of itself it says where answers are read.
        warnings.simplefilter("ignore")
        wrong = [one.name for one in planted if not one.right(task.read(one.text, one.asked))]
    return {"asked": len(planted), "wrong": wrong}
