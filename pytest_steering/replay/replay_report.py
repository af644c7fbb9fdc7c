"""Recorded answers, read and scored: one cell for each model, prompt and reader."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pytest_steering.comparison.outcomes import judged
from pytest_steering.records import Outcome
from pytest_steering.replay.reading_processes import read_by_processes
from pytest_steering.replay.recorded_answer import Problem, Recorded
from pytest_steering.replay.recorded_lines import read_recorded
from pytest_steering.tasks.reading.answer import Answer
from pytest_steering.tasks.sample import Sample

RESPONSE = "response"


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
        known: What a report can be broken down by: those of the sample's fields that were kept, by name.
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


def replay(
    path: Path,
    samples: Sequence[Sample] = (),
    readers: Sequence[str] = ("text",),
    *,
    keep: Collection[str] | None = None,
    processes: int = 1,
) -> ReplayReport:
    """Read and score answers that were recorded elsewhere, without a model.

    Args:
        path: JSON lines, one answer each: `response`; the `id` of one of `samples`, or `label` with `id` or
            `text`; and `question`, `model`, `prompt`, `trial`, `margin`, `truncated` or any of `Sample`'s
            fields.
        samples: Known samples, for lines that name one by its id.
        readers: Names of readers; each reads every answer. `recorded` takes the line's own `verdict`.
        keep: Fields that are kept of each line beside its outcome, `response` among them; None for all. A
            large file needs as much memory as what is kept.
        processes: How many read the answers; those of one's own readers are read by one.

    Raises:
        DataError: The file cannot be opened, or a reader is unknown.
    """
    report = ReplayReport(path)
    known = {sample.id: sample for sample in samples}
    cells: dict[Cell, Cell] = {}
    for entry, answers in read_by_processes(read_recorded(path, known), readers, processes):
        report.lines += 1
        if isinstance(entry, Problem):
            report.problems.append(entry)
            continue
        told = _known(entry, keep)
        for reader, answer in zip(readers, answers, strict=True):
            cell = Cell(entry.model, entry.prompt, reader)
            outcome = _outcome(entry, answer, keep is None or RESPONSE in keep)
            report.answers.append(
                ReplayedAnswer(
                    entry.line, cells.setdefault(cell, cell), entry.trial, outcome, told, entry.truncated
                )
            )
    return report


def _known(recorded: Recorded, keep: Collection[str] | None) -> dict[str, str]:
    """Return the fields of a sample that are kept and are texts or whole numbers."""
    return {
        name: text
        for name, value in recorded.sample.items()
        if (keep is None or name in keep) and name != RESPONSE and (text := _text(value))
    }


def _outcome(recorded: Recorded, answer: Answer, with_text: bool) -> Outcome:
    known = recorded.sample
    pair, text = _text(known.get("pair_id")), known.get("text")
    outcome = Outcome(
        id=recorded.id,
        expected="yes" if recorded.label else "no",
        response=recorded.response if with_text else "",
        confidence=answer.confidence,
        rule=answer.rule,
        spans={} if answer.span is None else {"verdict": [list(answer.span)]},
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
