"""One model type, tried with both engines: a row of the census."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import SteeringError
from pytest_steering.models.engine.engines import make_engine
from pytest_steering.models.loading.pretrained import as_loaded
from pytest_steering.models.proving.proof import DECODE, Proof, prove
from pytest_steering.models.proving.trial_runs import ALONE, TOGETHER
from pytest_steering.models.proving.trials import Trials
from pytest_steering.models.rounding import parted, rounding
from tools.census.build import NotBuilt, build, tiny_tokenizer

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Row:
    """What came of one model type; a column that was not reached is empty.

    Attributes:
        model_type: transformers' name.
        path: Of the block list.
        output: What its blocks return.
        kind: What they are made of.
        prefill: Whether the pass over a prompt is steered as asked, in every bit.
        decode: The same for decoding with a cache.
        padding: Whether left padding leaves the answers as they are; else rows run alone.
        nnsight: Whether the nnsight engine gives the same tokens, and logits equal up to rounding.
        note: Why it was not built, is refused, or is not steered by nnsight.
        built: Whether there was a model to try.
    """

    model_type: str
    path: str = ""
    output: str = ""
    kind: str = ""
    prefill: str = ""
    decode: str = ""
    padding: str = ""
    nnsight: str = ""
    note: str = ""
    built: bool = True

    @property
    def steered(self) -> bool:
        """Whether the hooks engine steers it, prompt and answer."""
        return self.prefill == self.decode == YES


def survey(model_type: str) -> Row:
    """Build a tiny model of a type, find its blocks, prove it with both engines and compare them."""
    with quiet():
        model = build(model_type)
        if isinstance(model, NotBuilt):
            return Row(model_type, note=f"not built: {model.reason}", built=False)
        try:
            loaded = as_loaded(model, tiny_tokenizer())
        except SteeringError as error:
            return Row(model_type, prefill=NO, decode=NO, nnsight=NO, note=f"refused: {error}")
        return _row(model_type, loaded)


def _row(model_type: str, loaded: LoadedModel) -> Row:
    proof = prove(loaded, make_engine("hooks", loaded))
    decodes = not any(check.claim == DECODE for check in proof.failures)
    fails = [check for check in proof.failures if check.claim != DECODE]
    reason = "" if proof.holds else f"refused: {proof.failures[0]}"
    other = _nnsight_fault(loaded, proof) if proof.holds else reason
    architecture = loaded.architecture
    return Row(
        model_type,
        path=architecture.layer_path,
        output=architecture.output,
        kind=architecture.kind,
        prefill=NO if fails else YES,
        decode=YES if decodes else NO,
        padding="" if not proof.holds else "one row at a time" if proof.alone else YES,
        nnsight=NO if other else "equal",
        note=reason or (f"nnsight refused: {other}" if other else _remark(proof, architecture)),
    )


def _nnsight_fault(loaded: LoadedModel, hooks: Proof) -> str:
    """Say why the nnsight engine does not steer the model as the hooks engine does, or nothing."""
    try:
        proof = prove(loaded, make_engine("nnsight", loaded))
    except SteeringError as error:
        return str(error)
    if not proof.holds:
        return str(proof.failures[0])
    if proof.alone and not hooks.alone:
        return f"rows alone can be steered: {proof.alone}"
    lengths = ALONE if hooks.alone else TOGETHER
    answers = [Trials(loaded, make_engine(name, loaded), lengths).answer() for name in ("hooks", "nnsight")]
    (one, ids), (other, other_ids) = answers
    if ids.tolist() != other_ids.tolist():
        return "its tokens differ from those of the hooks engine"
    moved = parted(other, one)
    # One of them may be given a mask that hides nothing.
    same = moved <= rounding(one.dtype, loaded.architecture.num_layers + 1)
    return "" if same else f"its logits differ from the hooks engine's by {moved:.1g} of their norm"


def _remark(proof: Proof, architecture: Any) -> str:
    remarks = [f"skipped by text: {', '.join(architecture.skipped)}"] if architecture.skipped else []
    remarks += [proof.alone.removeprefix("FAILED: ")] if proof.alone else []
    remarks += [check.note for check in proof.checks if check.note]
    return "; ".join(remarks)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hush what some models print or warn while they run; a table wants rows alone."""
    from transformers.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity(logging.CRITICAL)
    out = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(level)
