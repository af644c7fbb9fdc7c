from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import SteerableModel, read_pairs, write_pairs
from pytest_steering.errors import DataError, PromptError
from pytest_steering.tasks.pair_writing import WrittenPairs
from pytest_steering.tasks.pair_writing.pair_questions import SUBJECTS
from tests.tasks.pair_writing.scripted_model import CHEERFUL, GLOOMY, ScriptedModel, subject_of


def good(prompt: str, before: int) -> str:
    how = "delighted me more than I can say" if CHEERFUL in prompt else "wore me down once again today"
    return f"In the end {subject_of(prompt)} {how}, for the {before + 1}. time."


def written(says: Any = good, count: int = 8, opposite: str = GLOOMY) -> tuple[WrittenPairs, ScriptedModel]:
    model: Any = ScriptedModel(says)
    return write_pairs(model, CHEERFUL, opposite, count=count), model


def test_both_sides_are_asked_for_in_the_same_words_and_are_about_one_subject() -> None:
    found, model = written()
    prompts = [prompt for prompt, _ in model.asked]

    assert len(found.pairs) == found.asked == 8
    for one, other in zip(prompts[::2], prompts[1::2], strict=True):
        assert one.replace(CHEERFUL, GLOOMY) == other
    assert [pair.sample_id for pair in found.pairs] == [f"{one} 1" for one in SUBJECTS[:8]]
    assert all("delighted" in pair.positive and "wore" in pair.negative for pair in found.pairs)
    assert [*found.told()] == ["kept 8 of 8 pairs that scripted was asked for"]


def test_the_opposite_is_named_so_where_nothing_is_said_of_it() -> None:
    _, model = written(opposite="", count=1)
    assert [f"shows the opposite of {CHEERFUL}." in prompt for prompt, _ in model.asked[:2]] == [False, True]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "the positive answer was empty"),
        ("A day that goes on and on and", "the positive answer did not end"),
        ("I'm sorry, but I can't write that.", "the positive answer refused"),
        ("So nice.", "the positive answer had fewer than 4 words"),
        ("It is a day of being cheerful about all.", "the positive answer repeated a description"),
        (f"It is a day of {GLOOMY} about all.", "the positive answer repeated a description"),
        ("The same words stand on both sides here.", "both sides say the same"),
    ],
)
def test_what_cannot_be_used_is_dropped_and_the_reason_is_told(answer: str, reason: str) -> None:
    def bad_once(prompt: str, before: int) -> str:
        spoilt = subject_of(prompt) == SUBJECTS[2]
        both = answer.startswith("The same words")
        return answer if spoilt and (both or CHEERFUL in prompt) else good(prompt, before)

    found, _ = written(bad_once)

    assert found.dropped == {reason: 1}
    assert (found.asked, len(found.pairs)) == (9, 8)
    assert [*found.told()][1] == f"1 dropped: {reason}"


def test_near_copies_are_dropped_whichever_side_they_are_on_and_asking_ends() -> None:
    found, model = written(
        lambda prompt, _: "It " + ("made us laugh" if CHEERFUL in prompt else "hurt") + " so much."
    )

    assert len(found.pairs) == 1
    assert found.asked == 3 * 8
    assert found.dropped == {"near copy of another": 23}
    assert next(found.told()) == "kept 1 of 24 pairs that scripted was asked for; 8 were wanted"
    assert len(model.asked) == 2 * 24


def test_a_subject_that_comes_again_is_answered_by_a_draw() -> None:
    def another_word_each_time(prompt: str, before: int) -> str:
        return (
            good(prompt, 0)
            if not before
            else f"Then again {subject_of(prompt)} {'lit' if CHEERFUL in prompt else 'ate'} me up."
        )

    found, model = written(another_word_each_time, count=len(SUBJECTS) + 3)

    assert Counter(drawn for _, drawn in model.asked) == {False: 2 * len(SUBJECTS), True: 6}
    assert found.pairs[-1].sample_id == f"{SUBJECTS[2]} 2"
    assert len({pair.sample_id for pair in found.pairs}) == len(found.pairs)


def test_the_file_is_read_as_any_other_and_says_who_wrote_it_on_which_words(tmp_path: Path) -> None:
    found, _ = written()
    found.save(tmp_path / "pairs.jsonl")
    read = read_pairs(tmp_path / "pairs.jsonl")
    row = json.loads((tmp_path / "pairs.jsonl").read_text(encoding="utf-8").splitlines()[0])

    assert [(one.positive, one.negative) for one in read] == [
        (one.positive, one.negative) for one in found.pairs
    ]
    told = {name: row[name] for name in ("behaviour", "opposite", "model", "weights", "seed", "subject")}
    assert told == {
        "behaviour": CHEERFUL,
        "opposite": GLOOMY,
        "model": "scripted",
        "weights": "w",
        "seed": "0",
        "subject": f"{SUBJECTS[0]} 1",
    }
    with pytest.raises(DataError, match=r"is there already; name another file"):
        found.save(tmp_path / "pairs.jsonl")


def test_no_file_is_written_of_no_pairs(tmp_path: Path) -> None:
    found, _ = written(lambda *_: "")
    with pytest.raises(DataError, match=r"no pair was kept, .* 24 dropped: the positive answer was empty"):
        found.save(tmp_path / "pairs.jsonl")
    assert not (tmp_path / "pairs.jsonl").exists()


def test_a_model_without_a_chat_template_is_refused(starcoder2: SteerableModel) -> None:
    with pytest.raises(
        PromptError, match=r"^starcoder2 has no chat template, so it cannot be asked to write"
    ):
        write_pairs(starcoder2, CHEERFUL, GLOOMY)


@pytest.mark.parametrize(("behaviour", "opposite"), [("", "x"), (" ", ""), ("Calm", "calm ")])
def test_a_behaviour_that_is_none_or_its_own_opposite_is_refused(behaviour: str, opposite: str) -> None:
    model: Any = ScriptedModel(good)
    with pytest.raises(DataError, match=r"^a pair needs a behaviour"):
        write_pairs(model, behaviour, opposite)
    assert model.asked == []
