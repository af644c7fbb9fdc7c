"""Contrast pairs that a chat model writes, from a behaviour's description in words."""

from pytest_steering.tasks.pair_writing.pair_writer import write_pairs
from pytest_steering.tasks.pair_writing.written_pairs import WrittenPairs

__all__ = ["WrittenPairs", "write_pairs"]
