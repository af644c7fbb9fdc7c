"""`pytest-steering vector`: what a vector's file says, and the same vector as another tool's file."""

from pytest_steering.vector_command.vector_arguments import add_arguments, run

__all__ = ["add_arguments", "run"]
