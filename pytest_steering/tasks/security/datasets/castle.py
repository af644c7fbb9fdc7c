"""CASTLE (Dubniczky et al. 2025, MIT): 250 small C programs, one JSON file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.data_files import read_object
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.sample_checks import check_unique
from pytest_steering.tasks.security.code_sample import code_sample
from pytest_steering.tasks.security.datasets.published import Expected, check

FILE_NAME = "CASTLE-C250.min.json"
COMMIT = "c7391c9"

PUBLISHED = Expected(
    counts={"programs": 250, "vulnerable": 150, "safe": 100, "weaknesses": 25},
    fingerprint="faa46e4be97c7022b5ebc3b39421e92bf0da99eaaf97dc1658ae2e77e4c19c3d",
    source=f"{FILE_NAME} of CASTLE-Benchmark/CASTLE-Benchmark at commit {COMMIT}",
)

TWICE = "programs 628-8 and 628-9 are the same but for white space"


def load_castle(path: Path, expect: Expected | None = PUBLISHED) -> list[Sample]:
    """Return CASTLE's programs; they have no twins.

    Args:
        path: The JSON file, or the folder that holds it.
        expect: What the file must hold; None for a file of one's own with this layout.

    Raises:
        DataError: The file is missing, no JSON, lacks a field, or its counts or codes are not those expected.
    """
    file = path / FILE_NAME if path.is_dir() else path
    tests = read_object(file).get("tests")
    if not isinstance(tests, list):
        raise DataError(f"{file} has no list 'tests', so it is not CASTLE; use {PUBLISHED.source}")
    samples = [_sample(test, f"{file}, test {number}", expect) for number, test in enumerate(tests, 1)]
    check_unique(file, samples)
    if expect is not None:
        check("CASTLE", file, samples, _counts(samples), expect)
    return samples


def _sample(test: Any, where: str, expect: Expected | None) -> Sample:
    if not isinstance(test, Mapping):
        raise DataError(f"{where}: found {type(test).__name__}, expected an object; use {PUBLISHED.source}")
    _check_fields(test, where)
    known = expect is PUBLISHED
    return code_sample(
        id=test["id"],
        dataset="castle",
        code=test["code"],
        language="c",
        label=int(test["vulnerable"]),
        asked_cwe=f"CWE-{test['cwe']}",
        reason=test["description"],
        lines=tuple(test["lines"]),
        origin=str(test.get("name", "")) or None,
        license="MIT",
        dataset_commit=COMMIT if known else None,
        label_notes=TWICE if known and test["id"] in ("628-8", "628-9") else None,
    )


_FIELDS = {"id": str, "code": str, "vulnerable": bool, "cwe": int, "description": str, "lines": list}


def _check_fields(test: Mapping[str, Any], where: str) -> None:
    for name, kind in _FIELDS.items():
        if not isinstance(test.get(name), kind):
            found = f"is {type(test[name]).__name__}" if name in test else "is missing"
            raise DataError(
                f"{where}: field {name!r} {found}, expected {kind.__name__}; use {PUBLISHED.source}"
            )


def _counts(samples: list[Sample]) -> dict[str, int]:
    vulnerable = sum(sample.label or 0 for sample in samples)
    weaknesses = len({sample.group for sample in samples})
    found = {"programs": len(samples), "vulnerable": vulnerable, "safe": len(samples) - vulnerable}
    return {**found, "weaknesses": weaknesses}
