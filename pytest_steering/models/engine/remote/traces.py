"""The requests: blocks of plain statements that nnsight reads as source and runs beside the model.

Only tensors, plain data and the functions of `shipped` stand in them, so that a server needs none of our
classes. Blocks are visited in forward order; results are taken in an invoke of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pytest_steering.models.engine.remote.shipped import seen, steered


class Visit(NamedTuple):
    """A block that a request stops at; it travels as a plain tuple.

    Attributes:
        envoy: nnsight's wrapper of the block.
        member: Where its state stands in a tuple that it returns; None for a bare one.
        where: See `LayerPlan`.
        added: See `LayerPlan`.
    """

    envoy: Any
    member: int | None
    where: Any
    added: Any


def ship_helpers() -> None:
    """Let nnsight send the functions of `shipped` along, as source."""
    import nnsight

    nnsight.ndif.register(steered.__module__)


def forward_request(
    model: Any, backend: Any, inputs: Mapping[str, Any], visits: Sequence[Visit], stop: int, keep: bool
) -> tuple[Any, list[Any]]:
    """Run one forward pass.

    Args:
        model: nnsight's.
        backend: Where it runs.
        inputs: The model's arguments.
        visits: Blocks in forward order.
        stop: One past the column that the pass reads last.
        keep: Whether states before and after are wanted.

    Returns:
        The logits, and what was seen at each visit.
    """
    from nnsight import save

    places = [tuple(visit) for visit in visits]
    with model.trace(**inputs, backend=backend) as tracer:
        reports = save([])
        for envoy, index, where, added in places:
            asked, before, mask = steered(envoy.output, index, where, added, stop)
            envoy.output = asked
            reports.append(seen(envoy.output, index, before, mask, asked, keep))
        logits = save(tracer.result.logits.detach())
    return logits, reports


def decode_request(
    model: Any,
    backend: Any,
    inputs: Mapping[str, Any],
    options: Mapping[str, Any],
    visits: Sequence[Visit],
    columns: int,
    keep: bool,
) -> tuple[Any, list[Any], Any, list[Any]]:
    """Write greedily.

    Args:
        model: nnsight's.
        backend: Where it runs.
        inputs: The prompts.
        options: Of transformers' `generate`.
        visits: Blocks in forward order.
        columns: Of the prompts.
        keep: Whether states before and after are wanted.

    Returns:
        Prompts and new tokens; what was seen at each visit, pass by pass; log-probabilities of the first
        new token; and of each step the two best logits, their tokens, and the logarithm of the sum of
        the exponentials of all.
    """
    from nnsight import save

    places = [tuple(visit) for visit in visits]
    with model.generate(backend=backend, **options) as tracer:
        with tracer.invoke(inputs):
            reports, first, leads = save([]), save([]), save([])
            for step in tracer.iter[:]:
                for envoy, index, where, added in places:
                    asked, before, mask = steered(envoy.output, index, where, added, columns + step)
                    envoy.output = asked
                    reports.append(seen(envoy.output, index, before, mask, asked, keep))
                logits = model.output.logits[:, -1].float()
                if step == 0:
                    first.append(logits.log_softmax(-1))
                best = logits.topk(2, dim=-1)
                leads.append((best.values, best.indices, logits.logsumexp(-1)))
        with tracer.invoke():
            ids = save(tracer.result)
    return ids, reports, first[0], leads


def states_request(model: Any, backend: Any, inputs: Mapping[str, Any], places: Sequence[Any]) -> list[Any]:
    """Return the states that leave some blocks, each an envoy and an index, as far as the last of these."""
    from nnsight import save

    with model.trace(**inputs, backend=backend) as tracer:
        found = save([])
        for envoy, index in places:
            output = envoy.output
            found.append((output if index is None else output[index]).detach())
        tracer.stop()
    return found  # type: ignore[no-any-return]


def own_states_request(model: Any, backend: Any, inputs: Mapping[str, Any]) -> list[Any]:
    """Return transformers' own `hidden_states` of a pass."""
    from nnsight import save

    with model.trace(**inputs, output_hidden_states=True, backend=backend) as tracer:
        found = save(list(tracer.result.hidden_states))
    return found  # type: ignore[no-any-return]  # noqa: RET504 - nnsight fills the name in
