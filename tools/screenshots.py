"""Pictures of a report of `pytest benchmarks` for the documents: `python -m tools.screenshots FILE`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tools.browser import headless

FOLDER = Path("docs/images")

EXPERIMENT = "test_steering_brings_out_the_truth"
"""Whose figures and samples are shown."""


def main(report: Path) -> None:
    """Write the pictures.

    Args:
        report: The page of a run that has the experiment.
    """
    FOLDER.mkdir(exist_ok=True)
    with headless() as browser:
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 1400, "height": 900}, color_scheme=scheme)
            page.goto(report.resolve().as_uri())
            page.screenshot(path=FOLDER / f"report-{scheme}.png")
        _experiment(browser.new_page(viewport={"width": 1400, "height": 900}), report)


def _experiment(page: Any, report: Path) -> None:
    page.goto(report.resolve().as_uri())
    page.locator("#experiments tbody a", has_text=EXPERIMENT).first.click()
    opened = page.locator("details[open]")
    opened.locator("figure").first.wait_for()
    _shot(page, opened.locator(".figures"), "report-figures.png")
    opened.locator(".load").click()
    opened.get_by_label("What became of it").select_option("up")
    opened.locator(".card").nth(2).wait_for()
    _shot(page, opened.locator(".samples"), "report-samples.png")


def _shot(page: Any, part: Any, name: str) -> None:
    """Write what fits of a part of the page into the window."""
    part.evaluate("part => part.scrollIntoView({block: 'start', behavior: 'instant'})")
    box = part.bounding_box()
    height = min(box["height"], page.viewport_size["height"] - box["y"])
    page.screenshot(path=FOLDER / name, clip={**box, "height": height})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
