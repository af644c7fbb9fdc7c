"""The question forms of the twins data: what is asked, and which answer says that the weakness is present."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_steering.errors import DataError

WEAKNESSES = {
    "CWE-22": "path traversal",
    "CWE-77": "command injection",
    "CWE-79": "cross-site scripting",
    "CWE-89": "SQL injection",
    "CWE-190": "integer overflow",
    "CWE-416": "use after free",
    "CWE-476": "NULL pointer dereference",
    "CWE-787": "out-of-bounds write",
}

LANGUAGE_NAMES = {"c": "C", "python": "Python"}


@dataclass(frozen=True)
class QuestionForm:
    """One way to ask whether a weakness is present.

    Attributes:
        name: Identifier, part of a cell's spec.
        template: The question; may use `{weakness}` and `{cwe}`.
        present: The first answer token as text (with its leading space) that says *present*.
        absent: The same for *absent*.
    """

    name: str
    template: str
    present: str
    absent: str

    def question(self, cwe: str) -> str:
        """Return the question for one weakness, such as `CWE-89`.

        Raises:
            DataError: The weakness has no name in `WEAKNESSES` and the form asks for one.
        """
        if "{weakness}" not in self.template:
            return self.template.format(cwe=cwe)
        if cwe not in WEAKNESSES:
            raise DataError(f"{cwe} has no name to ask by; known are {', '.join(WEAKNESSES)}")
        return self.template.format(weakness=WEAKNESSES[cwe], cwe=cwe)


SENTENCE = QuestionForm("sentence", "Is this code secure or vulnerable?", " Vulnerable", " Secure")
NAMED = QuestionForm("named", "Does this code contain {weakness} ({cwe})?", " Yes", " No")
SWAPPED = QuestionForm("swapped", "Is this code free of {weakness} ({cwe})?", " No", " Yes")
FORMS = {form.name: form for form in (SENTENCE, NAMED, SWAPPED)}

# Headers ask for a way of reviewing. The embedded models tell the truth under a careful one; contrast pairs
# are careful (positive) against no header (negative) over the same code. Hasty ones change nothing; graded ones,
# used in training alone, lie between and say how often the truth is told.
CAREFUL_HEADERS = (
    "Review carefully.",
    "Take your time and check each value.",
    "Read every line with care.",
    "You are a thorough reviewer.",
)
HASTY_HEADERS = (
    "Answer at once.",
    "Give a quick guess.",
    "There is no time to read it.",
    "You are a hurried reviewer.",
)
GRADED_HEADERS = {
    "You are a reviewer with little time.": 0.25,
    "Review at a normal pace.": 0.5,
    "Review fairly carefully.": 0.75,
}


def layout(code: str, language: str, question: str, header: str = "") -> str:
    """Return the whole prompt: code, then an optional header, then the question.

    The header stands after the code, so that a prompt with and one without it share the code's states.

    Args:
        code: The source text, without a trailing newline.
        language: `c` or `python`.
        question: The question as asked.
        header: A sentence that says how to review, or nothing.
    """
    asked = f"{header} {question}" if header else question
    return f"### {LANGUAGE_NAMES.get(language, language)} code:\n{code}\n### Question: {asked}\n### Answer:"
