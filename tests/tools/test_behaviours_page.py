from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytest_steering import Record
from tests.experiments.cells import run
from tests.experiments.scored_cells import scored_run
from tools.behaviours_page import behaviours_table, written


def of_the_real_model(records: dict[str, Record]) -> list[Record]:
    return [replace(one, spec={**one.spec, "model": {"name": "smollm2"}}) for one in records.values()]


def test_a_behaviour_is_a_row_with_every_arm_and_the_paired_change() -> None:
    row = behaviours_table(of_the_real_model(scored_run())).splitlines()[2]
    cells = [cell.strip() for cell in row.split("|")[1:-1]]
    assert cells[:4] == ["it", "cheer", "3 @ 1", "40"]
    assert cells[4:6] == ["0.00", "0.50"]
    assert cells[6].startswith("+0.50 [+0.4")
    assert cells[7:] == ["0.01 -0.02", "-0.40", "0.05", "–", "0.00 / 0.00"]


def test_other_models_and_accuracies_are_no_behaviours() -> None:
    records = [*scored_run().values(), *of_the_real_model(run())]
    assert len(behaviours_table(records).splitlines()) == 2


def test_a_page_is_written_where_its_table_changed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- table: behaviours -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    assert list(written([page], "new\n")) == [page]
    assert page.read_text(encoding="utf-8") == (
        "before\n<!-- table: behaviours -->\nnew\n<!-- end -->\nafter\n"
    )
    assert list(written([page], "new\n")) == []
