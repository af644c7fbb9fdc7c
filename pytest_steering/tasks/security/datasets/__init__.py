"""Labelled code by name: embedded twins, published data sets, and the user's own files."""

from pytest_steering.tasks.security.datasets.loaders import (
    DATASETS,
    Loader,
    load_dataset,
    register_dataset,
    without_faults,
)
from pytest_steering.tasks.security.datasets.secllmholmes import FewShot, read_secllmholmes

__all__ = [
    "DATASETS",
    "FewShot",
    "Loader",
    "load_dataset",
    "read_secllmholmes",
    "register_dataset",
    "without_faults",
]
