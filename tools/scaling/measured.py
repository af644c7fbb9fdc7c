"""What was measured, and with which machines the model is held against it; see docs/performance.md."""

from __future__ import annotations

from typing import NamedTuple

from tools.scaling.cost import Geometry, Machine, Plan

TWO_CORES = Machine("two cores", prefill=0.80 * 158e9, decode=0.68 * 158e9, bandwidth=41e9)
"""A plain product reaches 158 GFLOP/s there, prefill .80 and decode .68 of it; a copy 41 GB/s: measured."""

H200 = Machine("H200", prefill=0.4 * 989e12, decode=0.4 * 989e12, bandwidth=4.8e12, block_seconds=1.4e-3)
"""The maker's figures for bfloat16, .4 of which is assumed; 1.4 ms a block as in 774 passes of 12 blocks."""

SMALL = Geometry("82 M", 82e6, 12, 768, 256, 4)
SMOLLM2 = Geometry("SmolLM2-135M", 135e6, 30, 576, 192, 4)
STARCODER2_15B = Geometry("StarCoder2-15B", 15.96e9, 40, 6144, 512, 2)


class Point(NamedTuple):
    """One figure of docs/performance.md.

    Attributes:
        machine: That it was measured on.
        model: That ran.
        plan: What was run.
        said: What it is.
        seconds: On the clock.
    """

    machine: Machine
    model: Geometry
    plan: Plan
    said: str
    seconds: float


_SWEEP, _REAL = Plan(64, 400, 32, 60), Plan(8, 180, 16, 60)

POINTS = (
    Point(TWO_CORES, SMALL, _SWEEP, "60 cells × 64 prompts by tree", 261),
    Point(TWO_CORES, SMALL, Plan(64, 400, 32, 60, shared=False), "the same cell by cell", 2081),
    Point(TWO_CORES, SMALL, Plan(64, 400, 1, 60), "the same by likelihood", 30),
    Point(TWO_CORES, SMOLLM2, _REAL, "60 cells × 8 prompts by tree", 27),
    Point(TWO_CORES, SMOLLM2, Plan(8, 180, 16, 60, shared=False), "the same cell by cell", 248),
    Point(TWO_CORES, SMOLLM2, Plan(8, 180, 1, 60), "the same by likelihood", 0.016 * 248),
    Point(H200, SMALL, _SWEEP, "60 cells × 64 prompts by tree", 12.7),
    Point(H200, SMALL, Plan(64, 400, 32, 60, shared=False), "the same cell by cell", 46),
)

WORKED = (
    (STARCODER2_15B, Plan(228, 1000, 50, 200)),
    (STARCODER2_15B, Plan(228, 1000, 50, 200, shared=False)),
    (STARCODER2_15B, Plan(228, 1000, 1, 200)),
    (STARCODER2_15B, Plan(1e6, 1000, 50, 10_000)),
    (STARCODER2_15B, Plan(1e6, 1000, 1, 10_000)),
    (SMOLLM2, Plan(1e6, 200, 1, 10_000)),
)
"""What docs/scaling.md works out: the study's largest model, and a plan that nobody should run."""
