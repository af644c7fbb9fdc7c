"""Where a model's blocks are: found by watching a forward pass, not by name."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, VectorError
from pytest_steering.models.finding.block_chain import choose, fault
from pytest_steering.models.finding.block_kinds import is_encoder, kind_of
from pytest_steering.models.finding.probe import observe_candidates
from pytest_steering.models.finding.refusal import refuse_unsteerable
from pytest_steering.models.finding.residual import StatePlace
from pytest_steering.models.loading.specs import family_of
from pytest_steering.steering.numbers import whole_number
from pytest_steering.steering.sites import BLOCK_OUTPUT

if TYPE_CHECKING:
    from torch.nn import Module

log = logging.getLogger("pytest_steering")


@dataclass(frozen=True)
class Block:
    """One call of a decoder layer.

    Attributes:
        path: The module's dotted name.
        call: How many times the module ran before this call in the same forward pass; 0 unless shared.
        place: Where its state stands in what it returns.
        kind: `attention`, `state-space`, `hybrid` or `other`, with `, MoE` where it has experts.
    """

    path: str
    call: int
    place: StatePlace
    kind: str = "attention"


@dataclass(frozen=True)
class Architecture:
    """Where the residual stream of a model can be read and written.

    Attributes:
        family: The name a person uses, such as `starcoder`.
        model_type: transformers' name, such as `gpt_bigcode`.
        layer_path: Dotted name of the block list; of several, joined by ` + `, where their blocks take turns.
        num_layers: Number of blocks, by calls.
        hidden_size: Width of the residual stream, from the config.
        blocks: One entry a block.
        encoder: Whether the blocks are an encoder's, used as a decoder.
        skipped: Members of the list that a text does not pass through, such as cross-attention to images.
        rejected: Other module lists and why each was not taken.
        site: What of a block is read and written, one of `SITES`.
        whole: Where the blocks themselves are, if it is not their output.
    """

    family: str
    model_type: str
    layer_path: str
    num_layers: int
    hidden_size: int
    blocks: tuple[Block, ...] = field(repr=False)
    encoder: bool = False
    skipped: tuple[str, ...] = ()
    rejected: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    site: str = BLOCK_OUTPUT
    whole: Architecture | None = field(default=None, repr=False)

    @property
    def default_layers(self) -> tuple[int, ...]:
        """The final three layers, or all where there are fewer."""
        return tuple(range(max(0, self.num_layers - 3), self.num_layers))

    @property
    def kind(self) -> str:
        """What the blocks are made of; `hybrid` where some attend and some are state-space."""
        mixers = {block.kind.partition(",")[0] for block in self.blocks}
        experts = ", MoE" if any(block.kind.endswith("MoE") for block in self.blocks) else ""
        mixer = mixers.pop() if len(mixers) == 1 else "hybrid"
        return mixer + experts + (", encoder used as decoder" if self.encoder else "")

    @property
    def output(self) -> str:
        """What the blocks return, such as `tensor` or `tuple[0]`; the rarer forms after the commoner."""
        return " / ".join(
            form for form, _ in Counter(str(block.place) for block in self.blocks).most_common()
        )

    def resolve_layers(self, layers: Sequence[int] | str | None) -> tuple[int, ...]:
        """Return block numbers for `last3` (or None), `all` or explicit numbers; negative ones count back.

        Raises:
            VectorError: A layer lies outside the model, or these are no layers.
        """
        if layers is None or layers == "last3":
            log.info("Updated steering layers to final layers: %s", list(self.default_layers))
            return self.default_layers
        if layers == "all":
            return tuple(range(self.num_layers))
        numbers = _block_numbers(layers)
        self.require_layers(numbers)
        return tuple(sorted({layer % self.num_layers for layer in numbers}))

    def require_layers(self, layers: Iterable[int]) -> None:
        """Raise VectorError when a layer lies outside the model."""
        outside = [layer for layer in layers if not -self.num_layers <= layer < self.num_layers]
        if outside:
            raise VectorError(
                f"layers {outside} lie outside {self.layer_path}, "
                f"which has {self.num_layers} layers numbered 0 to {self.num_layers - 1}"
            )


def _block_numbers(layers: object) -> list[int]:
    given = [] if isinstance(layers, str) or not isinstance(layers, Iterable) else list(layers)
    numbers = [number for number in map(whole_number, given) if number is not None]
    if not given or len(numbers) != len(given):
        raise VectorError(f"layers {layers!r} are not known; use 'last3', 'all' or block numbers")
    return numbers


def detect_architecture(model: Module, layer_path: str | None = None) -> Architecture:
    """Return where the blocks of a causal language model are.

    A short forward pass is watched; on the meta device it costs no memory.

    Args:
        model: A transformers model.
        layer_path: Dotted name of the block list, where detection should not choose.

    Raises:
        ModelError: No module list carries the residual stream; the message lists the candidates. Or the model
            is of a kind that cannot be steered; the message says why.
    """
    refuse_unsteerable(model)
    config: Any = model.config
    text = text_config(model)
    hidden, expected = _hidden_size(text, model), getattr(text, "num_hidden_layers", None)
    candidates = observe_candidates(model, hidden)
    chosen = choose(candidates, expected, layer_path)
    kinds = {member: kind_of(model.get_submodule(member), model) for member in chosen.members}
    architecture = Architecture(
        family=family_of(config.model_type),
        model_type=str(config.model_type),
        layer_path=chosen.path,
        num_layers=len(chosen.calls),
        hidden_size=hidden,
        blocks=tuple(Block(c.path, c.number, c.place, kinds[c.path]) for c in chosen.calls if c.place),
        encoder=is_encoder(config, chosen.path),
        skipped=chosen.skipped,
        rejected=tuple((c.path, fault(c, expected)) for c in candidates if c.path not in chosen.path),
    )
    log.info("Found %s with %d layers", architecture.layer_path, architecture.num_layers)
    log.info("Architecture pattern: %s", architecture.layer_path)
    return architecture


def text_config(model: Module) -> Any:
    """Return the config of a model's language tower."""
    config: Any = model.config
    return config.get_text_config(decoder=True) if hasattr(config, "get_text_config") else config


def _hidden_size(config: Any, model: Module) -> int:
    """Return the config's hidden size; where it names none, the width that the head reads."""
    hidden = getattr(config, "hidden_size", None)
    head: Any = model.get_output_embeddings()  # type: ignore[operator]
    hidden = getattr(head, "in_features", None) if hidden is None else hidden
    if not isinstance(hidden, int):
        raise ModelError(
            f"the config of {type(model).__name__} names no hidden_size for its language part, "
            "so its residual stream cannot be told from other tensors"
        )
    return hidden
