"""What can be the name of a file at all; the rest the system refuses with errors of several kinds."""

from __future__ import annotations

import os
from pathlib import Path

LONGEST_NAME, LONGEST_PATH = 255, 4095  # bytes, on the file systems that are in use


def nameable(text: str) -> str:
    """Return a text that can stand for a path, whether or not there is one.

    Args:
        text: As a person gave it.

    Raises:
        ValueError: No file can be called so; the message says why.
    """
    if not text:
        raise ValueError("it is empty")
    try:
        written = os.fsencode(Path(text).expanduser())
    except UnicodeEncodeError:
        raise ValueError("it has a character that no file's name can have") from None
    except RuntimeError:
        raise ValueError(f"there is no home folder {Path(text).parts[0]}") from None
    if b"\0" in written:
        raise ValueError("it has a character that no file's name can have")
    longest = max(map(len, written.split(b"/")))
    if longest > LONGEST_NAME or len(written) > LONGEST_PATH:
        raise ValueError(f"a file's name has at most {LONGEST_NAME} bytes, a path {LONGEST_PATH}")
    return text
