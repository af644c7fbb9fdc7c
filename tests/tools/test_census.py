"""The document of the census is what a fresh run says, on a sample that has every path and output form."""

from __future__ import annotations

from pathlib import Path

import pytest
import transformers

from tools.census.__main__ import main
from tools.census.build import NotBuilt, build, model_types, tiny_tokenizer
from tools.census.survey import Row, survey
from tools.census.table import document, line, totals

DOCUMENT = Path(__file__).parents[2] / "docs" / "architectures.md"


def rows_of(text: str) -> dict[str, str]:
    """Model type to its line."""
    table = text.partition("| `")[2].partition("\n\n")[0]
    return {row.split("`")[1]: row for row in f"| `{table}".splitlines() if row.startswith("| `")}


def sample(rows: dict[str, str]) -> list[str]:
    """The first model type of each pair of path and output form, and every one that is not steered."""
    first: dict[tuple[str, ...], str] = {}
    for model_type, row in rows.items():
        cells = row.split(" | ")
        first.setdefault((cells[1], cells[2], "refused" if "refused" in cells[-1] else ""), model_type)
    return list(first.values())


@pytest.fixture(scope="module")
def written() -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    if f"transformers {transformers.__version__}," not in text:
        pytest.skip(f"the document was made with another transformers than {transformers.__version__}")
    return text


@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.slow)])
def test_the_document_is_what_a_fresh_run_says(written: str, every: int) -> None:
    rows = rows_of(written)
    for model_type in sample(rows)[::every]:
        assert line(survey(model_type)) == rows[model_type]


def test_the_document_has_every_model_type_of_the_installed_transformers(written: str) -> None:
    assert [*rows_of(written)] == model_types()


def test_the_document_keeps_what_this_project_promises(written: str) -> None:
    rows = [row.split(" | ") for row in rows_of(written).values()]
    built = [row for row in rows if "not built" not in row[-1]]
    hooks = [row for row in built if row[4] == row[5] == "yes"]
    nnsight = [row for row in built if row[7] == "equal"]
    assert len(built) >= 175
    refused = [row for row in built if row not in hooks]
    causal = [row for row in built if "looks ahead" not in row[-1]]
    assert len(hooks) >= 0.98 * len(causal)
    assert len(nnsight) >= 0.95 * len(causal)
    assert all("refused: " in row[-1] for row in refused), "none is wrong in silence"


def test_what_cannot_be_built_is_quoted_in_its_constructors_own_words() -> None:
    made = build("musicgen")
    assert isinstance(made, NotBuilt)
    assert made.reason == "AttributeError: 'MusicgenConfig' object has no attribute 'dropout'"


def test_a_tiny_model_is_tiny() -> None:
    model = build("qwen2")
    assert sum(parameter.numel() for parameter in model.parameters()) < 300_000
    assert not model.training


def test_totals_count_what_was_built_and_what_was_steered() -> None:
    rows = [
        Row("a", prefill="yes", decode="yes", nnsight="equal"),
        Row("b", prefill="yes", decode="no", nnsight="no", note="refused: why"),
        Row("c", built=False, note="not built: why"),
    ]
    assert totals(rows)[0] == "2 of 3 model types were built."
    assert "1 of 2 (50.0%) by hooks, 1 (50.0%) by nnsight" in totals(rows)[1]
    assert "transformers 9.9" in document(rows, "9.9")


def test_a_bar_in_a_note_does_not_break_the_table() -> None:
    assert r"a \| b" in line(Row("a", note="a | b"))


def test_the_command_prints_a_row_for_each_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["qwen2", "bloom"]) == 0
    assert [*rows_of(capsys.readouterr().out)] == ["qwen2", "bloom"]


def test_an_unknown_type_and_a_part_as_the_whole_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gpt9"]) == 4
    assert "has no causal language model for ['gpt9']" in capsys.readouterr().err
    assert main(["qwen2", "--write", "some.md"]) == 4
    assert "a part of the census" in capsys.readouterr().err


def test_words_that_touch_are_read_one_by_one() -> None:
    tokenizer = tiny_tokenizer()
    assert tokenizer("w96w5 w3")["input_ids"] == [96, 5, 3]
    assert tokenizer("word")["input_ids"] == [tokenizer.unk_token_id]
