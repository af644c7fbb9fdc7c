"""Where SecLLMHolmes keeps its scenarios. Only code, reasons and one JSON file are opened.

    hand-crafted/dataset/CWE-n/{1,2,3,p_1,p_2,p_3}.{c,py}        ground-truth/CWE-n/*.txt
    augmented/trivial/A1…A7/dataset/CWE-n/…                      ground_truth/CWE-n/*.txt
    augmented/non-trivial/A1…A6/{A1_0,A1_1}/dataset/CWE-n/…      _0: before the augmentation, _1: after it
    real-world/PROJECT/CVE-…/{vuln,patch}.{c,txt}                cve_details.json names the weaknesses
    few-shot/{examples,reasoning,step-by-step-reasoning}/cwe-n{,-p}.*

`p_`, `patch` and `-p` mark the patched twin; the digit is the difficulty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pytest_steering.errors import DataError
from pytest_steering.tasks.data_files import folders, read_object, read_text
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.code_sample import code_sample, with_metadata
from pytest_steering.tasks.security.datasets.secllmholmes.published_files import LICENSE, PUBLISHED, FewShot

PARTS = ("hand-crafted", "augmented", "real-world", "few-shot")
LANGUAGES = {".c": "c", ".py": "python"}


def find_root(path: Path) -> Path:
    """Return the folder that holds the four parts: the one given, or `datasets` within it.

    Raises:
        DataError: A part is missing; it is named.
    """
    root = path / "datasets" if (path / "datasets").is_dir() else path
    missing = [part for part in PARTS if not (root / part).is_dir()]
    if missing:
        raise DataError(
            f"{path} is no SecLLMHolmes folder, it lacks {', '.join(missing)}; use {PUBLISHED.source}"
        )
    return root


def hand_crafted(root: Path) -> Iterator[Sample]:
    """Yield the hand-crafted scenarios, each with its pair."""
    for sample in _scenarios(root / "hand-crafted", "hand-crafted", "hand-crafted"):
        yield _paired(sample, f"hand-crafted/{sample.group}/{sample.metadata['difficulty']}")


def trivial(root: Path) -> Iterator[Sample]:
    """Yield the scenarios with renamed names, white space and unused code."""
    for folder in folders(root / "augmented" / "trivial", "A*"):
        yield from _augmented(folder, "trivial", folder.name)


def non_trivial(root: Path) -> Iterator[Sample]:
    """Yield the scenarios with misleading names and library calls."""
    for folder in folders(root / "augmented" / "non-trivial", "A*"):
        yield from _augmented(folder / f"{folder.name}_1", "non-trivial", folder.name)


def before_augmentation(root: Path) -> Iterator[Sample]:
    """Yield the code that the non-trivial augmentations were made from."""
    for folder in folders(root / "augmented" / "non-trivial", "A*"):
        yield from _augmented(folder / f"{folder.name}_0", "before-augmentation", folder.name)


def real_world(root: Path) -> Iterator[Sample]:
    """Yield functions of real projects before and after the fix of a published vulnerability."""
    details = read_object(root / "real-world" / "cve_details.json")
    for project in folders(root / "real-world"):
        for folder in folders(project, "CVE-*"):
            weakness = _weakness(details, project.name, folder.name)
            for name, label in (("vuln", 1), ("patch", 0)):
                yield _real(folder, f"real-world/{project.name}/{folder.name}", name, label, weakness)


def few_shot(root: Path) -> Iterator[FewShot]:
    """Yield the worked examples."""
    folder = root / "few-shot"
    for path in _codes(folder / "examples"):
        patched = path.stem.endswith("-p")
        sample = code_sample(
            id=f"few-shot/{path.name}",
            label=0 if patched else 1,
            asked_cwe=path.stem.removesuffix("-p").upper(),
            reason=read_text(folder / "reasoning" / f"{path.stem}.txt"),
            **_common(path, "few-shot"),
        )
        yield FewShot(sample, read_text(folder / "step-by-step-reasoning" / f"{path.stem}.txt"))


def _augmented(folder: Path, subset: str, augmentation: str) -> Iterator[Sample]:
    prefix = f"{subset}/{augmentation}"
    for sample in _scenarios(folder, prefix, subset):
        base = f"hand-crafted/{sample.id.removeprefix(prefix + '/')}"
        yield with_metadata(replace(sample, base_id=base), base_id=base, augmentation=augmentation)


def _scenarios(folder: Path, prefix: str, subset: str) -> Iterator[Sample]:
    """Yield the samples of one `dataset` folder with the reasons beside it."""
    for weakness in folders(folder / "dataset", "CWE-*"):
        for path in _codes(weakness):
            yield code_sample(
                id=f"{prefix}/{weakness.name}/{path.name}",
                label=0 if path.stem.startswith("p_") else 1,
                asked_cwe=weakness.name,
                difficulty=path.stem.removeprefix("p_"),
                reason=read_text(_reasons(folder) / weakness.name / f"{path.stem}.txt"),
                **_common(path, subset),
            )


def _reasons(folder: Path) -> Path:
    """The trivial part spells this folder's name with an underscore."""
    name = "ground_truth" if (folder / "ground_truth").is_dir() else "ground-truth"
    return folder / name


def _real(folder: Path, pair: str, name: str, label: int, weakness: str) -> Sample:
    path = folder / f"{name}.c"
    reason = read_text(folder / f"{name}.txt")
    common = _common(path, "real-world")
    return _paired(
        code_sample(id=f"{pair}/{path.name}", label=label, asked_cwe=weakness, reason=reason, **common), pair
    )


def _paired(sample: Sample, pair: str) -> Sample:
    return with_metadata(replace(sample, pair_id=pair), pair_role="vulnerable" if sample.label else "patched")


def _weakness(details: Mapping[str, Any], project: str, cve: str) -> str:
    try:
        return str(details[project][cve]["cwe"]).upper()
    except (KeyError, TypeError) as error:
        raise DataError(
            f"cve_details.json names no weakness for {project}/{cve}; use {PUBLISHED.source}"
        ) from error


def _codes(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in LANGUAGES and path.is_file())


def _common(path: Path, subset: str) -> dict[str, Any]:
    return {
        "dataset": "secllmholmes",
        "code": read_text(path),
        "language": LANGUAGES[path.suffix],
        "subset": subset,
        "license": LICENSE,
    }
