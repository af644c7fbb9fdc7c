"""An engine of some lines that serves rows side by side, each with a cache of its own; each method is a place
where an engine can go wrong, and each class below it goes wrong in one of them as a real one did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_steering.testing.traps.engine_request import Reply, Request

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel


@dataclass
class Row:
    """A request that is being answered."""

    request: Request
    read: int = 0
    cache: Any = None
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)

    @property
    def text(self) -> list[int]:
        return [*self.request.prompt, *self.tokens]

    @property
    def unread(self) -> list[int]:
        return self.text[self.read :]

    @property
    def done(self) -> bool:
        return len(self.tokens) >= self.request.new_tokens


class Stepwise:
    """Steers as asked."""

    places = 4
    part = 64
    """Tokens of one row that a pass reads at most."""

    def __init__(self, model: SteerableModel) -> None:
        self.model, self.module = model, model.loaded.module
        self.started()

    def started(self) -> None:
        """Prepare what lasts between calls."""

    def __call__(self, requests: Sequence[Request]) -> list[Reply]:
        rows = [Row(request) for request in requests]
        self.call_begins(rows)
        waiting, active = list(rows), list[Row]()
        while waiting or active:
            active += [waiting.pop(0) for _ in range(min(self.places - len(active), len(waiting)))]
            self.round_begins(active)
            for place, row in enumerate(active):
                self.step(place, row)
            active = [row for row in active if not row.done]
        return [Reply(tuple(row.tokens), tuple(row.logprobs)) for row in rows]

    def call_begins(self, rows: Sequence[Row]) -> None:
        """All requests of a call are there."""

    def round_begins(self, active: Sequence[Row]) -> None:
        """Each active row is about to make a step."""

    def steered_by(self, place: int, row: Row) -> Request:  # noqa: ARG002 - for those that go wrong
        """Return the request whose vector a row gets."""
        return row.request

    def added(self, request: Request) -> dict[int, Tensor]:
        return request.added

    def tokens(self, request: Request, row: Row, first: int, stop: int) -> list[int]:
        """Return the numbers of the tokens in [first, stop) that are steered."""
        arm = request.intervention
        return [] if arm is None else arm.where.tokens(len(row.request.prompt), first, stop)

    def cached(self, row: Row) -> None:
        """Take what is known of a row's text from a cache."""

    def keep(self, row: Row) -> None:
        """Keep what was read of a row."""

    def step(self, place: int, row: Row) -> None:
        import torch

        if row.cache is None:
            self.cached(row)
        request = self.steered_by(place, row)
        while row.unread:
            part = row.unread[: self.part]
            tokens = self.tokens(request, row, row.read, row.read + len(part))
            columns = [token - row.read for token in tokens]
            with self.hooked(self.added(request), columns), torch.no_grad():
                output = self.module(torch.tensor([part]), past_key_values=row.cache, use_cache=True)
            row.cache, row.read = output.past_key_values, row.read + len(part)
        self.keep(row)
        scores = output.logits[0, -1].log_softmax(-1)
        row.logprobs.append(float(scores.max()))
        row.tokens.append(int(scores.argmax()))

    @contextmanager
    def hooked(self, added: dict[int, Tensor], columns: Sequence[int]) -> Iterator[None]:
        with ExitStack() as stack:
            for layer, vector in added.items() if columns else ():
                block = self.module.get_submodule(self.model.architecture.blocks[layer].path)
                hook = block.register_forward_hook(_adds(vector, columns))
                stack.callback(hook.remove)
            yield


def _adds(vector: Tensor, columns: Sequence[int]) -> Any:
    def hook(_block: Any, _args: Any, output: Any) -> Any:
        state = (output[0] if isinstance(output, tuple) else output).clone()
        state[:, columns] += vector
        return (state, *output[1:]) if isinstance(output, tuple) else state

    return hook
