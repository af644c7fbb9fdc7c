"""The scored cells of a report, put together as the arms of experiments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pytest_steering.comparison import UNSTEERED, Arm
from pytest_steering.comparison.main_effect import ACCURACY
from pytest_steering.identity import SCORE, canonical, question_of
from pytest_steering.records import Record
from pytest_steering.run_folder.cell import newest_cells


@dataclass(frozen=True)
class Group:
    """The arms of one experiment on one model: equal specs but for the intervention.

    Attributes:
        model: The model's name.
        experiment: The test's name.
        conditions: The number that it is about, unless that is accuracy; data set, split, question form.
        experiment_id: Its name together with the file that it stands in.
        records: Of the arms in the order they were made; of a cell the newest record, and before it those
            that go by the same key and differ.
    """

    model: str
    experiment: str
    conditions: str
    experiment_id: str
    records: tuple[Record, ...]

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """Each record beside the unsteered one; what is computed of them is kept as long as the group."""
        unsteered = next((one for one in self.records if one.arm == UNSTEERED), None)
        return tuple(Arm(one, unsteered) for one in self.records)

    @property
    def afresh(self) -> Group:
        """The group without what was computed of it: of many groups that is more than memory holds."""
        return replace(self)


def scored_groups(records: Iterable[Record]) -> list[Group]:
    """Return the scored cells grouped by model, experiment and conditions, in order of appearance."""
    cells: dict[tuple[str, str, str], list[Record]] = {}
    for one in newest_cells(record for record in records if record.spec.get("purpose") == SCORE).values():
        key = (one.record.model, one.record.experiment_id, _question(one.record))
        cells.setdefault(key, []).extend((*one.rivals, one.record))
    groups = [_group(tuple(own)) for own in cells.values()]
    models = list(dict.fromkeys(group.model for group in groups))
    return sorted(groups, key=lambda group: models.index(group.model))


def where(record: Record) -> str:
    """Return layers and scale of a cell's intervention, such as `2@1.25`, or the threshold on its margins.

    The parts of a joint one stand side by side, as in `2@1.25 3,4@1`. It is empty for the model alone.
    """
    intervention = record.spec.get("intervention") or {}
    if "threshold" in record.provenance:
        return f">{record.provenance['threshold']:.3g}"
    parts = intervention.get("parts") or [intervention]
    return " ".join(_dose(part) for part in parts if part.get("layers"))


def _dose(intervention: Mapping[str, Any]) -> str:
    layers = ",".join(str(layer) for layer in intervention["layers"])
    return f"{layers}@{intervention.get('scale', 1.0):g}"


def _group(cells: tuple[Record, ...]) -> Group:
    first = cells[0]
    return Group(first.model, first.experiment, _conditions(first), first.experiment_id, cells)


def _conditions(record: Record) -> str:
    data, prompt = record.spec.get("data") or {}, record.spec.get("prompt") or {}
    engine, reader = record.spec.get("engine"), record.spec.get("reader")
    vectors = (record.spec.get("vectors") or {}).get("dataset")
    about = record.evidence.get("main_metric") or ACCURACY
    read_by = reader if reader not in (None, "", "text") and about not in str(reader).split("+") else None
    unusual = (
        about if about != ACCURACY else None,
        engine if engine != "hooks" else None,
        f"{read_by} reader" if read_by else None,
    )
    origin = f"vectors from {vectors}" if vectors and vectors != data.get("dataset") else None
    run = f"run {record.spec['run']}" if "run" in record.spec else None
    named = (run, *unusual, data.get("dataset"), data.get("split"), prompt.get("form"), origin)
    return " · ".join(str(part) for part in named if part)


def _question(record: Record) -> str:
    return canonical({name: value for name, value in question_of(record.spec).items() if name != "point"})
