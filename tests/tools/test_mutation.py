from __future__ import annotations

from tools.mutants import Mutant
from tools.mutation import ROOMS, by_room
from tools.mutation_page import page

MADE = [
    Mutant(f"{begin}{number}", f"{begin}file.py", "survived" if number % 4 == 0 else "killed")
    for begin in ROOMS.values()
    for number in range(20)
]


def test_a_mutant_is_in_the_room_of_its_file_and_the_order_is_drawn_once_for_all() -> None:
    rooms = by_room(MADE)
    assert {room: len(found) for room, found in rooms.items()} == dict.fromkeys(ROOMS, 20)
    assert rooms == by_room(list(MADE))
    assert rooms["gate"] != sorted(rooms["gate"], key=lambda one: one.name)


def test_what_no_test_reaches_counts_as_survived() -> None:
    statuses = ("killed", "timeout", "segfault", "survived", "no tests", "not checked")
    noticed = [Mutant("a", "a.py", status).noticed for status in statuses]
    assert noticed == [True, True, True, False, False, False]


def test_the_score_counts_the_killed_among_those_that_were_tried() -> None:
    killed = [one for one in by_room(MADE)["gate"] if one.noticed]
    (row,) = (line for line in page({"gate": 20}, {"gate": killed}, 15).splitlines() if "| gate |" in line)
    assert row == "| gate | 20 | 15 | 15 | 0 | 0 | 100.0% | 80% to 100% |"
