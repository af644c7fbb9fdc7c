"""pytest-steering: find out whether steering a language model works, and keep it working.

Importing this package loads nothing heavy: each name below is looked up where it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_steering import comparison, findings, replay, statistics, testing
    from pytest_steering.comparison import metrics
    from pytest_steering.dataframe import load_run
    from pytest_steering.errors import ExpectationFailed, SteeringError
    from pytest_steering.experiments.evaluation import evaluate
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.experiments.result import Result
    from pytest_steering.extraction.directions import extract
    from pytest_steering.extraction.methods import extraction_method
    from pytest_steering.extraction.pair_checks import PairProblem, check_pairs
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.extraction.sparse_features import sparse_feature
    from pytest_steering.harness import steered_lm
    from pytest_steering.models.finding.architecture import Architecture, detect_architecture
    from pytest_steering.models.loading.memory import known_dimensions, memory_profile
    from pytest_steering.models.running.completion import Completion, Generation
    from pytest_steering.models.running.sampling import Sampling
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.progress.progress import show_progress
    from pytest_steering.records import Outcome, Record
    from pytest_steering.steering.config import SteeringConfig
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.joint import Joint
    from pytest_steering.steering.operations import operation, projection
    from pytest_steering.steering.positions import Positions
    from pytest_steering.steering.reliability import Reliability
    from pytest_steering.steering.vector import SteeringVector
    from pytest_steering.tasks import scores
    from pytest_steering.tasks.asked import Answers, Asked, Options, Planted, Reading
    from pytest_steering.tasks.choice import ChoiceTask
    from pytest_steering.tasks.pair_rows import read_pairs
    from pytest_steering.tasks.pair_writing import WrittenPairs, write_pairs
    from pytest_steering.tasks.reading.answer import Answer
    from pytest_steering.tasks.sample import Sample
    from pytest_steering.tasks.task import Task
    from pytest_steering.tasks.task_registry import (
        code_sample,
        load_dataset,
        read_answer,
        register_dataset,
        register_task,
    )
    from pytest_steering.tasks.text import TextTask
    from pytest_steering.tasks.verdict import VerdictTask

__all__ = [
    "Answer",
    "Answers",
    "Architecture",
    "Asked",
    "ChoiceTask",
    "Completion",
    "ContrastPair",
    "ExpectationFailed",
    "Experiment",
    "Generation",
    "Intervention",
    "Joint",
    "Options",
    "Outcome",
    "PairProblem",
    "Planted",
    "Positions",
    "Reading",
    "Record",
    "Reliability",
    "Result",
    "Sample",
    "Sampling",
    "SteerableModel",
    "SteeringConfig",
    "SteeringError",
    "SteeringVector",
    "Task",
    "TextTask",
    "VerdictTask",
    "WrittenPairs",
    "__version__",
    "check_pairs",
    "code_sample",
    "comparison",
    "detect_architecture",
    "evaluate",
    "extract",
    "extraction_method",
    "findings",
    "known_dimensions",
    "load_dataset",
    "load_run",
    "memory_profile",
    "metrics",
    "operation",
    "projection",
    "read_answer",
    "read_pairs",
    "register_dataset",
    "register_task",
    "replay",
    "scores",
    "show_progress",
    "sparse_feature",
    "statistics",
    "steered_lm",
    "testing",
    "write_pairs",
]

# Packages whose names are public as well: `from pytest_steering import statistics`.
_ROOMS = {
    "comparison": "comparison",
    "findings": "findings",
    "replay": "replay",
    "scores": "tasks.scores",
    "statistics": "statistics",
    "testing": "testing",
}

_HOMES = {
    "Answer": "tasks.reading.answer",
    "Answers": "tasks.asked",
    "Architecture": "models.finding.architecture",
    "Asked": "tasks.asked",
    "ChoiceTask": "tasks.choice",
    "Completion": "models.running.completion",
    "ContrastPair": "extraction.pairs",
    "ExpectationFailed": "errors",
    "Experiment": "experiments.experiment",
    "Generation": "models.running.completion",
    "Intervention": "steering.intervention",
    "Joint": "steering.joint",
    "Options": "tasks.asked",
    "Outcome": "records",
    "PairProblem": "extraction.pair_checks",
    "Planted": "tasks.asked",
    "Positions": "steering.positions",
    "Reading": "tasks.asked",
    "Record": "records",
    "Reliability": "steering.reliability",
    "Result": "experiments.result",
    "Sample": "tasks.sample",
    "Sampling": "models.running.sampling",
    "SteerableModel": "models.steerable",
    "SteeringConfig": "steering.config",
    "SteeringError": "errors",
    "SteeringVector": "steering.vector",
    "Task": "tasks.task",
    "TextTask": "tasks.text",
    "VerdictTask": "tasks.verdict",
    "WrittenPairs": "tasks.pair_writing",
    "check_pairs": "extraction.pair_checks",
    "code_sample": "tasks.task_registry",
    "detect_architecture": "models.finding.architecture",
    "evaluate": "experiments.evaluation",
    "extract": "extraction.directions",
    "extraction_method": "extraction.methods",
    "known_dimensions": "models.loading.memory",
    "load_dataset": "tasks.task_registry",
    "load_run": "dataframe",
    "memory_profile": "models.loading.memory",
    "metrics": "comparison",
    "operation": "steering.operations",
    "projection": "steering.operations",
    "read_answer": "tasks.task_registry",
    "read_pairs": "tasks.pair_rows",
    "register_dataset": "tasks.task_registry",
    "register_task": "tasks.task_registry",
    "sparse_feature": "extraction.sparse_features",
    "show_progress": "progress.progress",
    "steered_lm": "harness",
    "write_pairs": "tasks.pair_writing",
}


if TYPE_CHECKING:
    __version__: str
else:  # a checker then refuses a name that is not listed

    def __getattr__(name: str) -> object:
        """Look a public name up where it lives; the version is that of the installed package."""
        if name == "__version__":
            return import_module("importlib.metadata").version("pytest-steering")
        if name in _ROOMS:
            return import_module(f"{__name__}.{_ROOMS[name]}")
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__]
