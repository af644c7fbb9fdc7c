"""Pages as a person meets them: opened from disk in headless Chromium."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.report.html.runs_at_hand import HOSTILE, asked, compared, experiments, page_of


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("hostile")
    path = home / "report.html"
    text = page_of(home, *(asked(one, f"{HOSTILE} %d") for one in experiments(60, HOSTILE)))
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def opened(open_page: Callable[..., Any], hostile: Path) -> Any:
    return open_page(hostile)


def browse(page: Any) -> Any:
    """Unpack the samples of the open experiment, and return their cards."""
    page.locator("details[open] .load").click()
    cards = page.locator("details[open] .card")
    cards.first.wait_for()
    return cards


def of_count(cards: Any, count: int) -> None:
    cards.page.wait_for_function(
        "many => document.querySelectorAll('details[open] .card').length === many", arg=count
    )


def test_experiments_are_paged_filtered_and_sorted(opened: Any) -> None:
    rows = opened.locator("#experiments tbody tr:visible")
    assert rows.count() == 50
    opened.get_by_role("button", name="Next").first.click()
    assert rows.count() == 10
    opened.get_by_label("Find").first.fill("truth_07")
    assert rows.count() == 1
    assert opened.locator("#count").inner_text() == "1 of 60 experiments"
    opened.get_by_label("Find").first.fill("")
    heading = opened.get_by_role("columnheader", name="Experiment")
    for direction, first in (("ascending", "truth_00"), ("descending", "truth_59")):
        heading.get_by_role("button").click()
        assert heading.get_attribute("aria-sort") == direction
        assert first in rows.first.inner_text()


def test_the_first_table_fits_a_usual_window(open_page: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page_of(tmp_path, *(asked(one, "%d") for one in experiments(2))), encoding="utf-8")
    page = open_page(path)
    page.set_viewport_size({"width": 1280, "height": 900})
    inside, needed = page.locator(".scroll").first.evaluate("one => [one.clientWidth, one.scrollWidth]")
    assert needed <= inside


def test_samples_are_unpacked_filtered_and_shown_as_text(opened: Any) -> None:
    opened.locator("#experiments tbody a").nth(2).click()
    cards = browse(opened)
    of_count(cards, 10)
    opened.get_by_label("What became of it").select_option("up")
    of_count(cards, 5)
    said = "</script><img src=x onerror=alert(1)>⟨U+202E⟩off⟨U+2028⟩⟨U+0000⟩⟨U+D800⟩"
    assert cards.first.inner_text().count(said) >= 4
    opened.get_by_label("What became of it").select_option("")
    opened.get_by_role("searchbox", name="Find").last.fill("s007")
    of_count(cards, 1)
    assert opened.locator("img").count() == 0


def test_a_prompt_is_sought_as_answers_are_and_found_words_are_marked(opened: Any) -> None:
    opened.locator("#experiments tbody a").nth(2).click()
    cards = browse(opened)
    opened.get_by_role("searchbox", name="Find").last.fill("&amp;\"' 17")
    of_count(cards, 1)

    assert cards.locator(".prompt mark").inner_text() == "&amp;\"' 17"


def test_the_words_that_decided_are_marked_and_no_others(
    open_page: Callable[..., Any], tmp_path: Path
) -> None:
    unsteered, steered, _ = experiments()
    text = "\U0001f600 </mark>\ud800\u202eyes\u202e <b>no</b>"
    at = text.index("yes")
    first = steered.outcomes[0].but(response=text, spans={"verdict": [[at, at + 3]], "other": [[5, 999]]})
    page = open_page(page_of(tmp_path, unsteered, replace(steered, outcomes=(first, *steered.outcomes[1:]))))
    card = browse(page).first

    assert card.locator("mark.evidence").all_inner_texts() == ["yes"]
    assert card.locator(".answer").last.inner_text().endswith("⟨U+D800⟩⟨U+202E⟩yes⟨U+202E⟩ <b>no</b>")
    assert "marked: what decided the verdict" in card.inner_text()
    assert "1 places of words" in page.locator("details[open] .samples").inner_text()


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_finds_no_serious_violation(
    open_page: Callable[..., Any], tmp_path: Path, grave: Callable[[Any], list[Any]], scheme: str, width: int
) -> None:
    html = page_of(tmp_path, *(asked(one, f"{HOSTILE} %d") for one in experiments(1, HOSTILE)))
    page = open_page(html, color_scheme=scheme, viewport={"width": width, "height": 900})
    browse(page)

    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_two_runs_are_browsed_before_beside_now(
    open_page: Callable[..., Any], tmp_path: Path, grave: Callable[[Any], list[Any]]
) -> None:
    before = [asked(one, f"{HOSTILE} %d") for one in experiments(2, HOSTILE)]
    turned = [
        replace(one, outcomes=[answer.but(response=f"{answer.response} So.") for answer in one.outcomes])
        for one in before
    ]
    page = open_page(compared(tmp_path, before, turned))
    assert page.locator("#experiments tbody tr").count() == 2
    page.locator("#experiments tbody a").first.click()
    card = browse(page).first

    assert card.locator("h5").all_inner_texts() == ["before", "now"]
    assert card.locator(".moved").inner_text() == " So."
    assert card.locator(".prompt").count() == 1
    assert page.locator("img").count() == 0
    assert grave(page) == []


def test_light_and_dark_can_be_chosen(opened: Any) -> None:
    def ground() -> str:
        return str(opened.evaluate("getComputedStyle(document.body).backgroundColor"))

    before = ground()
    opened.get_by_role("button", name="Switch between light and dark").click()
    assert ground() != before
