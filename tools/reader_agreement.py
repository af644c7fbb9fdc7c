"""How far each reader agrees with a careful one, and what it makes of a model's score.

    python -m tools.reader_agreement answers.jsonl ...

takes answers with a careful reader's verdict, one JSON object a line: `response`, `verdict` (yes, no, none
or n/a), and where known `question` or `asked_cwe_name`, `code_label` (yes or no), `model`, and `certain` or
`label_reliable`.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_steering.comparison import Facts
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.outcomes import judged
from pytest_steering.errors import DataError, SteeringError
from pytest_steering.records import Outcome
from pytest_steering.tasks.jsonlines import read_rows
from pytest_steering.tasks.security.answers import READERS, KeywordReaderWarning, Verdict, read_answer
from pytest_steering.tasks.security.prompts.study_wording import QUESTION

_CAREFUL: dict[str, Verdict] = {"yes": "yes", "no": "no", "none": "none", "n/a": "none"}
_MEASURES = {
    "answered": "answered_share",
    "accuracy": "accuracy_answered",
    "balanced accuracy": "balanced_accuracy_answered",
    "MCC": "mcc",
    "yes-rate": "yes_rate",
}


@dataclass(frozen=True)
class Labelled:
    """An answer with what a careful reader made of it.

    Attributes:
        id: Names the answer.
        response: The answer's text.
        question: The question as asked, where known.
        careful: The careful reader's verdict.
        code_label: 1 when the weakness was in the code, 0 when not, None where that is not known.
        model: Who answered.
    """

    id: str
    response: str
    question: str | None
    careful: Verdict
    code_label: int | None
    model: str


def labelled_answers(path: Path) -> tuple[list[Labelled], int]:
    """Return the answers of a file that have a sure verdict, and how many were left out as doubtful.

    Raises:
        DataError: The file cannot be read, or a row lacks a response or a known verdict.
    """
    rows = [_labelled(row, f"{path}, line {number}") for number, row in read_rows(path)]
    sure = [row for row in rows if row is not None]
    return sure, len(rows) - len(sure)


def agreement(rows: Sequence[Labelled], reader: str) -> dict[str, float | None]:
    """Return how far a reader agrees with the careful one.

    `answered`, `accuracy`, `balanced accuracy` and `MCC` are over the answers in which the careful reader
    found yes or no (the last three over those that the reader answers, too); `three-class` is the share of
    all answers on which both say the same of yes, no and none, `wrong` that of all answers to which the
    reader gives a verdict that is not the careful one's.
    """
    read = _verdicts(rows, reader)
    pairs = list(zip(rows, read, strict=True))
    clear = [(row.careful, verdict) for row, verdict in pairs if row.careful != "none"]
    same = sum(row.careful == verdict for row, verdict in pairs)
    measured = _measured(clear)
    del measured["yes-rate"]
    wrong = sum(verdict not in ("none", row.careful) for row, verdict in pairs)
    shares = {"three-class": same, "wrong": wrong}
    return {**measured, **{name: count / len(rows) if rows else None for name, count in shares.items()}}


def effect(rows: Sequence[Labelled], reader: str | None) -> dict[str, float | None]:
    """Return what a model scores against the code's labels when a reader reads its answers.

    Args:
        rows: Answers; those to code without a label are passed over.
        reader: Name of a reader; None for the careful reader's own verdicts.
    """
    known = [row for row in rows if row.code_label is not None]
    read = [row.careful for row in known] if reader is None else _verdicts(known, reader)
    labels = ["yes" if row.code_label else "no" for row in known]
    return _measured(zip(labels, read, strict=True))


def _measured(answers: Iterable[tuple[str, str]]) -> dict[str, float | None]:
    """Return the measures of answers, each as what was expected and what was read."""
    facts = Facts(judged(Outcome("", expected), read) for expected, read in answers)
    return {title: metric(name).value(facts) for title, name in _MEASURES.items()}


def reader_table(rows: Sequence[Labelled], readers: Sequence[str] = ("text", "keywords")) -> str:
    """Return Markdown tables: the agreement of each reader, then its effect on each model's score."""
    parts = ["\n".join(_table("reader", {reader: agreement(rows, reader) for reader in readers}))]
    for model in sorted({row.model for row in rows}):
        own = [row for row in rows if row.model == model]
        scores = {reader or "careful reader": effect(own, reader) for reader in (None, *readers)}
        parts.append("\n".join(_table(f"{model}, read by", scores)))
    return "\n\n".join(parts)


def main(paths: Sequence[str]) -> int:
    """Print the tables of each file; return 4 when one cannot be read."""
    for name in paths:
        try:
            rows, doubtful = labelled_answers(Path(name))
        except SteeringError as error:
            sys.stderr.write(f"{error}\n")
            return 4
        heading = f"## {Path(name).name}: {len(rows)} answers, {doubtful} doubtful left out"
        sys.stdout.write(f"{heading}\n\n{reader_table(rows, sorted(READERS, reverse=True))}\n\n")
    return 0


def _labelled(row: Mapping[str, Any], where: str) -> Labelled | None:
    response, verdict = row.get("response"), row.get("verdict")
    careful = _CAREFUL.get(verdict.lower()) if isinstance(verdict, str) else None
    if not isinstance(response, str) or careful is None:
        known = ", ".join(_CAREFUL)
        raise DataError(
            f"{where}: expected a text 'response' and a 'verdict' out of {known}, found {verdict!r}"
        )
    if not row.get("certain", True) or not row.get("label_reliable", True):
        return None
    label = {"yes": 1, "no": 0}.get(str(row.get("code_label")))
    model = str(row.get("model", "unnamed model"))
    return Labelled(str(row.get("id", where)), response, _question(row), careful, label, model)


def _question(row: Mapping[str, Any]) -> str | None:
    if isinstance(row.get("question"), str):
        return str(row["question"])
    name = row.get("asked_cwe_name")
    return QUESTION.format(weakness=name) if isinstance(name, str) else None


def _verdicts(rows: Sequence[Labelled], reader: str) -> list[Verdict]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KeywordReaderWarning)
        return [read_answer(row.response, row.question, reader).verdict for row in rows]


def _table(first: str, results: Mapping[str, Mapping[str, float | None]]) -> Iterator[str]:
    columns = list(next(iter(results.values())))
    yield " | ".join(("", first, *columns, "")).strip()
    yield "|---|" + "---:|" * len(columns)
    for name, values in results.items():
        cells = ["-" if values[column] is None else f"{values[column]:.3f}" for column in columns]
        yield " | ".join(("", name, *cells, "")).strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
