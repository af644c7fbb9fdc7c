"""Where the data that comes with the package lies, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

from pytest_steering.errors import DataError

_PACKAGE = Path(__file__).resolve().parents[1]
DATA_FOLDERS = (_PACKAGE / "_fixtures" / "data", _PACKAGE.parent / "fixtures" / "data")


def embedded_data(name: str) -> Path:
    """Return the path of an embedded data file, such as `twins.jsonl`.

    Raises:
        DataError: The file is in neither place, as in an incomplete installation.
    """
    for folder in DATA_FOLDERS:
        if (folder / name).is_file():
            return folder / name
    places = " or ".join(str(folder) for folder in DATA_FOLDERS)
    raise DataError(f"the embedded data file {name} is not in {places}; install pytest-steering again")
