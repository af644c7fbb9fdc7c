from __future__ import annotations

from pytest_steering.report.ci.annotations import MOST, Failure, annotation_commands


def test_a_failure_is_one_command_on_one_line() -> None:
    told = annotation_commands(
        [Failure("test_a.py::test_x[a,b]", "tests/test_a.py", 7, "100 % worse\nsecond: line")]
    )

    assert told == [
        "::error file=tests/test_a.py,line=7,title=test_a.py%3A%3Atest_x[a%2Cb]::100 %25 worse%0Asecond: line"
    ]


def test_no_name_begins_another_command() -> None:
    (told,) = annotation_commands(
        [Failure("t\n::set-output name=x::y", "a,b:c\r\n.py", 1, "x\r\n::stop-commands::y")]
    )

    assert len(told.splitlines()) == 1
    assert told.split("::")[1].count(",") == 2


def test_paths_count_from_the_repository() -> None:
    assert "file=sub/test_a.py," in annotation_commands([Failure("x", "test_a.py", 1, "no")], "sub")[0]


def test_what_would_not_be_shown_is_counted() -> None:
    told = annotation_commands([Failure(f"t{n}", "t.py", n, "no") for n in range(25)])

    assert len(told) == MOST
    assert told[-1] == "::error::16 more steering tests failed"
