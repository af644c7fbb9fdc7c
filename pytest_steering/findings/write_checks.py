"""Was the operation done at the asked blocks and tokens, and nothing elsewhere?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_steering.comparison import Comparison
from pytest_steering.findings.finding import Finding, finding
from pytest_steering.findings.reach_checks import may_be_reached_elsewhere, moves

Seen = Mapping[str, Any]

SAME_DIRECTION = 0.999
"""A cosine below this is another direction; rounding to bfloat16 stays above it."""

LONGEST = 5.0
"""A change this many times as long as the state leaves nothing of it."""

UNEVEN = 0.05
"""A share that differs by more from token to token is another operation, not another coefficient."""

ROUNDED = 0.01
"""A size within this share of the asked one is rounding, not another coefficient."""


def failed(run: Comparison) -> Iterator[Finding]:
    """Report that the engine refused to go on."""
    sentence = run.evidence.get("failed")
    if sentence:
        yield finding("intervention-failed", str(sentence))


def happened(run: Comparison) -> Iterator[Finding]:
    """Report asked layers at which nothing was added, and layers that were changed unasked."""
    written = run.evidence.get("written") or {}
    layers: Mapping[str, Seen] = written.get("layers") or {}
    silent = [name for name, seen in layers.items() if not seen["steered"] and not seen["elsewhere"]]
    silent = [name for name in silent if name not in may_be_reached_elsewhere(run)]
    others = written.get("other_layers") or []
    if others:
        asked = ", ".join(layers)
        yield finding(
            "delta-layer",
            f"layers {', '.join(map(str, others))} were changed; asked were {asked}",
            changed=others,
            asked=[int(name) for name in layers],
        )
    if silent and moves(run):
        yield finding(
            "intervention-missing", f"nothing was added at layers {', '.join(silent)}", layers=silent
        )


def positions(run: Comparison) -> Iterator[Finding]:
    """Report steered tokens that were not asked for, and asked tokens that were not steered."""
    for layer, seen in _layers(run):
        missed, elsewhere = seen["asked"] - seen["steered"], seen["elsewhere"]
        if (missed and seen["steered"]) or elsewhere:
            yield finding(
                "positions-differ",
                f"at layer {layer} {missed} of {seen['asked']} asked tokens were not steered, and "
                f"{elsewhere} others were ({seen['pads']} of them pads)",
                missed=missed,
                elsewhere=elsewhere,
                pads=seen["pads"],
                rows=seen["rows"],
            )
            return


def prompts(run: Comparison) -> Iterator[Finding]:
    """Report a batch that is padded on the right or holds other tokens, and prompts with misplaced ones."""
    written = run.evidence.get("written") or {}
    if written.get("padding") == "right":
        yield finding("padding-right", "the last column of the batch holds pads")
    if written.get("prompts_read") is False:
        yield finding("prompts-differ", "the tokens that the model read are not those of the prompts")
    yield from _special_ends(run)


def _special_ends(run: Comparison) -> Iterator[Finding]:
    ends = run.evidence.get("special_ends") or {}
    if ends.get("doubled"):
        yield finding(
            "start-doubled",
            f"{ends['doubled']} of {ends['prompts']} prompts begin with a special token twice",
            **ends,
        )
    if ends.get("stopped"):
        yield finding(
            "prompt-ended",
            f"{ends['stopped']} of {ends['prompts']} prompts end in a token that ends answers",
            **ends,
        )


def deltas(run: Comparison) -> Iterator[Finding]:
    """Report what was added where it differs from what was asked in sign, size, direction, type or shape."""
    for layer, seen in _layers(run):
        if seen.get("shape"):
            yield finding(
                "delta-shape", f"layer {layer} hands on {seen['shape']} under steering", layer=layer
            )
            return
        if (seen["steered"] and not seen["exact"]) or seen["dtype"] != seen["state_dtype"]:
            yield _difference(layer, seen)
            return


def together(run: Comparison) -> Iterator[Finding]:
    """Report changes that go wrong beside other arms alone; all other faults are named by their kind."""
    seen = run.evidence.get("together") or {}
    if not seen or any(one for check in (happened, positions, deltas) for one in check(run)):
        return
    if seen.get("failed"):
        yield finding("arms-differ", f"several arms could not be run in one batch: {seen['failed']}", **seen)
    elif seen["steered"] != seen["asked"] or seen["nobodys"] or seen["other_layers"]:
        yield finding(
            "arms-differ",
            f"with arms that share by {seen['sharing']!r}, {seen['asked']} states were to be changed by arm; "
            f"{seen['steered']} were, {seen['nobodys']} were changed as no arm asked, and the layers "
            f"{seen['other_layers']} were changed unasked",
            **seen,
        )


def size(run: Comparison) -> Iterator[Finding]:
    """Report a change that is much longer than the state it is made to."""
    ratios = {
        layer: seen["asked_norm"] / seen["state_norm"]
        for layer, seen in _layers(run)
        if seen.get("state_norm")
    }
    long = {layer: ratio for layer, ratio in ratios.items() if ratio > LONGEST}
    if long:
        layer = max(long, key=lambda name: long[name])
        yield finding(
            "scale-drowns-state",
            f"at layer {layer} the state is changed by {long[layer]:.1f} times its own length",
            **long,
        )


def _difference(layer: str, seen: Seen) -> Finding:
    cosine, ratio = seen["cosine"], seen["ratio"]
    measured = (
        f"at layer {layer} the mean addition has cosine {cosine:.4f} and {ratio:.4g} times the asked size"
    )
    if seen["dtype"] != seen["state_dtype"]:
        found = f"layer {layer} hands on {seen['dtype']} where {seen['state_dtype']} came in"
        return finding("delta-dtype", found, cosine=cosine, ratio=ratio)
    name = "delta-differs"
    if seen.get("spread", 0.0) > UNEVEN:
        measured += f", and a share of it that differs by {seen['spread']:.0%} from token to token"
    elif cosine <= -SAME_DIRECTION:
        name = "delta-sign"
    elif cosine >= SAME_DIRECTION:
        name = "delta-dtype" if abs(ratio - 1) <= ROUNDED else "delta-size"
    return finding(name, measured, cosine=cosine, ratio=ratio, layer=layer)


def _layers(run: Comparison) -> Iterator[tuple[str, Seen]]:
    yield from ((run.evidence.get("written") or {}).get("layers") or {}).items()


CHECKS = (failed, happened, positions, prompts, deltas, together, size)
