"""`pytest-steering try`: a prompt answered without and with a vector."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_steering.commands.extraction_arguments import (
    USUAL_METHOD,
    USUAL_PLACE,
    add_extraction,
    require_extraction,
)
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
from pytest_steering.commands.trying.answer_columns import Columns, one_below, side_by_side
from pytest_steering.errors import PromptError, VectorError
from pytest_steering.printable import say

if TYPE_CHECKING:
    from pytest_steering.extraction.pairs import ContrastPair
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.steering.vector import SteeringVector

EXAMPLE = 'pytest-steering try "My day was" --model smollm2 --pairs pairs.jsonl --layer 13 --scale 0.5 1'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("prompt", metavar="PROMPT", help="What the model goes on from")
    parser.add_argument("--model", required=True, help=MODEL_HELP)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--vector", type=Path, metavar="FILE", help="A vector that was saved")
    source.add_argument(
        "--pairs",
        type=Path,
        metavar="FILE",
        help="JSON lines with 'positive' and 'negative', of which a vector is made here",
    )
    add_extraction(parser)
    parser.add_argument(
        "--layer",
        type=layer,
        nargs="+",
        default=None,
        help="Block numbers, 'last3' or 'all' (default: those of the vector; with --pairs the last three)",
    )
    parser.add_argument(
        "--scale", type=scale, nargs="+", default=[1.0], help="One or several, an answer each (default: 1)"
    )
    parser.add_argument(
        "--positions", default="all", help="Tokens that are steered: all, last, generated, … (default: all)"
    )
    parser.add_argument("--max-new-tokens", type=whole, default=40, help="Of an answer (default: 40)")
    parser.add_argument("--chat", action="store_true", help="Ask through the model's chat template")
    add_placement(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the answers as they are written, and what was added."""
    if not arguments.prompt.strip():
        raise PromptError("the prompt is empty; give some words to go on from")
    quietly()
    _require_of_use(arguments)
    pairs = _pairs(arguments.pairs)
    vector = None if pairs else _read(arguments.vector)
    model = loaded(arguments).at(vector.site) if vector else loaded(arguments)
    vector = vector or _extracted(model, pairs, arguments)
    interventions = [_intervention(model, vector, one, arguments) for one in arguments.scale]
    model.require(interventions)
    prompt = _prompt(model, arguments)
    arms = {"unsteered": None, **{_title(one): one for one in interventions}}
    texts = _written(model, prompt, arms, arguments.max_new_tokens)
    say(_remarks(model, prompt, interventions, texts))
    return 0


def _require_of_use(arguments: argparse.Namespace) -> None:
    """Raise where a vector is to be made in a way that is none, or of a file that holds it as it is."""
    require_extraction(arguments)
    if arguments.vector and (arguments.method, arguments.at) != (USUAL_METHOD, USUAL_PLACE):
        raise VectorError(
            "--method and --at say how a vector is made of --pairs; the one of --vector was made already: "
            "leave them out"
        )


def _pairs(path: Path | None) -> list[ContrastPair]:
    """Read before the model is: a mistake in a file is said at once."""
    if path is None:
        return []
    from pytest_steering.tasks.pair_rows import read_pairs

    return list(read_pairs(path))


def _read(path: Path) -> SteeringVector:
    from pytest_steering.steering.vector import SteeringVector

    return SteeringVector.load(path)


def _extracted(
    model: SteerableModel, pairs: Sequence[ContrastPair], arguments: argparse.Namespace
) -> SteeringVector:
    from pytest_steering.extraction.directions import extract

    return extract(model, pairs, arguments.method, layers_of(arguments.layer or ["last3"]), arguments.at)


def _intervention(
    model: SteerableModel, vector: SteeringVector, scale: float, arguments: argparse.Namespace
) -> Intervention:
    from pytest_steering.steering.intervention import Intervention

    named = arguments.layer
    layers = None if named is None else model.architecture.resolve_layers(layers_of(named))
    return Intervention(vector, layers, scale, positions=arguments.positions)


def _prompt(model: SteerableModel, arguments: argparse.Namespace) -> str:
    from pytest_steering.models.chat_template import has_template, through_template

    if not arguments.chat:
        return str(arguments.prompt)
    if not has_template(model.tokenizer):
        raise PromptError(f"{model.name} has no chat template; leave --chat out")
    return through_template(model.tokenizer, [{"role": "user", "content": arguments.prompt}])


def _title(one: Intervention) -> str:
    return f"scale {one.scale:g}"


def _written(
    model: SteerableModel, prompt: str, arms: Mapping[str, Intervention | None], tokens: int
) -> list[str]:
    """Write each arm's answer as it comes, and return them."""
    size = shutil.get_terminal_size((0, 0)) if sys.stdout.isatty() else None
    width = side_by_side(len(arms), tokens, size.columns, size.lines) if size else 0
    answers = (model.stream(prompt, one, max_new_tokens=tokens) for one in arms.values())
    if not width:
        return [one_below(sys.stdout, title, one) for title, one in zip(arms, answers, strict=True)]
    columns = Columns(sys.stdout, list(arms), width)
    return [columns.fill(number, one) for number, one in enumerate(answers)]


def _remarks(
    model: SteerableModel, prompt: str, interventions: Sequence[Intervention], texts: Sequence[str]
) -> Iterator[str]:
    """Yield what was added, beside the state it was added to, and which answers are the unsteered one."""
    layers = interventions[0].at
    states = model.token_states([prompt], layers)[0]
    for one, text in zip(interventions, texts[1:], strict=True):
        doses = (
            f"block {k}: {abs(one.coefficient) * one.vector.norms[k]:.3g}, "
            f"{abs(one.coefficient) * one.vector.norms[k] / _length(states[k]):.2f} of the state"
            for k in layers
        )
        same = "; the answer is the unsteered one" if text == texts[0] else ""
        yield f"{_title(one)} adds {'; '.join(doses)}{same}"
    yield "One prompt shows nothing about others: pytest-steering sweep measures, beside controls."


def _length(states: object) -> float:
    """Return the median length of a prompt's states but for the first token, whose is out of all measure."""
    from torch import Tensor

    assert isinstance(states, Tensor)
    return float((states[1:] if len(states) > 1 else states).norm(dim=-1).median())
