"""One experiment of the audit, what the package said of it, and whether that is what it should have said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pytest_steering import ExpectationFailed, Result, SteeringError
from pytest_steering.findings import Finding


@dataclass(frozen=True)
class Said:
    """What the package said of an experiment.

    Attributes:
        findings: Of its result.
        sentences: Of what was refused, or expected and not met.
    """

    findings: tuple[Finding, ...] = ()
    sentences: tuple[str, ...] = ()


Tried: TypeAlias = Callable[[Path], Said]
"""Gets an empty folder."""


@dataclass(frozen=True)
class Case:
    """One experiment.

    Attributes:
        name: What is faked, or what is earned.
        run: Does it.
        by: What has to name a faked one, of which one is enough: ids of findings that are invalid or limit,
            or words of a refusal or of an expectation that failed.
        missed: Why nothing names it, or why it does not earn its conclusion; empty where all is well.
    """

    name: str
    run: Tried
    by: tuple[str, ...] = ()
    missed: str = ""


def claiming(experiment: Callable[[Path], Result], claim: Callable[[Result], object]) -> Tried:
    """Return what runs an experiment and claims something of its result.

    Args:
        experiment: Gets an empty folder and returns the result.
        claim: Expects something of it.
    """

    def run(folder: Path) -> Said:
        try:
            result = experiment(folder)
        except SteeringError as error:
            return Said(sentences=(str(error),))
        try:
            claim(result)
        except (ExpectationFailed, SteeringError) as error:
            return Said(result.findings, (str(error),))
        return Said(result.findings)

    return run


def named_by(case: Case, said: Said) -> str:
    """Return what names a faked experiment; empty where nothing that should does.

    Args:
        case: The experiment.
        said: What was said of it.
    """
    grave = {one.id: one.severity for one in said.findings if one.severity != "note"}
    for one in case.by:
        if one in grave:
            return f"`{one}` ({grave[one]})"
        if any(one in sentence for sentence in said.sentences):
            return f"“{one}”"
    return ""


def denied_by(said: Said) -> str:
    """Return what takes the conclusion from an honest experiment; empty where nothing does.

    Args:
        said: What was said of it.
    """
    invalid = [f"`{one.id}`" for one in said.findings if one.severity == "invalid"]
    return "; ".join((*invalid, *said.sentences))
