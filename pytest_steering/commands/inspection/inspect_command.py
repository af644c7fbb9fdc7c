"""`pytest-steering inspect`: what is known of a model before it is steered."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pytest_steering.commands.inspection.section import Section
from pytest_steering.commands.model_arguments import MODEL_HELP, add_placement, loaded, quietly
from pytest_steering.errors import ModelError
from pytest_steering.printable import printable, say

if TYPE_CHECKING:
    from pytest_steering.models.loading.specs import ModelSpec
    from pytest_steering.models.steerable import SteerableModel

EXAMPLE = "pytest-steering inspect smollm2"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("model", metavar="MODEL", help=MODEL_HELP)
    parser.add_argument(
        "--config-only", action="store_true", help="Read its config and tokenizer, and none of its weights"
    )
    parser.add_argument("--json", action="store_true", help="Print what was found as JSON")
    add_placement(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what is known: 0 where the model can be steered here, 1 where something is wanting."""
    from pytest_steering.models.loading.specs import resolve_model

    spec = resolve_model(arguments.model)
    quietly()
    sections = list(_sections(spec, arguments))
    faults = [f"{one.name}: {one.fault}" for one in sections if one.fault]
    if arguments.json:
        found = {one.name: one.as_dict() for one in sections}
        say([json.dumps({"model": spec.name, "place": spec.place, **found})])
    else:
        width = min(shutil.get_terminal_size((100, 24)).columns, 120)
        say([f"{printable(spec.name)} at {printable(spec.place, 500)}"])
        for one in sections:
            say(["", *one.lines(width)])
        say(["", *(printable(f"wanting: {one}", 2000) for one in faults)] if faults else [])
    return 1 if faults else 0


def _sections(spec: ModelSpec, arguments: argparse.Namespace) -> Iterator[Section]:
    from pytest_steering.commands.inspection.blocks import architecture_section
    from pytest_steering.commands.inspection.memory_fit import memory_section
    from pytest_steering.commands.inspection.prompt_form import template_section
    from pytest_steering.commands.inspection.settings_hint import settings_section, state_norms
    from pytest_steering.models.loading.model_config import read_config
    from pytest_steering.models.loading.placement import resolve_device

    config, device = read_config(spec), resolve_device(arguments.device)
    memory = memory_section(spec.name, config, device, arguments.dtype)
    wanted, rows = memory.data.get("dtype", arguments.dtype), memory.data.get("rows", 1)
    if arguments.config_only or memory.fault:
        architecture, norms = _of_config(spec, config), {}
        tokenizer, proof = _tokenizer(spec), Section("proof", {"not tried": "no weights were read"})
    else:
        try:
            model = loaded(arguments)
        except ModelError as error:
            yield from (memory, Section("proof", {"fails": str(error)}, {"holds": False}, str(error)))
            return
        architecture, norms, tokenizer = model.architecture, state_norms(model), model.tokenizer
        proof, rows = _proof_section(model), model.batch_rows
    yield from (architecture_section(architecture), proof, memory, template_section(tokenizer))
    yield settings_section(architecture, wanted, max(rows, 1), norms)


def _proof_section(model: SteerableModel) -> Section:
    from pytest_steering.models.proving.admission import proof_of

    proof = proof_of(model)
    claims = "; ".join(one.claim for one in proof.checks)
    told = {
        "holds": f"{len(proof.checks)} claims, tried by steering blocks {list(proof.layers)} one by one",
        "claims": claims,
        **({"alone": f"one row at a time: {proof.alone}"} if proof.alone else {}),
    }
    data = {"holds": proof.holds, "engine": proof.engine, "claims": [str(one) for one in proof.checks]}
    return Section("proof", told, data, "" if proof.holds else str(proof))


def _of_config(spec: ModelSpec, config: Any) -> Any:
    """Return the architecture of a model of a config's shape, which holds no numbers."""
    import torch
    from transformers import AutoModelForCausalLM

    from pytest_steering.errors import first_line
    from pytest_steering.models.finding.architecture import detect_architecture

    try:
        with torch.device("meta"):
            shape = AutoModelForCausalLM.from_config(config)
    except Exception as error:  # of whatever kind the code of a family raises
        raise ModelError(
            f"no model of the config of {spec.name!r} can be made: {first_line(error)}"
        ) from error
    return detect_architecture(shape)


def _tokenizer(spec: ModelSpec) -> Any:
    from transformers import AutoTokenizer

    from pytest_steering.errors import first_line

    options = {"revision": spec.revision, **({"gguf_file": spec.gguf} if spec.gguf else {})}
    try:
        return AutoTokenizer.from_pretrained(spec.source, **options)
    except Exception as error:  # the libraries below raise errors of many kinds
        raise ModelError(
            f"the tokenizer of {spec.name!r} could not be read from {spec.place}: {first_line(error)}"
        ) from error
