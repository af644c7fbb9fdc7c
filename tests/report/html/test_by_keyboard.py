"""A page without a mouse and without eyes: the way of the Tab key, names of tables, what is said aloud."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.report.html.runs_at_hand import experiments, page_of

FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  return {name: one.innerText || one.ariaLabel || one.id, tag: one.tagName, outline: style.outlineStyle,
          wide: parseFloat(style.outlineWidth), shown: box.width > 0 && box.height > 0};
}"""


@pytest.fixture
def page(open_page: Callable[..., Any], tmp_path: Path) -> Any:
    return open_page(page_of(tmp_path, *experiments(3)))


def test_tab_goes_from_the_top_down_and_focus_is_seen(page: Any) -> None:
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
        if stops[-1]["tag"] == "SUMMARY":
            break
    names = [one["name"].strip() for one in stops]

    assert names[:3] == ["Skip to the results", "Light / dark", "find"]
    assert names.index("Verdict") < names.index("test_truth_00") < names.index("test_truth_02")
    assert stops[-1]["tag"] == "SUMMARY"
    assert all(one["shown"] and one["outline"] != "none" and one["wide"] >= 2 for one in stops)


def test_an_experiment_is_opened_browsed_and_paged_by_keys_alone(page: Any) -> None:
    page.locator("#experiments tbody a").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.tagName === 'SUMMARY'")
    assert "test_truth_01" in page.evaluate("document.activeElement.innerText")
    assert page.locator("#experiment-2[open]").count() == 1
    load = page.locator("#experiment-2 .load")
    load.focus()
    page.keyboard.press("Enter")
    page.locator("#experiment-2 .card").first.wait_for()
    assert page.evaluate("document.activeElement.tagName") == "SELECT"


def test_every_table_has_a_name_and_heads(page: Any) -> None:
    tables = page.locator("table")
    assert tables.count() > 3
    for table in tables.all():
        assert table.locator("caption").text_content().strip()
        assert table.locator("thead th[scope=col]").count() == table.locator("thead th").count() > 0
        assert table.locator("tbody tr").count() == table.locator("tbody th[scope=row]").count()


def test_how_many_are_left_is_said_aloud(page: Any) -> None:
    said = page.locator("#count")
    assert said.get_attribute("aria-live") == "polite"
    page.get_by_label("Find").first.fill("truth_02")
    assert said.inner_text() == "1 of 3 experiments"


def test_nothing_moves_where_motion_is_not_wanted(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page(page_of(tmp_path, *experiments()), reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter((one) => {
      const style = getComputedStyle(one);
      const lasting = parseFloat(style.animationDuration) + parseFloat(style.transitionDuration);
      return style.scrollBehavior === "smooth" || lasting > 0;
    }).length"""

    assert page.evaluate(moving) == 0
