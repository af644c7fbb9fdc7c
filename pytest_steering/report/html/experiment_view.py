"""One experiment as its part of the page shows it: plain data, all of it from records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_steering.comparison import STEERED, what_moved
from pytest_steering.findings import CATALOGUE
from pytest_steering.records import Record
from pytest_steering.report.cell_history import history_texts
from pytest_steering.report.cell_summary import Group
from pytest_steering.report.closing_table import row_texts
from pytest_steering.report.columns import NONE, columns_of
from pytest_steering.report.cost import cost_texts
from pytest_steering.report.html.experiment_verdict import Verdict, verdict_of
from pytest_steering.report.html.figures import Figure, Missing, experiment_figures, missing_figures
from pytest_steering.report.html.origin_of_numbers import Fact, provenance_of
from pytest_steering.report.html.prompt_table import PromptTable
from pytest_steering.report.html.samples import Prompts, Samples, samples_of
from pytest_steering.report.side_measurements import beside_texts
from pytest_steering.report.trivial_texts import trivial_texts
from pytest_steering.run_folder.cell import Cell

_GRAVITY = ("invalid", "limits", "note")


@dataclass(frozen=True)
class Table:
    """A table of plain texts.

    Attributes:
        heads: Of its columns.
        rows: A text for each column.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class FindingView:
    """A finding, once for all arms that it is about.

    Attributes:
        severity: `invalid`, `limits` or `note`.
        id: Of its kind.
        sentence: What was found.
        advice: What to do about it.
        arms: That it is about.
    """

    severity: str
    id: str
    sentence: str
    advice: str
    arms: tuple[str, ...]


@dataclass(frozen=True)
class ExperimentView:
    """One experiment on one model.

    Attributes:
        group: Its scored arms.
        verdict: What is concluded of it.
        findings: The gravest first.
        arms: The numbers of each arm.
        figures: Drawn of it.
        missing: What cannot be drawn, and why.
        remarks: What else is said of it.
        facts: Where it all comes from.
        samples: To browse.
    """

    group: Group
    verdict: Verdict
    findings: tuple[FindingView, ...]
    arms: Table
    figures: tuple[Figure, ...]
    missing: tuple[Missing, ...]
    remarks: tuple[str, ...]
    facts: tuple[Fact, ...]
    samples: Samples


def experiment_view(
    group: Group, cells: Sequence[Cell], prompts: Prompts, table: PromptTable
) -> ExperimentView:
    """Return what is shown of an experiment.

    Args:
        group: Its scored arms.
        cells: All cells of the experiment on its model, searches and measurements among them.
        prompts: The prompts that are known, by hash.
        table: Gets those that are shown.
    """
    records = [cell.record for cell in cells]
    verdict = verdict_of(group)
    return ExperimentView(
        group,
        verdict,
        findings_of(group.records),
        _arms(group),
        tuple(experiment_figures(records, group)),
        tuple(missing_figures(records, group)),
        tuple(_remarks(group, cells)),
        provenance_of(group.records),
        samples_of({arm.name: arm for arm in group.arms}, verdict.metric, prompts, table),
    )


def findings_of(records: Sequence[Record]) -> tuple[FindingView, ...]:
    """Return each finding of some cells once, the gravest first.

    Args:
        records: The cells.
    """
    arms: dict[tuple[str, str, str, str], list[str]] = {}
    for record in records:
        for row in record.findings:
            known = CATALOGUE.get(str(row["id"]))
            advice = str(row.get("advice") or (known.advice if known else ""))
            about = str(row["severity"]), str(row["id"]), str(row["sentence"]), advice
            arms.setdefault(about, []).append(record.arm)
    views = [FindingView(*about, tuple(names)) for about, names in arms.items()]
    return tuple(sorted(views, key=lambda one: gravity(one.severity)))


def gravity(severity: str) -> int:
    """Return a number that is lower the graver a severity is; one that is unknown here means nothing good."""
    return _GRAVITY.index(severity) if severity in _GRAVITY else 0


def _arms(group: Group) -> Table:
    columns = columns_of(group.arms)
    texts = row_texts(group, columns)
    telling = [one.title for one in columns if {row[one.title] for row in texts} - {"", NONE}]
    return Table(tuple(telling), tuple(tuple(row[title] for title in telling) for row in texts))


def _remarks(group: Group, cells: Sequence[Cell]) -> Iterator[str]:
    yield from dict.fromkeys(text for arm in group.arms for text in arm.record.evidence.get("task", ()))
    yield from history_texts(cells)
    yield from beside_texts([cell.record for cell in cells])
    yield from trivial_texts(group)
    for arm in group.arms:
        beside = arm.facts.beside
        told = arm.name == STEERED and not arm.invalid
        if told and beside and any(one.margin is not None for one in beside.after):
            found = what_moved(beside)
            yield f"what moved: {found.label} ({found.why})"
    yield from cost_texts(group)
