"""Pairs that a model writes from a description, into the file that is then looked at."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pytest_steering.commands.model_arguments import whole
from pytest_steering.errors import DataError

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.pair_writing import WrittenPairs

USUAL_COUNT = 64


def add_description(parser: argparse.ArgumentParser) -> None:
    """Add what is described, and how many pairs are wanted of it."""
    parser.add_argument(
        "--describe",
        metavar="TEXT",
        help="Let the model write FILE: what its positive texts show, such as 'being cheerful'",
    )
    parser.add_argument(
        "--opposite",
        metavar="TEXT",
        help="What the negative ones show, such as 'being gloomy' (default: the opposite of the description, "
        "which small models do not understand)",
    )
    parser.add_argument(
        "--count", type=whole, help=f"Pairs that are wanted of the model (default: {USUAL_COUNT})"
    )


def require_description(arguments: argparse.Namespace) -> None:
    """Raise DataError where a description lacks its model, or what goes with one stands without it."""
    from pytest_steering.tasks.pair_writing.written_pairs import require_new

    if arguments.describe is None:
        if arguments.opposite is not None or arguments.count is not None:
            raise DataError("--opposite and --count go with --describe, by which a model writes pairs")
        return
    if not arguments.model:
        raise DataError("--describe needs --model: the chat model that writes the pairs, such as smollm2")
    require_new(arguments.file)


def described(arguments: argparse.Namespace, model: SteerableModel) -> WrittenPairs:
    """Return the pairs that the model wrote, which are in the file now."""
    from pytest_steering.tasks.pair_writing import write_pairs

    written = write_pairs(
        model, arguments.describe, arguments.opposite or "", count=arguments.count or USUAL_COUNT
    )
    written.save(arguments.file)
    return written
