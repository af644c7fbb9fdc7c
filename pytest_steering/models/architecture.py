"""Where a model's blocks are: found by watching a forward pass, not by name."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, VectorError
from pytest_steering.models.probe import Candidate, observe_candidates
from pytest_steering.models.residual import StatePlace
from pytest_steering.models.specs import family_of

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
    """

    path: str
    call: int
    place: StatePlace


@dataclass(frozen=True)
class Architecture:
    """Where the residual stream of a model can be read and written.

    Attributes:
        family: The name a person uses, such as `starcoder`.
        model_type: transformers' name, such as `gpt_bigcode`.
        layer_path: Dotted name of the block list.
        num_layers: Number of blocks, by calls.
        hidden_size: Width of the residual stream, from the config.
        blocks: One entry a block.
        rejected: Other module lists and why each was not taken.
    """

    family: str
    model_type: str
    layer_path: str
    num_layers: int
    hidden_size: int
    blocks: tuple[Block, ...] = field(repr=False)
    rejected: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def default_layers(self) -> tuple[int, ...]:
        """The final three layers, or all where there are fewer."""
        return tuple(range(max(0, self.num_layers - 3), self.num_layers))

    def resolve_layers(self, layers: Sequence[int] | str) -> tuple[int, ...]:
        """Return block numbers for `last3`, `all` or explicit numbers; negative ones count from the end.

        Raises:
            VectorError: A layer lies outside the model, or the word is not known.
        """
        if isinstance(layers, str):
            named = {"last3": self.default_layers, "all": tuple(range(self.num_layers))}
            if layers not in named:
                raise VectorError(f"layers {layers!r} are not known; use 'last3', 'all' or block numbers")
            return named[layers]
        self.require_layers(layers)
        return tuple(sorted({layer % self.num_layers for layer in layers}))

    def require_layers(self, layers: Iterable[int]) -> None:
        """Raise VectorError when a layer lies outside the model."""
        outside = [layer for layer in layers if not -self.num_layers <= layer < self.num_layers]
        if outside:
            raise VectorError(
                f"layers {outside} lie outside {self.layer_path}, "
                f"which has {self.num_layers} layers numbered 0 to {self.num_layers - 1}"
            )


def detect_architecture(model: Module, layer_path: str | None = None) -> Architecture:
    """Return where the blocks of a causal language model are.

    A short forward pass is watched; on the meta device it costs no memory.

    Args:
        model: A transformers model.
        layer_path: Dotted name of the block list, where detection should not choose.

    Raises:
        ModelError: No module list carries the residual stream; the message lists the candidates.
    """
    config = text_config(model)
    candidates = observe_candidates(model, int(config.hidden_size))
    chosen = _choose(candidates, int(config.num_hidden_layers), layer_path)
    architecture = Architecture(
        family=family_of(model.config.model_type),  # type: ignore[union-attr, arg-type]
        model_type=str(model.config.model_type),  # type: ignore[union-attr]
        layer_path=chosen.path,
        num_layers=len(chosen.calls),
        hidden_size=int(config.hidden_size),
        blocks=tuple(Block(call.path, call.number, call.place) for call in chosen.calls if call.place),
        rejected=tuple(
            (c.path, c.fault(int(config.num_hidden_layers))) for c in candidates if c is not chosen
        ),
    )
    log.info("Found %s with %d layers", architecture.layer_path, architecture.num_layers)
    log.info("Architecture pattern: %s", architecture.layer_path)
    return architecture


def text_config(model: Module) -> Any:
    """Return the config of a model's language tower."""
    config: Any = model.config
    return config.get_text_config() if hasattr(config, "get_text_config") else config


def _choose(candidates: Sequence[Candidate], expected: int, layer_path: str | None) -> Candidate:
    if layer_path is not None:
        candidates = [candidate for candidate in candidates if candidate.path == layer_path]
    fitting = [candidate for candidate in candidates if candidate.carries_state]
    if not fitting:
        raise ModelError(_nothing_found(candidates, expected, layer_path))
    return max(fitting, key=lambda candidate: candidate.rank(expected))


def _nothing_found(candidates: Sequence[Candidate], expected: int, layer_path: str | None) -> str:
    asked = f"at layer_path {layer_path!r}" if layer_path else "in this model"
    seen = "; ".join(f"{c.path}: {c.fault(expected)}" for c in candidates) or "the model has no module lists"
    return f"no list of {expected} blocks that carry the residual stream was found {asked} ({seen})"
