"""An experiment in two runs beside each other, sample by sample."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_steering.comparison import STEERED, UNSTEERED, Arm
from pytest_steering.report.cell_summary import Group
from pytest_steering.report.html.experiment_verdict import (
    Change,
    Kind,
    Verdict,
    concluded,
    paired_change,
    verdict_of,
)
from pytest_steering.report.html.prompt_table import PromptTable
from pytest_steering.report.html.run_view import RunView
from pytest_steering.report.html.samples import Prompts, Samples, samples_of


@dataclass(frozen=True)
class ComparedView:
    """One experiment in both runs.

    Attributes:
        group: As the later run has it.
        kind: Whether its steered number rose or fell since the earlier run.
        why: In one sentence.
        metric: The number.
        change: Of the steered arm from the earlier run to the later, over the samples of both; None where
            one of them has none.
        effects: Of steering, in the earlier run and in the later.
        samples: To browse: both runs' arms.
    """

    group: Group
    kind: Kind
    why: str
    metric: str
    change: Change | None
    effects: tuple[Verdict, Verdict]
    samples: Samples


def compared_views(before: RunView, now: RunView, table: PromptTable) -> Iterator[ComparedView]:
    """Yield the experiments that both runs scored.

    Args:
        before: The earlier run.
        now: The later one.
        table: Gets the prompts that are shown.
    """
    for one, other in shared_groups(before.groups, now.groups):
        prompts: ChainMap[str, str] = ChainMap(before.prompts.of(one.records), now.prompts.of(other.records))
        yield _view(one.afresh, other.afresh, prompts, table)


def shared_groups(before: Sequence[Group], now: Sequence[Group]) -> list[tuple[Group, Group]]:
    """Return the experiments of two runs that are the same by model, test and conditions."""
    known = {_name(group): group for group in before}
    return [(known[_name(group)], group) for group in now if _name(group) in known]


def alone(groups: Sequence[Group], others: Sequence[Group]) -> list[str]:
    """Return the names of experiments that another run has not."""
    known = set(map(_name, others))
    return [" · ".join(_name(group)) for group in groups if _name(group) not in known]


def _name(group: Group) -> tuple[str, str, str]:
    return group.model, group.experiment_id, group.conditions


def _view(before: Group, now: Group, prompts: Prompts, table: PromptTable) -> ComparedView:
    effects = verdict_of(before), verdict_of(now)
    browsed = {**_both(before, now, STEERED, ""), **_both(before, now, UNSTEERED, f"{UNSTEERED} ")}
    metric = effects[1].metric
    samples = samples_of(browsed, metric, prompts, table)
    if "now" not in browsed or "before" not in browsed:
        return ComparedView(now, "unpaired", "One run has no steered arm.", metric, None, effects, samples)
    change = paired_change(browsed["now"], metric)
    return ComparedView(now, *concluded(browsed["now"], change), metric, change, effects, samples)


def _both(before: Group, now: Group, arm: str, called: str) -> dict[str, Arm]:
    """Return an arm of both runs, each beside that of the earlier one."""
    found = {
        when: next((one for one in group.records if one.arm == arm), None)
        for when, group in (("before", before), ("now", now))
    }
    return {f"{called}{when}": Arm(one, found["before"]) for when, one in found.items() if one}
