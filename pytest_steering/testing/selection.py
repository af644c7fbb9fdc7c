"""The flag that runs the conformance suite on the user's own model."""

from __future__ import annotations

from pathlib import Path

import pytest

SUITE = Path(__file__).with_name("conformance.py")


def add_option(parser: pytest.Parser) -> None:
    """Add `--steering-conformance`."""
    parser.getgroup("steering").addoption(
        "--steering-conformance",
        action="store_true",
        help="Run the suite of invariances on each model instead of your own tests",
    )


def select(config: pytest.Config) -> None:
    """Collect the suite, and nothing else, where the flag is given."""
    if config.getoption("--steering-conformance"):
        config.args[:] = [str(SUITE)]
