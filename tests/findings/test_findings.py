from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_steering.comparison import Comparison
from pytest_steering.findings import CATALOGUE, Finding, examine, with_findings
from pytest_steering.records import Outcome, Record, from_line, to_line
from tests.experiments.cells import EVIDENCE, always, outcome, run, truthful
from tests.experiments.scored_cells import arm, mood, scored_run
from tests.findings.choice_faults import CHOICE_FAULTS
from tests.findings.rival_faults import RIVAL_FAULTS
from tests.findings.text_faults import TEXT_FAULTS


def found(records: dict[str, Record]) -> tuple[Finding, ...]:
    return examine(Comparison.of(records.values()))


def ids(records: dict[str, Record], severity: str | None = None) -> list[str]:
    return [one.id for one in found(records) if severity in (None, one.severity)]


def layer(**changes: Any) -> dict[str, Any]:
    """What the witness saw at layer 3, but for the changes."""
    seen = {**EVIDENCE["written"]["layers"]["3"], **changes}
    return {"written": {**EVIDENCE["written"], "layers": {"3": seen}}}


def test_a_run_without_a_fault_has_no_invalid_finding() -> None:
    assert ids(run(), "invalid") == []


def test_a_model_that_always_said_yes_limits_what_a_rise_means() -> None:
    assert ids(run(), "limits") == ["unsteered-constant"]


def test_states_that_differ_make_a_run_not_repeatable_though_every_answer_is_the_same() -> None:
    again = {"answers": 16, "differ": 0, "passes": 12, "passes_differ": 12}
    (one,) = [one for one in found(run(repeat=again)) if one.id == "not-repeatable"]
    assert one.sentence == "12 of 12 forward passes end in other states"
    assert ids(run(repeat={**again, "passes_differ": 0}), "invalid") == []


def unreached(steered: list[Outcome] | None = None) -> dict[str, Record]:
    """A run whose watched prompts have no token to steer."""
    answers = {} if steered is None else {"steered": steered}
    return run(**layer(asked=0, steered=0, exact=True, cosine=0.0, ratio=0.0), **answers)


def test_where_no_watched_token_was_to_be_steered_the_answers_tell_whether_any_was() -> None:
    assert "intervention-missing" in ids(unreached(always(160)))
    assert ids(unreached(), "invalid") == []
    assert "steering-unwatched" in ids(unreached(), "limits")


def test_one_of_several_layers_at_which_bounds_bind_nowhere_is_no_fault_of_the_engine() -> None:
    seen = EVIDENCE["written"]["layers"]["3"]
    layers = {"2": {**seen, "asked": 0, "steered": 0}, "3": seen}
    records = run(always(160), always(160), written={**EVIDENCE["written"], "layers": layers})
    assert "intervention-missing" not in ids(records)
    (one,) = [one for one in found(records) if one.id == "steering-unwatched"]
    assert one.evidence == {"layers": ["2"]}


def conditional(held: int) -> dict[str, Record]:
    """A run whose condition held so often at eight answers; where nowhere, nothing is seen to be steered."""
    records = run(**({} if held else layer(asked=0, steered=0, exact=True, cosine=0.0, ratio=0.0)))
    steered = records["steered"]
    spec = {**steered.spec, "intervention": {**steered.spec["intervention"], "when": "similarity > 0.1"}}
    counts = {**steered.counts, "decided": 8, "held": held}
    return {**records, "steered": replace(steered, spec=spec, counts=counts)}


def test_where_a_condition_never_holds_no_engine_is_blamed() -> None:
    assert ids(conditional(0), "invalid") == ["condition-never"]
    assert ids(conditional(3), "invalid") == []


FAULTS: dict[str, Callable[[], dict[str, Record]]] = {
    "steering-unwatched": unreached,
    "condition-never": lambda: conditional(0),
    "condition-held": lambda: conditional(3),
    "intervention-missing": lambda: run(**layer(steered=0, exact=True, cosine=0.0, ratio=0.0)),
    "intervention-failed": lambda: run(failed="layer 3 did not run"),
    "positions-differ": lambda: run(**layer(steered=4, rows=1)),
    "padding-right": lambda: run(written={**EVIDENCE["written"], "padding": "right"}),
    "prompts-differ": lambda: run(written={**EVIDENCE["written"], "prompts_read": False}),
    "start-doubled": lambda: run(special_ends={"doubled": 3, "stopped": 0, "prompts": 8}),
    "prompt-ended": lambda: run(special_ends={"doubled": 0, "stopped": 8, "prompts": 8}),
    "delta-sign": lambda: run(**layer(exact=False, cosine=-1.0)),
    "delta-size": lambda: run(**layer(exact=False, ratio=0.5)),
    "delta-layer": lambda: run(written={**EVIDENCE["written"], "other_layers": [4]}),
    "delta-dtype": lambda: run(**layer(exact=False, cosine=0.99999, ratio=1.0003)),
    "delta-shape": lambda: run(**layer(shape="[3, 3, 8, 32] where [3, 8, 32] was computed")),
    "arms-differ": lambda: run(together={**EVIDENCE["together"], "steered": [9, 8, 9]}),
    "scale-drowns-state": lambda: run(**layer(asked_norm=600.0, state_norm=100.0)),
    "delta-differs": lambda: run(**layer(exact=False, cosine=0.4)),
    "read-elsewhere": lambda: run(read={"3": 1.5}),
    "vector-foreign": lambda: run(foreign=["model_type qwen2, here starcoder2"]),
    "vector-forced": lambda: run(foreign=["model_type qwen2, here starcoder2"], forced=True),
    "outputs-unchanged": lambda: run(steered=always(160)),
    "answer-constant": lambda: run(steered=always(160, "no")),
    "unsteered-constant": lambda: run(),
    "reader-unreliable": lambda: run(reader={"asked": 6, "wrong": ["a negated weakness"]}),
    "reader-untested": lambda: run(reader={"asked": 0, "wrong": []}),
    "train-test-overlap": lambda: run(overlap={"samples": 2, "examples": ["s1 (same id as s1)"]}),
    "near-copies-known": lambda: run(overlap=known(near=16)),
    "origin-unknown": lambda: run(origin={"state": "unknown", "texts": 32}),
    "chosen-on-scored": lambda: run(searched=[{"split": "dev", "samples": 9, "overlap": 9}]),
    "too-few-samples": lambda: run(always(24), truthful(24)),
    "not-repeatable": lambda: run(repeat={"answers": 16, "differ": 3}),
    "hooks-left": lambda: run(hooks={"before": 1, "after": 1, "foreign": ["h.0: left"]}),
    "weights-changed": lambda: run(weights={"first": "w", "before": "v", "after": "v"}),
    "shuffled-as-well": lambda: {
        **run(),
        "shuffled": replace(run()["shuffled"], outcomes=tuple(truthful(160))),
    },
    "random-as-large": lambda: {
        **run(),
        "random:1": replace(run()["random:1"], outcomes=tuple(truthful(160))),
    },
    "specificity-untested": lambda: run(nulls={"why": "its answers are written"}),
    "truth-was-there": lambda: run(truthful(160, 8), truthful(160)),
    "zero-differs": lambda: {**run(), "zero": replace(run()["zero"], outcomes=tuple(always(160, "no")))},
    "controls-missing": lambda: {name: run()[name] for name in ("unsteered", "steered")},
    "control-vacuous": lambda: run(
        vacuous={"negated": "'ablate' does the same along a vector and its opposite"}
    ),
    "control-impossible": lambda: run(impossible={"shuffled": "it needs the contrast pairs"}),
    "vector-zero": lambda: with_norm(0.0),
    "vector-non-finite": lambda: with_norm("NaN"),
    "duplicate-ids": lambda: run(steered=[replace(one, id="twice") for one in truthful(160)]),
    "margin-disagrees": lambda: run(steered=[replace(one, margin=-2.0) for one in truthful(160)]),
    "moved-against": lambda: run(
        steered=[
            replace(one, margin=(one.margin or 0.0) + (-2.0 if one.group == "CWE-1" else 2.0))
            for one in always(160)
        ]
    ),
    "copies-scored": lambda: run(copies={"declared": 80, "clusters": 2, "examples": ["a of b (1.00)"]}),
    "answered-share-low": lambda: run(
        steered=[*truthful(100), *(outcome(n, "none") for n in range(100, 160))]
    ),
    "outputs-repeat": lambda: run(steered=texts(" secure" * 20)),
    "outputs-unreadable": lambda: run(steered=texts("]];;}{}{")),
    "outputs-length": lambda: run(steered=[replace(one, ended=False, tokens=32) for one in truthful(160)]),
    "outputs-cut": lambda: run(steered=[replace(one, ended=False, tokens=3) for one in truthful(160)]),
    "samples-skipped": lambda: run(
        steered=[*truthful(159), replace(outcome(159, "none"), skipped="too long")]
    ),
    "arm-overflows": lambda: run(
        steered=[
            *truthful(159),
            replace(outcome(159, "none"), skipped="it overflows float16: its logits are lost"),
        ]
    ),
    "side-effects-unmeasured": lambda: run(neutral="unmeasured"),
    "side-effects": lambda: with_metrics(neutral_perplexity_ratio=40.0),
    "one-group-carries": lambda: run(steered=[*one_weakness(160)]),
    "length-ranks-as-well": lambda: run(steered=[by_length(n) for n in range(160)]),
    **TEXT_FAULTS,
    **RIVAL_FAULTS,
    **CHOICE_FAULTS,
}


def known(samples: int = 0, near: int = 0) -> dict[str, Any]:
    """Of 160 scored samples, how many the vector was made from, and how many more are near copies."""
    return {"samples": samples, "near": near, "scored": 160, "examples": ["s1 (near copy)"]}


def with_norm(norm: Any) -> dict[str, Record]:
    records = run()
    return {**records, "steered": replace(records["steered"], provenance={"norms": {"3": norm}})}


def with_metrics(**measured: float) -> dict[str, Record]:
    records = run()
    return {**records, "steered": replace(records["steered"], metrics=measured)}


def texts(text: str) -> list[Any]:
    return [replace(one, response=text) for one in truthful(160)]


def one_weakness(count: int) -> list[Any]:
    both = zip(truthful(count), always(count), strict=True)
    return [right if right.group == "CWE-1" else base for right, base in both]


def by_length(number: int) -> Any:
    return replace(truthful(160)[number], length=90 if number % 2 else 120)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_is_named(name: str) -> None:
    assert name in ids(FAULTS[name]())


def test_equal_prompts_under_ids_of_their_own_are_copies_where_nobody_compared_texts() -> None:
    copied = [replace(one, prompt_sha256=f"of {one.expected}") for one in truthful(160)]
    assert "copies-scored" in ids(run(steered=copied, copies=None))
    assert "copies-scored" not in ids(run(steered=truthful(160), copies=None))


def test_near_copies_void_the_number_only_where_it_may_be_theirs() -> None:
    searched = {"split": "dev", "samples": 9, "overlap": 0, "scored": 160}
    for near, named in ((0, set()), (1, {"limits"}), (16, {"limits"}), (17, {"invalid"}), (160, {"invalid"})):
        for one in (run(overlap=known(near=near)), run(searched=[{**searched, "near": near}])):
            about = ("train-test-overlap", "chosen-on-scored", "near-copies-known")
            assert {row.severity for row in found(one) if row.id in about} == named, near
    assert "train-test-overlap" in ids(run(overlap=known(samples=1, near=1)), "invalid")


@pytest.mark.parametrize(
    "origin", [{"state": "clean", "texts": 32}, {"state": "overlapping", "texts": 32}, {}]
)
def test_only_an_unknown_origin_is_called_unknown(origin: dict[str, object]) -> None:
    assert "origin-unknown" not in ids(run(origin=origin))


def test_findings_of_the_gate_and_of_whole_runs_are_the_only_ones_without_a_check_of_one_run() -> None:
    beyond = {
        "searched-elsewhere",
        "data-changed",
        "cells-collide",
        "answers-read-otherwise",
        "baseline-edited",
        "baseline-missing",
        "baseline-stale",
        "environment-drift",
    }
    assert set(CATALOGUE) - set(FAULTS) == beyond


@pytest.mark.parametrize(
    "seen", [{"nobodys": 3}, {"other_layers": [1]}, {"steered": [0, 9, 9]}, {"failed": "it failed"}]
)
def test_what_goes_wrong_beside_other_arms_alone_is_named(seen: dict[str, object]) -> None:
    together = {**EVIDENCE["together"], **seen}
    assert ids(run(together=together), "invalid") == ["arms-differ"]
    assert "arms-differ" not in ids(run(together=together, **layer(exact=False, cosine=-1.0)))


def test_another_operation_along_the_same_vector_is_not_called_another_strength() -> None:
    assert ids(run(**layer(exact=False, ratio=0.5, spread=0.001)), "invalid") == ["delta-size"]
    assert ids(run(**layer(exact=False, ratio=0.5, spread=0.6)), "invalid") == ["delta-differs"]


def test_findings_are_computed_from_the_written_records_alone() -> None:
    records = run(failed="layer 3 did not run", read={"3": float("inf")})
    read_back = {name: from_line(to_line(one)) for name, one in records.items()}
    assert ids(read_back) == ids(records)


def test_each_record_carries_the_findings_of_its_own_arm() -> None:
    records = with_findings(FAULTS["zero-differs"]().values())
    assert [one["id"] for one in records["zero"].findings] == ["zero-differs"]
    assert "zero-differs" not in [one["id"] for one in records["steered"].findings]
    assert {"severity", "sentence", "advice", "evidence"} <= set(records["zero"].findings[0])


def test_invalid_findings_come_first() -> None:
    severities = [one.severity for one in found(run(failed="it failed"))]
    assert severities == sorted(severities, key=["invalid", "limits", "note"].index)


def test_too_few_samples_print_the_least_effect_and_the_number_that_is_needed() -> None:
    sentence = next(
        one.sentence for one in found(run(always(24), truthful(24))) if one.id == "too-few-samples"
    )
    assert "24 samples show no effect below 31 points" in sentence
    assert "needs 78" in sentence


def test_nobody_is_said_to_claim_what_was_not_claimed() -> None:
    def said(**claimed: float) -> str:
        records = run(always(24), truthful(24), **claimed)
        return next(one.sentence for one in found(records) if one.id == "too-few-samples")

    assert "claim" not in said()
    assert "the claim of 20 points needs" in said(claim=0.2)


def test_a_large_claim_needs_fewer_samples() -> None:
    assert "too-few-samples" not in ids(run(always(24), truthful(24), claim=0.4))


def test_a_run_that_claims_nothing_needs_no_number_of_samples() -> None:
    """A run of margins whose arms all failed looks like one of accuracy, and claims nothing of it."""
    assert "too-few-samples" not in ids(run(always(24), truthful(24), claim=None))


def claiming(claim: float | None, steered: list[Any] | None = None) -> dict[str, Record]:
    """A run that cheers up and was to do so by so much."""
    records = scored_run(steered)
    told = replace(records["steered"], evidence={**records["steered"].evidence, "claim": claim})
    return {**records, "steered": told}


def test_too_few_samples_for_a_mean_print_the_least_change_by_the_spread_of_the_changes() -> None:
    up_and_down = arm(40, lambda n: mood(n) + (0.2 if n % 2 else -0.2))
    records = claiming(0.01, up_and_down)
    (sentence,) = [one.sentence for one in found(records) if one.id == "too-few-samples"]
    assert sentence.startswith("40 samples show no change of cheer below 0.0")
    assert "the claim is 0.01, which needs" in sentence


@pytest.mark.parametrize("claim", [None, 0.3])
def test_a_mean_claims_nothing_unless_told_so(claim: float | None) -> None:
    assert "too-few-samples" not in ids(claiming(claim))


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_finding_says_what_it_means_and_what_to_do(name: str) -> None:
    kind = CATALOGUE[name]
    assert kind.meaning.endswith(".")
    assert kind.advice.endswith(".") or kind.advice.endswith(".)")


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_finding_stands_in_the_documents_as_it_is_reported(name: str) -> None:
    kind = CATALOGUE[name]
    text = (Path(__file__).resolve().parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")
    section = text.split(f"## `{kind.severity}`")[1].split("\n## ")[0]
    assert f"| `{name}` | {kind.meaning} | {kind.advice} |" in section
