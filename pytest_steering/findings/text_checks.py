"""Are scored answers still text, could all of them be scored, and is it the score that moved?"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_steering.comparison import STEERED, UNSTEERED, Comparison
from pytest_steering.comparison.guards import guarded
from pytest_steering.comparison.main_effect import paired_changes
from pytest_steering.comparison.outcomes import score
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.findings.output_checks import EXCESS, LEVEL
from pytest_steering.records import Outcome

FOLLOWS = 0.6
"""From this rank correlation on, one change is called the other's shadow."""


def broken(run: Comparison) -> Iterator[Finding]:
    """Report steered answers that are text no longer, as the task's guards say."""
    found = guarded(run, STEERED)
    if not found.kept:
        yield finding("texts-broken", str(found), broken=len(found.broken), answers=found.ran)


def failed(run: Comparison) -> Iterator[Finding]:
    """Report scores that failed on answers, each with the first sample it failed on."""
    for name, arm in run.arms.items():
        for one in dict.fromkeys(fault for outcome in arm.run for fault in outcome.faults):
            faulty = [outcome for outcome in arm.run if one in outcome.faults]
            first = faulty[0]
            yield finding(
                "score-failed",
                f"{one} failed on {len(faulty)} of {len(arm.run)} answers, such as that to {first.id!r}: it "
                f"{first.faults[one]}",
                arm=name,
                score=one,
                samples=[outcome.id for outcome in faulty[:10]],
            )


def unscored(run: Comparison) -> Iterator[Finding]:
    """Report answers without a score: many in an arm void its mean, few are named."""
    for name in run.scores:
        of = score(name)
        for arm in (UNSTEERED, STEERED):
            without = [one for one in run.ran(arm) if of(one) is None]
            if without:
                yield _without(run, name, arm, without)


def _without(run: Comparison, name: str, arm: str, without: list[Outcome]) -> Finding:
    answers, usual = len(run.ran(arm)), [one for one in run.ran(UNSTEERED) if score(name)(one) is None]
    more = len(without) / answers - len(usual) / max(1, len(run.ran(UNSTEERED)))
    many = name == run.main_metric and (more >= EXCESS or len(without) > answers / 2)
    return finding(
        "unscorable-answers" if many else "answers-unscored",
        f"{len(without)} of {answers} answers of the {arm} arm have no {name}, such as that to "
        f"{without[0].id!r}",
        arm=arm,
        score=name,
        unscored=len(without),
        answers=answers,
    )


def shadow(run: Comparison) -> Iterator[Finding]:
    """Report a score whose change follows that of the length, or of the repetition, sample by sample."""
    from scipy.stats import spearmanr

    if run.main_metric not in run.scores:
        return
    changes, both = paired_changes(run, run.pairing())
    others: dict[str, list[float]] = {
        "length": [after.tokens - before.tokens for before, after in both.pairs]
    }
    repetition = score("repetition")
    if "repetition" in run.guards:
        others["repetition"] = [
            (repetition(after) or 0.0) - (repetition(before) or 0.0) for before, after in both.pairs
        ]
    for name, other in others.items():
        if len(changes) < 3 or len(set(changes)) < 2 or len(set(other)) < 2:
            continue
        found = spearmanr(changes, other)
        if abs(found.statistic) >= FOLLOWS and found.pvalue <= LEVEL:
            yield finding(
                "score-follows-form",
                f"the change of {run.main_metric} follows that of the {name}: rank correlation "
                f"{found.statistic:+.2f} over {len(changes)} answers",
                form=name,
                correlation=float(found.statistic),
            )


CHECKS = (broken, failed, unscored, shadow)
