"""What stands against the experiments of a run, and what to do: each kind of finding once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pytest_steering.findings import CATALOGUE
from pytest_steering.report.html.experiment_view import FindingView, gravity

NOTE = "note"


class Experiment(NamedTuple):
    """An experiment that has findings.

    Attributes:
        key: Its anchor.
        name: As the page calls it.
    """

    key: str
    name: str


class Advice(NamedTuple):
    """One kind of finding.

    Attributes:
        severity: `invalid` or `limits`.
        id: Of the kind.
        sentence: What was found; of several experiments what the kind means, as their numbers differ.
        advice: What to do about it.
        experiments: Those that have it.
    """

    severity: str
    id: str
    sentence: str
    advice: str
    experiments: tuple[Experiment, ...]


def advice_of(found: Iterable[tuple[Experiment, Sequence[FindingView]]]) -> list[Advice]:
    """Return each kind of finding but notes, the gravest first, then those of most experiments.

    Args:
        found: The findings of each experiment.
    """
    kinds: dict[tuple[str, str, str], dict[Experiment, list[str]]] = {}
    for experiment, findings in found:
        for one in findings:
            if one.severity != NOTE:
                of = kinds.setdefault((one.severity, one.id, one.advice), {})
                of.setdefault(experiment, []).append(one.sentence)
    told = [
        Advice(severity, name, _sentence(name, of), advice, tuple(of))
        for (severity, name, advice), of in kinds.items()
    ]
    return sorted(told, key=lambda one: (gravity(one.severity), -len(one.experiments)))


def _sentence(name: str, of: dict[Experiment, list[str]]) -> str:
    said = [sentence for sentences in of.values() for sentence in sentences]
    known = CATALOGUE.get(name)
    return said[0] if len(said) == 1 or known is None else known.meaning
