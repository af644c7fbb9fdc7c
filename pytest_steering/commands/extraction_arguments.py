"""What commands that make a vector of pairs share: by which method, and where states are read."""

from __future__ import annotations

import argparse

USUAL_METHOD = "mean_difference"
USUAL_PLACE = "last_prompt"

AT_HELP = (
    "Tokens whose states are read: last_prompt, answer_mean, marked:TEXT, prompt[-4:], … "
    f"(default: {USUAL_PLACE})"
)


def add_extraction(parser: argparse.ArgumentParser) -> None:
    """Add the method and the place."""
    parser.add_argument(
        "--method",
        default=USUAL_METHOD,
        help="How pairs become a direction: whitened, lda, logistic, pca_diff, pca_center, learned_margin, … "
        f"(default: {USUAL_METHOD})",
    )
    parser.add_argument("--at", default=USUAL_PLACE, help=AT_HELP)


def require_extraction(arguments: argparse.Namespace) -> None:
    """Raise VectorError where the method or the place is none, before a model is loaded."""
    from pytest_steering.extraction.methods import method_named
    from pytest_steering.extraction.reading_places import require_place

    method_named(arguments.method)
    require_place(arguments.at)
