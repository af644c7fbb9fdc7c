"""The sections that several commands write into one document, each beside those of the others."""

from __future__ import annotations


def sections_of(text: str) -> str:
    """Return what stands from a document's first section on, with the line break before it."""
    _, found, rest = text.partition("\n## ")
    return found + rest


def with_section(text: str, section: str) -> str:
    """Return a document with a section in its old place, or at its end where it is new.

    Args:
        text: The document.
        section: Begins with its heading, and ends with a line break.
    """
    heading = section.splitlines()[0]
    before, found, rest = text.partition(f"\n{heading}\n")
    if not found:
        return f"{text}\n{section}"
    return f"{before}\n{section}{sections_of(rest)}"
