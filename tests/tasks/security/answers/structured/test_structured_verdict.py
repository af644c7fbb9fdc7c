"""Fields decide before prose: objects, labelled lines, tables and tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.tasks.security.answers import read_answer

TRAVERSAL = "Does this code contain path traversal (CWE-22)?"
FREE = "Is this code free of path traversal (CWE-22)?"
ANY = "Is this code vulnerable?"

OBJECTS = [
    (TRAVERSAL, '{"present": "no"}', "no"),
    (TRAVERSAL, '{"vulnerable": true}', "yes"),
    (TRAVERSAL, '{"reason": "it would be vulnerable without the check", "answer": false}', "no"),
    (TRAVERSAL, "{'present': 'True', 'why': 'it\\'s joined'}", "none"),
    (TRAVERSAL, '{"present": true, "reason": "cut off he', "yes"),
    (TRAVERSAL, '{"CWE-22": false, "CWE-78": true}', "no"),
    (TRAVERSAL, '{"findings": [{"cwe": "CWE-78", "severity": "high"}]}', "no"),
    (TRAVERSAL, '{"findings": [{"cwe": "CWE-22", "severity": "high"}]}', "yes"),
    (TRAVERSAL, '{"findings": []}', "no"),
    (TRAVERSAL, '{"vulnerable": true, "weaknesses": ["CWE-78"]}', "no"),
    (TRAVERSAL, '{"vulnerable": "maybe"}', "none"),
    (TRAVERSAL, '{"present": null}', "none"),
    (TRAVERSAL, '{"vulnerable": true, "present": false}', "none"),
    (TRAVERSAL, '{"probability": 0.95}', "yes"),
    (TRAVERSAL, '{"probability": 0.95, "answer": "no"}', "no"),
    (FREE, '{"answer": "yes"}', "no"),
    (FREE, '{"vulnerable": "yes"}', "yes"),
    (ANY, '{"CWE-22": false, "CWE-78": true}', "yes"),
]
OTHERS = [
    (TRAVERSAL, "present: no\nreason: |\n  the path: is checked\n", "no"),
    (TRAVERSAL, "path_traversal:\n  found: false\nxss:\n  found: true\n", "no"),
    (TRAVERSAL, "- cwe: CWE-78\n  present: true\n- cwe: CWE-22\n  present: false", "no"),
    (TRAVERSAL, "| CWE | Present? |\n|---|---|\n| CWE-22 | no |\n| CWE-78 | yes |", "no"),
    (TRAVERSAL, "| Path traversal | XSS |\n|---|---|\n| yes | no |", "yes"),
    (TRAVERSAL, "<why>It looks vulnerable.</why><answer>no</answer>", "no"),
    (TRAVERSAL, '<finding cwe="CWE-22" status="not present"/>', "no"),
]


@pytest.mark.parametrize(("question", "text", "verdict"), OBJECTS)
def test_an_object_says_what_its_fields_say_of_the_asked_weakness(
    question: str, text: str, verdict: str
) -> None:
    assert read_answer(text, question).verdict == verdict


@pytest.mark.parametrize(("question", "text", "verdict"), OTHERS)
def test_lines_tables_and_tags_are_read_like_objects(question: str, text: str, verdict: str) -> None:
    assert read_answer(text, question).verdict == verdict


@pytest.mark.parametrize(("question", "text", "verdict"), OBJECTS)
def test_an_object_wins_over_the_prose_around_it(question: str, text: str, verdict: str) -> None:
    if verdict == "none" or not text.endswith("}"):
        return
    around = (
        "At first sight it is vulnerable to path traversal.\n\n```json\n{}\n```\n\nIs it not safe? It is."
    )

    assert read_answer(around.replace("{}", text), question).verdict == verdict


@given(
    st.recursive(
        st.sampled_from(["yes", "no", ""]), lambda inner: st.dictionaries(st.text(max_size=9), inner)
    )
)
def test_no_object_is_too_odd_to_be_read(value: object) -> None:
    assert read_answer(repr(value), TRAVERSAL).verdict in ("yes", "no", "none")


@pytest.mark.parametrize("bracket", ["{", "[", '{"a":', "[{", "- ", "<a>", "|---|\n"])
def test_brackets_without_end_are_read_at_once(bracket: str) -> None:
    assert read_answer(bracket * 20_000, TRAVERSAL).verdict == "none"


def test_the_span_is_that_of_the_value() -> None:
    text = 'Here: {"reason": "x", "present": "no"}'
    answer = read_answer(text, TRAVERSAL)

    assert answer.span is not None
    assert text[slice(*answer.span)] == '"no"'
    assert answer.rule == "field"
