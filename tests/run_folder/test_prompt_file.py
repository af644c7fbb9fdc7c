from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import StorageError
from pytest_steering.records import Record
from pytest_steering.run_folder.prompt_file import PromptFile
from pytest_steering.run_folder.record_file import append
from pytest_steering.run_folder.runs import Run
from pytest_steering.texts.text_hash import text_hash

TEXTS = st.text(st.characters(codec=None))


def prompts(*texts: str) -> dict[str, str]:
    return {text_hash(text): text for text in texts}


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_every_text_comes_back_as_it_was(texts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        kept = PromptFile(Path(folder) / "records.jsonl")
        kept.keep(prompts(*texts))

        assert PromptFile(Path(folder) / "records.jsonl").read().texts == prompts(*texts)


def test_a_prompt_is_written_once_though_several_processes_have_it(tmp_path: Path) -> None:
    one, other = (PromptFile(tmp_path / "records.jsonl") for _ in range(2))
    one.keep(prompts("a", "b"))
    other.keep(prompts("b", "c"))
    one.keep(prompts("a", "c", "d"))

    assert len(one.path.read_bytes().splitlines()) == 4
    assert one.read().texts == prompts("a", "b", "c", "d")


def test_what_a_killed_process_tore_is_written_again(tmp_path: Path) -> None:
    torn = PromptFile(tmp_path / "records.jsonl")
    torn.keep(prompts("a", "b"))
    torn.path.write_bytes(torn.path.read_bytes()[:-20])
    assert torn.read().texts == prompts("a")

    resumed = PromptFile(tmp_path / "records.jsonl")
    resumed.keep(prompts("a", "b"))
    assert resumed.read().texts == prompts("a", "b")
    assert resumed.read().doubts == ()
    assert len(resumed.path.read_bytes().splitlines()) == 2


@pytest.mark.parametrize(
    "line", [b"{}", b"[]", b"0", b"\xff", b'{"prompt": 1, "sha256": "0"}', b'{"prompt": "a", "sha256": "0"}']
)
def test_a_line_that_is_no_prompt_is_counted_and_what_follows_is_read(tmp_path: Path, line: bytes) -> None:
    kept = PromptFile(tmp_path / "records.jsonl")
    kept.path.write_bytes(line + b"\n")
    kept.keep(prompts("b"))
    found = kept.read()

    assert found.texts == prompts("b")
    assert found.doubts == (
        "1 of the lines of prompts.jsonl hold no prompt that goes by its hash; they are passed over",
    )


def test_a_file_that_cannot_be_read_is_a_doubt_and_one_that_cannot_be_written_an_error(
    tmp_path: Path,
) -> None:
    kept = PromptFile(tmp_path / "records.jsonl")
    kept.path.mkdir()

    (doubt,) = kept.read().doubts
    assert "prompts.jsonl cannot be read" in doubt
    with pytest.raises(StorageError, match="cannot be written"):
        kept.keep(prompts("a"))


def test_prompts_lie_beside_the_records_of_a_run_and_there_alone(tmp_path: Path) -> None:
    run = Run(tmp_path / "runs" / "20260101T000000Z-aaa")
    run.append(Record({}, prompts=prompts("a")))

    assert run.prompts.read().texts == prompts("a")
    assert run.prompts.path.parent == run.folder
    assert b"prompt" not in run.path.read_bytes()
    assert run.read().records == (Record({}),)


def test_records_in_a_file_of_another_name_have_prompts_beside_it(tmp_path: Path) -> None:
    append(tmp_path / "mine.jsonl", Record({}, prompts=prompts("a")))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.jsonl", "mine.prompts.jsonl"]


def test_where_there_are_no_prompts_no_file_is_made(tmp_path: Path) -> None:
    append(tmp_path / "mine.jsonl", Record({}))

    assert [path.name for path in tmp_path.iterdir()] == ["mine.jsonl"]


def test_no_record_is_there_whose_prompts_could_not_be_kept(tmp_path: Path) -> None:
    run = Run(tmp_path / "runs" / "20260101T000000Z-aaa")
    run.prompts.path.mkdir(parents=True)
    with pytest.raises(StorageError):
        run.append(Record({}, prompts=prompts("a")))

    assert not run.path.exists()
