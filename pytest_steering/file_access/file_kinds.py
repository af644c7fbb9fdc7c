"""What a file is that was taken for another, told from its content: pointers, archives, pages, tables."""

from __future__ import annotations

import zipfile
from pathlib import Path

_START = 4096

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (
        b"version https://git-lfs.github.com/spec/",
        "a Git-LFS pointer: the file itself was never fetched. Run `git lfs pull` in its repository",
    ),
    (b"GGUF", "a GGUF file"),
    (b"\x93NUMPY", "a NumPy array (.npy)"),
    (b"PAR1", "a Parquet table; write it as JSON lines: pandas.read_parquet(path).to_json(..., "
     'orient="records", lines=True)'),
    (b"ARROW1", "an Arrow file; write it as JSON lines"),
    (b"\x89HDF", "an HDF5 file; take its arrays out and save those"),
    (b"SQLite format 3", "an SQLite database; write its rows as JSON lines"),
    (b"\x1f\x8b", "packed with gzip; unpack it first (gunzip)"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd; unpack it first (unzstd)"),
    (b"\xfd7zXZ", "packed with xz; unpack it first (unxz)"),
    (b"BZh", "packed with bzip2; unpack it first (bunzip2)"),
    (b"%PDF", "a PDF"),
)  # fmt: skip


def file_kind(path: Path) -> str:
    """Return what a file is and what to do about it; nothing where its content tells no kind known here.

    Args:
        path: Of a file that could not be read as what was expected.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_START)
    except OSError:
        return _unfetched(path)
    known = next((said for beginning, said in _BEGINNINGS if start.startswith(beginning)), "")
    return known or _by_content(path, start)


def _unfetched(path: Path) -> str:
    """Return what a link that leads nowhere is: git-annex keeps what was not fetched so."""
    annexed = path.is_symlink() and ".git/annex/objects" in str(path.readlink())
    return _ANNEXED if annexed else ""


_ANNEXED = "a git-annex pointer: the file itself was never fetched. Run `git annex get` on it"


def _by_content(path: Path, start: bytes) -> str:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "empty: a download or a copy did not end"
    if b"/annex/objects/" in start[:300] and start.startswith(b"/"):
        return _ANNEXED
    if text.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "a web page, as a refused download leaves one; get the file itself, by its raw address"
    if start.startswith(b"PK\x03\x04"):
        return _archive(path)
    if start[257:262] == b"ustar":
        return "a tar archive; unpack it first"
    return ""


def _archive(path: Path) -> str:
    """Return what a zip archive is by what lies in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return "a zip archive that is cut off; get it again"
    if any(name.endswith("data.pkl") for name in names):
        return ""  # torch.save wrote it: a pickle, which whoever reads vectors has words for
    if names and all(name.endswith(".npy") for name in names):
        shown = ", ".join(sorted(name.removesuffix(".npy") for name in names)[:3])
        return f"a NumPy archive (.npz) of {shown}"
    return "a zip archive; unpack it first"
