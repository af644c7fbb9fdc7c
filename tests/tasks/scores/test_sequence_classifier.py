from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from pytest_steering import scores
from pytest_steering.errors import DataError
from tests.tasks.scores.scored import faults, values
from tests.tiny import tiny_tokenizer

TEXTS = ("w3 w14 w15", "w5", "w35 w89 w79 w32 w38 w46 w26 w43", "w27 w18 w28") * 5
LONGEST = 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random classifier of three labels, saved as transformers does."""
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        vocab_size=96,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=LONGEST,
        id2label={0: "bad", 1: "fair", 2: "good"},
        label2id={"bad": 0, "fair": 1, "good": 2},
        initializer_range=0.5,
    )
    path = tmp_path_factory.mktemp("classifier")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertForSequenceClassification(config).save_pretrained(path)
    tiny_tokenizer().save_pretrained(path)
    return path


def by_hand(folder: Path, text: str) -> torch.Tensor:
    """The three probabilities of one text alone."""
    from transformers import BertForSequenceClassification

    module: Any = BertForSequenceClassification.from_pretrained(folder).eval()
    with torch.no_grad():
        logits = module(torch.tensor([tiny_tokenizer()(text)["input_ids"]])).logits[0].double()
    shares: torch.Tensor = logits.exp() / logits.exp().sum()
    return shares


def test_it_is_the_probability_of_the_label_whatever_stands_beside_in_the_batch(folder: Path) -> None:
    found = values(scores.classifier(str(folder), "good"), *TEXTS)
    expected = [float(by_hand(folder, text)[2]) for text in TEXTS[:4]] * 5
    assert found == pytest.approx(expected, rel=1e-4)
    assert len(set(expected)) == 4


def test_a_classifier_that_knows_no_pads_reads_one_answer_at_a_time(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, "pad_token_id": None}))
    found = values(scores.classifier(str(tmp_path), "good"), *TEXTS)
    assert found == pytest.approx(values(scores.classifier(str(folder), "good"), *TEXTS), rel=1e-4)


def test_the_probabilities_of_all_labels_sum_to_one(folder: Path) -> None:
    parts = [values(scores.classifier(str(folder), label), "w3 w9")[0] for label in ("bad", "fair", "good")]
    assert sum(one for one in parts if one is not None) == pytest.approx(1)


def test_answers_it_cannot_read_are_named_and_shift_no_other(folder: Path) -> None:
    long = " ".join(["w3"] * (LONGEST + 1))
    score = scores.classifier(str(folder), "good")
    found = score.of_all([("p", text) for text in ("w3", long, "", "\ud800", "w5 w6")])
    assert [found[0].value, found[4].value] == pytest.approx(values(score, "w3", "w5 w6"))
    assert found[1].fault == f"it has {LONGEST + 1} tokens, the classifier reads {LONGEST}"
    assert values(score, " ".join(["w3"] * LONGEST)) != [None]
    assert found[2] == (None, "")
    assert found[3].value is None
    assert found[3].fault.startswith("the classifier's tokenizer cannot read it")
    assert faults(score, "x" * 200_000)[0].startswith("the answer has 200,000 characters")


def test_a_label_it_does_not_have_is_refused_with_those_it_has(folder: Path) -> None:
    with pytest.raises(
        DataError, match="has no label 'POSITIVE' among two or more; it has 'bad', 'fair', 'good'"
    ):
        scores.classifier(str(folder), "POSITIVE").of_all([("p", "w3")])


def test_a_classifier_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be loaded"):
        scores.classifier(str(tmp_path), "good").of_all([("p", "w3")])


def test_pickled_weights_are_not_read(folder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(DataError, match="cannot be loaded"):
        scores.classifier(str(tmp_path), "good").of_all([("p", "w3")])
