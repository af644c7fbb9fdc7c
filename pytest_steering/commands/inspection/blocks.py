"""Where the residual stream was found, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.commands.inspection.section import Section

if TYPE_CHECKING:
    from pytest_steering.models.finding.architecture import Architecture

_MOST = 3


def architecture_section(found: Architecture) -> Section:
    """Return what is told of an architecture.

    Args:
        found: By watching a forward pass of the model, or of its shape alone.
    """
    count, width = found.num_layers, found.hidden_size
    rows = {
        "family": f"{found.family} (model_type {found.model_type})",
        "blocks": f"{found.layer_path}, {count} of them, numbered 0 to {count - 1}",
        "hidden size": f"{width}, from the config",
        "made of": f"{found.kind}; each block returns {found.output}",
        "found": f"by watching one forward pass: {count} calls in turn hand on a state {width} wide",
    }
    if found.rejected:
        told = [f"{path}: {why}" for path, why in found.rejected[:_MOST]]
        more = len(found.rejected) - _MOST
        rows["not taken"] = "; ".join([*told, *([f"{more} more"] if more > 0 else [])])
    if found.skipped:
        rows["passed by"] = ", ".join(found.skipped)
    data = {
        "family": found.family,
        "model_type": found.model_type,
        "layer_path": found.layer_path,
        "num_layers": count,
        "hidden_size": width,
        "kind": found.kind,
        "output": found.output,
        "found_by": "watching one forward pass",
        "rejected": dict(found.rejected),
        "skipped": list(found.skipped),
    }
    return Section("architecture", rows, data)
