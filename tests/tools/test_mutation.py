from __future__ import annotations

from dataclasses import replace

import pytest

from tools.architecture import PACKAGE
from tools.equivalent_mutants import EQUIVALENT
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
    statuses = ("killed", "timeout", "survived", "no tests", "")
    noticed = [Mutant("a", "a.py", status).noticed for status in statuses]
    assert noticed == [True, True, False, False, False]


def test_the_score_counts_the_noticed_among_those_that_were_tried() -> None:
    tried = [
        replace(one, status="killed" if at else "timeout") for at, one in enumerate(by_room(MADE)["gate"])
    ]
    lines = page(by_room(MADE), {"gate": tried, "search": []}, 15).splitlines()
    assert [line for line in lines if line.startswith("| gate |")] == [
        "| gate | 20 | 20 | 19 | 1 | 0 | 0 | 100.0% | 84% to 100% |"
    ]
    assert not [line for line in lines if line.startswith("| search |")]


def test_an_equivalent_mutant_is_listed_with_its_reason_and_left_out_of_the_score(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (path, code, mutant), why = next(iter(EQUIVALENT.items()))
    monkeypatch.setattr(Mutant, "change", lambda _self: (code, mutant))
    alike = Mutant("m", f"pytest_steering/{path}", "survived")
    killed = Mutant("n", f"pytest_steering/{path}", "killed")
    text = page({"controls": [alike, killed]}, {"controls": [alike, killed]}, 2)
    assert "| controls | 2 | 2 | 1 | 0 | 0 | 1 | 100.0% |" in text
    assert why in text.partition("## Equivalent")[2].partition("## Survived")[0]


@pytest.mark.parametrize(("path", "code", "mutant"), EQUIVALENT)
def test_the_code_of_an_equivalent_mutant_is_still_there(path: str, code: str, mutant: str) -> None:
    assert code in (PACKAGE / path).read_text(encoding="utf-8")
    assert mutant != code
