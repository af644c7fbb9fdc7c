"""Rows of recorded answers, long or wide: each arm's answer, or the problem that is counted in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_steering.records import Outcome
from pytest_steering.replay.arms.arm_answer import ArmAnswer
from pytest_steering.replay.arms.recorded_choice import choice_in
from pytest_steering.replay.arms.row_fields import ARM, RowFields
from pytest_steering.replay.recorded_answer import Problem
from pytest_steering.replay.usable_rows import UnusableError, name_in, row_of, written_lines
from pytest_steering.tasks.fields import shown
from pytest_steering.texts.text_hash import text_hash

ONE_ARM = "recorded"
LABELS: Mapping[object, float] = {0: 0.0, 1: 1.0, "no": 0.0, "yes": 1.0}
PROMPTS = ("prompt", "question")


def read_arms(paths: Sequence[Path], fields: RowFields) -> Iterator[ArmAnswer | Problem]:
    """Yield the answers of each line of some files, or problems in their place.

    Args:
        paths: JSON lines.
        fields: Which of their fields say what.

    Raises:
        DataError: A file cannot be opened.
    """
    seen: dict[tuple[str, str, str], str] = {}
    for path in paths:
        for number, line in written_lines(path):
            try:
                row = row_of(line, number)
            except UnusableError as problem:
                yield Problem(number, problem.kind, str(problem), path.name)
            else:
                yield from _of_row(row, number, path, fields, seen)


def _of_row(
    row: Mapping[str, Any], number: int, path: Path, fields: RowFields, seen: dict[tuple[str, str, str], str]
) -> Iterator[ArmAnswer | Problem]:
    for arm in fields.answers:
        try:
            answer = _answer(row, arm, path, fields)
            _require_new(answer, f"line {number} of {path.name}", seen)
        except UnusableError as problem:
            yield Problem(number, problem.kind, str(problem), path.name)
        else:
            yield answer


def _require_new(answer: ArmAnswer, place: str, seen: dict[tuple[str, str, str], str]) -> None:
    before = seen.setdefault(answer.key, place)
    if before != place:
        raise UnusableError(
            "duplicate", f"the answer to {answer.outcome.id} in the arm {answer.arm!r} stands in {before}"
        )


def _answer(row: Mapping[str, Any], arm: str, path: Path, fields: RowFields) -> ArmAnswer:
    prompt = next((row[name] for name in PROMPTS if isinstance(row.get(name), str)), "")
    return ArmAnswer(
        file=path.name,
        model=name_in(row, "model") or path.stem,
        arm=arm or _arm(row, fields),
        prompt=prompt,
        gold=_label(row, fields.gold.get(arm, "")),
        outcome=_outcome(row, prompt, _text(row, fields.answers[arm], fields.choices), fields.choices),
    )


def _outcome(row: Mapping[str, Any], prompt: str, text: str, choices: bool) -> Outcome:
    name, trial = _id(row, prompt), name_in(row, "trial")
    asked: Mapping[str, Any] = choice_in(row) if choices else {"predicted": ""}
    return Outcome(
        id=f"{name} {trial}".strip(),
        expected="",
        response=text,
        prompt_sha256=text_hash(prompt) if prompt else "",
        # No tokens were recorded; two texts are the same answer where their hashes are.
        tokens_sha256=text_hash(text)[:16] if text or not choices else "",
        pair_id=name_in(row, "pair_id") or None,
        # Trials of one prompt are not independent.
        cluster=name_in(row, "cluster") or (name if trial else None),
        group=name_in(row, "group"),
        length=len(prompt) or None,
        **asked,
    )


def _id(row: Mapping[str, Any], prompt: str) -> str:
    name = name_in(row, "id")
    if name or prompt:
        return name or text_hash(prompt)[:12]
    raise UnusableError(
        "no sample", "none of the fields 'id', 'prompt' and 'question' says what was answered"
    )


def _text(row: Mapping[str, Any], field: str, choices: bool) -> str:
    text = row.get(field)
    if isinstance(text, str) or (choices and text is None):
        return text or ""
    found = f"is {type(text).__name__}" if field in row else "is missing"
    raise UnusableError("no response", f"field {field!r} {found}, expected text")


def _arm(row: Mapping[str, Any], fields: RowFields) -> str:
    found = name_in(row, fields.arm or ARM)
    if not found and fields.arm:
        raise UnusableError("no arm", f"field {fields.arm!r} names no arm")
    return found or ONE_ARM


def _label(row: Mapping[str, Any], field: str) -> float | None:
    value = row.get(field) if field else None
    said = value.lower() if isinstance(value, str) else value
    if isinstance(said, (str, int, float)) and said in LABELS:
        return LABELS[said]
    if said is not None:
        raise UnusableError("bad label", f"field {field!r} is {shown(value)}, expected 1 or 0, yes or no")
    return None
