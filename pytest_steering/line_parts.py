"""Where in a line of records its outcomes stand: they are most of it, and few commands ask for all."""

from __future__ import annotations

from pytest_steering.record_upgrade import SCHEMA_VERSION

# Fields are written in the order of their names. Within a text of JSON no quotation mark stands by itself, so
# that these are keys wherever they are found, though not always of the record itself.
_KEY, _NEXT, _END = b'"outcomes": ', b'], "provenance": {', b'"provenance": '
_SCHEMA = f'"schema_version": {SCHEMA_VERSION},'.encode()


def outcomes_part(line: bytes) -> slice | None:
    """Return where the list of outcomes stands in a record's line.

    Whatever stands there, the line is JSON if that is, and the rest is with an empty list in its place.

    Args:
        line: As `to_line` wrote it.

    Returns:
        None where that cannot be told without reading all of it: of an older schema, of other software, cut
        off, or with another field of such a name.
    """
    start, end = line.find(_KEY) + len(_KEY), line.rfind(_NEXT) + 1
    alone = line.count(_KEY) == line.count(_END) == 1
    whole = start < end and alone and line[start : start + 1] == b"[" and b"\0" not in line
    return slice(start, end) if whole and line.find(_SCHEMA, end) > 0 else None
