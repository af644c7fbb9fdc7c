from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pytest_steering import TextTask
from pytest_steering.errors import DataError
from pytest_steering.limit import Limit
from pytest_steering.tasks.behaviour_file import read_behaviour

CHEERFUL: dict[str, Any] = {
    "prompts": [
        {"prompt": "The weather today", "split": "train"},
        {"prompt": "I went to the market and", "split": "dev", "id": "market", "group": "places"},
        {"prompt": "My brother called", "split": "test"},
    ],
    "pairs": [{"positive": "I loved it.", "negative": "I hated it."}],
    "score": "sentiment",
    "miss": {"least": 0.05},
    "guards": ["repetition", {"score": "words", "limit": {"least": 5, "most": 60}}],
    "words": "Answer in a cheerful mood.",
    "system": "You are a friend.",
    "chat": True,
    "max_new_tokens": 24,
}


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "cheerful.json"
    said = {key: value for key, value in {**CHEERFUL, **changes}.items() if value is not None}
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def test_a_behaviour_stands_in_one_file(tmp_path: Path) -> None:
    found = read_behaviour(written(tmp_path))
    assert found.name == "cheerful"
    assert [one.text for one in found.samples] == [row["prompt"] for row in CHEERFUL["prompts"]]
    assert (found.samples[1].id, found.samples[1].split) == ("market", "dev")
    assert [(pair.positive, pair.negative) for pair in found.pairs] == [("I loved it.", "I hated it.")]
    assert [one.name for one in found.scores] == ["sentiment", "miss"]
    assert [one.limit for one in found.guards or ()] == [Limit(most=0.3), Limit(5, 60)]
    assert (found.words, found.system) == ("Answer in a cheerful mood.", "You are a friend.")
    assert (found.chat, found.max_new_tokens) == (True, 24)
    assert found.notes[0].startswith("3 prompts")


def test_a_miss_is_a_violation_or_an_answer_that_is_no_text(tmp_path: Path) -> None:
    _, miss = read_behaviour(written(tmp_path)).scores
    answers = ["I am so happy about it today.", "It is a terrible and sad day.", "happy " * 9, "Joy!"]
    assert [one.value for one in miss.of_all([("p", answer) for answer in answers])] == [0, 1, 1, 1]


def test_only_prompts_and_a_score_are_needed(tmp_path: Path) -> None:
    bare = dict.fromkeys(("pairs", "miss", "guards", "words", "system", "chat", "max_new_tokens"))
    found = read_behaviour(written(tmp_path, **bare))
    assert (found.guards, found.pairs, found.words, found.max_new_tokens) == (None, (), None, None)
    assert [one.name for one in found.scores] == ["sentiment"]


def test_prompts_may_be_texts_alone(tmp_path: Path) -> None:
    texts = [f"Opening number {number}" for number in range(20)]
    found = read_behaviour(written(tmp_path, prompts=texts))
    assert [one.text for one in found.samples] == texts
    assert {one.split for one in found.samples} == {"train", "dev", "test"}


def test_no_guards_are_another_thing_than_nothing_said_of_them(tmp_path: Path) -> None:
    assert read_behaviour(written(tmp_path, guards=[])).guards == ()


def test_prompts_and_pairs_may_stand_in_files_beside_it(tmp_path: Path) -> None:
    rows = "".join(json.dumps(row) + "\n" for row in CHEERFUL["prompts"])
    (tmp_path / "openings.jsonl").write_text(rows, encoding="utf-8")
    (tmp_path / "pairs.jsonl").write_text('{"positive": "yes", "negative": "no"}\n', encoding="utf-8")
    found = read_behaviour(written(tmp_path, prompts="openings.jsonl", pairs="pairs.jsonl", name="mood"))
    assert (len(found.samples), len(found.pairs), found.name) == (3, 1, "mood")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"prompts": None}, "field 'prompts' is missing; found 'pairs', 'score'"),
        ({"score": None}, "field 'score' is missing"),
        (
            {"scores": "words"},
            "field 'scores' is not known; did you mean 'score'? there are prompts, score, name, pairs",
        ),
        ({"prompts": 3}, "field 'prompts' is 3, expected a list, or the name of a file"),
        ({"prompts": []}, "holds no samples"),
        ({"prompts": ["a", 3]}, "cheerful.json, prompts 2 is 3, expected an object"),
        ({"prompts": [{"text": "a"}]}, "cheerful.json, prompts 1: field 'prompt' is missing"),
        ({"prompts": "gone.jsonl"}, "gone.jsonl cannot be read"),
        ({"pairs": [{"positive": "a"}]}, "cheerful.json, pairs 1: field 'negative' is missing"),
        ({"pairs": []}, "holds no contrast pairs"),
        ({"guards": "repetition"}, "field 'guards' is 'repetition', expected a list"),
        ({"guards": ["repetitions"]}, "cheerful.json, guards 1 names the score 'repetitions'"),
        ({"guards": ["words"]}, "the guard 'words' goes by the unsteered answers"),
        ({"miss": 0.5}, "field 'miss' is 0.5, expected an object with least"),
        ({"miss": {}}, "give least or most"),
        ({"miss": {"least": "low"}}, "a limit's end is 'low'"),
        ({"words": 3}, "field 'words' is 3, expected text"),
        ({"chat": "yes"}, "field 'chat' is 'yes', expected true or false"),
        ({"max_new_tokens": 0}, "field 'max_new_tokens' is 0, expected a whole number of at least 1"),
        ({"max_new_tokens": True}, "field 'max_new_tokens' is True"),
        ({"name": ""}, "field 'name' is ''"),
    ],
    ids=str,
)
def test_what_is_wrong_is_a_sentence_with_the_place(
    tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(DataError) as refused:
        read_behaviour(written(tmp_path, **changes))
    assert says in str(refused.value)


def test_the_example_of_the_documents_is_a_task(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "scores.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    (tmp_path / "cheerful.json").write_text(example, encoding="utf-8")
    rows = "".join(json.dumps(row) + "\n" for row in CHEERFUL["prompts"])
    (tmp_path / "openings.jsonl").write_text(rows, encoding="utf-8")
    task = TextTask.from_behaviour(tmp_path / "cheerful.json")
    assert [one.name for one in task.scores] == ["sentiment", "miss", "repetition", "words"]
    assert (task.main_metric, task.words) == ("sentiment", "Answer in a cheerful mood.")
    assert task.generation.max_new_tokens == 24


def test_a_file_that_is_cut_off_or_no_object_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    for content in ("", '{"prompts": [', "[]"):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(DataError, match=r"b\.json"):
            read_behaviour(path)
