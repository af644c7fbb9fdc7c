"""The tool that lists names that occur more than once."""

from __future__ import annotations

from pathlib import Path

from tests.tools.packages import package
from tools.basenames import PACKAGE, repeated


def test_a_name_that_occurs_twice_is_listed_with_both_places(tmp_path: Path) -> None:
    root = package(tmp_path, text="", **{"hall.__init__": "", "hall.text": "", "hall.table": ""})
    assert repeated(root) == {"text": [Path("hall/text.py"), Path("text.py")]}


def test_names_that_python_gives_may_repeat(tmp_path: Path) -> None:
    root = package(tmp_path, __main__="", **{"hall.__init__": "", "hall.__main__": ""})
    assert repeated(root) == {}


def test_each_name_of_the_package_occurs_once() -> None:
    assert repeated(PACKAGE) == {}
