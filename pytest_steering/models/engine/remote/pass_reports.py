"""What a request reported of its passes, held against what the session plans for the same tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_steering.errors import InterventionError, NotFiniteError

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.edit_session import EditSession
    from pytest_steering.models.engine.watching import Told


class BlockReport(NamedTuple):
    """What was seen at one block in one pass; see `shipped.seen`."""

    wrote: Tensor
    untouched: bool
    finite: bool
    before: Any
    handed_on: Any


class PassReport(NamedTuple):
    """What was seen in one pass.

    Attributes:
        ids: What it read: [rows, columns].
        mask: Which of all columns so far hold tokens.
        blocks: Of each visited block, by its number.
    """

    ids: Tensor
    mask: Tensor
    blocks: dict[int, BlockReport]


def pass_reports(
    session: EditSession, layers: Sequence[int], ids: Tensor, reports: Sequence[Any], passes: int
) -> list[PassReport]:
    """Return the reports pass by pass.

    Args:
        session: Has the prompts.
        layers: The visited blocks, as often as there were passes.
        ids: Prompts and new tokens.
        reports: Of each visit.
        passes: How many there were.
    """
    import torch

    columns, mask = session.batch.columns, session.batch.attention_mask
    found = []
    for number in range(passes):
        own = reports[number * len(layers) : (number + 1) * len(layers)]
        blocks = {layer: BlockReport(*one) for layer, one in zip(layers, own, strict=True)}
        stop = columns + number
        first = next(iter(blocks.values()), None)
        width = (columns if number == 0 else 1) if first is None else int(first.wrote.shape[1])
        further = torch.ones(len(ids), number, dtype=mask.dtype)
        found.append(PassReport(ids[:, stop - width : stop], torch.cat([mask, further], dim=1), blocks))
    return found


def note(session: EditSession, report: PassReport, read: Sequence[int]) -> None:
    """Plan a pass in the session as if it were about to run, and note where the server wrote in it.

    Args:
        session: Its trace has the passes before.
        report: Of this one.
        read: How many tokens of each row count; what is written to a row that has ended does not.

    Raises:
        InterventionError: The server changed a token that was not to be steered.
        NotFiniteError: What it wrote are no finite numbers.
    """
    session.begin_forward(report.ids)
    forward = session.trace.forwards[-1]
    for layer in session.layers:
        block = report.blocks[layer]
        if not block.finite:
            raise NotFiniteError(f"states that were written at layer {layer} are no finite numbers")
        if not block.untouched:
            raise InterventionError(f"layer {layer} was changed at tokens that were not to be steered")
        rows = {
            row: [token for token in tokens if token < read[row]]
            for row, tokens in enumerate(_tokens(block.wrote, forward.start, session.batch.pads))
        }
        forward.actual[layer] = {row: tokens for row, tokens in rows.items() if tokens}


def fault_of(session: EditSession, report: PassReport) -> str:
    """Say where a block handed on something else than the session asks for, bit for bit; empty if nowhere."""
    import torch

    session.begin_forward(report.ids)
    for layer, block in report.blocks.items():
        try:
            session.edit(layer, block.before)
            session.check_first(layer, block.before, block.handed_on)
        except InterventionError as error:
            return str(error)
        if layer not in session.layers and not torch.equal(block.before, block.handed_on):
            return f"layer {layer} was changed, and it was not to be steered"
    return ""


def tell(told: Told, report: PassReport) -> None:
    """Tell who watches of a pass that is over."""
    told.begin(report.ids, report.mask)
    for layer, block in report.blocks.items():
        if told.computed is not None:
            told.computed(layer, block.before)
        told.handed_on(layer, block.handed_on)


def _tokens(wrote: Tensor, start: int, pads: Sequence[int]) -> list[list[int]]:
    """Return the numbers of each row's tokens that were written in a pass from a column on."""
    return [
        [start + column - pad for column, true in enumerate(row) if true]
        for row, pad in zip(wrote.tolist(), pads, strict=True)
    ]
