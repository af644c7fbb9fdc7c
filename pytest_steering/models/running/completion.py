"""What comes out of a generation: answers, and whole numbers about how they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_steering.models.engine.trace import Trace
    from pytest_steering.models.running.overflow import Overflow
    from pytest_steering.steering.joint import AnyIntervention

Arms = Sequence["AnyIntervention | None"]

Decisions = Mapping[tuple[int, int], Sequence[int]]

_NAMED = ("overflows", "decisions")
"""Counts that are told by what they are of."""


@dataclass(frozen=True)
class Completion:
    """What the model wrote after one prompt under one intervention.

    Attributes:
        text: Decoded, without special tokens.
        token_ids: Up to and with the token that ended the answer.
        prompt_tokens: Length of the prompt.
        choice_logprobs: Log-probability of each choice as the first token; empty when no choices were asked.
        first_token_kl: KL(this ‖ unsteered) of the first token, in nats; None without an unsteered arm.
        tied_at: The first token at which the two best logits lay within `TIE_MARGIN`.
        tied_text: The text up to and with that token, had the second best been taken.
        overflow: Where the model's numbers stopped being finite, so that there is no answer.
    """

    text: str
    token_ids: tuple[int, ...]
    prompt_tokens: int
    choice_logprobs: tuple[float, ...] = ()
    first_token_kl: float | None = None
    tied_at: int | None = None
    tied_text: str = ""
    overflow: Overflow | None = None


@dataclass
class Counts:
    """Whole numbers that do not depend on the machine, unless its memory ran out.

    Attributes:
        forwards: Forward passes, those over shared prefixes included.
        rows: Prompts × interventions.
        shared_rows: Of these, how many branched from a prefix that was read once for several.
        block_rows: Of these, how many went on from blocks that were run once for several.
        prompt_tokens: Read by the model; a shared prefix counts once.
        generated_tokens: In the answers.
        steered_tokens: Tokens × layers that were written.
        batches: Groups of rows that ran together.
        halvings: How often a batch was halved because memory ran out.
        overflows: Which arms were set aside at which prompts, and why; as a number, how often.
        decisions: By the id of an intervention and the number of a part of it that has a condition, how often
            that was looked at, and how often it held: once a row, or once a token where each decides for
            itself.
    """

    forwards: int = 0
    rows: int = 0
    shared_rows: int = 0
    block_rows: int = 0
    prompt_tokens: int = 0
    generated_tokens: int = 0
    steered_tokens: int = 0
    batches: int = 0
    halvings: int = 0
    overflows: dict[tuple[int, int], Overflow] = field(default_factory=dict)
    decisions: Decisions = field(default_factory=dict)

    def note(self, trace: Trace, read: int) -> None:
        """Add the passes of a batch that is done.

        Args:
            trace: What was steered in them.
            read: How many tokens of prompts they read.
        """
        self.forwards += len(trace.forwards)
        self.prompt_tokens += read
        self.steered_tokens += trace.steered_tokens
        self.decisions = _added(self.decisions, trace.decisions)

    def add(self, other: Counts, prompts: Sequence[int]) -> None:
        """Add what another call took.

        Args:
            other: That call's counts.
            prompts: The number here of each of its prompts.
        """
        for name, value in vars(other).items():
            if name not in _NAMED:
                setattr(self, name, getattr(self, name) + value)
        self.overflows |= {(arm, prompts[n]): found for (arm, n), found in other.overflows.items()}
        self.decisions = _added(self.decisions, other.decisions)

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name; overflows among them where there are any."""
        found = {name: value for name, value in vars(self).items() if name not in _NAMED}
        return found | ({"overflows": len(self.overflows)} if self.overflows else {})


def _added(one: Decisions, other: Decisions) -> Decisions:
    pairs = {name: (one.get(name, (0, 0)), other.get(name, (0, 0))) for name in (*one, *other)}
    return {name: [a + b for a, b in zip(*pair, strict=True)] for name, pair in pairs.items()}


@dataclass
class Generation:
    """The answers of every arm.

    Attributes:
        arms: One list an intervention, in the order asked; each in the prompts' order.
        counts: Of the whole call.
        sharing: How rows of one prompt shared its prefix: `tree`, `copies` or `none`, and why if not `tree`;
            `blocks` where rows without such a prefix shared the blocks below what they steer.
    """

    arms: list[list[Completion]]
    counts: Counts = field(default_factory=Counts)
    sharing: str = "none"
