from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering import ContrastPair, Experiment, Record, SteerableModel
from tests.tiny import PROMPTS, tiny_model


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "mine.jsonl"


def written(data: Path, *words: str) -> None:
    """Two samples a split for each word, of which one is vulnerable."""
    rows = [
        {
            "id": f"{split} {word} {label}",
            "code": f"{split} {word} w{label}",
            "label": label,
            "asked_cwe": "CWE-79",
        }
        | {"split": split, "language": "c", "pair_id": f"{split} {word}"}
        for split in ("train", "dev", "test")
        for word in words
        for label in (0, 1)
    ]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_a_search_on_data_that_changed_is_made_again(
    starcoder2: SteerableModel, data: Path, records: list[Record]
) -> None:
    written(data, "strcpy", "memcpy")
    first = Experiment(starcoder2, dataset="mine", data_paths={"mine": data}, sink=records.append)
    vector = first.extract(first.contrast_pairs(2), layers=[2])
    for _ in range(2):
        first.search(vector, scales=[1.0])
    one, same = records  # each look is recorded, the second one of what is remembered
    assert (same.spec["data"], same.outcomes, same.metrics) == (one.spec["data"], one.outcomes, one.metrics)
    written(data, "strcpy", "memmove")
    again = replace(first)
    again.search(vector, scales=[1.0])
    assert len(records) == 3
    assert records[2].spec["data"] != one.spec["data"]


def test_a_vector_is_extracted_again_from_a_model_that_was_written_to(data: Path) -> None:
    import torch

    written(data, "w3", "w4")
    experiment = Experiment(tiny_model("qwen2"), dataset="mine", data_paths={"mine": data})
    pairs = [ContrastPair(PROMPTS[0], PROMPTS[1], "mine", "a − b")]
    first = experiment.extract(pairs)
    assert experiment.extract(pairs) is first
    with torch.no_grad():
        next(experiment.model.loaded.module.parameters()).mul_(2)
    assert experiment.extract(pairs).provenance["weights"] != first.provenance["weights"]
