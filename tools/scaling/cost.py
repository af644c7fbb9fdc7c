"""The cost model: how many operations and bytes a plan asks for, and how long a machine takes for them.

A token costs two operations a parameter and, in each block, four a hidden unit and column that it attends to
(Kaplan et al. 2020, arXiv:2001.08361, section 2.1). Decoding also reads every weight in each pass, and each
pass costs the time that a machine's Python needs to start the work of its blocks, whatever that work is.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

RECORD_BYTES = 770
"""Of a sample in a record: 768 MB of 50,000 cells of 20 samples, measured (docs/performance.md)."""

BRANCHED_ROWS = 4
"""A tree takes so many times the rows of a batch."""


@dataclass(frozen=True)
class Geometry:
    """What of a model its cost follows from.

    Attributes:
        name: As the page calls it.
        parameters: All of them.
        blocks: Decoder layers.
        hidden: Width of the residual stream.
        kv_width: Key heads × head size.
        value_bytes: Of a weight and of a kept key or value.
    """

    name: str
    parameters: float
    blocks: int
    hidden: int
    kv_width: int
    value_bytes: int

    @property
    def weights(self) -> float:
        """Bytes of all weights."""
        return self.parameters * self.value_bytes

    def operations(self, tokens: float, columns: float) -> float:
        """Return the operations of some tokens, each of which attends to so many columns."""
        return tokens * (2 * self.parameters + 4 * self.hidden * self.blocks * columns)

    def kept(self, tokens: float) -> float:
        """Return the bytes of the keys and values of some tokens."""
        return 2 * self.kv_width * self.blocks * self.value_bytes * tokens


@dataclass(frozen=True)
class Plan:
    """What is to be run.

    Attributes:
        prompts: How many.
        prompt_tokens: Of each.
        new_tokens: Of each answer; 1 where answers are scored by likelihood, which needs no second pass.
        arms: Cells over these prompts.
        shared: Whether what the arms of a prompt have in common is read once.
        rows: Of a batch.
    """

    prompts: float
    prompt_tokens: int
    new_tokens: int
    arms: int
    shared: bool = True
    rows: int = 64

    @property
    def answers(self) -> float:
        """How many are written."""
        return self.prompts * self.arms

    @property
    def read_tokens(self) -> float:
        """Prompt tokens that are read, each time they are."""
        return (self.prompts if self.shared else self.answers) * self.prompt_tokens

    @property
    def rows_together(self) -> int:
        """Answers that are written in one batch."""
        return self.rows * (BRANCHED_ROWS if self.shared else 1)

    @property
    def passes(self) -> float:
        """Passes that write."""
        return ceil(self.answers / self.rows_together) * self.new_tokens

    @property
    def record_bytes(self) -> float:
        """Of the records."""
        return self.answers * RECORD_BYTES


@dataclass(frozen=True)
class Machine:
    """How fast a machine does it.

    Attributes:
        name: As the page calls it.
        prefill: Operations a second while prompts are read.
        decode: The same while answers are written.
        bandwidth: Bytes a second from memory.
        block_seconds: What starting one block costs, in seconds.
    """

    name: str
    prefill: float
    decode: float
    bandwidth: float
    block_seconds: float = 0.0

    def seconds(self, model: Geometry, plan: Plan) -> float:
        """Return how long a plan takes, loading and scoring left out."""
        return self.reading(model, plan) + self.writing(model, plan)

    def reading(self, model: Geometry, plan: Plan) -> float:
        """Return the seconds in which prompts are read."""
        return model.operations(plan.read_tokens, plan.prompt_tokens / 2) / self.prefill

    def writing(self, model: Geometry, plan: Plan) -> float:
        """Return the seconds in which answers are written: whatever of the three binds."""
        columns = plan.prompt_tokens + plan.new_tokens / 2
        return max(
            model.operations(plan.answers * plan.new_tokens, columns) / self.decode,
            plan.passes * model.weights / self.bandwidth,
            plan.passes * model.blocks * self.block_seconds,
        )

    def memory(self, model: Geometry, plan: Plan) -> float:
        """Return the bytes of weights, keys and values of one batch."""
        together = plan.rows_together
        prefixes = ceil(together / plan.arms) if plan.shared else together
        return model.weights + model.kept(prefixes * plan.prompt_tokens + together * plan.new_tokens)
