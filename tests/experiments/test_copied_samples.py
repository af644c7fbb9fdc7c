"""Two pairs copied many times under ids of their own are two samples: for intervals, tests and findings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering import Experiment, Intervention, SteerableModel
from pytest_steering.tasks.security.datasets.loaders import load_dataset

COPIES = 3


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two twin pairs of the test split, each copied with other ids and a comment more."""
    twins = load_dataset("twins", split="test")[:4]
    rows = [
        {
            "id": f"{one.id}-{copy}",
            "code": f"{one.text}\n// variant {copy}\n",
            "language": one.metadata["language"],
            "label": one.label,
            "asked_cwe": one.group,
            "pair_id": f"{one.pair_id}-{copy}",
            "split": "test",
        }
        for one in twins
        for copy in range(COPIES)
    ]
    path = tmp_path_factory.mktemp("copied") / "copied.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_copies_with_new_ids_are_one_sample_and_are_named(starcoder2: SteerableModel, copied: Path) -> None:
    own = Experiment(starcoder2, limit=8)
    vector = own.extract(own.contrast_pairs(16))
    experiment = replace(own, dataset="mine", data_paths={"mine": copied}, limit=None)
    assert len({one.sample.resampled_with for one in experiment.scored}) == 2
    result = experiment.run(Intervention(vector, [3], 4.0))
    assert result.p_value() >= 0.5
    accuracy = result.steered.estimate("accuracy")
    assert accuracy.high - accuracy.low > 0.8
    (named,) = [one for one in result.findings if one.id == "copies-scored"]
    assert named.sentence.startswith(f"{2 * COPIES} samples or pairs are 2 once copies are counted together")
