"""Columns as CSV that no spreadsheet runs: RFC 4180, in UTF-8, numbers with all their digits."""

from __future__ import annotations

import csv
import io
from typing import Any

from pytest_steering.report.export.run_columns import Columns

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


def csv_text(columns: Columns) -> bytes:
    """Return a table as the text of a file; a text that a spreadsheet would run begins with `'`.

    Args:
        columns: By name, all of one length.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(map(_cell, columns))
    writer.writerows([*map(_cell, row)] for row in zip(*columns.values(), strict=True))
    return out.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
