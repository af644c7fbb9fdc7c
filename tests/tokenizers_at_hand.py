"""Tokenizers that read text in the ways of the field, trained on a few lines in some milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

CORPUS = [
    "Is it (A) or (B)? I choose (A)",
    "Answer: Yes",
    "Answer: No",
    "(B",
    "(A",
    "the answer is Yes A B 12 123",
    "\nAnswer:\n(A) naïve 日本語 😀",
] * 20

SPECIAL = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}


def _metaspace(scheme: str) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers

    raw = Tokenizer(models.BPE(unk_token=SPECIAL["unk_token"], byte_fallback=True))
    raw.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme=scheme)
    return _trained(raw)


def _prepended() -> Any:
    """As old LLaMA files are: a mark before the text and for each space; merges know no words."""
    from tokenizers import Tokenizer, models, normalizers

    raw = Tokenizer(models.BPE(unk_token=SPECIAL["unk_token"], byte_fallback=True))
    raw.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return _trained(raw)


def _bytes(*normal: str) -> Any:
    """As GPT-2 reads, after normalizers of the given names."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    raw = Tokenizer(models.BPE())
    if normal:
        raw.normalizer = normalizers.Sequence([getattr(normalizers, name)() for name in normal])
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return _trained(raw, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())


def _unigram() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    raw = Tokenizer(models.Unigram())
    raw.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    raw.train_from_iterator(
        CORPUS,
        trainers.UnigramTrainer(
            vocab_size=90, special_tokens=[*SPECIAL.values()], unk_token=SPECIAL["unk_token"]
        ),
    )
    return raw


def _word_pieces() -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    raw = Tokenizer(models.WordPiece(unk_token=SPECIAL["unk_token"]))
    raw.normalizer = normalizers.BertNormalizer(lowercase=True)
    raw.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    raw.train_from_iterator(
        CORPUS, trainers.WordPieceTrainer(vocab_size=120, special_tokens=[*SPECIAL.values()])
    )
    return raw


def _trained(raw: Any, **options: Any) -> Any:
    from tokenizers import trainers

    special = [*SPECIAL.values()]
    raw.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=330 if options else 90, special_tokens=special, **options)
    )
    return raw


MADE: dict[str, Callable[[], Any]] = {
    "always": lambda: _metaspace("always"),
    "first": lambda: _metaspace("first"),
    "prepended": _prepended,
    "bytes": _bytes,
    "composed": lambda: _bytes("NFKC"),
    "stripped": lambda: _bytes("Strip", "Lowercase"),
    "unigram": _unigram,
    "pieces": _word_pieces,
}
"""By name, without what is added to a text."""


@cache
def tokenizer_of(kind: str, template: str = "<s> $A") -> Any:
    """Return a tokenizer of fewer than 400 tokens.

    Args:
        kind: Of `MADE`.
        template: What is added to a text, such as `<s> $A </s>`; `$A` for nothing.
    """
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast

    raw = MADE[kind]()
    added = [(token, raw.token_to_id(token)) for token in SPECIAL.values()]
    raw.post_processor = processors.TemplateProcessing(single=template, special_tokens=added)
    return PreTrainedTokenizerFast(tokenizer_object=raw, **SPECIAL)
