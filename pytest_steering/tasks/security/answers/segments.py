"""Where the answer ends: base models ramble on into further questions, files and turns."""

from __future__ import annotations

import re

from pytest_steering.tasks.security.answers.patterns import one_of

_STOP_TOKEN = re.compile(
    r"<\|(?:end|im_|eot|fim|file|repo|user|assistant|system)[^>\n]{0,20}>|</?s>|<(?:fim|jupyter)_\w{1,10}>"
    rf"|<{one_of('eos, eot, file_sep, end_of_turn, reponame, filename, gh_stars')}>|\[/?inst\]"
)
_COUNTED = one_of(
    "question, exercise, problem, task, example, challenge, quiz, part, code, snippet, case, test, q"
)
_SHOWN = (
    r"(?:consider|look at|take|given|examine|review|analyze)\s(?:the\s|this\s)?(?:following|next|below)\b"
)
_FILE = r"(?<=/)[\w./-]{1,60}\.\w{1,5} {0,9}$"
_TURN = one_of(
    "question, instruction, instructions, exercise, problem, task, input, human, user, student, prompt"
)
_ASKED = r"(?:does|do|is|are|can|has|what|which|how|why)\b[^\n?.]{0,200}\bcode\b[^\n?.]{0,200}\?"
_THING = one_of("code, program, function, snippet")
_OTHER_CODE = (
    rf"(?:the {_THING} below|the (?:following|next) {_THING}|which of the following)\b"
    r"|(?:c|python|java|c\+\+|php) code {0,3}:"
)
_NEXT = re.compile(
    r"^[ \t>*_#/\-.0-9)(\"']{0,12}"
    rf"(?:(?P<another>{_COUNTED}[ #*]{{0,3}}\d+\b|{_SHOWN}|{_FILE})"
    rf"|{_TURN}[ *]{{0,3}}[:\n]|q[ *]{{0,2}}[:.)] |{_ASKED}|{_OTHER_CODE})",
    re.MULTILINE,
)
_WORD = re.compile(r"[a-z0-9]")


def answer_end(text: str) -> int:
    """Return where the answer to the asked question ends in a normalized text.

    The text up to the first sign of another question, exercise, turn or file counts. A question at the very
    start is the echo of the own one and does not end the answer; a numbered one does.
    """
    stop = _first_stop(text)
    for found in _NEXT.finditer(text, 0, stop):
        if found.lastgroup == "another" or _WORD.search(text, 0, found.start()) is not None:
            return found.start()
    return stop


def _first_stop(text: str) -> int:
    word = _WORD.search(text)
    for found in _STOP_TOKEN.finditer(text):
        if word is not None and word.start() < found.start():
            return found.start()
        word = _WORD.search(text, found.end())
    return len(text)
