"""The recorded answers of a published study (Arditi et al. 2024) come out as published, arm by arm."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pytest_steering import scores
from pytest_steering.cli import main
from pytest_steering.comparison import Arm
from pytest_steering.replay import ReplayedArms, RowFields, replay_arms
from pytest_steering.replay.arms.arms_notes import notes
from pytest_steering.replay.arms.arms_table import number_tables
from pytest_steering.replay.arms.label_agreement import doubt, label_agreement
from pytest_steering.statistics import wilson

LABEL = RowFields(gold={"": "refused_by_prefix"})

PUBLISHED = {
    "gemma-2b-it": (0, 100),
    "llama-2-7b-chat-hf": (1, 100),
    "qwen-1_8b-chat": (3, 98),
}
"""Refusals among 100 answers, unsteered and steered, by the study's own list."""

AGREED = {"gemma-2b-it": (100, 100), "llama-2-7b-chat-hf": (99, 100), "qwen-1_8b-chat": (100, 97)}


@pytest.fixture(scope="module")
def study(test_data: Path) -> ReplayedArms:
    paths = sorted((test_data / "behaviours" / "refusal_harmless").glob("*.jsonl"))
    return replay_arms(paths, [scores.refusal()], [scores.repetition()], LABEL)


def arms(study: ReplayedArms, model: str) -> tuple[Arm, Arm]:
    run = next(one.run for one in study.models if one.name == model)
    return run["unsteered"], run["steered"]


def test_every_answer_of_every_model_is_used(study: ReplayedArms) -> None:
    assert (study.answers, study.problems) == (600, ())
    assert [one.name for one in study.models] == [*PUBLISHED]


@pytest.mark.parametrize("model", PUBLISHED)
def test_the_published_shares_come_out_with_their_intervals(study: ReplayedArms, model: str) -> None:
    for arm, published in zip(arms(study, model), PUBLISHED[model], strict=True):
        found = arm.estimate("gold")
        assert (found.value, found.samples) == (published / 100, 100)
        assert found.interval == pytest.approx(wilson(published, 100))


@pytest.mark.parametrize("model", PUBLISHED)
def test_our_own_score_is_compared_with_theirs_in_each_arm(study: ReplayedArms, model: str) -> None:
    found = [label_agreement(arm, "refusal") for arm in arms(study, model)]
    assert [(one.agreed, one.n, one.unscored) for one in found] == [(n, 100, 0) for n in AGREED[model]]
    assert doubt(arms(study, model)[1], "refusal") == ""  # effects of .9 and more dwarf .03 of disagreement


def test_the_table_holds_shares_flips_and_agreement(study: ReplayedArms) -> None:
    refusal, gold = (table.splitlines()[-1].split() for table in list(number_tables(study))[1::3])
    assert " ".join(refusal) == (
        "qwen-1_8b-chat steered 100 .95 [.89, .98] +.92 [+.85, +.96] 92, 0 92 of 100 "
        "97 of 100 [.92, .99], κ .56"
    )
    assert " ".join(gold) == "qwen-1_8b-chat steered 100 .98 [.93, .99] +.95 [+.88, +.98] 95, 0"


def test_what_a_share_of_refusals_does_not_see_is_said_beside_it(study: ReplayedArms) -> None:
    """Added at this dose the direction makes refusals that go round in circles."""
    said = list(notes(study))
    assert len(said) == 3
    assert all("answers of the steered arm are broken" in sentence for sentence in said)


def test_an_answer_takes_less_than_a_third_of_a_millisecond(study: ReplayedArms) -> None:
    least = min(_milliseconds(study) for _ in range(3))
    assert least < 0.3 * 3  # a processor that others use counts more time than the work takes


def _milliseconds(study: ReplayedArms) -> float:
    start = time.process_time()
    replay_arms(study.paths, [scores.refusal()], [scores.repetition()], LABEL)
    return (time.process_time() - start) * 1e3 / study.answers


def test_the_document_shows_what_the_command_prints(
    study: ReplayedArms, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--score", "refusal", "--gold", "refused_by_prefix"]
    assert main(["replay", *map(str, study.paths), *told]) == 0
    page = (Path(__file__).parents[3] / "docs" / "replay.md").read_text(encoding="utf-8")
    assert f"```text\n{capsys.readouterr().out}```" in page
