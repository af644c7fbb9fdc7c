"""The sizes that make a config tiny: one table for all, and what some need besides."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_ALTERNATING = ("linear_attention", "full_attention") * 2
_HYBRID = ("linear_attention", "hybrid") * 2
_INDEXER = {
    "indexer_n_heads": 2,
    "indexer_kv_heads": 1,
    "indexer_head_dim": 16,
    "indexer_budget": 16,
    "indexer_compress_ratio": 4,
}

TINY: Mapping[str, Any] = MappingProxyType(
    {
        "vocab_size": 128,
        "vocab_size_per_layer_input": 128,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 4,
        "num_layers": 4,
        "num_decoder_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "head_dim": 16,
        "rotary_dim": 8,
        "max_position_embeddings": 128,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "is_decoder": True,
        # mixtures of experts
        "moe_intermediate_size": 32,
        "num_experts": 4,
        "num_local_experts": 4,
        "n_routed_experts": 4,
        "n_shared_experts": 1,
        "num_experts_per_tok": 2,
        "n_group": 1,
        "topk_group": 1,
        # latent attention
        "kv_lora_rank": 16,
        "q_lora_rank": 24,
        "qk_rope_head_dim": 8,
        "qk_nope_head_dim": 8,
        "v_head_dim": 16,
        # state spaces and linear attention
        "mamba_d_state": 16,
        "mamba_chunk_size": 16,
        "chunk_size": 16,
        "state_size": 16,
        "linear_num_heads": 4,
        "linear_head_dim": 16,
        "linear_num_key_heads": 4,
        "linear_num_value_heads": 4,
        "linear_key_head_dim": 16,
        "linear_value_head_dim": 16,
        # decoders of encoder-decoders
        "decoder_layers": 4,
        "decoder_attention_heads": 4,
        "decoder_ffn_dim": 96,
        "encoder_layers": 4,
        "encoder_attention_heads": 4,
        "encoder_ffn_dim": 96,
    }
)
"""Given to every config, and to the configs within it, that has a setting of the name."""

OWN: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "bailing_hybrid": {"layer_group_size": 2},
        "bamba": {"attn_layer_indices": [1, 3], "mamba_n_heads": 8},
        "blt": {
            "encoder_hash_byte_group_vocab": 128,
            "encoder_config": {"hidden_size_global": 64},
            "decoder_config": {"hidden_size_global": 64},
        },
        "cohere_compass_text": {
            "rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 1e4}}
        },
        "dbrx": {
            "attn_config": {"rope_theta": 1e4, "clip_qkv": 8.0},
            "ffn_config": {"ffn_hidden_size": 96},
        },
        "dots3_note": {
            "text_config": {"layer_types": ["indexed_attention"] * 4},
            "vision_config": {
                "mlp_layer_types": ["dense"] * 4,
                "adapter_in_dim": 64,
                "adapter_out_dim": 64,
            },
            "audio_config": {"adapter_input_size": 64, "adapter_out_dim": 64},
        },
        "dots3_note_text": {"layer_types": ["indexed_attention"] * 4},
        "falcon_h1": {"mamba_d_ssm": 64, "mamba_n_heads": 4},
        "gemma4_assistant": {
            "text_config": {"hidden_size_per_layer_input": 0, "vocab_size_per_layer_input": 0}
        },
        "gemma3n_text": {"num_kv_shared_layers": 0},
        "gpt_neo": {"attention_types": [[["global", "local"], 2]]},
        "granitemoehybrid": {"layer_types": list(_ALTERNATING), "mamba_n_heads": 4},
        "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1},
        "kimi_linear": {"layer_types": list(_ALTERNATING)},
        "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 2},
        "longcat_flash": {"head_dim": 8},
        "mamba2": {"num_heads": 8},
        "mimo_v2_flash": {"num_key_value_heads": 2},
        "qwen4_exp": {"text_config": _INDEXER},
        "qwen4_exp_text": _INDEXER,
        "reformer": {"axial_pos_embds": False, "attn_layers": ["local"] * 4},
        "xlstm": {"num_heads": 4, "qk_dim_factor": 1.0},
        "xmod": {"default_language": "en_XX"},
        "zamba": {"layers_block_type": list(_HYBRID)},
        "zamba2": {"layers_block_type": list(_HYBRID)},
        "zaya": {"num_experts_per_tok": 1},
    }
)
"""What a model type's own rules ask for besides."""
