"""Answers recorded elsewhere, through the same reading, metrics and tables, without a model."""

from pytest_steering.replay.arms.replayed_arms import ReplayedArms, replay_arms
from pytest_steering.replay.arms.replayed_model import ReplayedModel
from pytest_steering.replay.arms.row_fields import RowFields
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
    "ReplayedArms",
    "ReplayedModel",
    "RowFields",
    "add_arguments",
    "read_recorded",
    "replay",
    "replay_arms",
    "replay_records",
    "run",
]
