"""What is done with a direction: one pure function an operation, known by its name; a kind a file."""

from pytest_steering.steering.operations.ablation import ablate, multiply
from pytest_steering.steering.operations.addition import add, add_keeping_norm, add_relative
from pytest_steering.steering.operations.along import projection
from pytest_steering.steering.operations.bounds import cap, clamp
from pytest_steering.steering.operations.exchange import swap
from pytest_steering.steering.operations.operation_registry import OPERATIONS, operation, operation_named
from pytest_steering.steering.operations.rotation import rotate

__all__ = [
    "OPERATIONS",
    "ablate",
    "add",
    "add_keeping_norm",
    "add_relative",
    "cap",
    "clamp",
    "multiply",
    "operation",
    "operation_named",
    "projection",
    "rotate",
    "swap",
]
