"""Labelled code by name: embedded twins, published data sets, and the user's own files."""

from pytest_steering.evaluation.datasets.overlap import overlap, refuse_overlap, without_overlap
from pytest_steering.evaluation.datasets.registry import (
    DATASETS,
    Loader,
    load_dataset,
    of_split,
    register_dataset,
    without_faults,
)
from pytest_steering.evaluation.datasets.secllmholmes import FewShot, read_secllmholmes
from pytest_steering.evaluation.datasets.twins import load_neutral

__all__ = [
    "DATASETS",
    "FewShot",
    "Loader",
    "load_dataset",
    "load_neutral",
    "of_split",
    "overlap",
    "read_secllmholmes",
    "refuse_overlap",
    "register_dataset",
    "without_faults",
    "without_overlap",
]
