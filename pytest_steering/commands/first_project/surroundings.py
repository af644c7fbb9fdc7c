"""What lies around a new project: settings of pytest, and the repository that it becomes part of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

# Of these pytest takes the first that it finds for its settings, and its folder for the root.
SETTINGS = (
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)


def has_settings(folder: Path) -> bool:
    """Return whether a folder may hold settings of pytest, which a file of ours would put out of force."""
    return any((folder / name).exists() for name in SETTINGS)


def workflow_notes(folder: Path) -> Iterator[str]:
    """Yield what is to be done with the workflow where the folder is no root of a repository.

    Args:
        folder: Of the project.
    """
    above = [one for one in folder.absolute().parents if (one / ".git").exists()]
    if above and not (folder / ".git").exists():
        yield f"the workflow is read at the root of the repository: move {folder / '.github'} to {above[0]}"
