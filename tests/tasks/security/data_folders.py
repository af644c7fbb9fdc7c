"""A small folder of SecLLMHolmes' layout, written for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pytest_steering.tasks.sample import Sample


def known(sample: Sample, *names: str) -> tuple[Any, ...]:
    """What is known of a sample beside what every sample has."""
    return tuple(sample.metadata.get(name) for name in names)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def small_secllmholmes(root: Path) -> Path:
    """Write a folder of the published layout with code of our own: 2 + 2 + 2 + 2 scenarios, 2 few-shot."""
    _scenario(root / "hand-crafted", "ground-truth", "CWE-787", "1", "p_1")
    _scenario(root / "augmented/trivial/A1", "ground_truth", "CWE-787", "1", "p_1")
    _scenario(root / "augmented/non-trivial/A2/A2_0", "ground-truth", "CWE-787", "p_1")
    _scenario(root / "augmented/non-trivial/A2/A2_1", "ground-truth", "CWE-787", "p_1")
    _scenario(root / "augmented/non-trivial/A3/A3_0", "ground-truth", "CWE-787", "1")
    _scenario(root / "augmented/non-trivial/A3/A3_1", "ground-truth", "CWE-787", "1")
    for name in ("vuln", "patch"):
        write(root / f"real-world/tool/CVE-2000-1/{name}.c", f"int {name};\n")
        write(root / f"real-world/tool/CVE-2000-1/{name}.txt", f"Why {name}.")
    write(root / "real-world/cve_details.json", json.dumps({"tool": {"CVE-2000-1": {"cwe": "cwe-476"}}}))
    for stem in ("cwe-787", "cwe-787-p"):
        write(root / f"few-shot/examples/{stem}.c", f"char shot_{len(stem)};\n")
        write(root / f"few-shot/reasoning/{stem}.txt", f"In short, {stem}.")
        write(root / f"few-shot/step-by-step-reasoning/{stem}.txt", f"Step 1, {stem}.")
    return root


def _scenario(folder: Path, reasons: str, weakness: str, *stems: str) -> None:
    for stem in stems:
        write(folder / "dataset" / weakness / f"{stem}.c", f"/* {folder.name} */ int f_{stem};\n")
        write(folder / reasons / weakness / f"{stem}.txt", f"Because of {stem}.")
