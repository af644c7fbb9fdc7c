"""What is asked of a model that someone holds, by what must not know who holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import Engine, LoadedModel


class HeldModel(Protocol):
    """A model with its name and its engine; `SteerableModel` is one."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def name(self) -> str:
        """As a user names it."""
        ...

    @property
    def loaded(self) -> LoadedModel:
        """The model, its tokenizer and where its blocks are."""
        ...

    @property
    def engine_name(self) -> str:
        """`hooks` or `nnsight`."""
        ...

    @property
    def engine(self) -> Engine:
        """What writes into the residual stream."""
        ...

    @property
    def batch_rows(self) -> int:
        """At most this many rows in one forward pass."""
        ...

    @property
    def weights(self) -> str:
        """Fingerprint of the weights as they are now."""
        ...
