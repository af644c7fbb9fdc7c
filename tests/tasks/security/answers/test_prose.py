"""What is read of an answer: code told from prose, where the answer ends, every character at its place."""

from __future__ import annotations

import pytest

from pytest_steering.tasks.security.answers.code_blocks import is_code, prose_of
from pytest_steering.tasks.security.answers.normalize import normalized, without_emphasis
from pytest_steering.tasks.security.answers.segments import answer_end

PROSE = [
    "For example, the following is vulnerable:",
    "If the user controls the name, the code is vulnerable:",
    "Double free (CWE-415), which",
    "Static analysis, which",
    "long strings can overflow the buffer, (see above)",
    "No -- the code is not vulnerable",
    "Answer: Yes",
    "vulnerable = true",
    '{"vulnerable": false}',
    "The index (0 to 2) is in range.",
    "char arrays are used (in C)",
    "Return the value.",
    "Internal functions (such as these) are safe",
    "Yes.",
]
CODE = [
    "int main(int argc, char** argv) {",
    "char buf[3];",
    "struct node *p = malloc(3);",
    "    return x",
    "import os",
    "from flask import x",
    "def f(x):",
    "for x in y:",
    "if (x) {",
    "if x == 3:",
    "}",
    "else:",
    "x = 3",
    "print('x')",
    "@app.route('/x')",
    "strcpy(a, b);",
    "#include <stdio.h>",
    "SELECT * FROM t",
    "while (1)",
    "foo->bar = 1;",
]


@pytest.mark.parametrize("line", PROSE)
def test_prose_is_not_taken_for_code(line: str) -> None:
    assert not is_code(line.lower())


@pytest.mark.parametrize("line", CODE)
def test_code_is_seen(line: str) -> None:
    assert is_code(line.lower())


def test_code_is_blanked_in_place() -> None:
    text = (
        "it is safe:\n```c\nint unsafe;\n```\nsee `x_unsafe` and `safe`.\nint vulnerable = 1;\n// vulnerable"
    )
    prose = prose_of(text)

    assert len(prose) == len(text)
    assert prose.split() == ["it", "is", "safe:", "see", "and", "safe", "."]


def test_a_comment_before_the_code_is_prose() -> None:
    assert prose_of("// it is safe\nint x;").strip() == "it is safe"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes\n\n### question 2\n\nno", "yes"),
        ("no\n\nq: is this code safe?", "no"),
        ("is this code vulnerable?\nyes", "is this code vulnerable?\nyes"),
        ("## question 3\nyes", ""),
        ("yes<|endoftext|>no", "yes"),
        ("<s> yes </s> no", "<s> yes "),
        ("no.\n\nhuman: and this?", "no."),
        ("no.\n\nconsider the following code", "no."),
    ],
)
def test_an_answer_ends_where_the_next_question_begins(text: str, answer: str) -> None:
    assert text[: answer_end(text)].strip() == answer.strip()


def test_normalizing_keeps_every_character_at_its_place() -> None:
    text = "İt’s “not” ~~safe~~ — \\boxed{Yes} &#10004; **x** ŉ\r\n"
    plain = without_emphasis(normalized(text))

    assert len(plain) == len(text)
    assert plain.index("yes") == text.index("Yes")
    assert "safe" not in plain
    assert "it's" in plain.replace("İ", "i")
