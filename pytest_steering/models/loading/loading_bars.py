"""transformers' bars of loading weights: for a terminal; in a captured stderr they bury what a test says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def bars_for_terminals() -> Iterator[None]:
    """Let transformers draw bars where somebody sees them move: on a terminal or in a notebook."""
    from transformers.utils import logging

    seen = sys.stderr.isatty() or "ipykernel" in sys.modules
    if seen or not logging.is_progress_bar_enabled():
        yield
        return
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.enable_progress_bar()
