"""The settings of the study that this project grew from, kept so that its runs can be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from pytest_steering.errors import VectorError
from pytest_steering.steering.intervention import Intervention

if TYPE_CHECKING:
    from pytest_steering.steering.vector import SteeringVector

_FULL_BATCH = 4


class _Architecture(Protocol):
    @property
    def hidden_size(self) -> int: ...

    def resolve_layers(self, layers: Sequence[int] | str | None) -> tuple[int, ...]: ...


class _MemoryProfile(Protocol):
    @property
    def batch_size(self) -> int: ...

    @property
    def gradient_checkpointing(self) -> bool: ...


class HasDimensions(Protocol):
    """What a config is filled from; `SteerableModel` is one."""

    @property
    def name(self) -> str:
        """As a user names it."""
        ...

    @property
    def architecture(self) -> _Architecture:
        """Its layers and its hidden size."""
        ...

    @property
    def memory_profile(self) -> _MemoryProfile:
        """Settings that fit its number of parameters."""
        ...


@dataclass(frozen=True)
class SteeringConfig:
    """The study's preset: the full scale at each of the final three layers.

    A scale of 100 does not steer, it swamps. On the embedded models a contrast vector is 0.55 to 0.97 as long
    as the state it is added to, so what leaves a steered block is a hundred times the vector and next to
    nothing of the prompt: every prompt is answered by the same one token, repeated to the end. For steering,
    take `Intervention` with a layer and scale searched on the dev split (near 1 on the embedded models); this
    preset shows what the study's settings do.

    Attributes:
        model_name: Of the model meant; nothing is read off it.
        steering_layers: Block numbers; None is the final three.
        steering_scale: Multiplies the vector at every layer; it is not divided by their number.
        max_new_tokens: At most this many for each answer.
        hidden_dim: Width of the residual stream; None takes the model's, and another than the model's is
            an error.
        memory_optimized: Whether the model is so large that the memory profile advises fewer than four
            prompts to a batch or gradient checkpointing (from 5e9 parameters on); None asks the profile. It
            is kept for the record: a loaded model already limits its batches by the same profile.
    """

    model_name: str
    steering_layers: Sequence[int] | None = None
    steering_scale: float = 100.0
    max_new_tokens: int = 50
    hidden_dim: int | None = None
    memory_optimized: bool | None = None

    def for_model(self, model: HasDimensions) -> SteeringConfig:
        """Return the config with each None filled from the model.

        Raises:
            VectorError: `hidden_dim` is not the model's hidden size, or a layer lies outside the model.
        """
        size, profile = model.architecture.hidden_size, model.memory_profile
        if self.hidden_dim not in (None, size):
            raise VectorError(
                f"hidden_dim is {self.hidden_dim}, but {model.name} has a hidden size of {size}; "
                "leave it None to take the model's, a size cannot be read off a name"
            )
        optimized = profile.batch_size < _FULL_BATCH or profile.gradient_checkpointing
        return replace(
            self,
            steering_layers=model.architecture.resolve_layers(self.steering_layers),
            hidden_dim=size,
            memory_optimized=optimized if self.memory_optimized is None else self.memory_optimized,
        )

    def intervention(self, vector: SteeringVector) -> Intervention:
        """Return the study's use of a vector: the full scale at each layer, at the newest token.

        Raises:
            VectorError: The vector lacks one of the layers, or is not `hidden_dim` wide.
        """
        if self.hidden_dim not in (None, vector.hidden_size):
            raise VectorError(
                f"the {vector.method} vector is {vector.hidden_size} wide, hidden_dim is {self.hidden_dim}"
            )
        return Intervention(vector, layers=self.steering_layers, scale=self.steering_scale, per_layer=True)
