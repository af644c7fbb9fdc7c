"""Pages as a person meets them: opened from disk in headless Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report.html.runs_at_hand import HOSTILE, experiments, page_of
from tools.browser import chromium, headless

playwright = pytest.importorskip(
    "playwright.sync_api", reason="pip install pytest-steering[browser] runs the tests of the report's page"
)
pytestmark = pytest.mark.skipif(chromium() is None, reason="no Chromium here; apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with headless() as opened:
        yield opened


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("hostile")
    path = home / "report.html"
    text = page_of(home, *experiments(60, HOSTILE.replace("\ud800", "")))
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Any, hostile: Path) -> Iterator[Any]:
    """Return the page; what a browser complains of, and asks of a network, fails the test."""
    page, wrong = browser.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("request", lambda asked: wrong.append(asked.url) if not _own(asked.url) else None)
    page.goto(hostile.as_uri())
    yield page
    page.close()
    assert wrong == []


def _own(url: str) -> bool:
    return url.startswith(("file:", "data:"))


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


def test_samples_are_unpacked_filtered_and_shown_as_text(opened: Any) -> None:
    opened.locator("#experiments tbody a").nth(2).click()
    opened.locator("details[open] .load").click()
    cards = opened.locator("details[open] .card")
    playwright.expect(cards).to_have_count(10)
    opened.get_by_label("What became of it").select_option("up")
    playwright.expect(cards).to_have_count(5)
    assert "</script><img src=x onerror=alert(1)>⟨U+202E⟩off⟨U+2028⟩⟨U+0000⟩" in cards.first.inner_text()
    opened.get_by_label("What became of it").select_option("")
    opened.get_by_role("searchbox", name="Find").last.fill("s007")
    playwright.expect(cards).to_have_count(1)
    assert opened.locator("img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(opened: Any, scheme: str) -> None:
    axe = pytest.importorskip("axe_core_python", reason="pip install pytest-steering[browser] checks access")
    opened.emulate_media(color_scheme=scheme)
    opened.locator("#experiments tbody a").first.click()
    opened.locator("details[open] .load").click()
    playwright.expect(opened.locator("details[open] .card")).to_have_count(10)
    bundle = next(Path(axe.__file__).parent.rglob("axe.min.js"))
    opened.evaluate(bundle.read_text(encoding="utf-8"))
    found = opened.evaluate("axe.run()")["violations"]
    grave = [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert grave == []


def test_light_and_dark_can_be_chosen(opened: Any) -> None:
    def ground() -> str:
        return str(opened.evaluate("getComputedStyle(document.body).backgroundColor"))

    before = ground()
    opened.get_by_role("button", name="Switch between light and dark").click()
    assert ground() != before
