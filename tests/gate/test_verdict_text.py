"""What the gate prints, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering.gate.accept import Wanted, accept
from pytest_steering.gate.flipped_prompts import FlippedPrompts
from pytest_steering.gate.gated_cells import expected_cells
from pytest_steering.gate.judge import judge
from pytest_steering.gate.verdict_text import verdict_lines
from pytest_steering.records import Outcome, Record
from tests.gate.runs import outcomes, run

CELL = "test_it on m (cpu-float32)"
LEVELS = "at alpha 0.02, margin 10 points"
USUAL = range(0, 160, 10)


PROMPTS = FlippedPrompts({"s014": f"{'x' * 100}{'y' * 160}"})


def lines(
    folder: Path,
    before: Sequence[Record] | None,
    now: Sequence[Record],
    prompts: FlippedPrompts = PROMPTS,
) -> list[str]:
    """Return what the gate says of a run after another was accepted; without one there is no baseline."""
    if before is not None:
        accept(expected_cells(before), folder, Wanted(changed=True, new=True), {})
    return verdict_lines(judge(expected_cells(now), folder, required=True), lambda _record: prompts)


def tied(answers: Iterable[Outcome], number: int) -> tuple[Outcome, ...]:
    """The same answers, of which one was a near-tie of logits at its first token."""
    return tuple(replace(one, tied_at=0) if at == number else one for at, one in enumerate(answers))


def test_a_regression_lists_five_flips_that_count_the_near_ties_and_the_test(tmp_path: Path) -> None:
    worse = tied(outcomes(160, {*range(10, 160, 10), *range(5, 105, 3)}), 5)
    secure, vulnerable = ("no: Secure. It is.", "yes: Vulnerable. It is.")
    flips = {"s008": vulnerable, "s011": secure, "s014": vulnerable, "s017": secure, "s023": secure}
    listed = []
    for name, before in flips.items():
        listed.append(f"  broke {name}")
        listed += [f"    prompt … {'y' * 160}"] if name == "s014" else []
        listed.append(f"    before {before}")
        listed.append(f"    now    {secure if before == vulnerable else vulnerable}")
    assert lines(tmp_path, run(), run(worse)) == [
        f"gate: regression; 1 cell compared {LEVELS}",
        f"regressed: {CELL}: 30 samples broke, 1 were fixed, of 160 (drop 18.1 points, p 1.5e-08)",
        *listed,
        "  and 27 more flipped",
        "  near-ties of logits, not counted: s005",
        "  and right where present: 14 samples lost it, 1 gained it, of 80 (p 0.00049)",
        "  and right where absent: 16 samples lost it, 0 gained it, of 80 (p 1.5e-05)",
        "  and near-ties: 31 samples lost it, 1 gained it, of 160 (p 7.7e-09)",
        "  run it again: pytest 'benchmarks/test_it.py::test_it[m]'",
    ]


def test_why_prompts_are_not_shown_is_said_where_samples_flipped(tmp_path: Path) -> None:
    none = FlippedPrompts(missing="data set 'films' is not known")
    found = lines(tmp_path, run(outcomes(160)), run(outcomes(160, range(40))), none)
    assert "  prompts are not shown: data set 'films' is not known" in found
    assert not any("not shown" in line for line in lines(tmp_path, None, run(outcomes(160)), none))


@pytest.mark.parametrize(("broken", "more"), [(7, 2), (8, 3)])
def test_more_flips_than_five_are_counted(tmp_path: Path, broken: int, more: int) -> None:
    found = lines(tmp_path, run(outcomes(24)), run(outcomes(24, range(broken))))
    assert [line for line in found if "more" in line] == [f"  and {more} more flipped"]
    assert sum(line.startswith("  broke") for line in found) == 5


def test_what_a_few_samples_cannot_tell_says_how_many_would(tmp_path: Path) -> None:
    odd = range(1, 40, 2)
    before = run(outcomes(40, range(0, 40, 10)), outcomes(40, odd))
    now = run(outcomes(40, [0, 10, 20, 30, 5, 15]), outcomes(40, odd))
    assert lines(tmp_path, before, now) == [
        f"gate: cannot tell; 1 cell compared {LEVELS}",
        f"cannot tell: {CELL}: 2 samples broke, 0 were fixed, of 40 (drop 5.0 points, p 0.25); "
        "about 140 samples would settle it",
    ]


def test_of_many_cells_the_gravest_are_listed_and_the_others_counted(tmp_path: Path) -> None:
    odd = range(1, 40, 2)
    wrong = {"a": [0, 10, 20, 30, 5], "b": [0, 10, 20, 30, 5, 15, 25], "c": [0, 10, 20, 30, 5, 15]}
    before = [one for name in wrong for one in run(outcomes(40, range(0, 40, 10)), outcomes(40, odd), name)]
    now = [one for name, at in wrong.items() for one in run(outcomes(40, at), outcomes(40, odd), name)]
    accept(expected_cells(before), tmp_path, Wanted(changed=True, new=True), {})
    judgement = judge(expected_cells(now), tmp_path, required=True)
    told, every = (verdict_lines(judgement, lambda _record: PROMPTS, most) for most in (1, None))

    assert [one for one in every if one.startswith("cannot tell: test_it on b")] == told[1:2]
    assert told[2:] == ["and 2 more that cannot be told; --all lists every one"]
    assert sum(one.startswith("cannot tell: ") for one in every) == 3
    assert verdict_lines(judgement, lambda _record: PROMPTS, 3) == every


def test_a_gain_is_counted(tmp_path: Path) -> None:
    assert lines(tmp_path, run(), run(outcomes(160, range(0, 160, 40)))) == [
        f"gate: pass; 1 cell compared {LEVELS}",
        "1 cell improved; accept with --steering-accept",
    ]


NOTHING_COMPARED = f"gate: cannot be measured; 0 cells compared {LEVELS}"


def test_why_a_cell_could_not_be_compared_is_a_sentence_with_its_advice(tmp_path: Path) -> None:
    assert lines(tmp_path / "none", None, run()) == [
        NOTHING_COMPARED,
        f"baseline-missing: {CELL}: test_it on m has no baseline. Accept one with --steering-accept-new.",
    ]
    other = run(environment={"numerics": "cpu-float32", "weights": "v" * 64})
    assert lines(tmp_path / "weights", run(), other) == [
        NOTHING_COMPARED,
        f"baseline-stale: {CELL}: the baseline is of weights wwwwwwww, this run of vvvvvvvv. "
        "Run again and accept with --steering-accept.",
    ]
    assert lines(tmp_path / "data", run(), run(outcomes(159, USUAL))) == [
        NOTHING_COMPARED,
        f"data-changed: {CELL}: 0 samples have another prompt or label, 1 in one of the two alone: s159. "
        "If the change is meant, accept a new baseline; else restore the data.",
    ]


def test_a_cell_without_a_baseline_fails_nothing_where_none_is_required(tmp_path: Path) -> None:
    judgement = judge(expected_cells(run()), tmp_path, required=False)
    assert verdict_lines(judgement, lambda _record: FlippedPrompts()) == [
        "gate: nothing to compare; 1 cell has no baseline",
        f"no baseline: {CELL}; accept one with --steering-accept-new",
    ]
