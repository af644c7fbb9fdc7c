"""SVEN (He & Vechev 2023, MIT): functions before and after the commit that fixed them.

The pairs are for building vectors. A vector must not be scored on the split it was built from; `overlap`
finds out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.fields import required_text
from pytest_steering.tasks.jsonlines import read_rows
from pytest_steering.tasks.overlap import normalised
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.sample_checks import check_unique
from pytest_steering.tasks.security.code_sample import AS_PUBLISHED, LABEL_DOUBTFUL, code_sample
from pytest_steering.tasks.security.datasets.published import Expected, check

COMMIT = "e8449a0"
SPLITS = ("train", "val")
LANGUAGES = {"py": "python", "c": "c", "h": "c", "cpp": "cpp", "cc": "cpp", "C": "cpp"}
SAME = "the code before and after the fix differs in white space alone, so one of the two labels is wrong"

PUBLISHED = Expected(
    counts={"train pairs": 720, "val pairs": 83, "weaknesses": 9},
    fingerprint="267729ed8b8e0c3d1e8f507388d0799f05408a3eee0f0cebc8d58ed8e02a333e",
    source=f"the folder data_train_val of eth-sri/sven at commit {COMMIT}",
)


def load_sven(path: Path, expect: Expected | None = PUBLISHED) -> list[Sample]:
    """Return SVEN's functions, the vulnerable and the patched one of a pair next to each other.

    Args:
        path: The repository's folder, or its `data_train_val` folder.
        expect: What the folder must hold; None for a folder of one's own with this layout.

    Raises:
        DataError: The folder has another layout, a line is no pair, or counts or codes are not those
            expected.
    """
    root = path / "data_train_val" if (path / "data_train_val").is_dir() else path
    if not all((root / split).is_dir() for split in SPLITS):
        raise DataError(f"{path} is no SVEN folder, it lacks train or val; use {PUBLISHED.source}")
    commit = COMMIT if expect is PUBLISHED else None
    samples = [sample for split in SPLITS for sample in _split(root / split, commit)]
    check_unique(path, samples)
    if expect is not None:
        check("SVEN", path, samples, _counts(samples), expect)
    return samples


def _split(folder: Path, commit: str | None) -> Iterator[Sample]:
    for file in sorted(folder.glob("*.jsonl")):
        for number, row in read_rows(file):
            yield from _pair(row, f"{folder.name}/{file.stem}/{number}", f"{file}, line {number}", commit)


def _pair(row: Mapping[str, Any], pair: str, where: str, commit: str | None) -> Iterator[Sample]:
    before, after = (required_text(row, name, where) for name in ("func_src_before", "func_src_after"))
    same = normalised(before) == normalised(after)
    for role, code, label in (("vulnerable", before, 1), ("patched", after, 0)):
        yield code_sample(
            id=f"{pair}/{role}",
            dataset="sven",
            code=code,
            language=_language(required_text(row, "file_name", where), where),
            label=label,
            asked_cwe=_weakness(required_text(row, "vul_type", where), where),
            split=pair.split("/")[0],
            dataset_commit=commit,
            pair_id=pair,
            pair_role=role,
            lines=_deleted_lines(row) if label else (),
            origin=f"{required_text(row, 'commit_link', where)}:{row['file_name']}",
            license="MIT for the collection; the code keeps its project's licence",
            label_status=LABEL_DOUBTFUL if same else AS_PUBLISHED,
            label_notes=SAME if same else None,
        )


def _weakness(name: str, where: str) -> str:
    digits = name.lower().removeprefix("cwe-")
    if not digits.isdecimal():
        raise DataError(f"{where}: field 'vul_type' is {name!r}, expected one such as 'cwe-089'")
    return f"CWE-{int(digits)}"


def _language(file_name: str, where: str) -> str:
    ending = PurePosixPath(file_name).suffix.removeprefix(".")
    if ending not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise DataError(f"{where}: field 'file_name' ends in {ending!r}, expected one of {known}")
    return LANGUAGES[ending]


def _deleted_lines(row: Mapping[str, Any]) -> tuple[int, ...]:
    changes = row.get("line_changes")
    deleted = changes.get("deleted", []) if isinstance(changes, Mapping) else []
    return tuple(change["line_no"] for change in deleted)


def _counts(samples: list[Sample]) -> dict[str, int]:
    pairs = {split: sum(sample.split == split for sample in samples) // 2 for split in SPLITS}
    weaknesses = len({sample.group for sample in samples})
    return {**{f"{split} pairs": count for split, count in pairs.items()}, "weaknesses": weaknesses}
