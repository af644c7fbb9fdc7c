"""The folder of a merged run, which is there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pytest_steering.errors import DataError
from pytest_steering.execution.merging.completeness import united
from pytest_steering.execution.merging.run_to_merge import Row, Source
from pytest_steering.file_access.storage import DRAFT, named_errors
from pytest_steering.run_folder.ledger import chained
from pytest_steering.run_folder.manifest import Manifest, write_manifest
from pytest_steering.run_folder.runs import Run, begun, manifest_entry


def require_free(folder: Path) -> None:
    """Refuse a place where something lies.

    Raises:
        DataError: It does.
    """
    if folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))):
        raise DataError(
            f"{folder} is there already; name a folder that is not, and the merged run becomes it"
        )


def write_run(
    folder: Path, sources: Sequence[Source], kept: Sequence[Sequence[Row]], missing: Sequence[str]
) -> Run:
    """Write a merged run and return it; whatever ends this process, the folder is whole or not there.

    Args:
        folder: Of the run; nothing may lie there.
        sources: What is merged.
        kept: The records of each of them that are.
        missing: What they lack; see `Manifest.missing`.

    Raises:
        StorageError: It could not be written.
        DataError: A file was written to as it was read.
    """
    with named_errors(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = folder.with_name(f".{secrets.token_hex(8)}{DRAFT}")
        try:
            _write(Run(draft), sources, kept, missing)
            draft.replace(folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return Run(folder)


def _write(
    run: Run, sources: Sequence[Source], kept: Sequence[Sequence[Row]], missing: Sequence[str]
) -> None:
    run.folder.mkdir()
    for source in sources:
        run.prompts.keep(source.run.prompts.read().texts)
    both = list(zip(sources, kept, strict=True))
    _write_lines(run.path, (line for source, rows in both for line in source.lines(rows)))
    manifest = _manifest(sources, missing)
    entries = list(chained(_contents([row for rows in kept for row in rows], manifest)))
    _write_lines(run.ledger_path, (f"{line}\n".encode() for line, _ in entries))
    write_manifest(run.manifest_path, replace(manifest, ledger=entries[-1][1]))


def _contents(rows: Sequence[Row], manifest: Manifest) -> Iterator[dict[str, object]]:
    yield begun([row.line.sha256 for row in rows if not row.vouched])
    yield from (dict(row.entry) for row in rows if row.vouched)
    yield manifest_entry(manifest)


def _manifest(sources: Sequence[Source], missing: Sequence[str]) -> Manifest:
    selected = united(sources)
    every = [source.manifest for source in sources]
    left_out = {name: test for one in every for name, test in one.deselected.items() if name not in selected}
    whole = Manifest(
        asked=_each(one.asked for one in every),
        selected=selected,
        deselected=left_out,
        collected=_each(one.collected for one in every),
        merged=tuple(source.name for source in sources),
        missing=tuple(missing),
    )
    uncollected = _each(one.uncollected for one in every)
    if any(one.status == "unknown" for one in every):
        return replace(whole, uncollected=uncollected)
    return whole.ended({}, uncollected, to_its_end=not missing)


def _each(many: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for some in many for one in some))


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("xb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
