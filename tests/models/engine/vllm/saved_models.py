"""Random models with heads of 32, which vLLM's attention knows, in a folder, from which it reads them."""

from __future__ import annotations

from pathlib import Path

from tests.tiny import tiny_module, tiny_tokenizer

SIZES = {
    "hidden_size": 96,
    "num_attention_heads": 3,
    "num_key_value_heads": 1,
    "intermediate_size": 192,
    "max_position_embeddings": 256,
}
OLD_SIZES = {"n_embd": 96, "n_head": 3, "n_inner": 192, "n_positions": 256}


def saved(family: str, folder: Path) -> str:
    """Write a family's model into a folder and return its path."""
    tiny_module(family, **(OLD_SIZES if family == "starcoder" else SIZES)).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return str(folder)
