"""Files of choices as samples: JSON lines, a JSON array or a table of commas, in any published format."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from pytest_steering.errors import DataError
from pytest_steering.tasks.choices import matching_rows, option_rows, statement_rows
from pytest_steering.tasks.choices.item import Choice
from pytest_steering.tasks.data_files import read_text
from pytest_steering.tasks.fields import required_text
from pytest_steering.tasks.jsonlines import read_rows
from pytest_steering.tasks.row_kinds import other_kind
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.splits import split_by_content
from pytest_steering.texts.text_hash import text_hash

TIES = ("pair_id", "cluster", "base_id", "split")
KNOWN = {"id", "group", *TIES, *matching_rows.FIELDS, *option_rows.FIELDS}


class Read(NamedTuple):
    """What a file holds.

    Attributes:
        samples: In its order, each once.
        twice: How many rows said what another row had said, and were left out.
        made: Whether the splits had to be made.
    """

    samples: list[Sample]
    twice: int
    made: bool


def read_choices(paths: Sequence[Path], name: str, by: str, question: str) -> Read:
    """Return the choices of some files as samples of one data set.

    Args:
        paths: The files; each has one format.
        name: Of the data set.
        by: How options that come as a list are answered, `letter` or `text`.
        question: Asked of statements that come with a label.

    Raises:
        DataError: A file cannot be read, a row is of no known format, or some rows have a split and others
            have none.
    """
    rows = {where: (path, row) for path in paths for where, row in _rows(path)}
    names = Counter(path.name for path in paths)
    called = {path: path.name if names[path.name] == 1 else str(path) for path in paths}
    samples = [
        _sample(_choice(row, where, by, question), row, where, name, called[path])
        for where, (path, row) in rows.items()
    ]
    without = [where for where, (_, row) in rows.items() if row.get("split") is None]
    if without and len(without) < len(rows):
        raise DataError(
            f"{without[0]}: field 'split' is missing, which {len(rows) - len(without)} other rows have"
        )
    kept = list({(one.id, one.sha256): one for one in samples}.values())
    kept = _kept_together(kept)
    return Read(split_by_content(kept) if without else kept, len(samples) - len(kept), bool(without))


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each row with what names it in an error."""
    if path.suffix.casefold() == ".csv":
        table = csv.DictReader(io.StringIO(read_text(path)))
        yield from ((f"{path}, row {number}", row) for number, row in enumerate(table, 1))
    elif _starts_with(path, "["):
        yield from ((f"{path}, item {number}", row) for number, row in enumerate(_array(path), 1))
    else:
        yield from ((f"{path}, line {number}", row) for number, row in read_rows(path))


def _starts_with(path: Path, sign: str) -> bool:
    return read_text(path).lstrip("\ufeff \t\r\n").startswith(sign)


def _array(path: Path) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(read_text(path).lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} is not JSON ({error}); the file may be cut off, get it again") from error
    for number, row in enumerate(found, 1):
        if not isinstance(row, dict):
            raise DataError(f"{path}, item {number}: found {type(row).__name__}, expected a JSON object")
    return list(found)


def _choice(row: Mapping[str, Any], where: str, by: str, question: str) -> Choice:
    if matching_rows.MATCHING in row:
        return matching_rows.matching_choice(row, where)
    if any(name in row for name in option_rows.LISTS):
        return option_rows.option_choice(row, where, by)
    if "statement" in row:
        return statement_rows.statement_choice(row, where, question)
    kind = other_kind(row, ())
    raise DataError(
        f"{where}: no choice in {', '.join(map(repr, row)) or 'an empty row'}; expected question with "
        f"{matching_rows.MATCHING} and {matching_rows.OTHER}, question with options and answer or wanted, or "
        f"statement and label{f'. These are {kind}' if kind else ''}"
    )


def _sample(choice: Choice, row: Mapping[str, Any], where: str, name: str, file: str) -> Sample:
    given: dict[str, Any] = {one: required_text(row, one, where) for one in TIES if row.get(one) is not None}
    said = text_hash("\n".join([choice.question, *choice.options, str(choice.wanted)]))
    others = {field: value for field, value in row.items() if field not in KNOWN}
    return Sample(
        id=str(row["id"]) if row.get("id") is not None else f"choice {said[:12]}",
        text=choice.question,
        label=1 if choice.right else None,
        group=str(row["group"]) if row.get("group") is not None else "",
        metadata={**others, **choice.metadata(), "file": file},
        dataset=name,
        sha256=said,
        **given,
    )


def _kept_together(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples with those of one question in a cluster, whatever is wanted there."""
    keys = [text_hash(Choice.of(one).key)[:12] for one in samples]
    several = {key for key, count in Counter(keys).items() if count > 1}
    return [
        replace(one, cluster=one.cluster or f"question {key}") if key in several else one
        for one, key in zip(samples, keys, strict=True)
    ]
