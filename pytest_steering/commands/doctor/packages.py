"""Python and the packages that this one names: are they there, and of a version that it works with?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

from pytest_steering.commands.doctor.check import Check

NAME = "pytest-steering"
EXTRAS = ("gguf", "hub", "scores", "xdist", "benchmark")
"""What a user may want beside the package; those for its own development are left out."""

ABSENT = "absent"

TOLD = ("torch", "transformers", "nnsight", "pytest")
"""Whose versions are said where they fit too."""

_OLDEST_PYTHON = (3, 10)


def package_checks() -> Iterator[Check]:
    """Yield a check of Python, of each package that is needed, and of each extra."""
    yield _python()
    wanted = _requirements()
    if not wanted:
        yield Check(NAME, "gap", "is not installed, so that pytest does not load it", f"pip install {NAME}")
        return
    yield Check(NAME, "fine", metadata.version(NAME))
    needed = [_required(one) for one in wanted if _applies(one, "")]
    told = [one for one in needed if one.status == "gap" or one.name in TOLD]
    yield from told
    yield Check("other packages", "fine", f"{len(needed) - len(told)} more, each as needed")
    yield from (check for name in EXTRAS for check in _extra(name, wanted))


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= _OLDEST_PYTHON:
        return Check("python", "fine", found)
    oldest = ".".join(map(str, _OLDEST_PYTHON))
    return Check("python", "gap", f"{found}; {oldest} or newer is needed", f"uv venv --python {oldest}")


def _requirements() -> list[Requirement]:
    try:
        return [Requirement(text) for text in metadata.requires(NAME) or ()]
    except metadata.PackageNotFoundError:
        return []


def _applies(requirement: Requirement, extra: str) -> bool:
    """Whether a package is needed on this Python: always, or for an extra alone."""
    marker = requirement.marker
    if extra:
        return marker is not None and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""})
    return marker is None or marker.evaluate({"extra": ""})


def _required(wanted: Requirement) -> Check:
    fault = _fault(wanted)
    if not fault:
        return Check(wanted.name, "fine", f"{metadata.version(wanted.name)}, {wanted.specifier} is needed")
    return Check(wanted.name, "gap", fault, f"pip install '{wanted.name}{wanted.specifier}'")


def _extra(name: str, wanted: list[Requirement]) -> Iterator[Check]:
    """An extra that is absent is no gap; one of which a part is too old will fail in a test."""
    parts = [one for one in wanted if _applies(one, name)]
    faults = {one.name: _fault(one) for one in parts}
    told = f"extra {name}"
    old = [f"{one} {fault}" for one, fault in faults.items() if fault and not fault.startswith(ABSENT)]
    absent = [one for one, fault in faults.items() if fault.startswith(ABSENT)]
    if old:
        yield Check(told, "gap", "; ".join(old), f"pip install '{NAME}[{name}]'")
    elif absent:
        yield Check(told, "note", f"without {', '.join(absent)}", f"pip install '{NAME}[{name}]'")
    elif parts:
        yield Check(told, "fine", ", ".join(one.name for one in parts))


def _fault(wanted: Requirement) -> str:
    """Return what is wrong with an installed package; empty where nothing is."""
    try:
        found = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        return f"{ABSENT}; {wanted.name}{wanted.specifier} is needed"
    if wanted.specifier.contains(found, prereleases=True):
        return ""
    return f"{found}, but {wanted.specifier} is needed"
