"""Where llama.cpp has another word for an architecture than transformers' model_type."""

from __future__ import annotations

MODEL_TYPES = {
    "command-r": "cohere",
    "gemma3": "gemma3_text",
    "gpt-oss": "gpt_oss",
    "minimax-m2": "minimax_m2",
    "qwen2moe": "qwen2_moe",
    "qwen3moe": "qwen3_moe",
    "starcoder": "gpt_bigcode",
}
