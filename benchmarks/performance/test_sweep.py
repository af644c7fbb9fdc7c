"""A whole sweep, fused, against its cells one by one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from workloads import NEW_TOKENS, SAMPLED_CELLS, Spent, note, random_model, random_prompts, sweep_cells, timed

if TYPE_CHECKING:
    from pytest_steering import Intervention, SteerableModel
    from pytest_steering.models.completion import Completion

pytestmark = pytest.mark.performance

LIMITS = {"tree": 0.20, "copies": 0.35}


def sampled(cells: Sequence[Intervention]) -> list[int]:
    return sorted(random.Random(0).sample(range(len(cells)), SAMPLED_CELLS))


def differing(found: Sequence[Completion], expected: Sequence[Completion]) -> tuple[int, int]:
    """Count answers that differ before, and only after, a step at which two logits were nearly equal."""
    early = late = 0
    for one, other in zip(found, expected, strict=True):
        if one.token_ids != other.token_ids:
            first = next(
                n for n, (a, b) in enumerate(zip(one.token_ids, other.token_ids, strict=True)) if a != b
            )
            tie = min((t for t in (one.tied_at, other.tied_at) if t is not None), default=len(one.token_ids))
            early, late = early + (first < tie), late + (first >= tie)
    return early, late


def peak_of_both(model: SteerableModel) -> float:
    from pytest_steering.models.free import peak_bytes

    return peak_bytes(model.loaded.device) / (1 << 20)


@pytest.mark.parametrize("kv_heads", [4, 12])
def test_a_fused_sweep_costs_a_part_of_its_cells(kv_heads: int) -> None:
    model, prompts, cells = random_model(kv_heads), random_prompts(), sweep_cells()
    peaks = {"loaded": peak_of_both(model)}
    tree, found = timed(lambda: model.complete(prompts, cells, max_new_tokens=NEW_TOKENS))
    peaks["tree"] = peak_of_both(model)
    alone: list[Spent] = []
    early = late = 0
    for number in sampled(cells):
        spent, one = timed(
            lambda n=number: model.complete(prompts, [cells[n]], max_new_tokens=NEW_TOKENS)  # type: ignore[misc]
        )
        alone.append(spent)
        counted = differing(found.arms[number], one.arms[0])
        early, late = early + counted[0], late + counted[1]
    peaks["one cell after the tree"] = peak_of_both(model)
    scaled = {
        clock: len(cells) / len(alone) * sum(getattr(s, clock) for s in alone) for clock in ("wall", "cpu")
    }
    note(
        f"sweep-{kv_heads}-kv-heads-tree",
        sharing=found.sharing,
        prompts=len(prompts),
        fused=vars(tree),
        cell_by_cell=scaled,
        ratio={clock: getattr(tree, clock) / scaled[clock] for clock in scaled},
        differ_before_a_tie=early,
        differ_after_a_tie=late,
        compared=len(prompts) * len(alone),
        peak_mib=peaks,
        counts=found.counts.as_dict(),
    )
    assert early == 0
    assert tree.cpu / scaled["cpu"] <= LIMITS["tree"] or kv_heads > 4


def test_copies_cost_more_than_a_tree_and_less_than_cells() -> None:
    model, cells = replace(random_model(), sharing="copies"), sweep_cells()
    prompts = random_prompts()
    fused, found = timed(lambda: model.complete(prompts, cells, max_new_tokens=NEW_TOKENS))
    number = sampled(cells)[0]
    alone, one = timed(lambda: model.complete(prompts, [cells[number]], max_new_tokens=NEW_TOKENS))
    ratio = fused.cpu / (len(cells) * alone.cpu)
    note("sweep-copies", ratio=ratio, fused=vars(fused), cell=vars(alone), prompts=len(prompts))
    assert differing(found.arms[number], one.arms[0])[0] == 0
    assert ratio <= LIMITS["copies"]


def test_a_sweep_by_likelihood_costs_little_more_than_one_cell() -> None:
    import torch

    model, prompts, cells = random_model(), random_prompts(), sweep_cells()
    fused, found = timed(lambda: model.choice_logprobs(prompts, ["t5", "t9"], cells))
    numbers = sampled(cells)
    alone, scores = timed(
        lambda: [model.choice_logprobs(prompts, ["t5", "t9"], [cells[n]])[0] for n in numbers]
    )
    apart = max(float((found[n] - s).abs().max()) for n, s in zip(numbers, scores, strict=True))
    ratio = fused.cpu / (alone.cpu * len(cells) / len(numbers))
    note(
        "sweep-likelihood",
        ratio=ratio,
        fused=vars(fused),
        cells=vars(alone),
        apart=apart,
        prompts=len(prompts),
    )
    assert torch.tensor(apart) < 1e-3
    assert ratio <= 0.06


@pytest.mark.parametrize("name", ["starcoder", "starcoder2", "qwen2"])
def test_a_sweep_of_an_embedded_model(name: str) -> None:
    from pytest_steering import SteerableModel
    from pytest_steering.evaluation.datasets import load_dataset
    from pytest_steering.experiments import asking

    loaded = SteerableModel.load(name)
    samples = asking.evenly(load_dataset("twins", split="test"), 64)
    prompts = [one.prompt for one in asking.ask(samples, asking.question_form("sentence"))]
    layers = [n * loaded.architecture.num_layers // 4 for n in range(4)]
    cells = sweep_cells(layers, loaded.architecture.hidden_size, 1.0)
    ratios: dict[str, list[float]] = {}
    early = 0
    for rows in (64, 256):
        model = replace(loaded, batch_rows=rows)
        fused, found = timed(lambda m=model: m.complete(prompts, cells, max_new_tokens=NEW_TOKENS))  # type: ignore[misc]
        for number in sampled(cells)[:3]:
            alone, one = timed(
                lambda m=model, n=number: m.complete(prompts, [cells[n]], max_new_tokens=NEW_TOKENS)  # type: ignore[misc]
            )
            early += differing(found.arms[number], one.arms[0])[0]
            ratios.setdefault(str(rows), []).append(fused.cpu / (len(cells) * alone.cpu))
    best = min(sum(found) / len(found) for found in ratios.values())
    note(f"sweep-{name}", best_ratio=best, by_rows=ratios, prompts=len(prompts))
    assert early == 0
    assert best <= 0.45
