"""What is wrong with a result, by name: computed from its records alone."""

from pytest_steering.findings.catalogue import CATALOGUE, Kind, Severity
from pytest_steering.findings.examine import CHECKS, examine, with_findings
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.findings.run_checks import across

__all__ = [
    "CATALOGUE",
    "CHECKS",
    "Finding",
    "Kind",
    "Severity",
    "across",
    "examine",
    "finding",
    "with_findings",
]
