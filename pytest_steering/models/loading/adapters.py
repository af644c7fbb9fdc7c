"""A folder that holds an adapter and no model: what it is, and what to do with it."""

from __future__ import annotations

import json
from pathlib import Path

ADAPTER_FILE = "adapter_config.json"


def about_adapter(folder: Path) -> str | None:
    """Return what an adapter's folder is and how its model is steered; None for any other folder."""
    if not (folder / ADAPTER_FILE).is_file():
        return None
    kind, base = _read(folder / ADAPTER_FILE)
    return (
        f"{folder} is an adapter ({kind}) of the model {base}, and holds no model; load the two with PEFT "
        "and give SteerableModel.wrap what comes of it, or save its merge_and_unload() as a folder of its own"
    )


def _read(file: Path) -> tuple[str, str]:
    """Return an adapter's kind and its base model, as far as the file names them."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        values = {}
    named = values if isinstance(values, dict) else {}
    kind, base = named.get("peft_type"), named.get("base_model_name_or_path")
    return ascii(kind)[1:-1] if isinstance(kind, str) else "PEFT", ascii(
        base
    ) if base else "that it was trained on"
