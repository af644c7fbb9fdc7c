"""Does anything else explain the effect: one group, length, or a truth that was there?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pytest_steering.comparison import STEERED, UNSTEERED, Comparison, Facts
from pytest_steering.comparison.attribution import TRUTH
from pytest_steering.comparison.main_effect import paired_changes
from pytest_steering.comparison.metrics import metric
from pytest_steering.comparison.outcomes import margin
from pytest_steering.comparison.pairing import Pairing
from pytest_steering.comparison.trivial import by_length
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.findings.output_checks import LEVEL
from pytest_steering.records import Outcome
from pytest_steering.statistics import cochran_q


def groups(run: Comparison) -> Iterator[Finding]:
    """Report an effect that differs between groups."""
    both = run.pairing()
    changes, both = paired_changes(run, both)
    names = [before.group for before in both.before]
    if len(set(names)) < 2:
        return
    q = cochran_q(changes, names, _clusters(both))
    if q.p <= LEVEL:
        elsewhere = {name: _mean_elsewhere(changes, names, str(name)) for name in q.effects}
        top = max(q.effects, key=lambda name: abs(q.effects[name] - elsewhere[name]))
        yield finding(
            "one-group-carries",
            f"{run.main_metric} moved by {q.effects[top]:+.2f} in {top}, by {elsewhere[top]:+.2f} in the "
            f"rest (Cochran's Q {q.q:.1f}, p {q.p:.4f})",
            effects={str(name): effect for name, effect in q.effects.items()},
            p=q.p,
        )


def text_length(run: Comparison) -> Iterator[Finding]:
    """Report that the length of the sample's text alone ranks as well as the steered margin."""
    ranked = [one for one in run.ran(STEERED) if margin(one) is not None]
    by_margin, length = _area(ranked), _area(by_length(ranked))
    if by_margin is not None and length is not None and length >= by_margin and length > 0.5:
        yield finding(
            "length-ranks-as-well",
            f"AUROC {length:.3f} by length, {by_margin:.3f} by the steered margin",
            length=length,
            margin=by_margin,
        )


def truth(run: Comparison) -> Iterator[Finding]:
    """Report that the unsteered margin ranks well already."""
    before = _area(run.ran(UNSTEERED))
    if before is not None and before >= TRUTH:
        yield finding("truth-was-there", f"the unsteered AUROC is {before:.3f}", auroc=before)


def missing(run: Comparison) -> Iterator[Finding]:
    """Note controls that were not run."""
    vacuous: Mapping[str, str] = run.evidence.get("vacuous") or {}
    impossible: Mapping[str, str] = run.evidence.get("impossible") or {}
    known = {*(arm.name.partition(":")[0] for arm in run.controls), *vacuous, *impossible}
    absent = [name for name in ("zero", "random", "negated", "shuffled") if name not in known]
    if absent and STEERED in run:
        yield finding("controls-missing", f"not run: {', '.join(absent)}", missing=absent)
    for name, why in vacuous.items():
        yield finding("control-vacuous", f"{name} was not run: {why}", control=name)
    for name, why in impossible.items():
        yield finding("control-impossible", f"{name} was not run: {why}", control=name)


def _area(outcomes: Sequence[Outcome]) -> float | None:
    return metric("auroc").value(Facts(outcomes))


def _mean_elsewhere(changes: Sequence[float], names: Sequence[str], name: str) -> float:
    rest = [change for change, own in zip(changes, names, strict=True) if own != name]
    return sum(rest) / len(rest)


def _clusters(both: Pairing) -> list[str]:
    return [f"{before.group} {before.resampled_with}" for before in both.before]


CHECKS = (groups, text_length, truth, missing)
