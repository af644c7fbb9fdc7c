"""A judge's replies, kept in the user's cache folder by all that they depend on."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

from pytest_steering.errors import DataError, StorageError
from pytest_steering.file_access.storage import replace_file
from pytest_steering.file_access.user_cache import user_cache
from pytest_steering.tasks.scores.judging.endpoint import Endpoint
from pytest_steering.tasks.scores.judging.rating import Messages, rating

log = logging.getLogger("pytest_steering")


def recall(endpoint: Endpoint, messages: Messages) -> float | None:
    """Return the rating that the same model gave the same at the same place; None where none is kept."""
    try:
        return rating(json.loads(_path(endpoint, messages).read_text(encoding="utf-8"))["reply"])
    except (OSError, ValueError, LookupError, TypeError, DataError):
        return None


def keep(endpoint: Endpoint, messages: Messages, reply: str) -> None:
    """Keep a reply; a folder that cannot be written costs the next run its calls, no more."""
    try:
        replace_file(_path(endpoint, messages), json.dumps({"reply": reply}).encode(), parents=True)
    except StorageError as error:
        log.info("The judgement was not kept: %s", error)


def _path(endpoint: Endpoint, messages: Messages) -> Path:
    asked = json.dumps([endpoint.url, endpoint.model, list(messages)], sort_keys=True)
    return user_cache("judgements") / f"{hashlib.sha256(asked.encode()).hexdigest()}.json"
