"""A tiny random Llama as a GGUF file, written with the package `gguf` as llama.cpp's converter does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TEMPLATE = "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}{% endfor %}"
END = "<end>"

# GGUF's words for the parts of a Llama's block.
_PARTS = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_WHOLE = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}


def tiny_llama(seed: int = 0, *, tied: bool = False) -> Any:
    """A random Llama with 2 blocks of width 32, in eval mode; tied, it reads its embeddings as output."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(_tokens()),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        initializer_range=0.4,
        bos_token_id=None,
        eos_token_id=_tokens().index(END),
        pad_token_id=None,
        tie_word_embeddings=tied,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return LlamaForCausalLM(config).eval()


def write_gguf(path: Path, module: Any, *, kind: str = "F32", architecture: str = "llama") -> Path:
    """Write a Llama as a GGUF file.

    Args:
        path: Of the file.
        module: A Llama whose vocabulary is the tokenizer's here.
        kind: Of its matrices: `F32`, `F16`, `BF16`, `Q8_0`, ...; vectors are always F32.
        architecture: That the header shall name.
    """
    from gguf import GGMLQuantizationType, GGUFWriter, quantize

    writer = GGUFWriter(path, architecture)
    _write_config(writer, module.config)
    _write_tokenizer(writer)
    for name, weight in module.state_dict().items():
        if module.config.tie_word_embeddings and name == "lm_head.weight":
            continue
        stored = _as_llama_cpp(name, weight.float().numpy(), module.config)
        dtype = GGMLQuantizationType["F32" if stored.ndim == 1 else kind]
        writer.add_tensor(_gguf_name(name), quantize(stored, dtype), raw_dtype=dtype)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _write_config(writer: Any, config: Any) -> None:
    writer.add_name("tiny")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)


def _write_tokenizer(writer: Any) -> None:
    from gguf import TokenType

    tokens = _tokens()
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if token == END else TokenType.NORMAL for token in tokens])
    writer.add_token_merges(["t h", "th e"])
    writer.add_bos_token_id(tokens.index(END))
    writer.add_eos_token_id(tokens.index(END))
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)


def _tokens() -> list[str]:
    """The end, each byte as GPT-2 writes it, and two merges."""
    from tokenizers.pre_tokenizers import ByteLevel

    return [END, *sorted(ByteLevel.alphabet()), "th", "the"]


def _gguf_name(name: str) -> str:
    if name in _WHOLE:
        return _WHOLE[name]
    block, part = name.removeprefix("model.layers.").removesuffix(".weight").split(".", 1)
    return f"blk.{block}.{_PARTS[part]}.weight"


def _as_llama_cpp(name: str, weight: Any, config: Any) -> Any:
    """llama.cpp turns neighbouring pairs of a head's dimensions, transformers its two halves."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    number = next((heads[part] for part in heads if part in name), None)
    if number is None:
        return weight
    rows, columns = weight.shape
    return weight.reshape(number, 2, rows // number // 2, columns).swapaxes(1, 2).reshape(rows, columns)
