"""What is written into the stream: where, at which tokens, how strongly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_steering.testing.traps.probes import UNSTEERED, Probes
from pytest_steering.testing.traps.trap import Calls, trap

if TYPE_CHECKING:
    from pytest_steering.steering.intervention import Intervention


@trap("hook never runs", "text is fluent and unsteered under a steered label")
def _never(probes: Probes) -> Calls:
    yield [probes.probe(probes.prompt(8), probes.arm())]


@trap("another block", "a vector is added one block too early or too late, or to half of a fused residual")
def _another_block(probes: Probes) -> Calls:
    for layer in sorted({0, probes.middle, probes.layers - 1}):
        arm = probes.arm([layer])
        near = [one for one in (layer - 1, layer + 1) if 0 <= one < probes.layers]
        others = {f"block {one}": _moved(arm, layer, one) for one in near}
        yield [probes.probe(probes.prompt(8), arm, {UNSTEERED: None, **others})]


@trap("one block of several", "of a vector at several blocks one is added, or the scale is divided by them")
def _several_blocks(probes: Probes) -> Calls:
    layers = sorted({0, probes.middle, probes.layers - 1})
    arm = probes.arm(layers)
    alone = {f"block {layer} alone": replace(arm, layers=[layer]) for layer in layers}
    yield [probes.probe(probes.prompt(8), arm, {**alone, "a divided scale": replace(arm, per_layer=False)})]


@trap("first token missed", "steering begins with the second new token, since the prompt is read before")
def _first_token(probes: Probes) -> Calls:
    for positions in ("all", "last_prompt"):
        arm = probes.arm(positions=positions)
        yield [probes.probe(probes.prompt(8), arm, {UNSTEERED: None}, new_tokens=1)]


@trap("decoded tokens missed", "the prompt is steered and what is written after it is not, or the other way")
def _decoded(probes: Probes) -> Calls:
    arm = probes.arm()
    others = {"the prompt alone": _at(arm, "prompt"), "new tokens alone": _at(arm, "generated")}
    yield [probes.probe(probes.prompt(8), arm, others)]


@trap("wrong region", "a vector for the prompt, its last token or new tokens alone reaches others too")
def _regions(probes: Probes) -> Calls:
    names = ("all", "prompt", "last_prompt", "last", "generated")
    arms = {name: probes.arm(positions=name) for name in names}
    for name in names[1:]:
        others = {other: arm for other, arm in arms.items() if other != name}
        yield [probes.probe(probes.prompt(8), arms[name], others)]


@trap("token numbers of a pass", "a vector for token 0 is added to each new token too, the first of its pass")
def _numbers(probes: Probes) -> Calls:
    arms = {positions: probes.arm(positions=list(positions)) for positions in ((0,), (3,), (0, -1))}
    for positions, arm in arms.items():
        again = {"new tokens too": _at(arm, "prompt[:1] + generated"), "all tokens": _at(arm, "all")}
        yield [probes.probe(probes.prompt(8), arm, {UNSTEERED: None, **(again if 0 in positions else {})})]


@trap("frozen strength", "a CUDA graph or a cache of compiled code keeps the strength of its first run")
def _frozen(probes: Probes) -> Calls:
    scales = (1.0, 0.5, -1.0, 1.0)
    for before, scale in zip((-0.5, *scales), scales, strict=False):
        others = {UNSTEERED: None, "the scale of the call before": probes.arm(scale=before)}
        yield [probes.probe(probes.prompt(8), probes.arm(scale=scale), others)]


@trap("strength 0", "a vector of strength 0 is taken for a missing number")
def _zero(probes: Probes) -> Calls:
    arm = probes.arm(scale=0.0)
    yield [probes.probe(probes.prompt(8), arm, {"strength 1": probes.arm()})]


@trap("vector made anew", "a vector is brought to length 1, or rounded to fewer bits than the model has")
def _anew(probes: Probes) -> Calls:
    arm = probes.arm(scale=0.7)
    others = {"length 1": _unit(arm), "8 bits": _rounded(arm)}
    yield [probes.probe(probes.prompt(8), arm, others)]


def _at(arm: Intervention, positions: str) -> Intervention:
    return replace(arm, positions=positions)


def _moved(arm: Intervention, layer: int, other: int) -> Intervention:
    vector = type(arm.vector)({other: arm.vector.directions[layer]})
    return replace(arm, vector=vector, layers=None)


def _unit(arm: Intervention) -> Intervention:
    made = {layer: one / one.norm() for layer, one in arm.vector.directions.items()}
    return replace(arm, vector=type(arm.vector)(made))


def _rounded(arm: Intervention) -> Intervention:
    made = {layer: one.bfloat16().float() for layer, one in arm.vector.directions.items()}
    return replace(arm, vector=type(arm.vector)(made))
