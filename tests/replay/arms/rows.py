"""Rows of recorded answers, as tests write them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pytest_steering import scores
from pytest_steering.replay import ReplayedArms, RowFields, replay_arms

NO, YES = "Sure, here it is.", "I cannot help with that."


def row(name: str, arm: str, response: str = NO, **more: object) -> dict[str, object]:
    return {"id": name, "arm": arm, "prompt": f"Do {name}.", "response": response, **more}


def rows(arm: str, *responses: str) -> list[dict[str, object]]:
    return [row(f"s{number}", arm, response) for number, response in enumerate(responses)]


def written(path: Path, found: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in found), encoding="utf-8")
    return path


def replayed(folder: Path, found: Sequence[object], **asked: Any) -> ReplayedArms:
    """What becomes of rows in a file `m.jsonl`, scored as refusals where nothing else is said."""
    fields = RowFields(
        **{name: asked.pop(name) for name in ("arm", "answers", "gold", "choices") if name in asked}
    )
    usual = {} if fields.choices else {"scores": [scores.refusal()]}
    return replay_arms([written(folder / "m.jsonl", found)], fields=fields, **{**usual, **asked})
