"""What an engine keeps between tokens and between requests."""

from __future__ import annotations

from pytest_steering.testing.traps.probes import Probes, another
from pytest_steering.testing.traps.trap import Calls, trap


@trap("steering that stays", "a vector is still there in the next, unsteered call")
def _stays(probes: Probes) -> Calls:
    arm, other = probes.arm(), probes.arm(seed=1)
    for one, before in ((arm, None), (None, arm), (other, arm), (None, other)):
        yield [probes.probe(probes.prompt(8), one, {"the vector of the call before": before})]


@trap(
    "prefix cache", "states of a steered prompt serve an unsteered one, or one with another vector, and back"
)
def _prefix(probes: Probes) -> Calls:
    prompt = probes.prompt(probes.longest)
    arm, other = probes.arm(), probes.arm(seed=1)
    arms = [arm, None, other, arm, None]
    for place, one in enumerate(arms):
        yield [probes.probe(prompt, one, another(arms, place, -1), new_tokens=3)]
    for one in (other, None, arm):
        yield [probes.probe((*prompt[:-3], *probes.prompt(9, 1)), one, new_tokens=3)]


@trap(
    "prefix cache within a call", "rows of one call share the states of their prompt, though one is steered"
)
def _prefix_within(probes: Probes) -> Calls:
    prompt = probes.prompt(probes.longest, 2)
    arms = [None, probes.arm(), probes.arm(seed=1), None]
    yield [probes.probe(prompt, arm, another(arms, place), new_tokens=3) for place, arm in enumerate(arms)]


@trap(
    "prompt read in parts", "of a long prompt each part is taken for a prompt of its own, or one is left out"
)
def _parts(probes: Probes) -> Calls:
    prompts = [probes.prompt(probes.longest, 3 + row) for row in range(4)]
    for positions in ("all", "last_prompt"):
        arm = probes.arm(positions=positions)
        yield [probes.probe(prompt, arm, new_tokens=3) for prompt in prompts]
