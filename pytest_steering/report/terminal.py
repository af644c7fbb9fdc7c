"""The lines that close a run. Everything but loads and the time of tests comes from the records."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

from pytest_steering.counted import counted
from pytest_steering.findings import across
from pytest_steering.printable import printable
from pytest_steering.records import Record
from pytest_steering.report.breakdown import breakdown_lines
from pytest_steering.report.cell_history import history_texts
from pytest_steering.report.cell_summary import Group, scored_groups
from pytest_steering.report.claim_texts import claim_texts
from pytest_steering.report.closing_table import Texts, row_texts, table_columns, table_lines
from pytest_steering.report.columns import Column
from pytest_steering.report.cost import cost_texts, waited_text
from pytest_steering.report.deciding import MOST, Deciding, deciding
from pytest_steering.report.effects import effect_texts
from pytest_steering.report.report_text import wrapped
from pytest_steering.report.side_measurements import beside_texts
from pytest_steering.report.trivial_texts import trivial_texts
from pytest_steering.run_folder.cell import Cell, newest_cells
from pytest_steering.run_folder.completing_command import run_shortfalls
from pytest_steering.run_folder.looks import Looks, looks_at, uncounted
from pytest_steering.run_folder.record_file import Recorded
from pytest_steering.run_folder.runs import Run

T = TypeVar("T")

UNTIMED: Mapping[str, float] = {}

Experiment: TypeAlias = tuple[str, str]
"""Name of the model, and of the experiment with its file."""


def closing_lines(
    run: Run, loads: Mapping[str, int], width: int, waited: Mapping[str, float] = UNTIMED
) -> list[str]:
    """Return what the terminal says at the end of a run.

    Args:
        run: Its records, and how it went.
        loads: How often each model was loaded, by name.
        width: Of the terminal, in characters.
        waited: Seconds that tests took, by what for: `setup` and `tests`.
    """
    found = run.read()
    lines = report_lines(found.records, width)
    if lines:
        lines.append("")
    lines += [*look_lines(run, width), *shortfall_lines(run, found, width)]
    if loads:
        lines.append(f"{counted(len(loads), 'model')}, {counted(sum(loads.values()), 'load')}")
    if any(waited.values()):
        took = waited_text(waited["setup"], waited["tests"], found.records)
        lines += wrapped(took, width)
    if found.records:
        lines.append(f"{counted(len(found.records), 'record')}: {run.path}")
        lines.append(f"See this table again: pytest-steering report {shlex.quote(called(run))}")
    return lines


def called(run: Run) -> str:
    """Return what a command calls a run: its id, or its path where it lies elsewhere."""
    usual = Path(".steering", "runs", run.folder.name).resolve() == run.folder.resolve()
    return run.folder.name if usual else str(run.folder)


def look_lines(run: Run, width: int, processes: int = 1) -> list[str]:
    """Return how many interventions were tried on each split that a run scores.

    Args:
        run: Its ledger and those of the runs beside it say so.
        width: Of the terminal, in characters.
        processes: How many may read large ledgers.
    """
    return [
        line
        for text in (*map(look_text, looks_at(run, processes)), *uncounted(run))
        for line in wrapped(text, width)
    ]


def shortfall_lines(run: Run, found: Recorded, width: int) -> list[str]:
    """Return what a run lacks of what it was to be.

    Args:
        run: Says what was to run.
        found: Its records.
        width: Of the terminal, in characters.
    """
    return [line for text in run_shortfalls(run, found) for line in wrapped(text, width)]


def report_lines(records: Iterable[Record], width: int, most: int | None = MOST) -> list[str]:
    """Return the table of the scored cells, and what there is to say of each experiment.

    Args:
        records: In the order they were written.
        width: Of the terminal, in characters.
        most: Where a run has more experiments, those that decide are shown; None shows all of any run.
    """
    records = across(records)
    every = scored_groups(records)
    chosen = Deciding(every, ()) if most is None or len(every) <= most else deciding(every)
    groups, shown = chosen.groups, {(one.model, one.experiment_id) for one in chosen.groups}
    columns = table_columns(groups)
    # What is computed of a group is dropped with it: of 50,000 cells it is more than memory holds.
    told = [_told(group.afresh, columns) for group in groups]
    rows = [row for one in told for row in one.rows]
    lines = [*table_lines(groups, columns, rows, width), ""] if groups else []
    scored = _by_experiment(told, lambda one: (one.group.model, one.group.experiment_id))
    cells = _by_experiment(newest_cells(records).values(), lambda cell: _experiment(cell.record))
    told_of = [key for key in cells if groups is every or key in shown]
    for key in sorted(told_of, key=_model_order(cells)):
        lines += _remarks(cells[key], scored.get(key, []), width)
    texts = (*chosen.texts, *claim_texts(records))
    return [*lines, *(line for text in texts for line in wrapped(text, width))]


def look_text(looks: Looks) -> str:
    """Return how many interventions were tried on a split."""
    ever = f"; {looks.ever} in {looks.runs} runs of this folder" if looks.runs > 1 else ""
    return (
        f"{looks.task}, {looks.split}: looked at with {counted(looks.here, 'intervention')} in this run{ever}"
    )


def _by_experiment(every: Iterable[T], of: Callable[[T], Experiment]) -> dict[Experiment, list[T]]:
    """Return what belongs to each experiment on each model."""
    found: dict[Experiment, list[T]] = {}
    for one in every:
        found.setdefault(of(one), []).append(one)
    return found


def _experiment(record: Record) -> Experiment:
    return record.model, record.experiment_id


def _model_order(experiments: Iterable[Experiment]) -> Callable[[Experiment], int]:
    """Return where each experiment's model appeared first: what is said of one model stands together."""
    models = {model: place for place, model in enumerate(dict.fromkeys(model for model, _ in experiments))}
    return lambda experiment: models[experiment[0]]


def _remarks(cells: Sequence[Cell], scored: Sequence[Told], width: int) -> Iterator[str]:
    """Yield a heading for an experiment on a model, and under it what there is to say."""
    records = [cell.record for cell in cells]
    title = f"{records[0].model} · {records[0].experiment}"
    alone = scored if len(scored) == 1 else []
    beside = [*history_texts(cells), *beside_texts(records)]
    yield from _under(title, [*beside, *(text for one in alone for text in one.texts)], width)
    for one in scored if not alone else ():
        yield from _under(f"{title} · {one.group.conditions}", one.texts, width)
        yield from one.breakdown
    yield from alone[0].breakdown if alone else ()


@dataclass(frozen=True)
class Told:
    """What is said of a group.

    Attributes:
        group: Nothing that was computed of it is kept here.
        rows: What the table says of its arms.
        texts: What stands under its heading.
        breakdown: Its table by what the samples are broken down by.
    """

    group: Group
    rows: Texts
    texts: tuple[str, ...]
    breakdown: tuple[str, ...]


def _told(group: Group, columns: Sequence[Column]) -> Told:
    texts = (*_understood(group), *trivial_texts(group), *effect_texts(group), *cost_texts(group))
    return Told(group.afresh, row_texts(group, columns), texts, tuple(breakdown_lines(group)))


def _understood(group: Group) -> tuple[str, ...]:
    """Return what the task understood of its data, each sentence once."""
    return tuple(dict.fromkeys(text for arm in group.arms for text in arm.record.evidence.get("task", ())))


def _under(title: str, texts: Iterable[str], width: int) -> list[str]:
    lines = [line for text in texts for line in wrapped(text, width, "  ")]
    return [printable(title, width), *lines] if lines else []
