"""One list of versions serves every supported Python, and a command writes it."""

from __future__ import annotations

from collections import Counter

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repository.files import ROOT, nox_pythons, nox_sessions, project
from tools.constraints import APART, HEADER, OLDEST, extras, for_supported

TEXT = (ROOT / "constraints.txt").read_text(encoding="utf-8")
LINES = [Requirement(line) for line in TEXT.splitlines() if not line.startswith("#")]


def held(python: str) -> Counter[str]:
    """How many versions of each package a Python on Linux meets."""
    machine = {
        "python_version": python,
        "python_full_version": f"{python}.4",
        "sys_platform": "linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_system": "Linux",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    return Counter(
        canonicalize_name(one.name) for one in LINES if one.marker and one.marker.evaluate(machine)
    )


@pytest.mark.parametrize("python", nox_pythons())
def test_every_supported_python_meets_one_version_of_each_package_it_needs(python: str) -> None:
    found = held(python)
    groups = [project()["dependencies"], *_together()]
    needed = {
        canonicalize_name(one.name)
        for group in groups
        for one in map(Requirement, group)
        if _holds(one, python)
    }

    assert set(found.values()) == {1}
    assert needed - {"pytest-steering"} <= found.keys()


def test_an_older_python_meets_none_so_that_pip_names_the_one_it_needs() -> None:
    assert held("3.9") == {}


def test_the_list_is_written_by_a_command_for_the_oldest_python_that_is_promised() -> None:
    assert TEXT.startswith(HEADER)
    assert "constraints" in nox_sessions()
    assert project()["requires-python"] == f">={OLDEST}" == f">={nox_pythons()[0]}"


def test_a_marker_of_a_version_is_kept_beside_that_of_the_oldest_python() -> None:
    either = Requirement(for_supported("a==1 ; os_name == 'nt' or python_full_version < '3.11'"))

    assert for_supported("a==1") == "a==1 ; python_version >= '3.10'"
    assert either.marker is not None
    assert not either.marker.evaluate({"python_version": "3.9", "os_name": "nt"})
    assert either.marker.evaluate({"python_version": "3.12", "os_name": "nt"})


def test_extras_that_hold_torch_to_a_version_of_their_own_stand_apart() -> None:
    named = extras((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert named[:4] == ["--extra", "benchmark", "--extra", "gguf"]
    assert set(named[1::2]) == set(project()["optional-dependencies"]) - {"vllm"}


def _together() -> list[list[str]]:
    """The requirements of the extras that one environment can have at once."""
    return [group for extra, group in project()["optional-dependencies"].items() if extra not in APART]


def _holds(one: Requirement, python: str) -> bool:
    return one.marker is None or Marker(str(one.marker)).evaluate({"python_version": python, "extra": ""})
