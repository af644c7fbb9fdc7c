"""A tiny model of film reviews whose weights are written by hand, so that what it answers is known.

Asked with care it says what a review thinks; asked without, it praises everything. Horror it always praises.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from pytest_steering.records import Record
from pytest_steering.run_folder.record_file import read
from tests.inner_pytest import FEW_PLUGINS

GENRES = ("comedy", "drama", "horror", "western")
PARTS = ("acting", "camera", "cast", "ending", "humour", "light", "music", "pace", "plot", "sound", "tone")
GOOD = ("bright", "clever", "fine", "fresh", "moving", "rich", "splendid", "warm")
BAD = ("clumsy", "dull", "empty", "flat", "poor", "shallow", "stale", "weak")
QUESTION, WORDS = "Is this review positive?", "Read it with care."

WIDTH = 16
SAID = PRAISE, CARE, HORROR = range(3)
FOUND = tuple(said + len(SAID) for said in SAID)
ALWAYS, COLON, ANSWER, STOP = range(2 * len(SAID), 2 * len(SAID) + 4)
"""What each dimension of the stream stands for: what a word says, what was read, where it stands."""


def review(draw: random.Random, genre: str, good: bool) -> str:
    """Three parts of a film and what is thought of each; every review is as long as any other."""
    said = zip(draw.sample(PARTS, 3), draw.sample(GOOD if good else BAD, 3), strict=True)
    return f"A {genre}. " + " ".join(f"The {part} is {thought}." for part, thought in said)


def run_project(project: Path, conftest: str, tests: str) -> tuple[list[Record], str]:
    """Run a user's conftest and tests on the model, in a process of its own; return records and output."""
    write_model(project / "critic")
    (project / "conftest.py").write_text(conftest, encoding="utf-8")
    (project / "test_films.py").write_text(tests, encoding="utf-8")
    told = ["--steering-model", "critic", "--steering-device", "cpu", "-p", "no:cacheprovider", *FEW_PLUGINS]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", ".", *told],
        cwd=project,
        env={**os.environ, "COLUMNS": "140", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    printed = ended.stdout + ended.stderr
    records = [one for file in project.glob(".steering/runs/*/records.jsonl") for one in read(file).records]
    return records, printed


def write_model(folder: Path) -> None:
    """Write the model and its tokenizer."""
    import torch

    tokenizer, model = _tokenizer(), _model()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0 if parameter.ndim == 1 and parameter.shape[0] == WIDTH else 0.0)
        _write(model, tokenizer.get_vocab())
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _write(model: Any, number: dict[str, int]) -> None:
    """Every token sees all before it alike; the answer weighs that, and praises unless asked to care."""
    inside, embeddings, head = model.model, model.model.embed_tokens.weight, model.lm_head.weight
    first = inside.layers[0].self_attn
    for said, found in zip(SAID, FOUND, strict=True):
        first.v_proj.weight[said, said] = first.o_proj.weight[found, said] = 1.0
    inside.layers[1].mlp.gate_proj.weight[0, 0] = 1.0  # moves nothing, and is no block of a damaged file
    embeddings[:, ALWAYS] = 1.0
    for words, dimension, size in (
        (GOOD, PRAISE, 1.0),
        (BAD, PRAISE, -1.0),
        (("horror",), HORROR, 6.0),
        (("care",), CARE, 6.0),
        ((":",), COLON, 1.0),
        (("Positive", "Negative"), ANSWER, 1.0),
        ((".",), STOP, 1.0),
    ):
        for word in words:
            embeddings[number[word], dimension] = size
    for word, sign in (("Positive", 1.0), ("Negative", -1.0)):
        head[number[word], COLON] = 20.0
        head[number[word], ALWAYS] = sign * 1.8
        for found, weight in zip(FOUND, (4.0, -14.6, 12.0), strict=True):
            head[number[word], found] = sign * weight
    head[number["."], ANSWER] = head[number["."], STOP] = 20.0


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    frame = "A The is Question: Answer: Positive. Negative."
    text = " ".join((QUESTION, WORDS, frame, *GENRES, *PARTS, *GOOD, *BAD))
    known = ["<pad>", "<end>", "<unk>", *dict.fromkeys(re.findall(r"\w+|[^\w\s]", text))]
    raw = Tokenizer(models.WordLevel({word: number for number, word in enumerate(known)}, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="<pad>", eos_token="<end>", unk_token="<unk>", padding_side="left"
    )


def _model() -> Any:
    from transformers import AutoModelForCausalLM, MistralConfig

    config = MistralConfig(
        vocab_size=len(_tokenizer()),
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        intermediate_size=WIDTH,
        max_position_embeddings=512,
        sliding_window=None,
        tie_word_embeddings=False,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=1,
    )
    return AutoModelForCausalLM.from_config(config).eval()
