"""A headless Chromium for the tests of pages, and what opens one and fails on any complaint of its."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.browser import chromium, headless


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    pytest.importorskip(
        "playwright.sync_api",
        reason="pip install pytest-steering[browser] runs the tests of the report's page",
    )
    if chromium() is None:
        pytest.skip("no Chromium here; apt-get install chromium")
    with headless() as opened:
        yield opened


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Return what opens a page; what a browser complains of, and asks of a network, fails the test."""
    pages: list[Any] = []
    wrong: list[str] = []

    def opened(html: str | Path, **how: Any) -> Any:
        path = html if isinstance(html, Path) else tmp_path / f"{len(pages)}.html"
        if isinstance(html, str):
            path.write_text(html, encoding="utf-8")
        page = browser.new_page(**how)
        pages.append(page)
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("request", lambda asked: None if asked.url.startswith(_OWN) else wrong.append(asked.url))
        page.goto(path.as_uri())
        return page

    yield opened
    for page in pages:
        page.close()
    assert wrong == []


_OWN = ("file:", "data:")


@pytest.fixture
def grave() -> Callable[[Any], list[tuple[str, str]]]:
    """Return what lists the serious violations that axe-core finds on a page."""
    axe = pytest.importorskip("axe_core_python", reason="pip install pytest-steering[browser] checks access")
    bundle = next(Path(axe.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")

    def violations(page: Any) -> list[tuple[str, str]]:
        page.evaluate(bundle)
        return [
            (one["id"], one["nodes"][0]["html"][:200])
            for one in page.evaluate("axe.run()")["violations"]
            if one["impact"] in ("serious", "critical")
        ]

    return violations
