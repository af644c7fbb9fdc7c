"""Answers recorded elsewhere: each line becomes an answer or a problem, never nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.replay.recorded_answer import Problem, Recorded
from pytest_steering.replay.usable_rows import UnusableError, name_in, number_in, row_of, written_lines
from pytest_steering.tasks.fields import checked_label
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.task_registry import in_general_words, usual_question
from pytest_steering.texts.text_hash import text_hash


def read_recorded(path: Path, samples: Mapping[str, Sample]) -> Iterator[Recorded | Problem]:
    """Yield each line of a file as a recorded answer or a problem; blank lines are passed over.

    Args:
        path: JSON lines with `response`, and `id` of a known sample or `label` with `id` or `text`; or with
            the names of a published form.
        samples: Known samples by id.

    Raises:
        DataError: The file cannot be opened.
    """
    seen: dict[tuple[str, str, str, str], int] = {}
    for number, line in written_lines(path):
        try:
            recorded = _recorded(_translated(row_of(line, number)), number, samples)
            if recorded.key in seen:
                raise UnusableError(
                    "duplicate", f"the answer to {recorded.id} stands in line {seen[recorded.key]}"
                )
        except UnusableError as problem:
            yield Problem(number, problem.kind, str(problem))
        else:
            seen[recorded.key] = number
            yield recorded


def _translated(row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return in_general_words(row)
    except DataError as error:
        raise UnusableError("bad label", str(error)) from error


def _recorded(row: Mapping[str, Any], number: int, samples: Mapping[str, Sample]) -> Recorded:
    name = _id(row)
    sample = samples.get(name)
    known = {**sample.metadata, **vars(sample)} if sample else row
    response = row.get("response")
    if not isinstance(response, str):
        raise UnusableError("no response", f"field 'response' is {type(response).__name__}, expected text")
    return Recorded(
        line=number,
        id=name,
        label=_label(row, sample),
        response=response,
        question=_question(row, known),
        **{field: name_in(row, field) for field in ("model", "prompt", "trial")},
        verdict=row["verdict"] if isinstance(row.get("verdict"), str) else None,
        margin=number_in(row, "margin"),
        truncated=row.get("truncated") is True,
        sample=known,
    )


def _id(row: Mapping[str, Any]) -> str:
    name, text = row.get("id"), row.get("text")
    if isinstance(name, (str, int)) and not isinstance(name, bool) and name != "":
        return str(name)
    if isinstance(text, str):
        # Published answers are about code; records of them are known under this name.
        return f"code {text_hash(text)[:12]}"
    raise UnusableError("no sample", "neither field 'id' nor the text says which sample was answered")


def _label(row: Mapping[str, Any], sample: Sample | None) -> int:
    label = _own_label(row)
    if sample is None and label is None:
        raise UnusableError("unknown sample", f"{_id(row)} has no label and is in no data set that was given")
    if sample is not None and label not in (None, sample.label):
        raise UnusableError("bad label", f"{_id(row)} is labelled {label}, in the data set {sample.label}")
    return int((label if sample is None else sample.label) or 0)


def _own_label(row: Mapping[str, Any]) -> int | None:
    if "label" not in row:
        return None
    try:
        return checked_label(row["label"], _id(row))
    except DataError as error:
        raise UnusableError("bad label", str(error)) from error


def _question(row: Mapping[str, Any], known: Mapping[str, Any]) -> str | None:
    if isinstance(row.get("question"), str):
        return str(row["question"])
    return usual_question(str(known.get("group", "")))
