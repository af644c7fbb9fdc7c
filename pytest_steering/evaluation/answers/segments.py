"""Where the answer ends: base models ramble on into further questions, files and turns."""

from __future__ import annotations

import re

_STOP_TOKEN = re.compile(r"<\|(?:end|im_end|im_start|eot|eot_id|endoftext|file_separator|user|assistant)[^>]{0,20}\|?>"
                         r"|</s>|<eos>|<file_sep>|<end_of_turn>")  # fmt: skip
_NEXT = re.compile(
    r"^[ \t>*_#/\-.0-9)(\"']{0,12}"
    r"(?:(?P<another>(?:question|exercise|problem|task|example|challenge|quiz|part|code|snippet|case|test)[ #*]{0,3}\d+\b"
    r"|(?<=/)[\w./-]{1,60}\.\w{1,5}[ ]*$"
    r"|(?:consider|look at|take|given|examine|review|analyze)\s(?:the\s|this\s)?(?:following|next|below)\b)"
    r"|(?:question|instruction|instructions|exercise|problem|task|input|human|user|student|prompt)[ *]{0,3}[:\n]"
    r"|q\d{0,3}[ *]{0,2}[:.)] |(?:c|python|java|c\+\+|php) code\s*:"
    r"|(?:does|do|is|are|can|has|what|which|how|why)\b[^\n?.]{0,200}\bcode\b[^\n?.]{0,200}\?"
    r"|which of the following\b|the (?:code|program|function|snippet) below\b|the (?:following|next) (?:code|program|function|snippet)\b)",
    re.MULTILINE,
)
_OWN_LABEL = re.compile(r"\s*[*_#>]{0,4}\s*(?:answer|a)\b")


def answer_end(text: str) -> int:
    """Return where the answer to the asked question ends in a normalized text.

    The text up to the first sign of another question, exercise, turn or file counts; a sign at the very start is
    the echo of the own question and does not end it.
    """
    stop = _first_stop(text)
    for found in _NEXT.finditer(text, 0, stop):
        if found.lastgroup == "another" or _says_something(text[: found.start()]):
            return found.start()
    return stop


def _first_stop(text: str) -> int:
    return next(
        (found.start() for found in _STOP_TOKEN.finditer(text) if text[: found.start()].strip()), len(text)
    )


def _says_something(before: str) -> bool:
    return re.search(r"[a-z0-9]", before) is not None
