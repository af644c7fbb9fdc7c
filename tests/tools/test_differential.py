"""Sharing and padding change no number of any architecture, or the document names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import transformers

from pytest_steering.models.running.answer_likelihood import _Scoring
from tools.census.build import model_types
from tools.census.difference import CLOSE, Difference
from tools.census.differential import HEADING, line, main, section, tried

DOCUMENT = Path(__file__).parents[2] / "docs" / "architectures.md"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def named() -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    if f"transformers {transformers.__version__}," not in text:
        pytest.skip(f"the document was made with another transformers than {transformers.__version__}")
    return text.split(HEADING)[1]


@pytest.mark.parametrize(
    "model_type",
    [pytest.param(kind, marks=() if kind == "gpt_neo" else pytest.mark.slow) for kind in model_types()],
)
def test_no_architecture_says_something_else_shared_padded_or_long(model_type: str) -> None:
    found = tried(model_type)
    if not (found.tried and found.equal):
        assert f"`{model_type}`" in named(), line(found)


@pytest.mark.slow
def test_a_score_that_moves_where_rows_share_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    branched = _Scoring.branched

    def moved(self: Any, *given: Any) -> None:
        branched(self, *given)
        for arm in self.scores:
            arm += 10 * CLOSE

    monkeypatch.setattr(_Scoring, "branched", moved)
    found = tried("gpt2")
    assert not found.equal
    assert found.nats["shared"] > CLOSE
    assert found.nats["padded"] < CLOSE
    assert f"`{found.model_type}`" in section([found])


def test_the_document_names_what_differs_and_what_was_not_tried() -> None:
    same = Difference("same", "tree", {"padded": 1e-6}, {"padded": 0})
    other = Difference("other", "tree", {"shared": 0.5}, {"shared": 3})
    late = Difference("late", note="TimeoutError: it took more than 120 s")
    text = section([same, other, late])
    assert "2 of 3 model types were tried; 1 differ nowhere" in text
    assert "`same`" not in text
    assert "- `other`: shared 0.5 nats; 3 answers differ; tree" in text
    assert "- `late`: not tried, TimeoutError" in text


def test_a_part_is_not_written_as_the_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["gpt2", "--write", str(tmp_path / "some.md")])
    assert "a part cannot be written as the whole" in capsys.readouterr().err
