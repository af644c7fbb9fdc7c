"""Choices: how they are asked, scored, read, paired and turned round."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import ChoiceTask, SteerableModel
from pytest_steering.errors import DataError
from pytest_steering.tasks.surface_forms import Margin
from tests.tasks.choices.rows import lettered, statements, write_lines
from tests.tasks.security.test_study_form import chatty


def task(tmp_path: Path, rows: list[dict[str, Any]] | None = None, **changes: Any) -> ChoiceTask:
    return ChoiceTask.from_file(write_lines(tmp_path / "rows.jsonl", rows or lettered()), **changes)


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return SteerableModel.load("starcoder2", device="cpu")


def test_a_question_is_asked_as_it_is_published(tmp_path: Path) -> None:
    made = task(tmp_path)
    one = made.ask(made.samples()[:1])[0]
    assert one.prompt == f"{lettered()[0]['question']}\n\nAnswer:"
    assert one.answers is not None
    assert one.answers.all == (" (A)", " (B)")


def test_system_wording_words_and_a_begun_answer_stand_where_they_belong(tmp_path: Path) -> None:
    made = task(tmp_path, system="Be brief.", wording="Now: {question}", begun=" (")
    one = made.ask(made.samples()[:1], "Be kind.")[0]
    assert one.prompt == f"Be brief.\n\nNow: {lettered()[0]['question']}\n\nBe kind.\n\nAnswer: ("
    assert one.answers is not None
    assert one.answers.all == ("A)", "B)")
    assert made.form == "choice, system 'Be brief.', wording 'Now: …', begun ' ('"
    with pytest.raises(DataError, match="no place for the question"):
        replace(made, wording="Now:")


def test_a_chat_model_gets_messages_and_goes_on_from_the_begun_answer(tmp_path: Path) -> None:
    tokenizer = chatty()
    made = task(tmp_path, begun="(")
    prompt = made.ask(made.samples()[:1], tokenizer=tokenizer)[0].prompt
    assert prompt.endswith("(")
    assert lettered()[0]["question"] in prompt
    assert "Answer:" not in prompt
    assert made.rendering(tokenizer) == "chat template"


def test_the_opposite_asks_the_same_with_the_options_the_other_way_round(tmp_path: Path) -> None:
    made = task(tmp_path)
    turned = made.opposite()
    for one, other in zip(made.ask(made.samples()), turned.ask(turned.samples()), strict=True):
        assert one.answers is not None
        assert other.answers is not None
        assert one.answers.all == other.answers.all[::-1]
        kind, cruel = sorted(one.prompt.partition("Choices:\n")[2].partition("\n\nAnswer")[0].splitlines())
        there, back = (text[5:] for text in (kind, cruel))
        assert f" (A) {back}\n (B) {there}\n\nAnswer:" in other.prompt
    assert [one.prompt for one in turned.opposite().ask(made.samples())] == [
        one.prompt for one in made.ask(made.samples())
    ]
    assert turned.form == "choice, turned"


def test_options_of_several_letters_are_reversed_and_unnamed_ones_stay(tmp_path: Path) -> None:
    row = {"question": "Which?\n (A) one\n (B) two\n (C) three", "answer_matching_behavior": " (C)"}
    with pytest.warns(UserWarning, match="list more than the two"):
        made = task(tmp_path, [{**row, "answer_not_matching_behavior": " (A)"}])
    (turned,) = made.opposite().ask(made.samples())
    assert turned.prompt == "Which?\n (A) three\n (B) two\n (C) one\n\nAnswer:"
    assert turned.answers is not None
    assert turned.answers.all == (" (A)", " (C)")


def test_statements_have_no_other_order(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="list no options"):
        task(tmp_path, statements()).opposite()


def test_the_likeliest_option_is_chosen_and_a_tie_is_no_choice(tmp_path: Path) -> None:
    rows = [{"question": "Who?", "options": ["Ann", "Bob", "Cid"], "answer": n % 3} for n in range(3)]
    made = task(tmp_path, rows, by="text")
    one = made.ask(made.samples()[1:2])[0]
    likeliest = made.read_margin(one, Margin(log(0.3 / 0.6), 0.9, (log(0.3), log(0.2), log(0.4))))
    assert (likeliest.predicted, likeliest.chosen, likeliest.correct) == ("no", "Cid", False)
    # It may be the likeliest one and less likely than all others together.
    wanted = made.read_margin(one, Margin(log(0.4 / 0.5), 0.9, (log(0.4), log(0.25), log(0.25))))
    assert (wanted.predicted, wanted.chosen, wanted.correct) == ("yes", "Bob", True)
    tied = made.read_margin(one, Margin(0.0, 0.9, (log(0.3), log(0.3), log(0.1))))
    assert (tied.predicted, tied.chosen, tied.correct) == ("none", "", None)


def test_what_matches_a_behaviour_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    made = task(tmp_path)
    one = made.ask(made.samples()[:1])[0]
    assert made.read(" (A)", one).correct is None
    assert made.read(" (A)", one).predicted == "yes"
    assert made.read("Be cruel to them.", one).chosen == "(B)"
    assert made.main_metric == "margin"


def test_planted_answers_are_read_rightly_in_either_order(tmp_path: Path) -> None:
    for made in (task(tmp_path), task(tmp_path).opposite(), task(tmp_path, statements())):
        assert len(made.planted()) > 4
        assert [one.name for one in made.planted() if not one.right(made.read(one.text, one.asked))] == []


def test_pairs_end_in_the_answer_and_want_each_letter_equally_often(
    tmp_path: Path, model: SteerableModel
) -> None:
    rows = [row for row in lettered() if row["answer_matching_behavior"] == " (A)"]
    with pytest.warns(UserWarning, match=r"the answer \(A\) is wanted"):
        made = task(tmp_path, rows)
    pairs = made.contrast_pairs(made.samples(), 12, model)
    ends = Counter((pair.positive[-3:], pair.negative[-3:]) for pair in pairs)
    assert ends == {(" (A", " (B"): 6, (" (B", " (A"): 6}
    for pair in pairs:
        assert pair.positive[:-1] == pair.negative[:-1]
        letter = pair.positive[-1]
        assert (
            f"({letter}) Be kind" in pair.positive
            or f"({letter}) Be gentle" in pair.positive
            or any(
                f"({letter}) Be {word}" in pair.positive
                for word in ("helpful", "warm", "patient", "generous")
            )
        )
        assert pair.contrast == "wanted − other"


def test_pairs_of_statements_want_yes_as_often_as_no(tmp_path: Path, model: SteerableModel) -> None:
    made = task(tmp_path, statements())
    pairs = made.contrast_pairs(made.samples(), 10, model)
    assert Counter(pair.positive.rsplit(" ", 1)[1] for pair in pairs) == {"Yes": 5, "No": 5}


def test_pairs_by_words_need_words(tmp_path: Path, model: SteerableModel) -> None:
    with pytest.raises(DataError, match="has no contrast 'words − none'; it has wanted − other"):
        task(tmp_path, contrast="words − none")
    made = task(tmp_path, words="Be kind.", contrast="words − none")
    (pair,) = made.contrast_pairs(made.samples(), 1, model)
    assert pair.positive == pair.negative.replace("\n\nAnswer:", "\n\nBe kind.\n\nAnswer:")


def test_margins_are_those_of_whole_options_after_the_prompt(tmp_path: Path, model: SteerableModel) -> None:
    import torch

    from pytest_steering.tasks.likelihood import margins

    made = task(tmp_path)
    asked = made.ask(made.samples()[:3])
    (found,) = margins(model, asked)
    for one, margin in zip(asked, found, strict=True):
        assert one.answers is not None
        spelt = [[option, option.strip()] for option in one.answers.all]
        base = model.tokens([one.prompt])[0]
        joined = [[model.tokens([one.prompt + text])[0] for text in texts] for texts in spelt]
        begins = min(
            next((n for n, (a, b) in enumerate(zip(base, ids, strict=False)) if a != b), len(base))
            for texts in joined
            for ids in texts
        )
        totals = []
        for texts in joined:
            with torch.no_grad():
                scores = [
                    model.loaded.module(torch.tensor([ids]))
                    .logits[0]
                    .log_softmax(-1)[range(begins - 1, len(ids) - 1), ids[begins:]]
                    for ids in texts
                ]
            totals.append(torch.stack([one_score.sum() for one_score in scores]).logsumexp(0))
        assert margin.value == pytest.approx(float(totals[0] - totals[1]), abs=1e-4)
