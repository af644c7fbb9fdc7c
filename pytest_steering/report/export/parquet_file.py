"""Columns as Parquet, by pyarrow: an extra."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pytest_steering.errors import DataError, first_line
from pytest_steering.report.export.run_columns import Columns

NO_NUMBERS = {"correct": "bool", "ended": "bool", "cluster": "string", "pair_id": "string"}
"""Columns that may be empty throughout, by what they hold otherwise; all others hold numbers then.

Without a type of its own such a column has another in each run, and files of two runs no schema in common.
"""


def parquet_bytes(columns: Columns) -> bytes:
    """Return a table as the content of a file.

    Args:
        columns: By name, all of one length.

    Raises:
        DataError: pyarrow is not installed, or a column holds values of several kinds.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise DataError("Parquet needs pyarrow: pip install 'pytest-steering[parquet]'") from error
    try:
        table = pyarrow.table(
            {
                name: pyarrow.array(map(_writable, values), _type_where_empty(name, values))
                for name, values in columns.items()
            }
        )
    except pyarrow.ArrowException as error:
        raise DataError(f"a column holds values of several kinds: {first_line(error)}") from error
    out = io.BytesIO()
    parquet.write_table(table, out)
    return out.getvalue()


def _type_where_empty(name: str, values: Sequence[object]) -> str | None:
    empty = all(value is None for value in values)
    return NO_NUMBERS.get(name, "double") if empty else None


def _writable(value: object) -> object:
    """Return a value that Arrow takes: half of a surrogate pair has no form in UTF-8."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value
