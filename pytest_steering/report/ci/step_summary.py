"""The table of a run as GitHub shows it beside a workflow's step: Markdown in which no name is markup."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pytest_steering.errors import StorageError
from pytest_steering.printable import printable
from pytest_steering.report.effect import Effect

LIMIT = 1024 * 1024
"""Bytes of one step's summary; GitHub shows nothing of a longer one."""

_HEAD = ("experiment", "model", "at", "number", "unsteered", "steered", "change [95 %]", "n", "findings")


def append_summary(path: Path, effects: Sequence[Effect], status: Sequence[str]) -> None:
    """Add the table of a run to a step's summary; what others wrote there stays.

    Args:
        path: What `GITHUB_STEP_SUMMARY` names.
        effects: Of the run.
        status: Sentences below the table, such as the gate's.

    Raises:
        StorageError: The file cannot be written.
    """
    try:
        there = path.stat().st_size if path.exists() else 0
        text = summary(effects, status, LIMIT - there)
        with path.open("ab") as file:
            file.write(text)
    except OSError as error:
        raise StorageError(f"the step's summary {path} cannot be written: {error}") from error


def summary(effects: Sequence[Effect], status: Sequence[str], room: int) -> bytes:
    """Return the table with as many rows as there is room for; nothing where there is none at all.

    Args:
        effects: Of the run, each a row.
        status: Sentences below the table.
        room: In bytes.
    """
    rows = [_row(map(_code, _texts(one))) for one in effects]
    head = ["", "### pytest-steering", "", _row(_HEAD), _row(["---"] * len(_HEAD))]
    tail = ["", *(f"{_code(printable(line, 500))}  " for line in status), ""]
    kept, used = 0, _size([*head, *tail]) + 100
    while kept < len(rows) and used + _size(rows[kept : kept + 1]) <= room:
        used += _size(rows[kept : kept + 1])
        kept += 1
    rest = [f"{len(rows) - kept} more rows are left out: a summary holds 1 MiB."] if kept < len(rows) else []
    made = "\n".join([*head, *rows[:kept], *rest, *tail]).encode("utf-8", "backslashreplace")
    return made if len(made) <= room else b""


def _texts(effect: Effect) -> tuple[str, ...]:
    experiment = " · ".join(filter(None, (effect.experiment, effect.conditions)))
    samples = str(effect.change.samples) if effect.change else ""
    numbers = (_number(effect.before), _number(effect.after), effect.interval, samples)
    return experiment, effect.model, effect.at, effect.metric, *numbers, ", ".join(effect.findings)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _row(cells: object) -> str:
    return f"| {' | '.join(cells)} |"  # type: ignore[arg-type]


def _code(text: str) -> str:
    """Return a text as code whose every sign is an entity: neither Markdown nor HTML finds markup in it."""
    shown = printable(text, 200)
    inert = "".join(one if one.isalnum() or one == " " else f"&#{ord(one)};" for one in shown)
    return f"<code>{inert}</code>" if inert else ""


def _size(lines: Sequence[str]) -> int:
    return sum(len(line.encode("utf-8", "backslashreplace")) + 1 for line in lines)
