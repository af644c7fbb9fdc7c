"""What is no steering and does as well: the table of docs/trust.md.

python -m benchmarks.rivals --write docs/trust.md
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.gate.marked_tables import Marks, tables_command
from pytest_steering import Experiment, Intervention, SteerableModel
from pytest_steering.comparison import STEERED, Arm, estimated_change
from pytest_steering.experiments.result import Result

MARKS = Marks("rivals", "python -m benchmarks.rivals")
MODELS = ("starcoder", "starcoder2", "qwen2")
HEAD = "| model | arm | accuracy | AUROC | steered − arm, 95 % interval |\n|---|---|---|---|---|"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, or write it into a document."""
    tables_command(MARKS, _sections, "What is no steering and does as well", arguments)


def _sections() -> Iterator[str]:
    yield "\n".join([HEAD, *(line for name in MODELS for line in _lines(name, _run(name)))])


def _run(name: str) -> Result:
    experiment = Experiment(SteerableModel.load(name, device="cpu"), "twins")
    vector = experiment.extract(experiment.contrast_pairs())
    choice = experiment.search(vector)
    steered = Intervention(vector, [choice.layer], choice.scale)
    return experiment.run(steered, controls=("threshold", "prompted", "unembedding"))


def _lines(name: str, result: Result) -> Iterator[str]:
    for arm in result.arms.values():
        change = "" if arm.name == STEERED else _change(arm, result)
        yield f"| {name} | {_told(arm)} | {arm['accuracy']:.3f} | {arm['auroc']:.3f} | {change} |"


def _told(arm: Arm) -> str:
    """Return the arm's name with what was chosen for it on dev."""
    asked, found = arm.record.spec["intervention"] or {}, arm.record.provenance
    if "header" in asked:
        return f'{arm.name}: "{asked["header"]}"'
    return f"{arm.name}: {found['threshold']:.2f} nats" if "threshold" in found else arm.name


def _change(arm: Arm, result: Result) -> str:
    found = estimated_change(result.steered.against(arm), "accuracy")
    return f"{found.number:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


if __name__ == "__main__":
    main()
