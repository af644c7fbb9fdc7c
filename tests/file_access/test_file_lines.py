from __future__ import annotations

from pathlib import Path

import pytest

from pytest_steering.errors import DataError
from pytest_steering.file_access.file_lines import is_there, lines_of


def test_lines_come_with_their_newlines_and_the_last_without_where_it_has_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"one\n\ntwo")
    assert list(lines_of(tmp_path / "file", longest=4)) == [b"one\n", b"\n", b"two"]


def test_a_file_without_newlines_is_not_read_whole(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(4))
    with pytest.raises(DataError, match="has a line of 4 bytes or more; it is no file of lines"):
        list(lines_of(tmp_path / "file", longest=4))


def test_what_cannot_be_looked_at_is_there_all_the_same_and_cannot_be_read(tmp_path: Path) -> None:
    loop, nowhere, folder = tmp_path / "loop", tmp_path / "nowhere", tmp_path / "folder"
    loop.symlink_to(loop)
    nowhere.symlink_to(tmp_path / "gone")
    folder.mkdir()
    for path in (loop, nowhere, folder, loop / "below"):
        assert is_there(path)
        with pytest.raises(DataError, match="cannot be read"):
            list(lines_of(path))
    assert not is_there(tmp_path / "gone")
    assert not is_there(tmp_path / "gone" / "below")
