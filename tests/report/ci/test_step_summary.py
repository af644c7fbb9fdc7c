from __future__ import annotations

import html
import re
from pathlib import Path

from pytest_steering.records import Record
from pytest_steering.report.ci.step_summary import LIMIT, append_summary, summary
from pytest_steering.report.effect import effects_of
from tests.report.records_at_hand import cell

HOSTILE = "a|b\n# h <script>alert(1)</script> [x](http://evil) @octocat `c` **b** &lt; \x1b[2J\ud800"


def run_of(experiment: str = "test_truth", model: str = "qwen2") -> list[Record]:
    return [cell(arm, text, experiment=experiment, model=model) for arm, text in ARMS.items()]


ARMS = {"unsteered": "yyyyyyyy", "steered": "nynynyny"}


def test_a_row_says_what_became_of_an_experiment() -> None:
    made = summary(list(effects_of(run_of())), ["gate: pass"], LIMIT).decode()
    cells = [html.unescape(re.sub("<.*?>", "", one)).strip() for one in rows(made)[2].split("|")[1:-1]]

    assert cells[:6] == ["test_truth · twins · test · sentence", "qwen2", "2@1", "accuracy", "0.5", "1"]
    assert cells[6].startswith("+0.5 [")
    assert "gate" in html.unescape(made)


def rows(made: str) -> list[str]:
    return [line for line in made.splitlines() if line.startswith("|")]


def test_no_name_is_markup() -> None:
    made = summary(list(effects_of(run_of(HOSTILE, HOSTILE))), [HOSTILE], LIMIT).decode()

    assert len(rows(made)) == 3
    assert rows(made)[2].count("|") == rows(made)[0].count("|")
    assert not re.search(r"[\[\]`*@\x1b]|<(?!/?code>)", "".join([rows(made)[2], made.splitlines()[-1]]))


def test_what_others_wrote_stays_and_nothing_grows_beyond_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_bytes(b"theirs\n" + b"x" * (LIMIT - 6000))
    append_summary(path, list(effects_of(run_of())) * 100, [])

    assert path.read_bytes().startswith(b"theirs\n")
    assert LIMIT - 6000 < path.stat().st_size <= LIMIT
    assert re.search(r"\d+ more rows are left out", path.read_text())


def test_where_there_is_no_room_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_bytes(b"x" * LIMIT)
    append_summary(path, list(effects_of(run_of())), [])

    assert path.stat().st_size == LIMIT
