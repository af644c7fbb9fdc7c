"""What a page says is recomputed from the lines of records, without the code that made it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pytest_steering.records import Outcome, Record
from tests.report.html.runs_at_hand import page_of, unpacked

ARMS = ("unsteered", "steered", "random:0", "random:1", "negated")

SCORE = {"better": "higher", "bounds": [None, None], "unit": "", "meaning": "joy", "limit": None}

# No number is 0 or 1: were all of them, they would be shares.
numbers = st.none() | st.integers(-500, 500).map(lambda number: round(number / 100 + 0.005, 3))
samples = st.none() | numbers.map(lambda number: (number,))
"""A number, none that can be had, or a sample that was not run."""
arms = st.integers(2, 12).flatmap(
    lambda count: st.fixed_dictionaries(
        {arm: st.lists(samples, min_size=count, max_size=count) for arm in ARMS}
    )
)


def record(arm: str, drawn: Sequence[tuple[float | None] | None]) -> Record:
    outcomes = tuple(
        Outcome(f"s{place}", "", "", skipped="too long")
        if one is None
        else Outcome(f"s{place}", "", "", response="x", scores={"joy": one[0]})
        for place, one in enumerate(drawn)
    )
    return Record(
        spec={
            "purpose": "score",
            "model": {"name": "m"},
            "intervention": None if arm == "unsteered" else {"layers": [1], "scale": 1.0},
        },
        arm=arm,
        outcomes=outcomes,
        evidence={"main_metric": "joy", "scores": {"joy": SCORE}, "guards": []},
        findings=({"id": "odd", "severity": "limits", "sentence": "Odd."},) if arm == "negated" else (),
        experiment="test_it",
        node_id="test_it.py::test_it[m]",
    )


def joys(lines: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float | None]]:
    """Return the number of each sample that was run, by arm, as the lines have it."""
    return {
        line["arm"]: {one["id"]: one["scores"]["joy"] for one in line["outcomes"] if not one["skipped"]}
        for line in lines
    }


def paired(before: Mapping[str, float | None], after: Mapping[str, float | None]) -> list[float]:
    both = ((before[name], after[name]) for name in before if name in after)
    return [two - one for one, two in both if one is not None and two is not None]


def mean(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return math.fsum(known) / len(known) if known else None


def became(before: float | None, after: float | None) -> str:
    if before is None or after is None:
        return "unknown"
    return "same" if before == after else "up" if after > before else "down"


def cells(page: str) -> Iterator[tuple[str, str]]:
    """Yield the cells of the experiment's row: the value that it is sorted by, and its text."""
    (row,) = re.findall(r'<tr role="row" data-key.*?</tr>', page, re.DOTALL)
    for value, inside in re.findall(r'<t[dh] [^>]*?data-value="([^"]*)"[^>]*>(.*?)</t[dh]>', row, re.DOTALL):
        inside = re.sub(r"<svg.*?</svg>|<wbr>", "", inside, flags=re.DOTALL)
        yield unescape(value), " ".join(unescape(re.sub("<[^>]*>", " ", inside)).split()).replace("−", "-")


@settings(max_examples=8)
@given(arms)
def test_numbers_equal_those_of_the_lines(drawn: Mapping[str, Sequence[tuple[float | None] | None]]) -> None:
    with TemporaryDirectory() as folder:
        page = page_of(Path(folder), *(record(arm, own) for arm, own in drawn.items()))
        (file,) = Path(folder).rglob("records.jsonl")
        lines = [json.loads(line) for line in file.read_text().splitlines()]
    found = joys(lines)
    plain, steered = found["unsteered"], found["steered"]
    changes = {arm: paired(plain, own) for arm, own in found.items()}
    _name, _verdict, change, means, count, rivals, findings, _test = cells(page)

    moved = changes["steered"]
    if len(moved) > 1:
        value = mean(moved)
        assert value is not None
        assert math.isclose(float(change[0]), value, abs_tol=1e-9)
        if len(set(moved)) > 1:  # of changes that are all alike what is imagined beside them decides
            low, high = _student(moved)
            assert change[1] == f"{value:+.2f} [{low:+.2f}, {high:+.2f}]"
        assert means[1] == f"{mean([*plain.values()]):.2f} → {mean([*steered.values()]):.2f} joy"
        assert count == (str(len(moved)), str(len(moved)))
        reached = [mean(changes[arm]) or 0.0 for arm in ARMS[2:] if len(changes[arm]) > 1]
        as_far = [one for one in reached if one * value > 0 and abs(one) >= abs(value)]
        assert rivals[0] == str(len(as_far))
    else:
        assert change == ("", "–")
    assert findings[1] == "1 limits"

    index = unpacked(page, "experiment-1-index")
    told = {arm: dict(zip(index["ids"], index["numbers"][arm], strict=True)) for arm in index["arms"]}
    turned = {arm: dict(zip(index["ids"], index["became"][arm], strict=True)) for arm in index["arms"]}
    for line in lines:
        for one in line["outcomes"]:
            arm, name = line["arm"], one["id"]
            assert told[arm][name] == found[arm].get(name)
            if arm == "unsteered":
                continue
            run = name in plain and name in found[arm]
            assert turned[arm][name] == (became(plain[name], found[arm][name]) if run else "skipped")


def _student(values: Sequence[float]) -> tuple[float, float]:
    spread = stats.sem(values)
    low, high = stats.t.interval(0.95, len(values) - 1, math.fsum(values) / len(values), spread)
    return float(low), float(high)
