"""Small packages on disk, for the tools that read code."""

from __future__ import annotations

from pathlib import Path


def package(folder: Path, **files: str) -> Path:
    """Write a package `house` whose files are named by their dotted name, and return its folder."""
    root = folder / "house"
    for name, text in {"__init__": '"""A house."""\n', **files}.items():
        path = root.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
