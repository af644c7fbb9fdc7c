"""Any yes-or-no question about a file of texts: what is read, what is said of it, and what is refused."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import ContrastPair, SteerableModel, VerdictTask
from pytest_steering.errors import DataError
from pytest_steering.tasks.reading.answer import Answer
from tests.tasks.security.test_study_form import chatty

Write = Callable[..., Path]
INSULT, PRAISE = {"text": "You fool.", "label": 1}, {"text": "Well done.", "label": 0}
QUESTION = "Is this comment insulting?"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*rows: object, name: str = "comments.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return written


def task(path: Path, **changes: Any) -> VerdictTask:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return VerdictTask.from_file(path, **{"question": QUESTION, **changes})


def many(count: int = 40, **changes: Any) -> list[dict[str, Any]]:
    return [{"text": f"comment {n}", "label": n % 2, "group": f"g{n % 4}", **changes} for n in range(count)]


def test_a_text_and_its_label_are_enough(write: Write) -> None:
    made = task(write(*many()))
    assert (made.name, made.form, made.reader) == ("comments", QUESTION, "Yes/No")
    assert {one.split for one in made.samples()} == {"train", "dev", "test"}
    assert len({one.id for one in made.samples()}) == 40
    assert made.notes[0].startswith("40 samples: 20 present, 20 absent; 0 pairs; groups: g0 (10)")
    assert made.notes[1].startswith("splits made of the texts' hashes")


def test_ids_splits_and_all_else_stay_as_the_file_has_them(write: Write) -> None:
    rows = many(3, split="test", rating=5)
    made = task(write(*({**row, "id": n} for n, row in enumerate(rows))))
    assert [(one.id, one.split, one.metadata) for one in made.samples()] == [
        (f"{n}", "test", {"rating": 5}) for n in range(3)
    ]
    assert made.notes[1] == "splits as the file says: test 3"


@pytest.mark.parametrize("label", [1, True, "yes", "Yes", " YES ", "Insulting"])
def test_a_label_may_stand_as_a_number_a_truth_or_a_word(write: Write, label: object) -> None:
    made = task(write({**INSULT, "label": label}, PRAISE), yes=" Insulting", no=" Mild")
    assert [one.label for one in made.samples()] == [1, 0]


def test_texts_without_labels_are_asked_about_and_expect_nothing(write: Write) -> None:
    made = task(write({"text": "You fool."}, {"text": "Well done.", "label": None}))
    assert [one.expected for one in made.samples()] == ["", ""]
    assert "2 without a label" in made.notes[0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"label": 1}], r"line 1: field 'text' is missing; found 'label'"),
        ([INSULT, {**PRAISE, "label": 2}], r"line 2: field 'label' is 2, expected 1 \(present\)"),
        ([{**INSULT, "label": "maybe"}], "field 'label' is 'maybe'.*'yes', 'no'"),
        ([{**INSULT, "group": 0.5}], "field 'group' is 0.5, expected text or a whole number"),
        ([{**INSULT, "id": "a"}, {**PRAISE, "id": "a"}], r"1 id stands more than once \(a\)"),
        ([INSULT, INSULT], r"1 id stands more than once \(text "),
        (
            [{**INSULT, "id": "a"}, {**INSULT, "id": "b", "label": 0}],
            r"one text is labelled both ways \(a, b\)",
        ),
        ([{**INSULT, "pair_id": "p"}, PRAISE], r"1 pair ids are not shared by one present and one absent"),
        ([{**INSULT, "split": "test"}, PRAISE], "line 2: field 'split' is missing, which 1 other rows have"),
        ([{"messages": [], "label": 1}], "field 'messages' is"),
        ([{"messages": [{"role": "cat", "content": "x"}]}], "field 'messages' is"),
        ([INSULT, {**PRAISE, "label": None}], "line 2: field 'label' is missing, which 1 other rows have"),
        ([], "holds no samples"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(write: Write, rows: list[object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        task(write(*rows))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (many(4, split="test", label=1), "all 4 labelled samples of split 'test' are present, so one answer"),
        (many(4, split="test"), "there is no split 'train', 'dev'"),
        (
            [{**row, "text": "same", "id": n, "label": 1} for n, row in enumerate(many(2))],
            "1 text stands more than once, such as 0, 1",
        ),
    ],
)
def test_what_limits_a_file_is_a_warning(write: Write, rows: list[object], message: str) -> None:
    with pytest.warns(UserWarning, match=message):
        VerdictTask.from_file(write(*rows), QUESTION)


def test_the_question_stands_after_the_text_and_the_words_before_the_question(write: Write) -> None:
    made = task(write(INSULT, PRAISE))
    plain, worded = (made.ask(made.samples(), words)[0].prompt for words in ("", "Be strict."))
    assert plain == f"You fool.\n\nQuestion: {QUESTION}\nAnswer:"
    assert worded == plain.replace(QUESTION, f"Be strict. {QUESTION}")
    assert made.rendering(None) == "plain text"


def test_a_model_with_a_chat_template_reads_what_the_template_makes(write: Write) -> None:
    made, tokenizer = task(write(INSULT, PRAISE)), chatty()
    (asked, _) = made.ask(made.samples(), tokenizer=tokenizer)
    assert asked.prompt.endswith(f"<user>You fool.\n\n{QUESTION}</user><assistant>")
    assert made.rendering(tokenizer) == "chat template"


def test_a_conversation_is_asked_about_by_its_next_message(write: Write) -> None:
    said = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Go away."}]
    made = task(write({"messages": said, "label": 1}, PRAISE))
    (asked, _) = made.ask(made.samples(), tokenizer=chatty())
    assert asked.prompt.endswith(f"<assistant>Go away.</assistant><user>{QUESTION}</user><assistant>")
    assert "### Answer:\nGo away." in made.ask(made.samples())[0].prompt


def test_a_reader_of_ones_own_reads_and_is_named(write: Write) -> None:
    def by_length(text: str, question: str | None) -> str:
        return "yes" if len(text) > 3 else "none"

    made = task(write(INSULT, PRAISE), reader=by_length)
    first, second = made.ask(made.samples())
    assert made.reader == "by_length"
    assert (made.read("long", first).predicted, made.read("long", first).correct) == ("yes", True)
    assert (made.read("long", second).correct, made.read("", second).correct) == (False, None)


def test_a_reader_may_return_an_answer_and_nothing_but_a_verdict_or_that(write: Write) -> None:
    made = task(write(INSULT, PRAISE), reader=lambda *_: Answer("no", 0.7, None, "mine"))
    (asked, _) = made.ask(made.samples())
    assert (made.read("x", asked).confidence, made.read("x", asked).rule) == (0.7, "mine")
    wrong = task(write(INSULT, PRAISE), reader=lambda *_: 0.3)
    with pytest.raises(DataError, match=r"the reader '<lambda>' returned 0\.3 for the answer to 'text"):
        wrong.read("x", asked)


def test_answers_are_planted_by_the_two_words_unless_others_are_given(write: Write) -> None:
    own = task(write(INSULT, PRAISE), yes=" Insulting", no=" Mild")
    assert all(one.right(own.read(one.text, one.asked)) for one in own.planted())
    assert {one.name for one in own.planted()} >= {"a plain yes", "a negated no", "an empty answer"}
    given = task(write(INSULT, PRAISE), planted=[("Ouch!", "yes")])
    assert [one.name for one in given.planted()] == ["'Ouch!'"]
    assert not given.planted()[0].right(given.read("Ouch!", given.planted()[0].asked))


def test_a_sure_sentence_decides(write: Write) -> None:
    made = task(write(INSULT, PRAISE))
    (asked, _) = made.ask(made.samples())
    assert made.decided("Yes, it is. ", asked)
    assert not made.decided("Yes, it", asked)
    assert not made.decided("My answer is yes. ", asked)


def test_pairs_come_from_words_where_there_are_words(write: Write, starcoder2: SteerableModel) -> None:
    made = task(write(*many()), words="Be strict.")
    pairs = made.contrast_pairs(made.samples("train"), 4, starcoder2)
    assert len(pairs) == 4
    for pair in pairs:
        assert pair.positive.replace("Be strict. ", "") == pair.negative != pair.positive
        assert pair.contrast == made.contrast == "words − none"


@pytest.mark.parametrize("paired", [True, False])
def test_pairs_come_from_labels_where_there_are_no_words(
    write: Write, starcoder2: SteerableModel, paired: bool
) -> None:
    rows = [
        {**row, "group": "g", **({"pair_id": f"p{n // 2}"} if paired else {})} for n, row in enumerate(many())
    ]
    made = task(write(*rows))
    by_id = {one.id: one for one in made.samples()}
    pairs = made.contrast_pairs(made.samples("train"), 4, starcoder2)
    assert 0 < len(pairs) <= 4
    for pair in pairs:
        assert by_id[pair.sample_id].text in pair.positive
        assert by_id[pair.sample_id].label == 1
        assert pair.contrast == "present − absent"


def test_pairs_may_come_from_a_file(write: Write, starcoder2: SteerableModel) -> None:
    texts = [{"positive": f"bad {n}", "negative": f"good {n}"} for n in range(9)]
    texts.append({"positive": "word " * 600, "negative": "short"})
    made = task(write(*many()), pairs=write(*texts, name="pairs.jsonl"), words="Be strict.")
    pairs = made.contrast_pairs(made.samples("train"), 3, starcoder2)
    assert [(one.positive, one.negative) for one in pairs] == [
        ("bad 0", "good 0"),
        ("bad 3", "good 3"),
        ("bad 6", "good 6"),
    ]
    assert len(made.contrast_pairs([], 64, starcoder2)) == 9


def test_pairs_that_cannot_be_read_are_named(write: Write) -> None:
    with pytest.raises(DataError, match=r"pairs\.jsonl, line 1: field 'negative' is missing"):
        task(write(*many()), pairs=write({"positive": "x"}, name="pairs.jsonl"))
    with pytest.raises(DataError, match="holds no contrast pairs"):
        task(write(*many()), pairs=write(name="pairs.jsonl"))


def test_a_test_may_want_another_contrast_of_those_there_are(write: Write) -> None:
    made = task(write(*many()), words="Be strict.", pairs=[ContrastPair("a", "b", "c")])
    assert made.contrast == "pairs"
    assert made.with_options(contrast="words − none").contrast == "words − none"
    assert made.with_options(contrast="pairs", form=QUESTION) is made
    with pytest.raises(
        DataError, match="has no contrast 'mood'; it has pairs, words − none, present − absent"
    ):
        made.with_options(contrast="mood")
    with pytest.raises(DataError, match="'comments' does not know form='haiku'"):
        made.with_options(form="haiku")


def test_no_pair_that_can_be_used_is_an_error(write: Write, starcoder2: SteerableModel) -> None:
    made = task(write(*many(40, label=1)))
    with pytest.raises(DataError, match=r"none of .* training samples of the task 'comments' can be used"):
        made.contrast_pairs(made.samples("train"), 4, starcoder2)


def test_a_split_that_is_not_there_names_those_that_are(write: Write) -> None:
    made = task(write(*many(4, split="test")))
    with pytest.raises(DataError, match="'comments' has no split 'train'; it has test"):
        made.samples("train")


def test_there_is_no_opposite_question(write: Write) -> None:
    with pytest.raises(DataError, match=r"'comments' \(Is this comment insulting\?\) has no opposite"):
        task(write(INSULT, PRAISE)).opposite()


def test_the_words_that_decided_are_known_by_their_places(write: Write) -> None:
    made = task(write(INSULT, PRAISE))
    (asked, _) = made.ask(made.samples())
    text = " My answer is yes."
    ((first, behind),) = made.read(text, asked).spans["verdict"]

    assert text[first:behind] == "yes"
    assert made.read("Who knows.", asked).spans == {}


@pytest.mark.parametrize("span", [(1,), (1, "2"), (-1, 2), (0.0, 2.0), "ab", (True, 2)])
def test_a_reader_that_points_nowhere_is_refused(write: Write, span: Any) -> None:
    made = task(write(INSULT, PRAISE), reader=lambda *_: Answer("no", None, span, "mine"))
    (asked, _) = made.ask(made.samples())
    with pytest.raises(DataError, match="the first character of the words that decided"):
        made.read("x", asked)
