"""Vectors as files: one module a format, each told by its content and read without a pickle."""

from pytest_steering.registration import import_files
from pytest_steering.steering.files.format_registry import FORMATS, VectorFormat, vector_format, writable

import_files(__name__, __path__)

__all__ = ["FORMATS", "VectorFormat", "vector_format", "writable"]
