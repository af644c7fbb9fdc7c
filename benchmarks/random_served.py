"""A random model that vLLM can serve on a CPU: its heads are 32 wide, those of the embedded models 24."""

from __future__ import annotations

from pathlib import Path

from pytest_steering import SteerableModel

RANDOM = "random-qwen2"
"""8 blocks, 256 wide, 8 heads of 32, and the tokenizer of the embedded qwen2."""


def random_served(folder: Path) -> str:
    """Write the model into a folder and return its path.

    Args:
        folder: Is made.
    """
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    like = SteerableModel.load("qwen2", device="cpu")
    tokens = like.tokenizer
    config = Qwen2Config(
        vocab_size=len(tokens),
        hidden_size=256,
        intermediate_size=512,
        num_hidden_layers=8,
        num_attention_heads=8,
        num_key_value_heads=4,
        max_position_embeddings=512,
        initializer_range=0.1,
        bos_token_id=tokens.bos_token_id,
        eos_token_id=tokens.eos_token_id,
        pad_token_id=tokens.pad_token_id,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = Qwen2ForCausalLM(config)
    module.eval().save_pretrained(folder)
    tokens.save_pretrained(folder)
    return str(folder)
