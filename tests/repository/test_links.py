"""Every link within the documents leads to a heading that is there, on GitHub and on the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.repository.files import DOCUMENTS, ROOT

LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)")


def headings(document: Path) -> set[str]:
    """The anchors of a document: its headings, in lower case, with hyphens for spaces."""
    outside = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", outside, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_anchor_that_a_document_links_to_is_a_heading(document: Path) -> None:
    for path, anchor in LINK.findall(document.read_text(encoding="utf-8")):
        target = document.parent / path if path else document
        assert anchor in headings(target), f"{path}#{anchor}"


def test_anchors_are_read_as_they_are_shown(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Is it the vector's own?\n\n```sh\n# no heading\n```\n## `limits`: so\n", encoding="utf-8"
    )
    assert headings(page) == {"is-it-the-vectors-own", "limits-so"}
