"""The page of two runs beside each other."""

from __future__ import annotations

from collections import Counter

from pytest_steering.errors import SteeringError
from pytest_steering.gate.command_compare import judge_runs
from pytest_steering.gate.commands import asked_of
from pytest_steering.gate.decide import ALPHA
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.verdict_text import MOST, verdict_lines
from pytest_steering.report.html.compared_view import alone, compared_views
from pytest_steering.report.html.experiment_verdict import WORDS, Kind
from pytest_steering.report.html.figures import compared_figures
from pytest_steering.report.html.page import rendered
from pytest_steering.report.html.prompt_table import PromptTable
from pytest_steering.report.html.run_page import widest
from pytest_steering.report.html.run_view import RunView

COMPARED: dict[Kind, str] = {**WORDS, "unclear": "No change shown"}


def compared_page(before: RunView, now: RunView) -> str:
    """Return the page of two runs as HTML.

    Args:
        before: The earlier run.
        now: The later one.
    """
    table = PromptTable()
    views = list(compared_views(before, now, table))
    kinds = Counter(view.kind for view in views)
    return rendered(
        "compared.html",
        before=before,
        now=now,
        views=[(f"experiment-{number}", view) for number, view in enumerate(views, 1)],
        words=COMPARED,
        counts=[(kind, COMPARED[kind], kinds[kind]) for kind in COMPARED if kinds[kind]],
        reach=widest((view.metric, view.change) for view in views),
        figures=compared_figures(before.groups, now.groups),
        gate=_gate(before, now),
        gone=alone(before.groups, now.groups),
        new=alone(now.groups, before.groups),
        prompts=table.blocks(),
    )


def _gate(before: RunView, now: RunView) -> list[str]:
    """Return what `pytest-steering compare` says of both runs; why it can say nothing where it cannot."""
    try:
        judged = judge_runs(asked_of(before.run), asked_of(now.run), ALPHA)
        unread = FlippedPrompts(missing="they stand beside the samples below")
        return verdict_lines(judged, lambda _: unread, MOST)
    except SteeringError as error:
        return [str(error)]
