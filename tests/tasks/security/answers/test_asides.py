"""What stands in an answer but is no verdict of it: quotations, headings, questions, earlier versions."""

from __future__ import annotations

import pytest

from pytest_steering.tasks.security.answers import read_answer

XSS = "Does this code contain cross-site scripting (CWE-79)?"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ('> "This is vulnerable to XSS"\n\nI disagree.', "none"),
        ('A comment says "safe from XSS and other attacks". The code contains XSS.', "yes"),
        ('The answer is "not vulnerable to XSS".', "no"),
        ("## SQL injection\n\nYes.\n\n## XSS\n\nNot present.", "no"),
        ("XSS\n\nNo.\n\nSQL injection\n\nYes.", "no"),
        ("Is there XSS? There is not.", "no"),
        ("Isn't this XSS? It certainly is.", "yes"),
        ("Is the title escaped? Yes.", "none"),
        ("Is the title escaped? No. So the page contains XSS.", "yes"),
        ("It may contain XSS. It does not.", "no"),
        ("The previous version had an XSS.", "none"),
        ("XSS is an attack in which a script is injected. It can lead to unauthorized access.", "none"),
        ("The code contains XSS. That was wrong. There is no such vulnerability.", "no"),
        ("Except for CWE-79 none of the weaknesses is present.", "yes"),
        ("All pages are safe except the last one.", "none"),
        ("The only weakness present is CWE-89.", "no"),
        ("In terms of SQL injection the code is safe.", "none"),
        ("SQL injection yes, XSS no.", "no"),
        ("SQL injection no, XSS yes.", "yes"),
        ("Both SQL injection and XSS are ruled out.", "no"),
        ("No lock is held, so no.", "no"),
        ("[x] CWE-79\n[ ] CWE-89", "yes"),
        ("[ ] CWE-79\n[x] CWE-89", "no"),
        ("- [x] XSS not possible\n- [ ] XSS possible", "no"),
    ],
)
def test_the_last_settled_statement_about_the_asked_weakness_counts(text: str, verdict: str) -> None:
    assert read_answer(text, XSS).verdict == verdict


def test_the_former_and_the_latter_are_those_of_the_question() -> None:
    question = "Is this code secure or vulnerable?"

    assert read_answer("The former.", question).verdict == "no"
    assert read_answer("The latter, as the index is not checked.", question).verdict == "yes"
