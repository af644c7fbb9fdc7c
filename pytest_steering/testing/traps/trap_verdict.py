"""An engine held against one trap: it falls into it, it does not, or it cannot be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.testing.traps.engine_request import Answering, NotOffered, Reply, Request
from pytest_steering.testing.traps.trap_reference import TrapReference

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.testing.traps.probes import Probe, Probes
    from pytest_steering.testing.traps.trap import Trap

PASSED, FAILED, NOT_OFFERED, UNDECIDED = "passed", "failed", "not offered", "undecided"


@dataclass(frozen=True)
class TrapVerdict:
    """What became of one trap.

    Attributes:
        outcome: `passed`, `failed`, `not offered`, or `undecided` where the replies would be the same if the
            engine had fallen into it.
        reason: A sentence; empty where nothing is to be said.
    """

    outcome: str
    reason: str = ""


class TrapTrial:
    """Asks one engine and holds each of its replies against plain hooks."""

    def __init__(self, model: SteerableModel, answer: Answering, probes: Probes) -> None:
        """Take an engine that serves a model."""
        self._answer, self._probes, self._reference = answer, probes, TrapReference(model)
        self._stop_ids = model.loaded.stop_ids

    def verdict(self, trap: Trap) -> TrapVerdict:
        """Run a trap's calls one after the other, as far as the first fault."""
        missing, seen, unclear = "", 0, ""
        for number, call in enumerate(trap.calls(self._probes)):
            try:
                replies = self._answer([probe.request for probe in call])
            except NotOffered as reason:
                missing = str(reason)
                continue
            fault = self._fault(call, replies)
            if fault:
                return TrapVerdict(FAILED, f"call {number}: {fault}")
            seen, unclear = seen + 1, unclear or self._unclear(call, replies)
        if not seen:
            return TrapVerdict(NOT_OFFERED, missing)
        return TrapVerdict(UNDECIDED if unclear else PASSED, unclear or missing)

    def _fault(self, call: Sequence[Probe], replies: Sequence[Reply]) -> str:
        if len(replies) != len(call):
            return f"{len(call)} requests have {len(replies)} replies"
        for row, (probe, reply) in enumerate(zip(call, replies, strict=True)):
            arm = probe.request.intervention
            fault = self._length_fault(probe.request, reply) or self._reference.fault(
                probe.request, reply, arm
            )
            if fault:
                return f"request {row}: {fault}{self._like(probe, reply)}"
        return ""

    def _length_fault(self, request: Request, reply: Reply) -> str:
        count = len(reply.tokens)
        ended = count and reply.tokens[-1] in self._stop_ids
        if count == request.new_tokens or (ended and count < request.new_tokens):
            return ""
        return f"{request.new_tokens} tokens were asked for and {count} written"

    def _like(self, probe: Probe, reply: Reply) -> str:
        """Say what a faulty reply is, where that is known."""
        fits = self._fits(probe, reply) if reply.tokens else None
        return f"; it is what the model writes under {fits}" if fits else ""

    def _unclear(self, call: Sequence[Probe], replies: Sequence[Reply]) -> str:
        for row, (probe, reply) in enumerate(zip(call, replies, strict=True)):
            fits = self._fits(probe, reply)
            if fits:
                return f"request {row}: the model would write the same under {fits}"
        return ""

    def _fits(self, probe: Probe, reply: Reply) -> str | None:
        """Return what else a reply may come from."""
        others = probe.others.items()
        return next(
            (name for name, arm in others if not self._reference.fault(probe.request, reply, arm)), None
        )
