from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_steering.errors import StorageError
from pytest_steering.file_access import storage
from pytest_steering.file_access.storage import append_line, replace_file, torn_path
from tests.disks import mounted, room_for

LINES = st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b""))
LONG = "x" * 3 * storage._CHUNK


@settings(max_examples=25)
@given(st.lists(LINES, max_size=3), LINES)
def test_what_is_added_is_a_line_of_its_own_whatever_the_file_ended_in(
    tmp_path_factory: pytest.TempPathFactory, whole: list[bytes], torn: bytes
) -> None:
    path = tmp_path_factory.mktemp("run") / "lines"
    before = b"".join(line + b"\n" for line in whole)
    path.write_bytes(before + torn)
    append_line(path, "new")

    assert path.read_bytes() == before + b"new\n"
    aside = torn_path(path)
    assert (aside.read_bytes() if aside.exists() else b"") == (torn + b"\n" if torn else b"")


@pytest.mark.parametrize(
    "size", [1, storage._CHUNK - 1, storage._CHUNK, storage._CHUNK + 1, 10 * storage._CHUNK]
)
@pytest.mark.parametrize("whole", [b"", b"whole\n"])
def test_a_torn_piece_of_any_length_is_set_aside_whole(tmp_path: Path, size: int, whole: bytes) -> None:
    path = tmp_path / "lines"
    path.write_bytes(whole + b"t" * size)
    append_line(path, "new")

    assert path.read_bytes() == whole + b"new\n"
    assert torn_path(path).read_bytes() == b"t" * size + b"\n"


def test_a_disk_that_takes_a_part_of_a_line_is_given_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:7]))
    append_line(tmp_path / "lines", LONG)

    assert (tmp_path / "lines").read_text() == LONG + "\n"


@pytest.mark.parametrize("room", [0, 1, 5])
def test_a_line_that_does_not_fit_leaves_the_file_as_it_was_and_the_disk_is_named(
    tmp_path: Path, room: int
) -> None:
    path = tmp_path / "lines"
    append_line(path, "old")
    with room_for(room), pytest.raises(StorageError) as refused:
        append_line(path, "new line")

    assert path.read_bytes() == b"old\n"
    assert f"{path} cannot be written: No space left on device" in str(refused.value)
    assert f"are free on the disk of {tmp_path}" in str(refused.value)
    append_line(path, "newer")
    assert path.read_bytes() == b"old\nnewer\n"


@pytest.mark.parametrize("room", [0, 3, 8])
def test_a_torn_piece_that_cannot_be_set_aside_stays_where_it_is(tmp_path: Path, room: int) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"old\ntorn it is")
    with room_for(room), pytest.raises(StorageError):
        append_line(path, "new")

    assert path.read_bytes() == b"old\ntorn it is"


def test_without_locks_nothing_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_lock", lambda _file: False)
    path = tmp_path / "lines"
    path.write_bytes(b"old\ntorn")
    append_line(path, "new")
    assert path.read_bytes() == b"old\ntorn\nnew\n"
    with room_for(2), pytest.raises(StorageError):
        append_line(path, "newer")

    assert path.read_bytes() == b"old\ntorn\nnew\nne"


def test_lines_of_several_processes_stay_whole_and_a_torn_piece_is_set_aside_once(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"torn")
    code = (
        "import sys; from pathlib import Path; from pytest_steering.file_access.storage import append_line\n"
        f"for n in range(40): append_line(Path({str(path)!r}), sys.argv[1] * (1000 + 977 * n))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, letter]) for letter in "abc"]

    assert [process.wait() for process in running] == [0, 0, 0]
    lines = path.read_text().splitlines()
    assert sorted(lines) == sorted(letter * (1000 + 977 * n) for letter in "abc" for n in range(40))
    assert torn_path(path).read_bytes() == b"torn\n"


@pytest.mark.parametrize("room", [0, 1, 5])
def test_a_content_that_does_not_fit_leaves_the_old_one_whole_and_nothing_beside_it(
    tmp_path: Path, room: int
) -> None:
    path = tmp_path / "content"
    path.write_bytes(b"old")
    with room_for(room), pytest.raises(StorageError, match="content cannot be written: No space"):
        replace_file(path, b"the new content")

    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("content", b"old")]


def test_an_interrupt_leaves_the_old_content_whole_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes(b"old")
    with mock.patch.object(os, "fsync", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        replace_file(path, b"new")

    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("content", b"old")]


def test_a_replaced_file_keeps_its_link_and_who_may_read_it(tmp_path: Path) -> None:
    path, link = tmp_path / "content", tmp_path / "link"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    replace_file(link, b"new")

    assert link.is_symlink()
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)


def test_a_missing_folder_is_made_where_that_is_asked_for_alone(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "content"
    with pytest.raises(StorageError, match="No such file or directory"):
        replace_file(path, b"new")
    replace_file(path, b"new", parents=True)

    assert path.read_bytes() == b"new"


def _fill(path: Path) -> None:
    while True:
        append_line(path, "x" * 3000)


def test_a_disk_that_is_really_full_loses_neither_lines_nor_contents(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", kibibytes=64) as disk:
        replace_file(disk / "content", b"old")
        with pytest.raises(StorageError, match=rf"No space left.*; 0\.\d MiB are free on the disk of {disk}"):
            _fill(disk / "lines")
        with pytest.raises(StorageError, match="No space left"):
            replace_file(disk / "content", b"y" * 9000)

        assert set((disk / "lines").read_text().splitlines()) == {"x" * 3000}
        assert (disk / "content").read_bytes() == b"old"
        assert sorted(one.name for one in disk.iterdir()) == ["content", "lines"]
