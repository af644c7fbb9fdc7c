"""The site is built without a warning, stays within itself, and fetches nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.repository.files import ROOT
from tools.site.leaving_links import beside, within


@pytest.mark.parametrize(
    ("link", "led"),
    [
        ("[a](../CONTRIBUTING.md#check)", "[a](contributing.md#check)"),
        ("[a](../pytest_steering/plugin.py)", "a"),
        ("[a](tasks.md#choices)", "[a](tasks.md#choices)"),
        ("[a](https://semver.org)", "[a](https://semver.org)"),
    ],
)
def test_a_link_that_leaves_the_documents_leads_within_the_site_or_is_plain(link: str, led: str) -> None:
    assert within(link, "trust.md") == led


def test_a_page_in_a_folder_leaves_it_by_two_steps() -> None:
    assert (
        within("[a](../../SECURITY.md) [b](../trust.md)", "explanation/run.md")
        == "[a](../security.md) [b](../trust.md)"
    )


def test_a_page_beside_the_documents_links_as_if_it_stood_within() -> None:
    assert (
        beside("[a](docs/data.md#x) [b](SECURITY.md) [c](LICENSE)")
        == "[a](data.md#x) [b](security.md) [c](../LICENSE)"
    )


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_its_pages_fetch_nothing(tmp_path: Path) -> None:
    if find_spec("mkdocs") is None:
        pytest.skip("needs MkDocs: pip install 'pytest-steering[docs]'")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    pages = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")]
    fetched = re.compile(
        r"<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=[\"']?(?:https?:)?//[^>]*>"
    )
    assert len(pages) > 30
    assert [found for page in pages for found in fetched.findall(page)] == []
    # The theme would fetch a script to draw a block of this class.
    assert not any('class="mermaid"' in page for page in pages)


def test_every_page_stands_in_the_navigation() -> None:
    told = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if not re.search(rf"[:-] {re.escape(page)}$", told, re.MULTILINE)] == []
