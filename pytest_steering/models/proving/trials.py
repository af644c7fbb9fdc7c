"""The claims of a proof, each tried on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.models.engine.trace import asked_state
from pytest_steering.models.proving.fingerprint import count_hooks
from pytest_steering.models.proving.padding_trial import padding_fault
from pytest_steering.models.proving.trial_runs import FINE, NEW_TOKENS, Outcome, Runs
from pytest_steering.models.proving.witness import States, WitnessSession, same_bits, witnessed
from pytest_steering.models.running.batching import pad_left
from pytest_steering.steering.sites import BLOCK_OUTPUT

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.finding.residual import StatePlace

_CLOSE = 0.05
"""Pads may move a logit by this share of the largest in low precision; in float32 they hardly move any."""


class Trials(Runs):
    """What is claimed of one model and one engine; each trial returns what is wrong, and what limits it."""

    def repeat(self) -> Outcome:
        """Run twice without steering."""
        first = self._clean[0]
        self._hooks_before = count_hooks(self._loaded.module)
        if same_bits(first, self._run(self._unsteered)[0]):
            return FINE
        return "the model itself is not deterministic, so that nothing can be told from its logits", ""

    def written(self) -> Outcome:
        """Hold the state that each steered block hands on against what the operation makes of it."""
        for layer, (_, states, _session) in self._steered.items():
            if not same_bits(self._asked[layer], states[layer]):
                return f"at layer {layer}", ""
        return FINE

    def each_by_itself(self) -> Outcome:
        """Edit states together and one by one, and look whether the given ones stay as they are."""
        import torch

        for layer, edit in [(number, edit) for number in self.layers for edit in self._edits(number)]:
            states = self._clean[1][layer].flatten(0, 1)
            given = states.clone()
            together = edit(given)
            if not same_bits(given, states):
                return f"{self.operation!r} changes the states that it is given; it has to return others", ""
            if not same_bits(together, torch.cat([edit(states[i : i + 1]) for i in range(len(states))])):
                return (
                    f"{self.operation!r} makes something else of a state that stands beside others; "
                    "see `operation`, and take parts along the direction with projection",
                    "",
                )
        return FINE

    def lower_blocks(self) -> Outcome:
        """Compare the blocks below each steered one."""
        clean = self._clean[1]
        for layer, (_, states, _session) in self._steered.items():
            changed = [k for k in range(layer) if not same_bits(clean[k], states[k])]
            if changed:
                return f"layers {changed} when layer {layer} was steered", ""
        return FINE

    def logits_change(self) -> Outcome:
        """Compare the logits of the steered rows' last token, where that token's state changes."""
        moved = [
            (layer, row)
            for layer in self.layers
            for row in range(min(2, len(self._lengths)))
            if not same_bits(self._asked[layer][row, -1], self._clean[1][layer][row, -1])
        ]
        clean = self._clean[0]
        dead = {n for n, row in moved if same_bits(self._steered[n][0][row, -1], clean[row, -1])}
        if dead:
            return f"not when layers {sorted(dead)} are steered", ""
        return "", "" if moved else f"{self.operation!r} changes none of the states that were tried"

    def hidden_states(self) -> Outcome:
        """Compare each block's state with what transformers itself lists, where it lists one a block."""
        from pytest_steering.models.engine.base import forward_inputs

        module, architecture = self._loaded.module, self._loaded.architecture
        if architecture.site != BLOCK_OUTPUT:
            return "", f"transformers lists no {architecture.site}"
        inputs = forward_inputs(self._loaded, self._batch)
        with witnessed(module, architecture) as passes:
            listed = _listed_states(module, inputs)
        if listed is None or len(listed) != architecture.num_layers + 1:
            return "", f"transformers lists {len(listed or ())} states for {architecture.num_layers} blocks"
        tokens = self._batch.attention_mask.bool()
        places = [block.place for block in architecture.blocks[:-1]]
        faults = [_unlike(listed[k + 1], passes[0][k], place, tokens) for k, place in enumerate(places)]
        if not any(faults):
            return FINE
        if not any(_unlike(listed[k], passes[0][k], place, tokens) for k, place in enumerate(places)):
            return "", "it lists no embeddings, so that block k's state is hidden_states[k]"
        return next(f"at layer {k}: {fault}" for k, fault in enumerate(faults) if fault), ""

    def all_at_once(self) -> Outcome:
        """Steer every block in one pass and hold each against what it was given."""
        _, handed, session = self._everywhere
        return _pass_fault(session, 0, handed), ""

    def decode(self) -> Outcome:
        """Generate a few tokens and hold every pass against what each block was given."""
        ids, passes, session = self._decoded
        session.trace.verify(int(ids.shape[1]) - 1)
        if len(session.trace.forwards) != NEW_TOKENS or len(passes) != NEW_TOKENS:
            return f"{len(passes)} forward passes for {NEW_TOKENS} new tokens", ""
        faults = (_pass_fault(session, number, passes[number]) for number in range(NEW_TOKENS))
        return next(filter(None, faults), ""), ""

    def answer(self) -> tuple[Tensor, Tensor]:
        """Return the logits with every block steered, and prompts with a steered answer of a few tokens."""
        return self._everywhere[0], self._decoded[0]

    def restored(self) -> Outcome:
        """Run once more without steering."""
        same = same_bits(self._clean[0], self._run(self._unsteered)[0])
        return FINE if same else ("they differ", "")

    def padding(self) -> Outcome:
        """Run the padded row by itself."""
        rows = self._batch.input_ids[:, -min(self._lengths) :].tolist()
        shortest = self._lengths.index(min(self._lengths))
        alone = pad_left([rows[shortest]], self._loaded.pad_id, self._loaded.device)
        logits = self._engine.logits(alone, WitnessSession(alone, [None]), 1)[0, -1].float()
        padded = self._clean[0][shortest, -1].float()
        moved = float((logits - padded).abs().max() / logits.abs().max().clamp(min=1e-30))
        close = _CLOSE if self._clean[0].element_size() < 4 else _CLOSE / 50
        return ("", "") if moved <= close else (f"they move by {moved:.2g} of the largest", "")

    def padded_answers(self) -> Outcome:
        """Write the padded row by itself."""
        return padding_fault(self._loaded, self._engine, self._lengths[:2]), ""

    def hooks_left(self) -> Outcome:
        """Count the hooks of all modules; what nnsight adds for good does not grow when it steers again."""
        left = count_hooks(self._loaded.module) - self._hooks_before
        if not left:
            return FINE
        self._run(self._rows([0]))
        self._generated()
        grown = count_hooks(self._loaded.module) - self._hooks_before - left
        if grown or self.engine == "hooks":
            return f"{left} more than before", ""
        return "", f"{self.engine} keeps {left} of its own"


def _pass_fault(session: WitnessSession, number: int, handed: States) -> str:
    """Say at which layer a pass handed on anything else than what was asked of what it was given."""
    for layer, found in session.found[number].items():
        forward = session.trace.forwards[number]
        asked = asked_state(session.rows, session._column_of, forward, layer, found)
        if not same_bits(asked, handed[layer]):
            return f"in forward pass {number} at layer {layer}"
    missing = [layer for layer in session.layers if layer not in session.found[number]]
    return f"in forward pass {number} layers {missing} did not run" if missing else ""


def _listed_states(module: Any, inputs: dict[str, Any]) -> Sequence[Tensor] | None:
    import torch

    with torch.no_grad():
        try:
            return module(**inputs, output_hidden_states=True).hidden_states  # type: ignore[no-any-return]
        except (TypeError, ValueError, AttributeError):
            return None


def _unlike(listed: Tensor, handed: Tensor, place: StatePlace, tokens: Tensor) -> str:
    """Compare at tokens alone: what a model does to its pads after a block is its own affair."""
    forms = [form for form in (listed, _ordered(listed, place)) if form.shape == handed.shape]
    streams = list(handed.unbind(2)) if handed.ndim == 4 else []
    pairs = [(form, handed) for form in forms]
    pairs += [(listed, stream) for stream in streams if listed.shape == stream.shape]
    if not pairs:
        return f"a state of shape {list(listed.shape)} is listed"
    same = any(same_bits(one[tokens], other[tokens]) for one, other in pairs)
    return "" if same else "another state is listed"


def _ordered(listed: Tensor, place: StatePlace) -> Tensor:
    try:
        return place.ordered(listed)
    except (RuntimeError, IndexError):  # listed in another form than the block's own
        return listed
