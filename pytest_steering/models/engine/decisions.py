"""Which conditions hold: decided as states leave the block that each looks at, row by row, part by part."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.span import Span
from pytest_steering.models.engine.trace import Shares, Trace

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.joint import AnyIntervention
    from pytest_steering.steering.similarity import Similarity

Part = tuple[int, int]
"""A row, and the number of a part of its intervention."""


class Decisions:
    """The conditions of one batch.

    Attributes:
        layers: The blocks after which some condition is looked at.
    """

    def __init__(
        self, rows: Sequence[AnyIntervention | None], prompt_lengths: Sequence[int], trace: Trace
    ) -> None:
        """Prepare a batch.

        Args:
            rows: One intervention or None for each row.
            prompt_lengths: Of each row, in tokens.
            trace: Is told what was decided.
        """
        self._rows, self._lengths, self._trace = rows, prompt_lengths, trace
        self._at: dict[int, list[tuple[Part, Similarity]]] = {}
        for row, arm in enumerate(rows):
            for number, part in enumerate(arm.parts if arm else ()):
                if part.similarity is not None:
                    self._at.setdefault(part.similarity.layer, []).append(((row, number), part.similarity))
        self.layers = frozenset(self._at)
        self._held: dict[Part, bool] = {}
        self._seen: set[int] = set()

    def begin(self) -> None:
        """Know that a pass begins."""
        self._seen = set()

    def decided(
        self, layer: int, state: Tensor, spans: Mapping[int, Span], shares: Mapping[int, Shares]
    ) -> dict[int, Shares]:
        """Return which tokens of a pass are steered, once what looks at this block has been decided.

        Args:
            layer: Block number.
            state: What left the block, before anything is done to it.
            spans: Where the rows' tokens stand in the pass.
            shares: The tokens that were to be steered, by row.

        Raises:
            InterventionError: A row is to be steered before the token was read by which it decides.
        """
        self._seen.add(layer)
        found = dict(shares)
        for part, similarity in self._at[layer]:
            row, number = part
            if row in spans:
                own = [token for token, share in found[row].items() if share[number]]
                decide = self._by_token if similarity.each_token else self._by_prompt
                left = decide(part, similarity, state, spans[row], own)
                found[row] = _without(found[row], number, {*own} - {*left})
        return found

    def require(self, layer: int, spans: Mapping[int, Span]) -> None:
        """Raise InterventionError where rows of this pass steer a block before they have decided in it.

        Args:
            layer: Block number.
            spans: Of the rows that the pass reads; groups of rows may read their texts one after the other.
        """
        late = [
            row
            for at, parts in self._at.items()
            for (row, number), _ in parts
            if row in spans
            and at not in self._seen
            and (arm := self._rows[row]) is not None
            and layer in arm.parts[number].at
        ]
        if late:
            raise InterventionError(
                f"layer {layer} is to be steered in rows {late[:10]}, but the block of their condition has "
                "not run"
            )

    def _by_prompt(
        self, part: Part, similarity: Similarity, state: Tensor, span: Span, tokens: Sequence[int]
    ) -> Sequence[int]:
        row, _ = part
        last = self._lengths[row] - 1
        if part not in self._held and span.first <= last < span.stop:
            member, column = span.cell(last)
            self._held[part] = bool(similarity.holds(state[member, column][None])[0])
            self._note(part, 1, int(self._held[part]))
        if tokens and part not in self._held:
            raise InterventionError(
                f"row {row} is to be steered before its last prompt token is read, by which it decides"
            )
        return tokens if self._held.get(part) else ()

    def _by_token(
        self, part: Part, similarity: Similarity, state: Tensor, span: Span, tokens: Sequence[int]
    ) -> Sequence[int]:
        if not tokens:
            return tokens
        members, columns = zip(*(span.cell(token) for token in tokens), strict=True)
        holds = similarity.holds(state[list(members), list(columns)]).tolist()
        self._note(part, len(holds), sum(holds))
        return [token for token, held in zip(tokens, holds, strict=True) if held]

    def _note(self, part: Part, asked: int, held: int) -> None:
        row, number = part
        known = self._trace.decisions.setdefault((id(self._rows[row]), number), [0, 0])
        known[0] += asked
        known[1] += held


def _without(shares: Shares, number: int, tokens: Collection[int]) -> Shares:
    """Return the shares of a row's tokens, with a part that does not steer some of them."""
    left = {
        token: (*share[:number], 0.0, *share[number + 1 :]) if token in tokens else share
        for token, share in shares.items()
    }
    return {token: share for token, share in left.items() if any(share)}
