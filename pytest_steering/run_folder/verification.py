"""Which records of a run are as they were written: those that its ledger vouches for, in its order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from pytest_steering.counted import have
from pytest_steering.records import Record
from pytest_steering.run_folder.ledger import Ledger
from pytest_steering.run_folder.manifest import Manifest
from pytest_steering.run_folder.record_entry import RECORD
from pytest_steering.run_folder.record_file import Line, Recorded

Placed: TypeAlias = tuple[Line, Record]


def verified(found: Recorded, ledger: Ledger | None, manifest: Manifest) -> Recorded:
    """Return what a file of records holds without that which was changed by hand, each with a sentence.

    Args:
        found: As the file has it.
        ledger: Of the run; None where none is kept.
        manifest: Of the run; it knows an entry of the ledger by its hash, and that entry knows the manifest.
    """
    sealed = manifest.ledger
    if ledger is None:
        lost = f"the ledger that {_MANIFEST} names is gone, so that nothing vouches for the records"
        return replace(found, doubts=(lost,)) if sealed else found
    if sealed and not ledger.holds(sealed):
        cut = f"the ledger has no entry that {_MANIFEST} names, so that nothing vouches for the records"
        return replace(found, doubts=(*ledger.faults, cut))
    checked = _as_written(found, ledger)
    return replace(checked, doubts=(*_manifest_doubts(manifest, ledger), *checked.doubts))


def _manifest_doubts(manifest: Manifest, ledger: Ledger) -> Iterator[str]:
    """Yield what is wrong with a manifest beside a ledger; earlier versions noted no digest of it."""
    entries = {entry.sha256: entry.content for entry in ledger.of("manifest")}
    noted = {sha256: said["digest"] for sha256, said in entries.items() if "digest" in said}
    edited = manifest.digest != noted.get(manifest.ledger, manifest.digest) or (noted and not manifest.ledger)
    if edited and manifest != Manifest():
        yield f"{_MANIFEST} is not as it was written: what it says of tests and how they ended may be wrong"


_MANIFEST, _SHOWN = "run.json", 5


def _as_written(found: Recorded, ledger: Ledger) -> Recorded:
    earlier = [one for entry in ledger.of("begun") for one in entry.content.get("unvouched", ())]
    entries = [entry.content for entry in ledger.of(RECORD)]
    known = [*earlier, *(str(one["record"]) for one in entries)]
    if known == [line.sha256 for line in found.lines]:
        return replace(found, doubts=(*ledger.faults, *_unvouched(earlier)), vouched=True)
    order, left = {sha: place for place, sha in enumerate(known)}, Counter(known)
    kept: list[Placed] = []
    others: list[Placed] = []
    for one in zip(found.lines, found.records, strict=True):
        (kept if left[one[0].sha256] > 0 else others).append(one)
        left[one[0].sha256] -= 1
    kept.sort(key=lambda one: order[one[0].sha256])
    return replace(
        found,
        records=tuple(record for _, record in kept),
        lines=tuple(line for line, _ in kept),
        doubts=(
            *ledger.faults,
            *_few([_doubt(one, order) for one in others]),
            *_few(list(_gone(entries, kept, others))),
            *_unvouched(earlier),
        ),
        vouched=True,
    )


def _doubt(placed: Placed, known: Mapping[str, int]) -> str:
    line, record = placed
    what = f"line {line.number} of the records ({_name(record.arm, record.spec, record.node_id)})"
    if line.sha256 in known:
        return f"{what} stands there a second time; it is passed over"
    return f"{what} is not as it was written: the ledger knows no such record; it is passed over"


def _gone(
    entries: Sequence[Mapping[str, Any]], kept: Sequence[Placed], others: Sequence[Placed]
) -> Iterator[str]:
    """Name each record that only the ledger knows, unless its cell was measured again or named as changed."""
    there = {line.sha256 for line, _ in kept}
    gone = [entry for entry in entries if entry["record"] not in there]
    again = {record.key for _, record in (*kept, *others)} if gone else set[str]()
    for entry in gone:
        if entry["cell"] not in again:
            yield (
                f"the record of {_name(entry['arm'], entry, entry['test'])} is in the ledger alone: its line "
                "was taken away, or its process was killed as it wrote it"
            )


def _unvouched(earlier: Sequence[str]) -> Iterator[str]:
    if earlier:
        them = "it" if len(earlier) == 1 else "them"
        yield f"{have(len(earlier), 'record', 'is', 'are')} older than the ledger; nothing vouches for {them}"


def _few(sentences: Sequence[str]) -> list[str]:
    more = len(sentences) - _SHOWN
    return [*sentences[:_SHOWN], *([f"and so of {more} more records"] if more > 0 else [])]


def _name(arm: str, said: Mapping[str, Any], test: str) -> str:
    purpose = str(said.get("purpose", ""))
    return f"{arm if purpose in ('', 'score') else purpose} of {test or 'no test'}"
