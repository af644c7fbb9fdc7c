"""What a report says about one cell, computed from its record and the unsteered one beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_steering.records import Outcome, Record, canonical

if TYPE_CHECKING:
    from pytest_steering.evaluation.metrics import Metrics, Scored

UNSTEERED, STEERED = "unsteered", "steered"


@dataclass(frozen=True)
class Group:
    """The arms of one experiment on one model: equal specs but for the intervention.

    Attributes:
        model: The model's name.
        experiment: The test's name.
        conditions: Data set, split and question form.
        cells: The records by arm and intervention, in the order they were made; of equal cells the last.
    """

    model: str
    experiment: str
    conditions: str
    cells: tuple[Record, ...]

    @property
    def unsteered(self) -> Record | None:
        """The cell that the others are compared with."""
        return next((cell for cell in self.cells if cell.arm == UNSTEERED), None)


def scored_groups(records: Iterable[Record]) -> list[Group]:
    """Return the scored cells grouped by model, experiment and conditions, in order of appearance."""
    cells: dict[tuple[str, str, str], dict[str, Record]] = {}
    for record in records:
        if record.spec.get("purpose") == "score":
            key = (record.model, record.experiment, _without_intervention(record))
            cells.setdefault(key, {})[record.key] = record
    groups = [_group(tuple(arms.values())) for arms in cells.values()]
    models = list(dict.fromkeys(group.model for group in groups))
    return sorted(groups, key=lambda group: models.index(group.model))


def ran(record: Record) -> list[Outcome]:
    """Return the outcomes of the samples that were run."""
    return [outcome for outcome in record.outcomes if not outcome.skipped]


def where(record: Record) -> str:
    """Return layers and scale of a cell's intervention, such as `2@1.25`; empty for the unsteered model."""
    intervention = record.spec.get("intervention") or {}
    if not intervention.get("layers"):
        return ""
    layers = ",".join(str(layer) for layer in intervention.get("layers", ()))
    return f"{layers}@{intervention.get('scale', 1.0):g}"


def invalid(record: Record) -> bool:
    """Tell whether a finding says that the cell's numbers mean nothing."""
    return any(finding.get("severity") == "invalid" for finding in record.findings)


def metrics_of(outcomes: Sequence[Outcome]) -> Metrics:
    """Return the numbers of a cell, from its outcomes alone and without intervals."""
    from pytest_steering.evaluation.metrics import score

    return score(rows_of(outcomes), resamples=0)


def rows_of(outcomes: Sequence[Outcome]) -> list[Scored]:
    """Return outcomes as the metrics take them; a sample's length is that of its prompt."""
    from pytest_steering.evaluation.metrics import Scored

    return [
        Scored(
            id=one.id,
            predicted=one.predicted,
            expected=int(one.expected == "yes"),
            margin=_number(one.margin),
            pair_id=one.pair_id,
            cluster=one.cluster,
            length=one.prompt_tokens or None,
        )
        for one in outcomes
    ]


def pairs(before: Record, after: Record) -> list[tuple[Outcome, Outcome]]:
    """Return the samples that were run in both cells, in the first one's order."""
    later = {outcome.id: outcome for outcome in ran(after)}
    return [(outcome, later[outcome.id]) for outcome in ran(before) if outcome.id in later]


def _group(cells: tuple[Record, ...]) -> Group:
    return Group(cells[0].model, cells[0].experiment, _conditions(cells[0]), cells)


def _conditions(record: Record) -> str:
    data, prompt = record.spec.get("data") or {}, record.spec.get("prompt") or {}
    engine, reader = record.spec.get("engine"), record.spec.get("reader")
    vectors = (record.spec.get("vectors") or {}).get("dataset")
    unusual = (
        engine if engine != "hooks" else None,
        f"{reader} reader" if reader not in (None, "text") else None,
    )
    origin = f"vectors from {vectors}" if vectors and vectors != data.get("dataset") else None
    named = (*unusual, data.get("dataset"), data.get("split"), prompt.get("form"), origin)
    return " · ".join(str(part) for part in named if part)


def _without_intervention(record: Record) -> str:
    return canonical({name: value for name, value in record.spec.items() if name != "intervention"})


def _number(margin: float | None) -> float | None:
    return None if margin is None or margin != margin else margin
