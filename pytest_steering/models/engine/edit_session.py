"""What is done where in one batch: planned before each pass, done by an engine, checked afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import InterventionError, NotFiniteError
from pytest_steering.models.engine.decisions import Decisions
from pytest_steering.models.engine.finite import FiniteWatch
from pytest_steering.models.engine.span import Span
from pytest_steering.models.engine.trace import Forward, Shares, Tokens, Trace, asked_state, require_asked
from pytest_steering.models.engine.writing import Cell, LayerWriter, Place
from pytest_steering.progress.progress import READ
from pytest_steering.steering.joint import AnyIntervention, acting, shares_of_parts

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.batching import TokenBatch


class EditSession:
    """The interventions of one batch, row by row, through all of its forward passes.

    Attributes:
        batch: The prompts.
        rows: Each row's intervention, or None.
        layers: All layers that some row steers, or looks at to decide whether it does, ascending.
        trace: Which tokens were to be steered, and which were.
    """

    def __init__(
        self,
        batch: TokenBatch,
        rows: Sequence[AnyIntervention | None],
        stop_ids: frozenset[int] = frozenset(),
    ) -> None:
        """Prepare a batch.

        Args:
            batch: The prompts.
            rows: One intervention or None for each row.
            stop_ids: Token ids after which a row has ended; what it is fed from then on is padding.
        """
        self.batch, self.rows, self._stop_ids = batch, tuple(rows), stop_ids
        self.trace = Trace()
        self._decisions = Decisions(self.rows, batch.prompt_lengths, self.trace)
        self._steered = sorted({layer for row in self.rows if row for layer in row.at})
        self._acting = [
            {layer: acting(row, layer) if row else () for layer in self._steered} for row in self.rows
        ]
        self.layers = tuple(sorted({*self._steered, *self._decisions.layers}))
        self._fed: list[list[int]] = [[] for _ in self.rows]
        self._ended: set[int] = set()
        self._columns = self._earlier = 0
        self._spans: dict[int, Span] = {}
        self._writers: dict[int, LayerWriter] = {}
        self._places: dict[tuple[int, int, int, tuple[Cell, ...]], Place] = {}
        self._unproven = set(self._steered)
        self._finite = FiniteWatch()

    def begin_forward(self, input_ids: Tensor) -> None:
        """Plan the forward pass that is about to read `input_ids`: [rows, columns of this pass]."""
        self._finite.begin()
        self._decisions.begin()
        self._earlier = self._columns
        start = self._read(input_ids)
        READ.get()(sum(span.stop - span.first for span in self._spans.values()))
        self.trace.forwards.append(self._planned(start))

    def end_forward(self, logits: Tensor) -> None:
        """Raise NotFiniteError unless what was written in the pass, and its logits, are finite numbers.

        Args:
            logits: What the model returned: [members, last columns, vocabulary].
        """
        forward = self.trace.forwards[-1]
        width = forward.stop - forward.start
        cells = (span.cell(token) for span in self._spans.values() for token in range(span.first, span.stop))
        self._finite.end(logits, ((member, width - column) for member, column in cells))

    def _planned(self, start: int) -> Forward:
        shares = {row: self._shares(row, span) for row, span in self._spans.items() if self.rows[row]}
        return Forward(start, self._columns, self._by_layer(shares), shares=shares)

    def _by_layer(self, shares: Mapping[int, Shares]) -> dict[int, Tokens]:
        return {
            layer: {
                row: [token for token, share in tokens.items() if any(share[number] for number in there)]
                for row, tokens in shares.items()
                if (there := self._acting[row][layer])
            }
            for layer in self._steered
        }

    def _decide(self, layer: int, state: Tensor, forward: Forward) -> None:
        """Let those rows decide whether they are steered that look at this block's states."""
        forward.shares = self._decisions.decided(layer, state, self._spans, forward.shares)
        forward.expected = self._by_layer(forward.shares)

    def edit(self, layer: int, state: Tensor) -> Tensor:
        """Return the state as the interventions of this pass make it at the planned tokens.

        Args:
            layer: Block number.
            state: What left the block: [rows, columns, hidden] or [rows, columns, streams, hidden]; it is not
                changed in place, and every stream is edited.
        """
        self._fit(layer, int(state.shape[1]))
        forward = self.trace.forwards[-1]
        if layer in self._decisions.layers:
            self._decide(layer, state, forward)
        if layer not in self._steered:
            return state
        self._decisions.require(layer, self._spans)
        if layer not in self._writers:
            self._writers[layer] = LayerWriter(layer, self.rows, state)
        place = self._place(layer, forward, state)
        forward.actual[layer] = self._written(place)
        if not place.cells:
            return state
        edited, made = self._writers[layer].write(place, state)
        self._finite.wrote(made)
        return edited

    def checks(self, layer: int) -> bool:
        """Whether `check_first` compares a pass: the first, and the first that steers the layer."""
        forwards = self.trace.forwards
        return len(forwards) == 1 or (layer in self._unproven and forwards[-1].steers(layer))

    def check_first(self, layer: int, before: Tensor, after: Tensor) -> None:
        """Hold a block's output against what was asked for, in the passes that `checks` names.

        Args:
            layer: Block number.
            before: The state as the block returned it.
            after: The state that the next block receives.

        Raises:
            InterventionError: They differ by anything else than the planned edits, in any bit.
            NotFiniteError: A state is no number, so that nothing equals it.
        """
        if not self.checks(layer):
            return
        forward = self.trace.forwards[-1]
        asked = asked_state(self.rows, self._column_of, forward, layer, before)
        if bool(asked.isnan().any()):
            raise NotFiniteError(f"the state that leaves layer {layer} is no number in {asked.dtype}")
        require_asked(asked, after, layer)
        if forward.steers(layer):
            self._unproven.discard(layer)

    def _fit(self, layer: int, columns: int) -> None:
        """Plan anew where a model was given the whole text but reads only what its cache lacks.

        Raises:
            InterventionError: The state has other columns than the pass, so no token can be found in it.
        """
        forward = self.trace.forwards[-1]
        if columns == forward.stop - forward.start:
            return
        if columns != forward.stop - self._earlier or forward.actual:
            raise InterventionError(
                f"layer {layer} hands on {columns} columns in a forward pass that reads "
                f"{forward.stop - forward.start}, so no token can be found in it"
            )
        self._spans = {row: self._span(row, self._earlier) for row in range(len(self.rows))}
        self.trace.forwards[-1] = self._planned(self._earlier)

    def _read(self, input_ids: Tensor) -> int:
        """Note which tokens a pass reads and where they stand in it; return its first column."""
        width = int(input_ids.shape[1])
        start = self._first_column(width)
        self._note_fed(input_ids[:, max(self.batch.columns, self._columns) - start :])
        self._columns = start + width
        self._spans = {row: self._span(row, start) for row in range(len(self.rows))}
        return start

    def _column_of(self, row: int, token: int, start: int) -> tuple[int, int]:
        """Return where a token stands in the pass, from what the model itself was given."""
        mask = self.batch.attention_mask
        read = mask[row].nonzero().flatten().tolist()
        return row, (read[token] if token < len(read) else mask.shape[1] + token - len(read)) - start

    def _first_column(self, width: int) -> int:
        """Without a cache every pass reads all columns again, so it is wider than what is left to read."""
        total = max(self.batch.columns, self._columns + (self._columns >= self.batch.columns))
        return 0 if width > total - self._columns else self._columns

    def _note_fed(self, generated: Tensor) -> None:
        for row, fed in enumerate(generated.tolist() if generated.shape[1] else ()):
            self._fed[row].extend(fed)
            if not self._stop_ids.isdisjoint(fed):
                self._ended.add(row)

    def _span(self, row: int, start: int) -> Span:
        pad = self.batch.pads[row]
        stop = min(self._columns, self.batch.columns) if row in self._ended else self._columns
        return Span(row, max(0, pad - start), max(0, start - pad), max(0, stop - pad))

    def _shares(self, row: int, span: Span) -> Shares:
        intervention, pad = self.rows[row], self.batch.pads[row]
        assert intervention is not None
        read = intervention.reads_tokens
        ids = [*self.batch.input_ids[row, pad:].tolist(), *self._fed[row]] if read else None
        return shares_of_parts(intervention, self.batch.prompt_lengths[row], span.first, span.stop, ids)

    def _place(self, layer: int, forward: Forward, state: Tensor) -> Place:
        """Return where the planned tokens stand in this pass; the steps of a decode share one place."""
        cells = tuple(
            (row, *self._spans[row].cell(token), forward.shares[row][token])
            for row, tokens in forward.expected[layer].items()
            for token in tokens
        )
        # The same cells are all that a group of rows has when it reads its text, and a part of it later.
        known = layer, int(state.shape[0]), int(state.shape[1]), cells
        if known not in self._places:
            self._places[known] = self._writers[layer].place(cells, state)
        return self._places[known]

    def _written(self, place: Place) -> Tokens:
        """Return row to tokens, read back from where the pass writes."""
        written: dict[int, list[int]] = {}
        for row, _, column, _ in place.cells:
            written.setdefault(row, []).append(self._spans[row].token(column))
        return written
