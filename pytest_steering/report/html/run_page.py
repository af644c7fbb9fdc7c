"""The page of one run."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_steering.report.html.advice import NOTE, Experiment, advice_of
from pytest_steering.report.html.experiment_verdict import WORDS, Change, Verdict
from pytest_steering.report.html.experiment_view import ExperimentView, FindingView
from pytest_steering.report.html.inlined import packed
from pytest_steering.report.html.page import rendered
from pytest_steering.report.html.prompt_table import PromptTable
from pytest_steering.report.html.run_view import RunView
from pytest_steering.report.html.samples import Samples

INLINE = 6
"""Up to so many experiments stand in the page as they are; those of larger runs are unpacked when opened."""


@dataclass(frozen=True)
class Row:
    """What the overview says of an experiment, and its part of the page.

    Attributes:
        key: Its anchor.
        view_of: Model, experiment and conditions.
        verdict: What is concluded.
        findings: The gravest first.
        ending: How its test ended.
        detail: Its part of the page, as HTML; compressed where there are many.
        samples: To browse.
    """

    key: str
    view_of: tuple[str, str, str, str]
    verdict: Verdict
    findings: Sequence[FindingView]
    ending: str
    detail: str
    samples: Samples

    @property
    def severities(self) -> Mapping[str, int]:
        """How many findings there are of each severity."""
        return Counter(one.severity for one in self.findings)


def run_page(run: RunView) -> str:
    """Return the page of a run as HTML.

    Args:
        run: Its records, and how it went.
    """
    inline = len(run.groups) <= INLINE
    table = PromptTable()
    rows = list(_rows(run, inline, table))
    kinds = Counter(row.verdict.kind for row in rows)
    return rendered(
        "run.html",
        run=run,
        rows=rows,
        inline=inline,
        counts=[(kind, WORDS[kind], kinds[kind]) for kind in WORDS if kinds[kind]],
        models=sorted({row.view_of[0] for row in rows}),
        reach=widest((row.verdict.metric, row.verdict.steered) for row in rows),
        advice=advice_of((Experiment(row.key, row.view_of[1]), row.findings) for row in rows),
        notes=sum(row.severities[NOTE] for row in rows),
        prompts=table.blocks(),
    )


def widest(changes: Iterable[tuple[str, Change | None]]) -> dict[str, float]:
    """Return how far from zero the intervals of each number reach, so that its rows share a scale.

    Args:
        changes: Each with the name of its number.
    """
    found: dict[str, float] = {}
    for name, change in changes:
        ends = change.estimate.interval if change else ()
        found[name] = max(found.get(name, 0.0), *(abs(end) for end in ends if math.isfinite(end)), 0.0)
    return found


def _rows(run: RunView, inline: bool, table: PromptTable) -> Iterator[Row]:
    for number, view in enumerate(run.views(table), 1):
        key = f"experiment-{number}"
        detail = rendered_experiment(key, view)
        group = view.group
        yield Row(
            key,
            (group.model, group.experiment, group.conditions, group.experiment_id),
            view.verdict,
            view.findings,
            run.ending(group),
            detail if inline else packed(detail),
            view.samples,
        )


def rendered_experiment(key: str, view: ExperimentView) -> str:
    """Return an experiment's part of the page."""
    return rendered("experiment.html", key=key, view=view, verdict=view.verdict)
