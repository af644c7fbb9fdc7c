"""A hook of MkDocs: links that leave the folder docs/ lead to pages of the site, or become plain words.

On GitHub every link of a page works as it stands. The site has no pages for the package's own
files, and builds where nobody knows the repository's address: a link to code is shown as its text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]

# Pages of the site that stand beside docs/ in the repository.
BESIDE = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md"}

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand beside docs/."""
    from mkdocs.structure.files import File

    for name, page in BESIDE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=beside(text)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return a page whose links stay within the site."""
    del config, files
    return within(markdown, page.file.src_uri)


def beside(text: str) -> str:
    """Return the text of a page beside docs/ as it would stand within."""
    return _LINK.sub(lambda found: f"[{found[1]}]({_moved(found[2])})", text)


def within(markdown: str, page: str) -> str:
    """Return a page's text with each link that leaves docs/ led to a page of the site, or made plain.

    Args:
        markdown: The text.
        page: The page's path, from docs/.
    """
    up = "../" * page.count("/")

    def led(found: re.Match[str]) -> str:
        words, target = found[1], found[2]
        if not target.startswith(f"{up}../"):
            return found[0]
        path, _, anchor = target.removeprefix(f"{up}../").partition("#")
        if path not in BESIDE:
            return words
        return f"[{words}]({up}{BESIDE[path]}{'#' if anchor else ''}{anchor})"

    return _LINK.sub(led, markdown)


def _moved(target: str) -> str:
    path, hashed, anchor = target.partition("#")
    if path in BESIDE:
        return BESIDE[path] + hashed + anchor
    inside = path.removeprefix("docs/") if path.startswith("docs/") else f"../{path}"
    return target if target.startswith(("http", "#")) else inside + hashed + anchor
