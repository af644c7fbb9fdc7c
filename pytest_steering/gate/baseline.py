"""A file of accepted cells, kept in git: equal content is equal text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.file_access.storage import replace_file
from pytest_steering.gate.baseline_entry import Entry
from pytest_steering.gate.baseline_layout import apart, together
from pytest_steering.plain_json import RepeatedKeyError, parsed
from pytest_steering.printable import printable

SCHEMA = 3


def read_baseline(path: Path) -> dict[str, Entry]:
    """Return the entries of a file by key; none where there is no file.

    Raises:
        DataError: The file cannot be read, was written by another version's layout, or keeps a cell under a
            key that is not its spec's.
    """
    try:
        return entries_of(path.read_text(encoding="utf-8"), path) if path.exists() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is not a baseline of this project: {error!r}; accept it again") from error


def entries_of(text: str, path: Path) -> dict[str, Entry]:
    """Return the entries of a file's text; see `read_baseline`.

    Args:
        text: Of the file.
        path: Where it is, for the error.
    """
    try:
        content = parsed(text)
        if type(content["schema"]) is not int or not 1 <= content["schema"] <= SCHEMA:
            shown = printable(repr(content["schema"]), 60)
            raise DataError(f"a baseline of schema {shown}; this version reads {SCHEMA}")
        cell = together if content["schema"] == SCHEMA else dict
        entries = {key: Entry.from_dict(cell(row)) for key, row in content["cells"].items()}
    except RepeatedKeyError as error:
        raise DataError(
            f"{path} is not a baseline of this project: {error}, as after a merge; keep one side whole (git "
            "checkout --ours or --theirs), or remove the file and accept anew with a reason"
        ) from error
    except DataError as error:
        raise DataError(f"{path} is not a baseline of this project: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is not a baseline of this project: {error!r}; accept it again") from error
    moved = [key for key, entry in entries.items() if entry.key != key]
    if moved:
        raise DataError(
            f"{path} holds {len(moved)} of {len(entries)} cells under a key that is not their spec's, "
            f"such as {moved[0]}; a spec was edited by hand or in a merge. Accept them again"
        )
    return entries


def write_baseline(path: Path, entries: Mapping[str, Entry]) -> bool:
    """Write the entries, and say whether the file changed; without entries it is removed."""
    text = _text({"cells": {key: apart(one.as_dict()) for key, one in entries.items()}, "schema": SCHEMA})
    before = path.read_bytes() if path.exists() else None
    if not entries:
        path.unlink(missing_ok=True)
        return before is not None
    if text != before:
        replace_file(path, text, parents=True)
    return text != before


def _text(content: Mapping[str, Any]) -> bytes:
    # Half of a surrogate pair has no form in UTF-8; the escape that stands for it is JSON's own.
    return (_lines(content, "") + "\n").encode("utf-8", "backslashreplace")


def _lines(value: Any, indent: str) -> str:
    """Return JSON with an entry of an object a line and each list on one, so that a diff names samples."""
    if not isinstance(value, Mapping) or not value:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    deeper = indent + " "
    rows = [
        f"{deeper}{json.dumps(key, ensure_ascii=False)}: {_lines(value[key], deeper)}"
        for key in sorted(value)
    ]
    return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
