"""What limits the numbers of recorded arms, in sentences: what has none, what broke, what cannot be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pytest_steering.comparison import Arm
from pytest_steering.comparison.metrics import metric
from pytest_steering.printable import printable
from pytest_steering.replay.arms.arms_table import broken_answers
from pytest_steering.replay.arms.asked_numbers import MARGIN, MATCHING
from pytest_steering.replay.arms.label_agreement import doubt
from pytest_steering.replay.arms.replayed_arms import ReplayedArms
from pytest_steering.replay.arms.replayed_model import BASES, ReplayedModel

MOST_CHARACTERS = 400


def notes(report: ReplayedArms) -> Iterator[str]:
    """Yield a sentence for each thing that limits what the tables say.

    Args:
        report: Of recorded answers.
    """
    for model in report.models:
        found = [*_comparisons(model), *_arms(report, model)]
        yield from (printable(f"{model.name}: {sentence}.", MOST_CHARACTERS) for sentence in found)


def _comparisons(model: ReplayedModel) -> Iterator[str]:
    arms = ", ".join(model.run.arms)
    if not model.base and len(model.run.arms) > 1:
        yield (
            f"no arm is named {', '.join(BASES[:-1])} or {BASES[-1]}, so no change is shown; name one of "
            f"{arms} with --base"
        )
    for arm in model.run.arms.values():
        pairing = model.change(arm)
        if pairing is not None and pairing.unpaired:
            yield (
                f"{len(pairing.unpaired)} answers stand in one of {model.base} and {arm.name} alone, such as "
                f"{pairing.unpaired[0]}, and have no change"
            )


def _arms(report: ReplayedArms, model: ReplayedModel) -> Iterator[str]:
    for arm in model.run.arms.values():
        yield from _unscored(report, arm)
        yield from _undefined(report, arm)
        guarded = broken_answers(arm)
        if guarded and not guarded.kept:
            yield f"{guarded}; look at these before the numbers"
        if report.asked.labels and model.change(arm) is not None:
            sentence = doubt(arm, report.asked.names[0])
            yield from [sentence] if sentence else []


def _undefined(report: ReplayedArms, arm: Arm) -> Iterator[str]:
    """Yield why an arm has no number of choices."""
    for name in report.asked.names:
        if name in (MATCHING, MARGIN) and arm[name] is None:
            yield f"the {arm.name} arm has no {name}: {metric(name).why_undefined(arm.facts)}"


def _unscored(report: ReplayedArms, arm: Arm) -> Iterator[str]:
    for one in report.asked.all_scores:
        without = [outcome for outcome in arm.run if outcome.scores.get(one.name) is None]
        if without:
            reasons = Counter(outcome.faults.get(one.name, "it has none") for outcome in without)
            reason, count = reasons.most_common(1)[0]
            yield (
                f"{len(without)} of {len(arm.run)} {arm.name} answers have no {one.name}, such as "
                f"{without[0].id} ({reason}, {count} times)"
            )
