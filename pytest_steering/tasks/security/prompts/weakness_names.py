"""What a weakness is called in a question, and what it is, in one sentence of our own."""

from __future__ import annotations

from pytest_steering.errors import PromptError

NAMES = {
    "CWE-22": "path traversal",
    "CWE-77": "OS command injection",
    "CWE-78": "OS command injection",
    "CWE-79": "cross-site scripting",
    "CWE-89": "SQL injection",
    "CWE-125": "out-of-bounds read",
    "CWE-134": "use of an externally controlled format string",
    "CWE-190": "integer overflow",
    "CWE-253": "incorrect check of a function's return value",
    "CWE-327": "use of a broken or risky cryptographic algorithm",
    "CWE-362": "race condition",
    "CWE-369": "division by zero",
    "CWE-401": "memory leak",
    "CWE-415": "double free",
    "CWE-416": "use after free",
    "CWE-476": "NULL pointer dereference",
    "CWE-522": "insufficiently protected credentials",
    "CWE-617": "reachable assertion",
    "CWE-628": "function call with wrong arguments",
    "CWE-674": "uncontrolled recursion",
    "CWE-761": "free of a pointer that is not at the start of its buffer",
    "CWE-770": "allocation of resources without limits",
    "CWE-787": "out-of-bounds write",
    "CWE-798": "use of hard-coded credentials",
    "CWE-822": "dereference of an untrusted pointer",
    "CWE-835": "infinite loop",
    "CWE-843": "type confusion",
}

DEFINITIONS = {
    "CWE-22": "a path is put together from input without a check that it stays in the intended folder",
    "CWE-77": "a command is put together from input that can change what the shell runs",
    "CWE-78": "a command is put together from input that can change what the shell runs",
    "CWE-79": "input becomes part of a web page unescaped, so that it can run as script in a browser",
    "CWE-89": "a query is put together from input that can change its structure",
    "CWE-125": "memory is read before the start or past the end of a buffer",
    "CWE-190": "a calculation leaves the range of its integer type and wraps around",
    "CWE-416": "memory is used after it was given back",
    "CWE-476": "a pointer that may be NULL is dereferenced",
    "CWE-787": "memory is written before the start or past the end of a buffer",
}


def weakness_name(cwe: str) -> str:
    """Return what a weakness, such as `CWE-89`, is called in a question.

    Raises:
        PromptError: It has no name here.
    """
    return _known(NAMES, cwe, "name")


def weakness_definition(cwe: str) -> str:
    """Return what a weakness is, as half a sentence.

    Raises:
        PromptError: It is not defined here.
    """
    return _known(DEFINITIONS, cwe, "definition")


def _known(table: dict[str, str], cwe: str, what: str) -> str:
    if cwe not in table:
        raise PromptError(
            f"no {what} is known for {cwe}; choose another prompt, or samples of {', '.join(table)}"
        )
    return table[cwe]
