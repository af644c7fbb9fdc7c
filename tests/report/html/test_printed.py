"""A page on paper: Chromium's print to PDF, read again."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from tests.report.html.runs_at_hand import experiments, page_of


def printed(page: Any) -> list[str]:
    """Return the text of each sheet."""
    pypdf = pytest.importorskip("pypdf", reason="pip install pytest-steering[browser] reads what is printed")
    page.locator("html[data-printable]").wait_for(state="attached")
    found = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4")))
    return ["".join(normalize("NFKC", sheet.extract_text()).split()) for sheet in found.pages]


def test_all_experiments_are_printed_with_their_figures_whatever_was_filtered(
    open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page(page_of(tmp_path, *experiments(8)))
    page.get_by_label("Find").first.fill("truth_07")
    sheets = printed(page)
    text = "".join(sheets)

    for number in range(8):
        # In the table, and as the head of its own part.
        assert text.count(f"test_truth_{number:02}") >= 2
    assert text.count("Whatsteeringchanged,besideitscontrols") == 8
    assert text.count("The95%intervalofthepairedchangedoesnotexcludezero.") == 8
    assert "Browsethesamples" not in text
    assert "Light/dark" not in text


def test_what_was_closed_is_closed_again_after_printing(
    open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page(page_of(tmp_path, *experiments(8)))
    printed(page)
    page.evaluate("dispatchEvent(new Event('afterprint'))")

    assert page.locator("details.experiment[open]").count() == 0


@pytest.mark.slow
def test_of_more_than_anybody_prints_the_verdicts_are_printed(
    open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page(page_of(tmp_path, *experiments(90)))
    text = "".join(printed(page))

    assert all(f"test_truth_{number:02}" in text for number in range(90))
    assert "Itsfiguresarepacked:openitinthepagebeforeprinting." in text
