"""How states of two sides become a direction, a file each."""

from pytest_steering.extraction.methods.method_registry import (
    LEARNED,
    METHODS,
    extraction_method,
    method_named,
)
from pytest_steering.registration import import_files

import_files(__name__, __path__)

__all__ = ["LEARNED", "METHODS", "extraction_method", "method_named"]
