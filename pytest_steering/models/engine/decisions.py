"""Which rows' conditions hold: decided as their states leave the block that each looks at, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import InterventionError
from pytest_steering.models.engine.span import Span
from pytest_steering.models.engine.trace import Shares, Trace

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.similarity import Similarity


class Decisions:
    """The conditions of one batch.

    Attributes:
        layers: The blocks after which some row's condition is looked at.
    """

    def __init__(
        self, rows: Sequence[Intervention | None], prompt_lengths: Sequence[int], trace: Trace
    ) -> None:
        """Prepare a batch.

        Args:
            rows: One intervention or None for each row.
            prompt_lengths: Of each row, in tokens.
            trace: Is told what was decided.
        """
        self._rows, self._lengths, self._trace = rows, prompt_lengths, trace
        self._at: dict[int, list[tuple[int, Similarity]]] = {}
        for number, row in enumerate(rows):
            if row is not None and row.similarity is not None:
                self._at.setdefault(row.similarity.layer, []).append((number, row.similarity))
        self.layers = frozenset(self._at)
        self._held: dict[int, bool] = {}
        self._seen: set[int] = set()

    def begin(self) -> None:
        """Know that a pass begins."""
        self._seen = set()

    def decided(
        self, layer: int, state: Tensor, spans: Mapping[int, Span], shares: Mapping[int, Shares]
    ) -> dict[int, Shares]:
        """Return which tokens of a pass are steered, once those rows have decided that look at this block.

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
        for row, similarity in self._at[layer]:
            if row in spans:
                decide = self._by_token if similarity.each_token else self._by_prompt
                found[row] = decide(row, similarity, state, spans[row], shares[row])
        return found

    def require(self, layer: int, spans: Mapping[int, Span]) -> None:
        """Raise InterventionError where rows of this pass steer a block before they have decided in it.

        Args:
            layer: Block number.
            spans: Of the rows that the pass reads; groups of rows may read their texts one after the other.
        """
        late = [
            number
            for at, rows in self._at.items()
            for number, _ in rows
            if number in spans
            and at not in self._seen
            and (one := self._rows[number]) is not None
            and layer in one.at
        ]
        if late:
            raise InterventionError(
                f"layer {layer} is to be steered in rows {late[:10]}, but the block of their condition has "
                "not run"
            )

    def _by_prompt(
        self, row: int, similarity: Similarity, state: Tensor, span: Span, shares: Shares
    ) -> Shares:
        last = self._lengths[row] - 1
        if row not in self._held and span.first <= last < span.stop:
            member, column = span.cell(last)
            self._held[row] = bool(similarity.holds(state[member, column][None])[0])
            self._note(row, 1, int(self._held[row]))
        if shares and row not in self._held:
            raise InterventionError(
                f"row {row} is to be steered before its last prompt token is read, by which it decides"
            )
        return shares if self._held.get(row) else {}

    def _by_token(
        self, row: int, similarity: Similarity, state: Tensor, span: Span, shares: Shares
    ) -> Shares:
        if not shares:
            return shares
        members, columns = zip(*(span.cell(token) for token in shares), strict=True)
        holds = similarity.holds(state[list(members), list(columns)]).tolist()
        self._note(row, len(holds), sum(holds))
        return {token: share for (token, share), held in zip(shares.items(), holds, strict=True) if held}

    def _note(self, row: int, asked: int, held: int) -> None:
        known = self._trace.decisions.setdefault(id(self._rows[row]), [0, 0])
        known[0] += asked
        known[1] += held
