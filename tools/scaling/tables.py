"""The tables of docs/scaling.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_steering.statistics import samples_for_effect
from tools.scaling.cost import Plan
from tools.scaling.measured import H200, POINTS, WORKED

FLIPS, LEVEL = 0.10, 0.05
"""A tenth of the samples flips for no reason; the level of the test."""

POINTS_HEAD = ("machine", "model", "plan", "measured", "computed", "computed ÷ measured")
WORKED_HEAD = ("model", "plan", "read", "written", "GPU-hours", "memory", "records")
SAMPLES_HEAD = ("effect to be found", "paired samples")


def point_rows() -> Iterator[Sequence[str]]:
    """Yield a row for each measured point, beside what the model says of it."""
    for point in POINTS:
        computed = point.machine.seconds(point.model, point.plan)
        ratio = f"{computed / point.seconds:.2f}"
        yield (
            point.machine.name,
            point.model.name,
            point.said,
            _seconds(point.seconds),
            _seconds(computed),
            ratio,
        )


def worked_rows() -> Iterator[Sequence[str]]:
    """Yield a row for each plan that is worked out, on one H200."""
    for model, plan in WORKED:
        reading, writing = H200.reading(model, plan), H200.writing(model, plan)
        yield (
            model.name,
            _said(plan),
            _time(reading),
            _time(writing),
            _hours(reading + writing),
            _bytes(H200.memory(model, plan)),
            _bytes(plan.record_bytes),
        )


def sample_rows() -> Iterator[Sequence[str]]:
    """Yield a row for each effect, with the paired samples that find it with a power of .8."""
    for effect in (0.10, 0.05, 0.02, 0.01):
        yield f"{effect:.0%}", f"{samples_for_effect(effect, FLIPS, LEVEL):,}"


def _said(plan: Plan) -> str:
    answers = "by likelihood" if plan.new_tokens == 1 else f"{plan.new_tokens} new tokens"
    read = "" if plan.shared else ", nothing shared"
    return (
        f"{plan.prompts:,.0f} prompts of {plan.prompt_tokens:,} tokens × {plan.arms:,} cells, {answers}{read}"
    )


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{_hours(seconds)} h"


def _seconds(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds >= 100 else f"{seconds:.1f} s"


def _hours(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours:,.0f}" if hours >= 10 else f"{hours:.2g}"


def _bytes(count: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:,.3g} {unit}"
    return f"{count / 1e3:.0f} kB"
