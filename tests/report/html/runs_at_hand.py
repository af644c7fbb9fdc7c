"""Runs whose every text is hostile, and the pages that are made of them."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_steering.records import Outcome, Record
from pytest_steering.report.html.compared_page import compared_page
from pytest_steering.report.html.run_page import run_page
from pytest_steering.report.html.run_view import run_view
from pytest_steering.run_folder.runs import Run
from pytest_steering.texts.text_hash import text_hash

HOSTILE = "</script><img src=x onerror=alert(1)>\u202eoff\u2028\0\ud800&amp;\"'"
"""What ends a script, runs one, turns a line around, ends one, and is no character at all."""


def arm(name: str, experiment: str, answers: str, hostile: str = "") -> Record:
    """Return a cell whose answers are right or wrong as `+` and `-` say; `0` was skipped."""
    outcomes = tuple(_outcome(number, one, hostile) for number, one in enumerate(answers))
    return Record(
        spec={
            "purpose": "score",
            "model": {"name": f"qwen2{hostile}", "family": "qwen2"},
            "data": {"dataset": f"mine{hostile}", "split": "test"},
            "prompt": {"form": "sentence"},
            "intervention": None if name == "unsteered" else {"layers": [3], "scale": 1.0, "arm": name},
            "engine": "hooks",
        },
        arm=name,
        outcomes=outcomes,
        findings=({"id": f"odd{hostile}", "severity": "limits", "sentence": f"A finding{hostile}."},)
        if name == "steered"
        else (),
        experiment=f"{experiment}{hostile}",
        node_id=f"test_mine.py::{experiment}{hostile}[qwen2]",
    )


def _outcome(number: int, one: str, hostile: str) -> Outcome:
    told = {"+": "yes", "-": "no", "0": "none"}[one]
    return Outcome(
        id=f"s{number:03}{hostile}",
        expected="yes",
        predicted=told,
        correct=None if one == "0" else one == "+",
        response=f"It is {told}.{hostile}",
        prompt_sha256=f"{number:064x}",
        margin={"+": 1.5, "-": -1.5, "0": 0.0}[one],
        group=f"CWE-{number % 2}{hostile}",
        skipped="too long" if one == "0" else "",
    )


def experiments(many: int = 1, hostile: str = "") -> list[Record]:
    """Return the records of some experiments: of 25 samples, 5 turn right, 1 turns wrong, 1 is skipped."""
    before, after = "-" * 15 + "+" * 9 + "0", "+" * 5 + "-" * 11 + "+" * 8 + "0"
    found = []
    for number in range(many):
        name = f"test_truth_{number:02}"
        found += [arm("unsteered", name, before, hostile), arm("steered", name, after, hostile)]
        found += [arm("random:0", name, before, hostile)]
    return found


def page_of(home: Path, *records: Record) -> str:
    """Return the page of a run."""
    run = Run(home / "runs" / "20260101T000000Z-abcdef")
    for record in records:
        run.append(record)
    return run_page(run_view(run, {}))


def compared(home: Path, before: Sequence[Record], now: Sequence[Record]) -> str:
    """Return the page of two runs."""
    views = []
    for number, records in enumerate((before, now), 1):
        run = Run(home / "runs" / f"2026010{number}T000000Z-abcdef")
        for record in records:
            run.append(record)
        views.append(run_view(run, {}))
    return compared_page(*views)


def unpacked(page: str, name: str) -> Any:
    """Return what a compressed block of a page holds."""
    found = re.search(rf'<script type="text/plain" id="{name}">([^<]*)</script>', page)
    assert found, name
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


def asked(record: Record, text: str = "What is %d?") -> Record:
    """Return a cell that knows what its samples were asked."""
    texts = [text.replace("%d", str(number)) for number in range(len(record.outcomes))]
    outcomes = [
        one.but(prompt_sha256=text_hash(said)) for one, said in zip(record.outcomes, texts, strict=True)
    ]
    return replace(record, outcomes=outcomes, prompts={text_hash(said): said for said in texts})


def failed(record: Record) -> Record:
    """Return a cell that could not be finished."""
    return replace(record, outcomes=(), evidence={"failed": "the machine ran out of memory"})
