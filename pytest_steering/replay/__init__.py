"""Answers recorded elsewhere, through the same reading, metrics and tables, without a model."""

from pytest_steering.replay.recorded_answer import Problem, Recorded
from pytest_steering.replay.recorded_lines import read_recorded
from pytest_steering.replay.replay_command import add_arguments, run
from pytest_steering.replay.replay_records import replay_records
from pytest_steering.replay.replay_report import Cell, ReplayedAnswer, ReplayReport, replay

__all__ = [
    "Cell",
    "Problem",
    "Recorded",
    "ReplayReport",
    "ReplayedAnswer",
    "add_arguments",
    "read_recorded",
    "replay",
    "replay_records",
    "run",
]
