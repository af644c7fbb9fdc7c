"""Tiny random models of the three families and a word-level tokenizer: fast, deterministic, never trained."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.vector import SteeringVector

FAMILIES = ("starcoder", "starcoder2", "qwen2")
ENGINES = ("hooks", "nnsight")

LAYERS, HIDDEN, CONTEXT = 5, 32, 48
PAD, END, FIRST_WORD = 0, 1, 2
VOCABULARY = 96

BLOCK_PATHS = {"starcoder": "transformer.h", "starcoder2": "model.layers", "qwen2": "model.layers"}

PROMPTS = (
    "w3 w14 w15 w9 w26",
    "w5",
    "w35 w89 w79 w32 w38 w46 w26 w43",
    "w27 w18 w28",
    "w31 w41 w59 w26 w53 w58 w9 w7 w9 w3 w2 w3",
)


@cache
def tiny_tokenizer() -> Any:
    """One token a word: `w0` … `w93`, so texts of any length can be written and read back."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {f"w{number}": number + FIRST_WORD for number in range(VOCABULARY - FIRST_WORD)}
    raw = Tokenizer(models.WordLevel({"<pad>": PAD, "<end>": END, **words}, unk_token="<pad>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="<pad>", eos_token="<end>", unk_token="<pad>", padding_side="left"
    )


def tiny_config(family: str, **changes: Any) -> Any:
    """The config of a family's model with 5 blocks of width 32."""
    from transformers import GPTBigCodeConfig, Qwen2Config, Starcoder2Config

    special = {"pad_token_id": PAD, "bos_token_id": END, "eos_token_id": END}
    if family == "starcoder":
        sizes = {"n_embd": HIDDEN, "n_layer": LAYERS, "n_head": 4, "n_inner": 64, "n_positions": CONTEXT}
        options = {"vocab_size": VOCABULARY, "initializer_range": 0.4, **sizes, **special, **changes}
        return GPTBigCodeConfig(**options)
    sizes = {
        "hidden_size": HIDDEN,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": CONTEXT,
    }
    options = {"vocab_size": VOCABULARY, "initializer_range": 0.4, **sizes, **special, **changes}
    return {"starcoder2": Starcoder2Config, "qwen2": Qwen2Config}[family](**options)


def tiny_module(family: str, seed: int = 0, **changes: Any) -> Any:
    """A random model of the family in eval mode, float32 on the CPU."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return AutoModelForCausalLM.from_config(tiny_config(family, **changes)).eval()


def tiny_model(family: str, engine: str = "hooks", seed: int = 0, **changes: Any) -> SteerableModel:
    """The random model as a user holds it."""
    from pytest_steering.models.steerable import SteerableModel

    module = tiny_module(family, seed, **changes)
    return SteerableModel.wrap(module, tiny_tokenizer(), name=f"tiny-{family}", engine=engine)


def random_vector(
    layers: tuple[int, ...] = (1, 3), hidden: int = HIDDEN, seed: int = 0, norm: float = 4.0
) -> SteeringVector:
    """One random direction a layer, each of the given norm."""
    import torch

    from pytest_steering.steering.vector import SteeringVector

    generator = torch.Generator().manual_seed(seed)
    drawn = {layer: torch.randn(hidden, generator=generator) for layer in layers}
    return SteeringVector({layer: norm * direction / direction.norm() for layer, direction in drawn.items()})
