"""An OpenAI-compatible endpoint: one chat completion a call, tried again where that may help."""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pytest_steering.errors import DataError

URL, MODEL, KEY = (f"PYTEST_STEERING_JUDGE_{part}" for part in ("URL", "MODEL", "KEY"))

TRIES = 4
BACK_OFF = 1.0
"""Seconds before the second try; twice as many before each further one."""
MOST_WAIT = 30.0
"""Seconds waited at most where the server says for how long."""
SOCKET_SECONDS = 30.0
MOST_BYTES = 1_000_000
_MAY_PASS = (408, 429, 500, 502, 503, 504, 529)


@dataclass(frozen=True)
class Endpoint:
    """Where a judge is asked. Its key is read from the environment for each call, and kept nowhere.

    Attributes:
        url: As of a client's base URL, such as `http://localhost:8000/v1`.
        model: Name of the judge there.
    """

    url: str
    model: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise DataError("the judge's URL should look like https://host/v1; set it by url= or " + URL)
        if parts.username or parts.password or parts.query:
            raise DataError(f"the judge's URL holds more than an address; put its key into {KEY}")

    def reply(self, messages: Sequence[Mapping[str, str]]) -> str:
        """Return what the judge says; a server that is busy or cannot be reached is asked again.

        Raises:
            DataError: It cannot be had; the sentence holds nothing that the server says.
        """
        body = json.dumps({"model": self.model, "messages": list(messages), "temperature": 0}).encode()
        for tried in range(1, TRIES + 1):
            try:
                return _content(self._post(body))
            except _BusyError as busy:
                if tried == TRIES:
                    raise DataError(f"the judge was asked {TRIES} times: {busy}") from busy
                time.sleep(BACK_OFF * 2 ** (tried - 1) if busy.wait is None else min(busy.wait, MOST_WAIT))
        raise AssertionError("unreachable")

    def _post(self, body: bytes) -> bytes:
        try:
            with _OPENER.open(self._request(body), timeout=SOCKET_SECONDS) as answer:
                return bytes(answer.read(MOST_BYTES + 1))
        except urllib.error.HTTPError as error:
            raise _refused(error) from None
        except (OSError, http.client.HTTPException) as error:
            raise _BusyError(f"it could not be reached ({type(error).__name__})") from None

    def _request(self, body: bytes) -> urllib.request.Request:
        headers = {"Content-Type": "application/json"}
        if os.environ.get(KEY):
            headers["Authorization"] = f"Bearer {os.environ[KEY]}"
        address = self.url.rstrip("/") + "/chat/completions"
        return urllib.request.Request(address, body, headers)  # noqa: S310 the scheme is checked above


class _BusyError(Exception):
    """A failure that may pass.

    Attributes:
        wait: Seconds that the server asks to wait; None where it does not say.
    """

    def __init__(self, said: str, wait: float | None = None) -> None:
        super().__init__(said)
        self.wait = wait


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirection would take the key to whoever the server names."""

    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        """Follow none, which makes an error of it."""


_OPENER = urllib.request.build_opener(_NoRedirect)


def _refused(error: urllib.error.HTTPError) -> Exception:
    said = f"HTTP {error.code} {http.client.responses.get(error.code, '')}".strip()
    if error.code not in _MAY_PASS:
        return DataError(f"the judge answers {said}")
    wait = error.headers.get("Retry-After", "")
    return _BusyError(f"it answers {said}", float(wait) if wait.isdecimal() else None)


def _content(answer: bytes) -> str:
    if len(answer) > MOST_BYTES:
        raise DataError(f"the judge's answer has more than {MOST_BYTES:,} bytes")
    try:
        said = json.loads(answer)["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, LookupError, TypeError):
        said = None
    if not isinstance(said, str):
        raise DataError("the judge's answer is no chat completion with a text")
    return said
