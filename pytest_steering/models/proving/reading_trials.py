"""The claims on how a model reads a text: nothing of what comes later, and as it does when called plainly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_steering.models.proving.trial_runs import FINE, NEW_TOKENS, Outcome
from pytest_steering.models.proving.witness import States, WitnessSession, witnessed
from pytest_steering.models.rounding import parted, rounding
from pytest_steering.models.running.batching import TokenBatch, pad_left
from pytest_steering.models.running.plain_generation import generate_plainly

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel

SHORT, LONG = 7, 72
"""Tokens of the texts: a few, and more than most chunks and the windows of small models."""

_FINE = 1e-5
"""Machine epsilon below which a dtype is no low precision."""

_LOW = 0.1
"""In low precision another kernel may move a state by this share of its norm."""
_LOW_REGROUPED = 0.03
"""So may a mixture of experts when other tokens go to an expert; a dense model keeps every bit."""


@dataclass(frozen=True)
class Reading:
    """What a model makes of one text: states, and logits after each token [1, tokens, vocabulary]."""

    states: States
    logits: Tensor

    def moved(self, other: Reading, tokens: int) -> float:
        """Return how far the first tokens' states and logits lie apart, as a share of their norm."""
        pairs = [(self.states[layer], other.states[layer]) for layer in self.states]
        return max(_apart(one, two, tokens) for one, two in [*pairs, (self.logits, other.logits)])


class ReadingTrials:
    """What is claimed of unsteered passes over one text; each trial returns what is wrong, and its limits."""

    def __init__(self, loaded: LoadedModel, engine: Engine) -> None:
        """Bind the trials to a model and an engine."""
        self._loaded, self._engine = loaded, engine
        room = (loaded.context or LONG + NEW_TOKENS) - NEW_TOKENS
        self._known: dict[int, Reading] = {}
        self._plain: dict[int, Tensor | None] = {}
        self._lengths = sorted({min(length, room) for length in (SHORT, LONG)})

    def later_tokens(self) -> Outcome:
        """Change the text from some token on and compare what comes before."""
        for text in self._texts:
            for first in _places(len(text)):
                changed = [*text[:first], *self._ordinary(range(first + 1, len(text) + 1))]
                moved = self._read(text).moved(self._pass(changed), first)
                if not moved <= self._regrouping:
                    return (
                        f"other tokens from number {first} on move those before them by {moved:.1g} of their "
                        f"norm, in a text of {len(text)}: the model looks ahead",
                        "",
                    )
        return FINE

    def plain_call(self) -> Outcome:
        """Call the model with the tokens alone, as its users do."""
        for text in self._texts:
            plain = self._called(text)
            if plain is None:
                return "", "it cannot be called with tokens alone"
            moved = _apart(self._read(text).logits, plain, len(text))
            if not moved <= self._rounding:
                return f"they move by {moved:.1g} of their norm in a text of {len(text)}", ""
        read, wanted = len(self._texts[-1]), self._lengths[-1]
        return "", "" if read == wanted else f"its own code reads no {wanted} tokens"

    def written_text(self) -> Outcome:
        """Let the model write a few tokens with a cache, and read the whole text at once."""
        for text in self._texts:
            written, states = self._write(text)
            whole = self._pass(written[:-1]).states
            read = len(written) - 1
            moved = max(_apart(states[layer], whole[layer][:, :read], read) for layer in whole)
            if not moved <= self._rounding:
                return f"states move by {moved:.1g} of their norm behind a text of {len(text)}", ""
        return FINE

    @cached_property
    def _texts(self) -> list[list[int]]:
        """The short text, and the long one where the model's own code can read it."""
        short, *long = [self._ordinary(range(length)) for length in self._lengths]
        return [short, *(text for text in long if self._called(text) is not None)]

    def _ordinary(self, numbers: Sequence[int]) -> list[int]:
        """Return a token for each number, another for the next one; none of them pads."""
        vocabulary, pad = int(self._loaded.module.get_input_embeddings().weight.shape[0]), self._loaded.pad_id
        tokens = [3 + 5 * number % (vocabulary - 4) for number in numbers]
        return [token + (3 <= pad <= token) for token in tokens]

    def _read(self, text: Sequence[int]) -> Reading:
        """Return the reading of one of the unchanged texts, which several claims ask for."""
        if len(text) not in self._known:
            self._known[len(text)] = self._pass(text)
        return self._known[len(text)]

    def _called(self, text: Sequence[int]) -> Tensor | None:
        """Return the logits of a plain call, or None where the model's own code raises."""
        import torch

        if len(text) not in self._plain:
            try:
                with torch.no_grad():
                    logits = self._loaded.module(input_ids=self._batch(text).input_ids).logits
            except (RuntimeError, TypeError, ValueError, IndexError):
                logits = None
            self._plain[len(text)] = logits
        return self._plain[len(text)]

    def _pass(self, text: Sequence[int]) -> Reading:
        batch = self._batch(text)
        with witnessed(self._loaded.module, self._loaded.architecture) as passes:
            logits = self._engine.logits(batch, WitnessSession(batch, [None]), len(text))
        return Reading(passes[0], logits)

    def _write(self, text: Sequence[int]) -> tuple[list[int], States]:
        """Return the text with what was written behind it, and the states of all but the newest token."""
        import torch

        batch = self._batch(text)
        session = WitnessSession(batch, [None])
        with witnessed(self._loaded.module, self._loaded.architecture) as passes:
            ids = generate_plainly(self._loaded, self._engine, batch, session, NEW_TOKENS)
        first, *steps = passes
        states = {
            layer: torch.cat([state[:, : len(text)], *(step[layer][:, -1:] for step in steps)], dim=1)
            for layer, state in first.items()
        }
        return ids[0].tolist(), states

    def _batch(self, text: Sequence[int]) -> TokenBatch:
        return pad_left([text], self._loaded.pad_id, self._loaded.device)

    @property
    def _rounding(self) -> float:
        """Another kernel sums in another order."""
        return min(rounding(self._coarsest, len(self._loaded.architecture.blocks) + 1), _LOW)

    @property
    def _regrouping(self) -> float:
        """Passes of one shape over one beginning differ where tokens share a product with other ones."""
        import torch

        eps = torch.finfo(self._coarsest).eps
        if eps < _FINE:
            return self._rounding
        names = [name for name, _ in self._loaded.module.named_modules()]
        return _LOW_REGROUPED if any("expert" in name or "moe" in name for name in names) else eps / 8

    @property
    def _coarsest(self) -> torch.dtype:
        """What the model computes in: some keep a bfloat16 model's states in float32."""
        import torch

        state = next(iter(self._read(self._texts[0]).states.values()))
        kinds: set[torch.dtype] = {state.dtype, self._loaded.module.dtype}
        return max(kinds, key=lambda kind: torch.finfo(kind).eps)


def _places(length: int) -> list[int]:
    """Return from where on a text is changed: half of it, its last token; of a short one nearly all too."""
    few = (1, length - 2) if length <= SHORT else ()
    return sorted({place for place in (*few, length // 2, length - 1) if 0 < place < length})


def _apart(one: Tensor, other: Tensor, tokens: int) -> float:
    """Return how far the first tokens' rows lie apart; one of another shape lies infinitely far."""
    if one.shape != other.shape:
        return float("inf")
    return parted(one[:, :tokens].flatten(2), other[:, :tokens].flatten(2))
