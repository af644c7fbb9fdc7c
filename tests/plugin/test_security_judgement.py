"""The benchmark on published data, with a random model of 8k context: it runs, counts and reports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.test_security_judgement import require_data
from pytest_steering.models.loading.specs import resolve_model
from pytest_steering.records import Record
from pytest_steering.run_folder.record_file import read

ROOT = Path(__file__).parents[2]
BENCHMARK = "benchmarks/test_security_judgement.py"
FEW = 8
CONTEXT = 8192

FEWER = f"""
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        item.module.PAIRS, item.module.SEARCHED = 6, 4
        item.add_marker(pytest.mark.steering(limit={FEW}), append=False)
"""


@pytest.fixture(scope="module")
def random_starcoder2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Starcoder2 of tiny width with the published models' class and half their context."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, Starcoder2Config

    folder = tmp_path_factory.mktemp("models") / "random-starcoder2"
    tokenizer = AutoTokenizer.from_pretrained(resolve_model("starcoder2").source)
    config = Starcoder2Config(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_key_value_heads=1,
        intermediate_size=32,
        max_position_embeddings=CONTEXT,
        sliding_window=None,
        initializer_range=0.2,
        **{name: getattr(tokenizer, name) for name in ("pad_token_id", "bos_token_id", "eos_token_id")},
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def judged(model: str, tmp_path: Path, *options: str) -> tuple[str, list[Record]]:
    """Run the benchmark in a process of its own and return what it printed and recorded."""
    (tmp_path / "fewer.py").write_text(FEWER)
    command = ["-p", "fewer", "-p", "no:cacheprovider", BENCHMARK, "-rs", "--steering-batch-rows", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *_plugin(), *command, "--steering-model", model, *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "COLUMNS": "160"}
        | {"PYTEST_STEERING_DIR": str(tmp_path / "steering")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, list(_records(tmp_path))


def _plugin() -> list[str]:
    """Name the plugin where the package runs from a checkout that is not installed."""
    from importlib.metadata import entry_points

    known = {point.value for point in entry_points(group="pytest11")}
    return [] if "pytest_steering.plugin" in known else ["-p", "pytest_steering.plugin"]


def _records(tmp_path: Path) -> Iterator[Record]:
    for file in (tmp_path / "steering").glob("runs/*/records.jsonl"):
        yield from read(file).records


@pytest.mark.slow
def test_published_code_is_judged_by_a_model_of_8k_context(
    random_starcoder2: Path, test_data: Path, tmp_path: Path
) -> None:
    data = [f"--steering-data={name}={test_data / name}" for name in ("secllmholmes", "sven")]
    printed, records = judged(
        str(random_starcoder2), tmp_path, "-m", "starcoder2", "-k", "S1 and sven", *data
    )

    scored = [record for record in records if record.spec["purpose"] == "score"]
    arms = ["unsteered", "steered", "random:0", "random:1", "random:2", "negated", "shuffled", "threshold"]
    assert [record.arm for record in scored] == arms
    for record in scored:
        assert record.spec["vectors"] == {"dataset": "sven", "contrast": "vulnerable − patched"}
        assert record.spec["data"]["dataset"] == "secllmholmes"
        assert record.spec["prompt"] == {"form": "S1", "rendering": "plain text", "both_polarities": False}
        assert 0 < len(record.outcomes) <= FEW
        assert any(len(one.prompt_sha256) == 64 and one.margin is not None for one in record.outcomes)
        assert any(one.cluster for one in record.outcomes)
        too_long = [one for one in record.outcomes if one.skipped]
        assert record.counts["skipped"] == len(too_long)
        assert all(f"exceed the context of {CONTEXT}" in one.skipped for one in too_long)
    assert len({record.key for record in scored}) == len(scored)
    searched = {
        (record.spec["data"]["dataset"], record.spec["data"]["split"])
        for record in records
        if record.spec["purpose"] == "search"
    }
    assert searched == {("sven", "val")}
    assert "random-starcoder2" in printed
    assert "secllmholmes" in printed


@pytest.mark.slow
def test_what_exceeds_a_short_context_is_counted_and_not_cut(test_data: Path, tmp_path: Path) -> None:
    data = f"--steering-data=secllmholmes={test_data / 'secllmholmes'}"
    _, records = judged("starcoder2", tmp_path, "-k", "S1 and twins", data)
    steered = next(one for one in records if (one.arm, one.spec["purpose"]) == ("steered", "score"))
    skipped = [one.skipped for one in steered.outcomes if one.skipped]
    assert 0 < len(skipped) == steered.counts["skipped"] < len(steered.outcomes)
    assert all("exceed the context of 512" in reason for reason in skipped)


@pytest.mark.parametrize(
    ("task", "source", "given", "needed"),
    [
        ("secllmholmes", "twins", (), "secllmholmes"),
        ("secllmholmes", "sven", ("secllmholmes",), "sven"),
        ("secllmholmes", "sven", ("secllmholmes", "sven"), ""),
    ],
)
def test_a_case_without_its_data_is_skipped(
    task: str, source: str, given: Sequence[str], needed: str
) -> None:
    questions = SimpleNamespace(task=SimpleNamespace(name=task), source=SimpleNamespace(name=source))
    experiment: Any = SimpleNamespace(questions=questions, data_paths=dict.fromkeys(given))
    sentence = f"needs published data: give --steering-data {needed}=FOLDER"
    with pytest.raises(pytest.skip.Exception, match=sentence) if needed else nullcontext():
        require_data(experiment)


@pytest.mark.slow
def test_without_the_data_every_case_is_skipped_with_a_sentence(tmp_path: Path) -> None:
    printed, records = judged("starcoder2", tmp_path)
    assert "needs published data: give --steering-data secllmholmes=FOLDER" in printed
    assert not records
