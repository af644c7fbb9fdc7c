"""What became of one sample in one cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What became of one sample in one cell.

    Attributes:
        id: The sample's id.
        expected: `yes` when the asked property is present, `no` when it is absent; empty without a label.
        predicted: `yes`, `no`, or `none` when the answer could not be read; empty where no verdict is asked.
        prompt_sha256: Hash of the prompt as it was sent.
        response: The generated text.
        correct: Whether predicted is expected; None without an answer or a label.
        confidence: The reader's, 0 to 1, where it has one.
        rule: The reader's rule that decided.
        margin: log p(present) − log p(absent) of the first answer token, natural logarithm; of a choice,
            log p(wanted) − log p(all others) of whole options.
        choice_mass: Probability of the two choices, or of all options, together.
        swapped_margin: The margin for *present* when the question was asked in the opposite polarity; of a
            choice, for the wanted option when the options stood in the opposite order.
        wanted: The option of a choice that the margin speaks for; empty where none are asked.
        chosen: The likeliest option, or the one that the text names; empty where there is none.
        first_token_kl: KL(this cell ‖ unsteered) of the first answer token's distribution, in nats.
        tokens: Number of generated tokens.
        tokens_sha256: Hash of the generated token ids.
        tied_at: The first generated token at which the two best logits lay within the tie margin.
        tied_text: What the answer would have begun with, up to and with that token, had the tie gone the
            other way; empty where that is not known.
        pair_id: Shared by twins.
        cluster: Shared by samples that go back to one scenario, where that is more than the pair or sample.
        group: What results are broken down by; empty without one.
        scores: Numbers that the task gives the answer, by name; None for one that cannot be had.
        faults: Why a score failed on the answer, by its name.
        spans: Where in the response the words stand that decided, by what they decided (`verdict`, `choice`
            or a score's name): first character, and the one behind the last.
        prompt_tokens: Length of the prompt.
        length: Characters of the sample's text; None where that is not known.
        skipped: Why the sample was not run; empty when it was.
        ended: Whether a stop token ended the answer; None where the sample was not run or its
            verdict ended it.
    """

    id: str
    expected: str
    predicted: str = "none"
    prompt_sha256: str = ""
    response: str = ""
    correct: bool | None = None
    confidence: float | None = None
    rule: str = ""
    margin: float | None = None
    choice_mass: float | None = None
    swapped_margin: float | None = None
    wanted: str = ""
    chosen: str = ""
    first_token_kl: float | None = None
    tokens: int = 0
    tokens_sha256: str = ""
    tied_at: int | None = None
    tied_text: str = ""
    pair_id: str | None = None
    cluster: str | None = None
    group: str = ""
    scores: Mapping[str, float | None] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)
    prompt_tokens: int = 0
    length: int | None = None
    skipped: str = ""
    ended: bool | None = None

    @property
    def resampled_with(self) -> str:
        """Name of the cluster that a bootstrap draws whole."""
        return self.cluster or self.pair_id or self.id

    def but(self, **changed: Any) -> Outcome:
        """Return the outcome with some fields changed.

        `dataclasses.replace` asks for each of the fields and sets it again, which takes 20 times as long; a
        command goes through millions of outcomes.

        Args:
            **changed: New values by the names of fields.
        """
        return Outcome.of({**vars(self), **changed})

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Outcome:
        """Return the outcome of some values.

        Args:
            values: One for every field, by its name.
        """
        made = object.__new__(cls)
        held = vars(made)
        # One by one: a dict that is filled from another shares no keys, and takes more than twice the memory.
        for name, value in values.items():
            held[name] = value
        return made
