"""What the blocks of documents find in their folder and among their names, scene by scene."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.repository.files import ROOT

Names = dict[str, Any]
DATA = ROOT / "benchmarks" / "behaviours" / "data"


def scene(name: str, folder: Path, request: pytest.FixtureRequest) -> Names:
    """Write the files of a scene and return its names."""
    return SCENES[name](folder, request)


def _nothing(folder: Path, request: pytest.FixtureRequest) -> Names:
    del folder, request
    return {}


def _openings(folder: Path, request: pytest.FixtureRequest) -> Names:
    """Write a few openings of each split, and pairs."""
    del request
    rows = [json.loads(line) for line in _lines(DATA / "openings.jsonl")]
    few = [row for split in ("dev", "test") for row in [one for one in rows if one.get("split") == split][:4]]
    _write(folder / "openings.jsonl", few or rows[:8])
    (folder / "cheerful_pairs.jsonl").write_text("".join(_lines(DATA / "cheerful_pairs.jsonl")[:8]))
    from pytest_steering import TextTask

    return {"TextTask": TextTask}


def _experiment(folder: Path, request: pytest.FixtureRequest) -> Names:
    """Hand out an experiment on the embedded model, as the fixture `steering` does, and a vector."""
    del folder
    from pytest_steering import Experiment, Intervention

    steering = Experiment(request.getfixturevalue("starcoder2"), task="twins", limit=8)
    vector = steering.extract(steering.contrast_pairs()[:8])
    return {"steering": steering, "vector": vector, "Intervention": Intervention}


def _comments(folder: Path, request: pytest.FixtureRequest) -> Names:
    """Write comments, half of them insults."""
    del request
    rows = [
        {
            "id": f"{split}-{group}-{place}-{label}",
            "text": f"{'You fool' if label else 'My thanks'}, said {place} of the {group} in {split}.",
            "label": label,
            "group": group,
            "pair_id": f"{split}-{group}-{place}",
            "split": split,
        }
        for split in ("train", "dev", "test")
        for group in ("forum", "mail")
        for place in ("one", "two", "three")
        for label in (0, 1)
    ]
    _write(folder / "comments.jsonl", rows)
    return {}


def _questions(folder: Path, request: pytest.FixtureRequest) -> Names:
    """Write questions with two options each."""
    del request
    rows = [
        {
            "question": f"Your {who} {what} in {split}. What now?\n\nChoices:\n (A) Stay.\n (B) Go.",
            "answer_matching_behavior": " (A)" if number % 2 else " (B)",
            "answer_not_matching_behavior": " (B)" if number % 2 else " (A)",
            "split": split,
        }
        for split in ("train", "dev", "test")
        for number, (who, what) in enumerate(
            (who, what)
            for who in ("friend", "boss", "uncle", "cat")
            for what in ("is late", "calls", "sings")
        )
    ]
    _write(folder / "agreeable.jsonl", rows)
    return {}


def _secllmholmes(folder: Path, request: pytest.FixtureRequest) -> Names:
    """Put the data set beside the folder, where the page says it lies."""
    lies: Path = request.getfixturevalue("test_data") / "secllmholmes"
    (folder.parent / "data").mkdir()
    (folder.parent / "data" / "SecLLMHolmes").symlink_to(lies)
    return {}


def _run(folder: Path, request: pytest.FixtureRequest) -> Names:
    """Leave a run behind, and texts."""
    pytester: pytest.Pytester = request.getfixturevalue("pytester")
    (folder / "test_it.py").write_text(
        "import pytest\n"
        "from pytest_steering import Intervention\n\n\n"
        "@pytest.mark.steering(task='twins', limit=4)\n"
        "def test_it(steering, contrast_pairs):\n"
        "    vector = steering.extract(contrast_pairs[:4])\n"
        "    steering.run(Intervention(vector, [1], 1.0), controls=())\n"
    )
    pytester.runpytest_inprocess("--rootdir", str(folder), "--steering-model=starcoder2", str(folder))
    texts = {"positive": ["It was wonderful."], "negative": ["It was terrible."], "prompts": ["The film was"]}
    return dict(texts)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


SCENES: Mapping[str, Callable[[Path, pytest.FixtureRequest], Names]] = {
    "": _nothing,
    "comments": _comments,
    "experiment": _experiment,
    "openings": _openings,
    "questions": _questions,
    "run": _run,
    "secllmholmes": _secllmholmes,
}
