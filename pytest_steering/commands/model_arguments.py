"""What commands that take a model share: how it is named, and numbers as people type them."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from pytest_steering.models.loading.placement import DTYPES

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

MODEL_HELP = "A name such as smollm2 or starcoder2, a folder, a GGUF file, or a hub id"


def add_placement(parser: argparse.ArgumentParser) -> None:
    """Add where and in which precision a model runs."""
    parser.add_argument(
        "--device", default="auto", help="Such as cpu or cuda:0 (default: CUDA where there is one)"
    )
    parser.add_argument(
        "--dtype", default="auto", choices=("auto", *DTYPES), help="Of the weights (default: auto)"
    )


def loaded(arguments: argparse.Namespace) -> SteerableModel:
    """Return the model that is asked for, proven.

    Raises:
        ModelError: There is none, or it cannot be steered.
    """
    from pytest_steering.models.steerable import SteerableModel

    return SteerableModel.load(arguments.model, device=arguments.device, dtype=arguments.dtype)


def scale(text: str) -> float:
    """Return a scale as argparse reads it: a finite number."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is no finite number, such as 0.5 or -1")
    return number


def layer(text: str) -> int | str:
    """Return a block number, or one of the words `all` and `last3`."""
    if text in ("all", "last3"):
        return text
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no block number, nor 'all' or 'last3'") from None


def layers_of(given: list[int | str]) -> list[int] | str:
    """Return what `--layers` says as `resolve_layers` takes it; a word stands alone."""
    words = [one for one in given if isinstance(one, str)]
    return words[0] if words else [one for one in given if isinstance(one, int)]


def whole(text: str) -> int:
    """Return a number of things: a whole one, of at least 1."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return number


def quietly() -> None:
    """Keep transformers' own progress bars out of what a command says."""
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
