"""Labelled code by name: embedded twins, published data sets, and the user's own files."""

from pytest_steering.evaluation.datasets.registry import (
    DATASETS,
    Loader,
    load_dataset,
    register_dataset,
    without_faults,
)
from pytest_steering.evaluation.datasets.twins import load_neutral

__all__ = ["DATASETS", "Loader", "load_dataset", "load_neutral", "register_dataset", "without_faults"]
