"""`pytest-steering sweep`: layer × scale for a pairs file and a prompts file, without any test file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_steering.commands.extraction_arguments import add_extraction, require_extraction
from pytest_steering.commands.model_arguments import (
    MODEL_HELP,
    add_placement,
    layer,
    layers_of,
    loaded,
    quietly,
    scale,
    whole,
)
from pytest_steering.commands.sweeping.sweep_run import EXPERIMENT, SweepRun
from pytest_steering.commands.sweeping.sweep_text import plan_lines, result_lines
from pytest_steering.printable import printable, say
from pytest_steering.progress.live_line import shown_work

if TYPE_CHECKING:
    from pytest_steering.experiments.experiment import Experiment
    from pytest_steering.experiments.grid_search import Choice
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.tasks.task import Task

EXAMPLE = (
    "pytest-steering sweep --model smollm2 --pairs cheerful_pairs.jsonl --prompts openings.jsonl \\\n"
    '      --score sentiment --words "Answer in a cheerful mood." --layers 8 13 18 --scales 0.25 0.5 1'
)

SCALES = (0.25, 0.5, 1.0, 1.5)
MOST_LAYERS = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--model", required=True, help=MODEL_HELP)
    parser.add_argument(
        "--pairs",
        type=Path,
        required=True,
        metavar="FILE",
        help="What the vector is made of: JSON lines with 'positive' and 'negative'",
    )
    add_extraction(parser)
    parser.add_argument(
        "--prompts",
        type=Path,
        required=True,
        metavar="FILE",
        help="What is asked: JSON lines with 'prompt' or 'messages', or choices with their options; layer "
        "and scale are chosen on its split dev and scored on test, which are made where it names none",
    )
    parser.add_argument(
        "--score", metavar="NAME", help="What an answer is worth: sentiment, …, or file.py:function"
    )
    parser.add_argument(
        "--words",
        nargs="+",
        metavar="TEXT",
        help="What asks for the behaviour: the control 'prompted' says it, of several the one that does "
        "best on dev, with nothing added",
    )
    parser.add_argument(
        "--layers",
        type=layer,
        nargs="+",
        help=f"Block numbers, 'last3' or 'all' (default: {MOST_LAYERS} blocks over the middle of the depth)",
    )
    parser.add_argument(
        "--scales",
        type=scale,
        nargs="+",
        default=list(SCALES),
        help=f"Multiply the vector (default: {' '.join(f'{one:g}' for one in SCALES)})",
    )
    parser.add_argument(
        "--positions", default="all", help="Tokens that are steered: all, last, generated, … (default: all)"
    )
    parser.add_argument(
        "--toward", choices=("higher", "lower"), help="Which way the score is to go (default: its better one)"
    )
    parser.add_argument("--max-new-tokens", type=whole, default=24, help="Of an answer (default: 24)")
    parser.add_argument("--limit", type=whole, help="Score at most so many prompts")
    parser.add_argument("--resume", metavar="RUN", help="Go on with a run that did not end, or 'latest'")
    parser.add_argument(
        "--steering-dir", type=Path, default=Path(".steering"), help="Folder of all runs (default: .steering)"
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="Where the report is written (default: in the run's folder)"
    )
    add_placement(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the sweep, and print its tables: 0 where it ran to its end, 1 where no point could be chosen."""
    from pytest_steering.commands.sweeping.swept_task import swept_task
    from pytest_steering.report.html.report_file import require_place
    from pytest_steering.report.line_colour import say_coloured
    from pytest_steering.report.report_command import write_page

    if arguments.html is not None:
        require_place(arguments.html)
    # Files are read before the model is: a mistake in one is said at once.
    task = swept_task(
        arguments.prompts, arguments.pairs, arguments.score, arguments.max_new_tokens, arguments.words
    )
    pairs = _pairs(arguments.pairs, task)
    require_extraction(arguments)
    quietly()
    model = loaded(arguments)
    folder = SweepRun.of(arguments.steering_dir, arguments.resume, arguments.prompts, model.name)
    experiment = _experiment(model, task, folder, arguments.limit)
    layers = _layers(experiment, arguments.layers)
    say(plan_lines(experiment, layers, arguments.scales, folder))
    with folder.held(experiment.name, model.name):
        try:
            with shown_work(sys.stderr, EXPERIMENT) as folder.work:
                choice = _swept(experiment, pairs, layers, arguments)
        except KeyboardInterrupt:
            say([f"go on with: --resume {folder.run.folder.name}"], sys.stderr)
            raise
    say_coloured(result_lines(experiment, choice, folder))
    page = arguments.html or folder.run.folder / "report.html"
    write_page([folder.run], page)
    say([f"Report: {printable(str(page), 1000)}"])
    return 0


def _swept(
    experiment: Experiment, pairs: Sequence[ContrastPair], layers: Sequence[int], asked: argparse.Namespace
) -> Choice:
    """Choose a layer and a scale on one split, and run that beside its controls on the other."""
    vector = experiment.extract(pairs, asked.method, layers, asked.at)
    choice = experiment.search(vector, layers, asked.scales, toward=asked.toward, positions=asked.positions)
    assert choice.intervention is not None
    experiment.run(choice.intervention)
    return choice


def _pairs(path: Path, task: Task) -> Sequence[ContrastPair]:
    """Return the pairs of a file as those of the task, whose words ask for what they differ in."""
    from dataclasses import replace

    from pytest_steering.tasks.pair_rows import CONTRAST, read_pairs

    contrast = CONTRAST if task.contrast == CONTRAST else f"{task.contrast}, {path.name}"
    return [replace(one, contrast=contrast) for one in read_pairs(path)]


def _experiment(model: SteerableModel, task: Task, folder: SweepRun, limit: int | None) -> Experiment:
    from pytest_steering.experiments.experiment import Experiment

    return Experiment(
        model,
        task,
        limit=limit,
        name=EXPERIMENT,
        node_id=folder.node_id,
        sink=folder.write,
        finished=folder.finished,
    )


def _layers(experiment: Experiment, given: Sequence[int | str] | None) -> list[int]:
    """Return the layers that are asked for, or some over the middle of the depth, where vectors do most."""
    architecture = experiment.model.architecture
    if given is not None:
        return list(architecture.resolve_layers(layers_of(list(given))))
    count = architecture.num_layers
    if count <= MOST_LAYERS:
        return list(range(count))
    first, last = count // 5, count * 4 // 5
    step = (last - first) / (MOST_LAYERS - 1)
    return sorted({round(first + step * number) for number in range(MOST_LAYERS)})
