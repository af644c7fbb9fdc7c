"""Settings to begin with: layers, dtype, batch, and how strong a vector may be."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from pytest_steering.commands.inspection.section import Section

if TYPE_CHECKING:
    from pytest_steering.models.finding.architecture import Architecture
    from pytest_steering.models.steerable import SteerableModel

DOSES = (0.1, 0.5)
"""Norm of what is added over that of the state: on SmolLM2 a third changed text, eight tenths broke it."""

_TEXTS = 8


def settings_section(architecture: Architecture, dtype: str, rows: int, norms: dict[int, float]) -> Section:
    """Return the settings to begin with.

    Args:
        architecture: Of the model.
        dtype: Of its weights.
        rows: Of a batch.
        norms: Median length of the state at some blocks; empty where the model was not run.
    """
    layers, (least, most) = list(architecture.default_layers), DOSES
    told = {
        "layers": f"{layers}, the last three, where nobody says; better: search {_middle(architecture)}",
        "dtype": dtype,
        "batch rows": str(rows),
        "dose": f"{least:g} to {most:g} of the state's own length; past 0.8 most text breaks",
    }
    if norms:
        ranges = (f"block {k}: {least * v:.3g} to {most * v:.3g}" for k, v in norms.items())
        told["added norm"] = f"{'; '.join(ranges)} (scale × the vector's norm there)"
    data = {
        "layers": layers,
        "search_layers": _middle(architecture),
        "dtype": dtype,
        "batch_rows": rows,
        "relative_dose": list(DOSES),
        "state_norms": {str(layer): norm for layer, norm in norms.items()},
    }
    return Section("settings", told, data)


def state_norms(model: SteerableModel) -> dict[int, float]:
    """Return the median length of the state at the last three blocks and those to search, on neutral texts.

    Args:
        model: That is run once.
    """
    from pytest_steering.experiments.neutral_texts import load_neutral

    layers = sorted({*model.architecture.default_layers, *_middle(model.architecture)})
    seen = model.token_states(load_neutral()[:_TEXTS], layers)
    # The first token's state is far longer than all others in many models.
    lengths = {k: [float(n) for one in seen for n in one[k][1:].norm(dim=-1)] for k in layers}
    return {layer: median(found) for layer, found in lengths.items() if found}


def _middle(architecture: Architecture) -> list[int]:
    """Return up to four blocks between a quarter and three quarters of the depth."""
    count = architecture.num_layers
    return sorted({round(count * part / 8) for part in (2, 3, 4, 6)} & set(range(count)))
