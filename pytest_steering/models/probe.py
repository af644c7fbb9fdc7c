"""One short forward pass that shows which module lists carry the residual stream."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError
from pytest_steering.models.residual import StatePlace, find_state

if TYPE_CHECKING:
    from torch.nn import Module

BATCH, SEQUENCE = 2, 5


@dataclass(frozen=True)
class BlockCall:
    """One call of a list's member during the probe."""

    path: str
    number: int
    place: StatePlace | None
    continues: bool


@dataclass
class Candidate:
    """A module list and what its members did during the probe.

    Attributes:
        path: Dotted name.
        length: Number of members.
        calls: In the order they ran.
        latest: The state that the last call returned, kept to see whether the next call takes it up.
    """

    path: str
    length: int
    calls: list[BlockCall] = field(default_factory=list)
    latest: Any = field(default=None, repr=False)

    @property
    def carries_state(self) -> bool:
        """Whether every call returned a residual stream."""
        return bool(self.calls) and all(call.place for call in self.calls)

    def rank(self, expected: int) -> tuple[bool, int, int, int]:
        """Order candidates: the config's number of layers, a chain of states, outermost, most calls."""
        chained = sum(call.continues for call in self.calls)
        return len(self.calls) == expected, chained, -self.path.count("."), len(self.calls)

    def fault(self, expected: int) -> str:
        """Say why the list was not taken."""
        if not self.calls:
            return f"its {self.length} members did not run"
        if not self.carries_state:
            return "its members do not return the residual stream"
        if len(self.calls) != expected:
            return f"{len(self.calls)} calls where the config has {expected} layers"
        return "its members do not hand the residual stream on to each other"


def observe_candidates(model: Module, hidden: int) -> list[Candidate]:
    """Return every module list with what its members returned in one forward pass.

    Args:
        model: In any mode and on any device, meta included.
        hidden: Width of the residual stream.

    Raises:
        ModelError: The forward pass failed.
    """
    import torch

    found = [
        (Candidate(name, len(module)), module)
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.ModuleList) and len(module)
    ]
    with _watched(found, hidden):
        run_probe(model)
    return [candidate for candidate, _ in found]


def run_probe(model: Module) -> Any:
    """Run the model on a few tokens without cache or gradient and return its output."""
    import torch

    device = next(model.parameters()).device
    ids = torch.arange(BATCH * SEQUENCE, device=device).reshape(BATCH, SEQUENCE) + 3
    accepted = inspect.signature(model.forward).parameters
    options = {"use_cache": False} if "use_cache" in accepted else {}
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return model(input_ids=ids, attention_mask=torch.ones_like(ids), **options)
    except Exception as error:
        raise ModelError(f"a probing forward pass of {type(model).__name__} failed: {error}") from error
    finally:
        model.train(training)


@contextmanager
def _watched(found: list[tuple[Candidate, Any]], hidden: int) -> Iterator[None]:
    handles = [
        member.register_forward_hook(
            _Watcher(candidate, f"{candidate.path}.{index}", hidden), with_kwargs=True
        )
        for candidate, modules in found
        for index, member in enumerate(modules)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
        for candidate, _ in found:
            candidate.latest = None


@dataclass(frozen=True)
class _Watcher:
    candidate: Candidate
    path: str
    hidden: int

    def __call__(self, _module: Any, args: Any, kwargs: Any, output: Any) -> None:
        candidate = self.candidate
        place = find_state(output, BATCH, SEQUENCE, self.hidden)
        number = sum(call.path == self.path for call in candidate.calls)
        continues = candidate.latest is not None and any(
            value is candidate.latest for value in (*args, *kwargs.values())
        )
        candidate.calls.append(BlockCall(self.path, number, place, continues))
        candidate.latest = place.read(output) if place else None
