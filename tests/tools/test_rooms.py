"""Rooms say themselves what they decide; files at the top are doors or ground."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.packages import package
from tools.rooms import DOORS, GROUND, decides, places, rooms, top_graph


def test_a_room_is_told_in_the_first_line_of_its_own_docstring(tmp_path: Path) -> None:
    root = package(
        tmp_path,
        **{
            "hall.__init__": '"""Who comes in?\n\nMore of it."""',
            "hall.table": "",
            "hall.nook.__init__": '"""Rest."""',
        },
    )
    assert [(room.path.as_posix(), room.decides, room.files) for room in rooms(root)] == [
        ("hall", "Who comes in?", ("table",)),
        ("hall/nook", "Rest.", ()),
    ]


def test_a_room_that_says_nothing_is_refused(tmp_path: Path) -> None:
    root = package(tmp_path, **{"hall.__init__": ""})
    with pytest.raises(ValueError, match="has no docstring; its first line has to say what the file decides"):
        decides(root / "hall" / "__init__.py")


def test_a_file_that_reaches_a_room_is_a_door_and_another_is_ground(tmp_path: Path) -> None:
    root = package(
        tmp_path,
        **{"hall.__init__": "", "hall.table": "import house.stone", "stone": "", "gate": "import house.bell"},
        bell="import house.hall",
    )
    assert places(top_graph(root), root) == {
        "__init__": GROUND,
        "hall": "hall",
        "stone": GROUND,
        "gate": DOORS,
        "bell": DOORS,
    }


def test_rooms_that_import_each_other_are_named(tmp_path: Path) -> None:
    root = package(tmp_path, **{"hall.__init__": "import house.stone", "stone": "import house.hall"})
    with pytest.raises(ValueError, match=r"house imports itself in a circle: .*(hall → stone|stone → hall)"):
        top_graph(root)
