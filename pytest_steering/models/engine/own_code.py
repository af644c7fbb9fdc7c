"""Steers the passes that a user's own code runs: nobody planned them, so each is read off its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.hooks import HooksEngine
from pytest_steering.models.engine.own_pass import OwnPass, OwnSession, cached_columns
from pytest_steering.models.engine.watching import replaced

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.steering.joint import AnyIntervention


_OUTSIDE = (
    "a block ran within `with model.steering(...)` outside of a pass of the whole model, so no token can be "
    "found in it; call the model itself, not its forward or a part of it"
)


class OwnCode:
    """What was steered while a user's own code ran the model.

    Attributes:
        passes: Forward passes of the model.
        steered_tokens: Tokens × layers that were written.
    """

    def __init__(self, interventions: Sequence[AnyIntervention]) -> None:
        """Begin with nothing."""
        self.followers = [_Follower(intervention) for intervention in interventions]
        self.passes = 0
        self._given: Mapping[str, Any] = {}
        self._generating: int | None = None
        self._first = False

    @property
    def steered_tokens(self) -> int:
        """See above."""
        return sum(follower.steered_tokens for follower in self.followers)

    @contextmanager
    def steered(self, loaded: LoadedModel) -> Iterator[None]:
        """Steer every pass until the context ends, and hold at its end that something was written.

        Raises:
            InterventionError: No pass ran, or one in which nothing was steered as asked.
        """
        module, engine = loaded.module, HooksEngine(loaded)
        with ExitStack() as stack:
            stack.callback(module.register_forward_pre_hook(self._begin, with_kwargs=True).remove)
            stack.enter_context(replaced(module, "generate", self._noting_prompt))
            for follower in self.followers:
                stack.enter_context(engine.steered(follower))
            stack.callback(module.register_forward_hook(self._end).remove)
            yield
        self._require_written()

    def _noting_prompt(self, generate: Callable[..., Any]) -> Callable[..., Any]:
        """Return `generate` as it is, but the passes within know which columns are the prompt."""

        def noted(*args: Any, **kwargs: Any) -> Any:
            given = (kwargs.get("input_ids"), kwargs.get("inputs"), *args[:1])
            columns = next((int(ids.shape[1]) for ids in given if ids is not None), 0)
            self._generating, self._first = columns, True
            try:
                return generate(*args, **kwargs)
            finally:
                self._generating = None

        return noted

    def _begin(self, _module: Any, _args: Any, kwargs: Mapping[str, Any]) -> None:
        own = OwnPass(kwargs.get("attention_mask"), cached_columns(kwargs), self._generating, self._first)
        self._first = False
        self.passes += 1
        for follower in self.followers:
            follower.next = own

    def _end(self, *_of_the_pass: object) -> None:
        for follower in self.followers:
            follower.next = None

    def _require_written(self) -> None:
        if not self.passes:
            raise InterventionError(
                "the model did not run within `with model.steering(...)`, so nothing was steered; "
                "run model.loaded.module there, or what wraps it, and no copy or compiled form of it"
            )
        for follower in self.followers:
            follower.require_written(self.passes)


class _Follower:
    """Gives each pass of a user's own code to the session of the text that it goes on with."""

    def __init__(self, intervention: AnyIntervention) -> None:
        self._intervention = intervention
        self.layers = intervention.watched
        self.next: OwnPass | None = None
        self._session: OwnSession | None = None
        self._done = 0

    @property
    def steered_tokens(self) -> int:
        return self._done + (self._session.trace.steered_tokens if self._session else 0)

    def begin_forward(self, input_ids: Tensor) -> None:
        own = self.next
        assert own is not None
        if self._session is None or not own.goes_on(self._session, input_ids):
            self._close()
            batch = own.batch(input_ids)
            self._session = OwnSession(batch, [self._intervention] * batch.rows)
        self._session.read(own, input_ids)

    def edit(self, layer: int, state: Tensor) -> Tensor:
        return self._at_hand.edit(layer, state)

    def checks(self, layer: int) -> bool:
        return self._at_hand.checks(layer)

    def check_first(self, layer: int, before: Tensor, after: Tensor) -> None:
        self._at_hand.check_first(layer, before, after)

    def end_forward(self, logits: Tensor) -> None:
        self._at_hand.end_forward(logits)

    def require_written(self, passes: int) -> None:
        self._close()
        if not self._done:
            raise InterventionError(
                f"{passes} passes ran within `with model.steering(...)`, but none of them reads a token at "
                f"positions {self._positions}, so nothing was steered"
            )

    @property
    def _positions(self) -> str:
        return " or ".join(dict.fromkeys(repr(part.where.name) for part in self._intervention.parts))

    def _close(self) -> None:
        if self._session is not None:
            self._session.verify()
            self._done += self._session.trace.steered_tokens
            self._session = None

    @property
    def _at_hand(self) -> OwnSession:
        if self.next is None or self._session is None:
            raise InterventionError(_OUTSIDE)
        return self._session
