"""A whole sweep, fused, against its cells one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.performance.fused import Fused, Sweep, differing, full_sweep
from benchmarks.performance.workloads import (
    NEW_TOKENS,
    PROMPTS,
    Spent,
    note,
    peak_mib,
    ratios,
    sampled,
    scaled,
    sweep_cells,
    timed,
)
from pytest_steering import Experiment, SteerableModel

pytestmark = pytest.mark.performance


def compare(name: str, sweep: Sweep, fused: Fused) -> float:
    """Note one way of the sweep against its cells, ask for the same tokens, and return the ratio."""
    early, late = sweep.differing(fused)
    ratio = ratios(fused.spent, sweep.cell_by_cell)
    note(
        name,
        ratio=ratio,
        sharing=fused.found.sharing,
        prompts=len(sweep.prompts),
        fused=vars(fused.spent),
        cell_by_cell=vars(sweep.cell_by_cell),
        cells_alone=[vars(spent) for spent, _ in sweep.alone.values()],
        answers_compared=len(sweep.prompts) * len(sweep.alone),
        differ_before_a_tie=early,
        differ_after_a_tie=late,
        counts=fused.found.counts.as_dict(),
    )
    assert early == 0
    return ratio["wall"]


def test_a_sweep_by_tree_attention_costs_a_fifth_of_its_cells() -> None:
    sweep = full_sweep()
    assert compare("sweep-tree", sweep, sweep.tree) <= 0.20


def test_a_sweep_by_copies_costs_a_third_of_its_cells() -> None:
    sweep = full_sweep()
    assert sweep.copies is not None
    assert compare("sweep-copies", sweep, sweep.copies) <= 0.35


def test_a_sweep_with_as_many_key_value_heads_as_heads_is_reported() -> None:
    sweep = Sweep(kv_heads=12, prompts=max(1, PROMPTS // 4), copies=False)
    assert compare("sweep-tree-mha", sweep, sweep.tree) < 1.0


def test_a_sweep_by_likelihood_costs_little_more_than_one_cell() -> None:
    sweep = full_sweep()
    model, prompts, cells = sweep.model, sweep.prompts, sweep.cells
    fused, found = timed(lambda: model.choice_logprobs(prompts, ["t5", "t9"], cells))
    numbers = sampled(cells)[:2]
    took, scores = timed(
        lambda: [model.choice_logprobs(prompts, ["t5", "t9"], [cells[n]])[0] for n in numbers]
    )
    alone = Spent(took.wall / len(numbers), took.cpu / len(numbers))
    apart = max(float((found[n] - one).abs().max()) for n, one in zip(numbers, scores, strict=True))
    ratio = ratios(fused, scaled([alone], len(cells)))
    note(
        "sweep-likelihood",
        ratio=ratio,
        ratio_to_written_answers=ratios(fused, sweep.cell_by_cell),
        fused=vars(fused),
        one_cell=vars(alone),
        apart=apart,
        prompts=len(prompts),
    )
    assert apart < 1e-3
    assert ratio["wall"] <= 0.06


def test_a_sweep_needs_little_more_memory_than_one_cell() -> None:
    peaks = {what: peak_mib(what) for what in ("loaded", "cell", "tree", "copies")}
    note("sweep-memory", peak_mib=peaks)
    assert max(peaks["tree"], peaks["copies"]) <= 1.5 * peaks["cell"]


@pytest.mark.parametrize("name", ["starcoder", "starcoder2", "qwen2"])
def test_a_sweep_of_an_embedded_model(name: str) -> None:
    loaded = SteerableModel.load(name)
    prompts = [one.prompt for one in Experiment(loaded, limit=PROMPTS).scored]
    layers = [n * loaded.architecture.num_layers // 4 for n in range(4)]
    cells = sweep_cells(layers, loaded.architecture.hidden_size, 1.0)
    found: dict[int, dict[str, float]] = {}
    early = 0
    for rows in (64, 256):
        model = replace(loaded, batch_rows=rows)
        fused, sweep = timed(lambda m=model: m.complete(prompts, cells, max_new_tokens=NEW_TOKENS))  # type: ignore[misc]
        alone = []
        for number in sampled(cells)[:3]:
            spent, one = timed(
                lambda m=model, n=number: m.complete(prompts, [cells[n]], max_new_tokens=NEW_TOKENS)  # type: ignore[misc]
            )
            alone.append(spent)
            early += differing(sweep.arms[number], one.arms[0])[0]
        found[rows] = ratios(fused, scaled(alone, len(cells)))
    best = min(ratio["wall"] for ratio in found.values())
    note(f"sweep-{name}", best_ratio=best, by_rows=found, prompts=len(prompts))
    assert early == 0
    assert best <= 0.45
