"""What is added where in a batch, planned before a request: tensors, numbers and lists, as they travel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import InterventionError, ModelError
from pytest_steering.models.engine.only_part import only_part
from pytest_steering.steering.sites import BLOCK_OUTPUT

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.engine.edit_session import EditSession
    from pytest_steering.steering.intervention import Intervention


@dataclass(frozen=True)
class LayerPlan:
    """What is added at one layer.

    Attributes:
        where: Of each row and column, pads counted, which vector is added; -1 for none.
        added: The vectors: [vectors, hidden].
    """

    where: Tensor
    added: Tensor


def token_plan(session: EditSession, columns: int, layers: Sequence[int]) -> dict[int, LayerPlan]:
    """Return what the rows' interventions add, by layer.

    Args:
        session: Has the rows.
        columns: Prompts and all that will be fed back, pads counted.
        layers: Those that the request visits.

    Raises:
        InterventionError: An intervention does what cannot be planned before the model runs.
    """
    arms = {id(row): only_part(row, "nnsight-remote") for row in session.rows if row is not None}
    for arm in arms.values():
        require_plannable(arm, ahead=columns > session.batch.columns)
    rows = [arms.get(id(row)) for row in session.rows]
    return {layer: _layer_plan(session, rows, layer, columns) for layer in layers}


def _layer_plan(
    session: EditSession, rows: Sequence[Intervention | None], layer: int, columns: int
) -> LayerPlan:
    import torch

    batch = session.batch
    where = torch.full((batch.rows, columns), -1)
    numbers: dict[tuple[int, float], int] = {}
    added: list[Tensor] = []
    for number, (row, pad) in enumerate(zip(rows, batch.pads, strict=True)):
        if row is None or layer not in row.at:
            continue
        ids = batch.input_ids[number, pad:].tolist() if row.reads_tokens else None
        for token, share in row.shares(batch.prompt_lengths[number], 0, columns - pad, ids).items():
            if (id(row), share) not in numbers:
                numbers[id(row), share] = len(added)
                added.append(_added(row, layer, share))
            where[number, pad + token] = numbers[id(row), share]
    return LayerPlan(where, torch.stack(added) if added else torch.zeros(0, 0))


def _added(row: Intervention, layer: int, share: float) -> Tensor:
    """Return what is added; -0 leaves every number as it is, a plain 0 changes the sign of -0."""
    import torch

    edit = row.edit(layer, share)
    return edit.delta if edit.moves else torch.full_like(edit.direction, -0.0)


def require_plannable(row: Intervention, *, ahead: bool) -> None:
    """Raise InterventionError for an intervention that depends on what the model computes.

    Args:
        row: The intervention.
        ahead: Whether the model writes tokens that are not known yet.
    """
    if not row.does.additive:
        raise InterventionError(
            f"the nnsight-remote engine adds vectors to states and does nothing else; operation "
            f"{row.operation!r} needs the hooks engine"
        )
    if row.when is not None:
        raise InterventionError(
            f"what the nnsight-remote engine adds is planned before the model runs; condition {row.when!r} "
            "needs the hooks engine"
        )
    if ahead and row.reads_tokens:
        raise InterventionError(
            "positions or a schedule that read the tokens cannot be planned before these are written; use a "
            "region such as 'last', or the hooks engine"
        )


def require_reachable(loaded: LoadedModel) -> Any:
    """Return a model as nnsight asks for it.

    Raises:
        ModelError: No request of ours can steer it.
    """
    architecture = loaded.architecture
    reason = ""
    if loaded.served is None:
        reason = "runs models that were loaded for it, by SteerableModel.load(..., engine='nnsight-remote')"
    elif architecture.site != BLOCK_OUTPUT:
        reason = f"writes into the output of blocks, and the {architecture.site} is asked for"
    elif any(block.call for block in architecture.blocks):
        reason = "counts each call of a block, and this model runs some several times in a pass"
    elif not all(_plain(block.place) for block in architecture.blocks):
        reason = f"knows blocks that return one stream, and those here return {architecture.output}"
    if loaded.served is None or reason:
        raise ModelError(f"the nnsight-remote engine {reason}; use the hooks engine")
    return loaded.served.model


def _plain(place: Any) -> bool:
    """Whether a block returns its state bare, or as a member of a tuple."""
    bare = place.container == "tensor" or (place.container == "tuple" and isinstance(place.index, int))
    return bool(bare and place.axes == "bsh" and place.streams == 1 and not place.lead)
