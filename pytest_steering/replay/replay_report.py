"""Recorded answers, read and scored: one cell for each model, prompt and reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pytest_steering.comparison.outcomes import judged
from pytest_steering.records import Outcome
from pytest_steering.replay.recorded_answer import Problem, Recorded
from pytest_steering.replay.recorded_lines import read_recorded
from pytest_steering.tasks.reading.answer import Answer
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.task_registry import read_answer

RECORDED = "recorded"


@dataclass(frozen=True, order=True)
class Cell:
    """What one set of numbers belongs to.

    Attributes:
        model: Name; may be empty.
        prompt: Name; may be empty.
        reader: Which reader read the answers.
    """

    model: str
    prompt: str
    reader: str


@dataclass(frozen=True)
class ReplayedAnswer:
    """One answer, read by one reader.

    Attributes:
        line: Number of its line.
        cell: Its model, prompt and reader.
        trial: Name of the trial; may be empty.
        outcome: What became of the sample.
        known: What a report can be broken down by: the sample's fields that are short texts, by name.
        truncated: Whether the prompt was cut short.
    """

    line: int
    cell: Cell
    trial: str
    outcome: Outcome
    known: Mapping[str, str]
    truncated: bool


@dataclass
class ReplayReport:
    """What became of every line of the file.

    Attributes:
        path: The file.
        answers: One entry for each usable line and reader.
        problems: The lines that could not be used.
        lines: Lines that were not blank.
    """

    path: Path
    answers: list[ReplayedAnswer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0

    def cells(self) -> dict[Cell, list[ReplayedAnswer]]:
        """Return the answers of each cell, sorted by model, prompt and reader."""
        found: dict[Cell, list[ReplayedAnswer]] = {}
        for answer in self.answers:
            found.setdefault(answer.cell, []).append(answer)
        return dict(sorted(found.items()))

    def pooled(self) -> dict[Cell, list[ReplayedAnswer]]:
        """Return the answers of each model and reader, over all prompts."""
        found: dict[Cell, list[ReplayedAnswer]] = {}
        for cell, answers in self.cells().items():
            found.setdefault(Cell(cell.model, "all prompts", cell.reader), []).extend(answers)
        return dict(sorted(found.items()))


def replay(path: Path, samples: Sequence[Sample] = (), readers: Sequence[str] = ("text",)) -> ReplayReport:
    """Read and score answers that were recorded elsewhere, without a model.

    Args:
        path: JSON lines, one answer each: `response`; the `id` of one of `samples`, or `label` with `id` or
            `text`; and `question`, `model`, `prompt`, `trial`, `margin`, `truncated` or any of `Sample`'s
            fields.
        samples: Known samples, for lines that name one by its id.
        readers: Names of readers; each reads every answer. `recorded` takes the line's own `verdict`.

    Raises:
        DataError: The file cannot be opened, or a reader is unknown.
    """
    report = ReplayReport(path)
    known = {sample.id: sample for sample in samples}
    for entry in read_recorded(path, known):
        report.lines += 1
        if isinstance(entry, Problem):
            report.problems.append(entry)
        else:
            report.answers += _read(entry, readers)
    return report


def _read(recorded: Recorded, readers: Sequence[str]) -> Iterator[ReplayedAnswer]:
    for reader in readers:
        answer = _own_verdict(recorded) if reader == RECORDED else _answer(recorded, reader)
        cell = Cell(recorded.model, recorded.prompt, reader)
        known = {name: text for name, value in recorded.sample.items() if (text := _text(value))}
        yield ReplayedAnswer(
            recorded.line, cell, recorded.trial, _outcome(recorded, answer), known, recorded.truncated
        )


def _answer(recorded: Recorded, reader: str) -> Answer:
    return read_answer(recorded.response, recorded.question, reader)


def _own_verdict(recorded: Recorded) -> Answer:
    verdict = (recorded.verdict or "").lower()
    if verdict == "yes":
        return Answer("yes", None, None, RECORDED)
    return Answer("no" if verdict == "no" else "none", None, None, RECORDED)


def _outcome(recorded: Recorded, answer: Answer) -> Outcome:
    known = recorded.sample
    pair, text = _text(known.get("pair_id")), known.get("text")
    outcome = Outcome(
        id=recorded.id,
        expected="yes" if recorded.label else "no",
        response=recorded.response,
        confidence=answer.confidence,
        rule=answer.rule,
        margin=recorded.margin,
        # Twins are compared within a prompt and trial; answers about one pair are still not independent.
        pair_id=" ".join((pair, recorded.prompt, recorded.trial)) if pair else None,
        cluster=pair,
        group=_text(known.get("group")) or "",
        length=len(text) if isinstance(text, str) else None,
    )
    return judged(outcome, answer.verdict)


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, (str, int)) and value != "" else None
