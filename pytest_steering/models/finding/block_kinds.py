"""What a block is made of, for people to read; nothing is decided by it."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch.nn import Module

# Mixers whose memory does not grow with the text: Mamba, RWKV, xLSTM, linear attention, short convolutions.
_STATE_SPACE_CLASS = re.compile(r"Mamba|SSM|Delta|LinearAttention|Lightning|ShortConv|KDA|Mixer")
_STATE_SPACE_MEMBER = re.compile(r"A_log|dt_bias|time_decay|mamba\w*|mlstm\w*|rg_lru")
_ATTENTION_CLASS = re.compile(r"Attention|Attn|MLA")


def kind_of(block: Module, model: Module) -> str:
    """Return `attention`, `state-space`, `hybrid` (both) or `other`, with `, MoE` where it has experts."""
    prefix = _common_start(type(model).__name__, type(block).__name__)
    mixers = {_mixer(module, prefix) for module in block.modules()} - {None}
    mixer = "hybrid" if len(mixers) == 2 else mixers.pop() if mixers else "other"
    experts = any(name.rpartition(".")[2] == "experts" for name, _ in block.named_modules())
    return f"{mixer}, MoE" if experts else str(mixer)


def _mixer(module: Module, prefix: str) -> str | None:
    name = type(module).__name__.removeprefix(prefix)
    own = (*module._parameters, *module._modules)
    if _STATE_SPACE_CLASS.search(name) or any(_STATE_SPACE_MEMBER.fullmatch(member) for member in own):
        return "state-space"
    return "attention" if _ATTENTION_CLASS.search(name) else None


def _common_start(one: str, other: str) -> str:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(letter for letter, _ in same)


def is_encoder(config: Any, layer_path: str) -> bool:
    """Return whether an encoder's blocks are used as a decoder, as in BERT with `is_decoder`."""
    return "encoder" in layer_path.split(".") and not getattr(config, "is_encoder_decoder", False)
