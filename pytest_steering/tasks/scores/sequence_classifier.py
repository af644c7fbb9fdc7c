"""A score by a sequence classifier of transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_steering.errors import DataError, first_line
from pytest_steering.tasks.scores.score import Score, Scored, Written
from pytest_steering.tasks.scores.text_score import too_long

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel

BATCH = 16
"""Answers of one forward pass, where the classifier knows what pads are."""


@dataclass(frozen=True)
class Classifier(Score):
    """A label's probability of each answer.

    Attributes:
        path: Folder or hub id of the classifier.
        label: As its config names it.
    """

    path: str = ""
    label: str = ""

    def of_all(self, written: Sequence[Written], model: SteerableModel | None = None) -> list[Scored]:
        """Return the label's probability of each answer; one that cannot be read whole is named."""
        del model
        loaded = _loaded(self.path)
        column = _column(loaded, self.path, self.label)
        faults = [_fault(loaded, text) for _, text in written]
        readable = [text for (_, text), fault in zip(written, faults, strict=True) if not fault]
        found = iter(_probabilities(loaded, readable, column))
        return [fault or self.within_bounds(next(found)) for fault in faults]


def classifier(path: str, label: str, name: str = "classifier") -> Score:
    """Return the probability that a sequence classifier of transformers gives an answer's label.

    It is read from safetensors, without code of its own.

    Limits: those of its training: a classifier of reviews is not at home in other text, and broken text can
    get any label with certainty. An answer longer than it can read is named and not cut; one without a
    character that is no space has none.

    Args:
        path: A folder, or a hub id, which is then downloaded as transformers does.
        label: As the classifier's config names it, such as `POSITIVE`.
        name: What the score is called.
    """
    return Classifier(
        name,
        bounds=(0.0, 1.0),
        unit="probability",
        meaning=f"probability of {label!r} by the classifier {path}",
        path=path,
        label=label,
    )


class _Loaded(NamedTuple):
    module: Any
    tokenizer: Any
    most_tokens: int
    rows: int


@cache
def _loaded(path: str) -> _Loaded:
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    try:
        module = AutoModelForSequenceClassification.from_pretrained(
            path, use_safetensors=True, trust_remote_code=False
        )
        tokenizer = AutoTokenizer.from_pretrained(path, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise DataError(f"the classifier {path} cannot be loaded: {first_line(error)}") from error
    tokenizer.padding_side = "right"  # on the left, positions would begin at the pads
    known = (tokenizer.model_max_length, getattr(module.config, "max_position_embeddings", None))
    rows = BATCH if module.config.pad_token_id is not None and tokenizer.pad_token else 1
    return _Loaded(module.float().eval(), tokenizer, min(int(one) for one in known if one), rows)


def _column(loaded: _Loaded, path: str, label: str) -> int:
    labels = {str(name): int(column) for column, name in loaded.module.config.id2label.items()}
    if len(labels) < 2 or label not in labels:
        known = ", ".join(map(repr, labels))
        raise DataError(f"the classifier {path} has no label {label!r} among two or more; it has {known}")
    return labels[label]


def _fault(loaded: _Loaded, text: str) -> Scored | None:
    """Return what an answer gets that is not classified, or None for one that is."""
    if not text.strip():
        return Scored(None)
    if long := too_long(text):
        return long
    try:
        tokens = len(loaded.tokenizer(text)["input_ids"])
    except Exception as error:  # tokenizers raise what they like, such as at half a character
        return Scored(None, f"the classifier's tokenizer cannot read it: {first_line(error)}")
    if tokens > loaded.most_tokens:
        return Scored(None, f"it has {tokens:,} tokens, the classifier reads {loaded.most_tokens:,}")
    return None


def _probabilities(loaded: _Loaded, texts: Sequence[str], column: int) -> list[float]:
    import torch

    several = loaded.module.config.problem_type == "multi_label_classification"
    found: list[float] = []
    for start in range(0, len(texts), loaded.rows):
        some = list(texts[start : start + loaded.rows])
        inputs = loaded.tokenizer(some, padding=loaded.rows > 1, return_tensors="pt")
        with torch.inference_mode():
            logits = loaded.module(**inputs).logits.double()
        shares = logits.sigmoid() if several else logits.softmax(-1)
        found += shares[:, column].tolist()
    return found
