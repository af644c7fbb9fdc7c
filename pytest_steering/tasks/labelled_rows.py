"""Labelled texts of a JSON lines file as samples; what is wrong with a row is named with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.fields import required_text, shown
from pytest_steering.tasks.jsonlines import read_rows
from pytest_steering.tasks.sample import Message, Sample
from pytest_steering.tasks.splits import split_by_content

OPTIONAL = ("pair_id", "cluster", "base_id")
KNOWN = ("id", "messages", "label", "group", "split", *OPTIONAL)


def read_labelled(
    path: Path, dataset: str, answers: Mapping[str, int], text: str = "text"
) -> tuple[list[Sample], bool]:
    """Return the samples of a file, in its order, and whether their splits had to be made.

    Args:
        path: One object a line: `text` or `messages`; and where they are known `id`, `label`, `group`,
            `pair_id`, `cluster`, `base_id` and `split`. Other fields become metadata.
        dataset: The name that the samples carry.
        answers: Labels that may stand as words, in lower case.
        text: Name of the field that holds the text.

    Raises:
        DataError: The file cannot be read, a row is no labelled text, or some rows have a label or a split
            and others have none.
    """
    rows = {f"{path}, line {number}": row for number, row in read_rows(path)}
    return labelled(rows, dataset, answers, text)


def labelled(
    rows: Mapping[str, Mapping[str, Any]], dataset: str, answers: Mapping[str, int], text: str = "text"
) -> tuple[list[Sample], bool]:
    """Return rows as samples, in their order, and whether their splits had to be made.

    Args:
        rows: By where each stands, which names it in an error; see `read_labelled`.
        dataset: The name that the samples carry.
        answers: Labels that may stand as words, in lower case.
        text: Name of the field that holds the text.

    Raises:
        DataError: A row is no labelled text, or some rows have a label or a split and others have none.
    """
    samples = [_sample(row, where, dataset, answers, text) for where, row in rows.items()]
    _require_all_or_none(rows, "label")
    made = _require_all_or_none(rows, "split")
    return (split_by_content(samples) if made else samples), made


def _require_all_or_none(rows: Mapping[str, Mapping[str, Any]], field: str) -> bool:
    """Return whether no row has a field; raise DataError where some have it and others do not."""
    without = [where for where, row in rows.items() if row.get(field) is None]
    if without and len(without) < len(rows):
        others = len(rows) - len(without)
        raise DataError(f"{without[0]}: field {field!r} is missing, which {others} other rows have")
    return bool(without)


def _sample(
    row: Mapping[str, Any], where: str, dataset: str, answers: Mapping[str, int], field: str
) -> Sample:
    given = [name for name in (*OPTIONAL, "split") if row.get(name) is not None]
    messages = _messages(row["messages"], where) if row.get("messages") is not None else ()
    text = "" if messages and field not in row else required_text(row, field, where)
    sample = Sample(
        id="",
        text=text,
        messages=messages,
        label=_label(row.get("label"), where, answers),
        group=_name(row.get("group"), "group", where),
        metadata={name: value for name, value in row.items() if name not in (*KNOWN, field)},
        dataset=dataset,
        **{name: required_text(row, name, where) for name in given},
    )
    return replace(sample, id=_name(row.get("id"), "id", where) or f"{field} {sample.sha256[:12]}")


def _label(value: object, where: str, answers: Mapping[str, int]) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and value.strip().casefold() in answers:
        return answers[value.strip().casefold()]
    if value in (0, 1) and isinstance(value, int):
        return int(value)
    words = ", ".join(map(repr, answers))
    raise DataError(
        f"{where}: field 'label' is {shown(value)}, expected 1 (present), 0 (absent), true, false, {words}"
    )


def _name(value: object, field: str, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise DataError(f"{where}: field {field!r} is {shown(value)}, expected text or a whole number")
    return str(value)


def _messages(value: object, where: str) -> tuple[Message, ...]:
    said = value if isinstance(value, list) else []
    if not said or not all(isinstance(one, dict) and _spoken(one) for one in said):
        raise DataError(
            f"{where}: field 'messages' is {shown(value)}, expected a list of "
            '{"role": "user", "content": "…"}'
        )
    return tuple({"role": one["role"], "content": one["content"]} for one in said)


def _spoken(one: Mapping[str, Any]) -> bool:
    return one.get("role") in ("system", "user", "assistant") and isinstance(one.get("content"), str)
