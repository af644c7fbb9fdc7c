"""Answers recorded elsewhere: every line is scored or counted, and none reaches the terminal raw."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_steering.errors import DataError
from pytest_steering.records import Outcome
from pytest_steering.replay import Cell, add_arguments, replay, replay_records, run
from pytest_steering.replay.replay_command import lines
from pytest_steering.replay.replay_report import ReplayReport
from pytest_steering.run_folder import record_file
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.task_registry import code_sample

YES = {"id": "a", "label": 1, "response": "Yes, this code is vulnerable.", "model": "m"}
NO = {"id": "b", "label": 0, "response": "No, this code is not vulnerable.", "model": "m"}


def recorded(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def parsed(*texts: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(texts)


def sample(name: str = "a", **changes: str) -> Sample:
    told = {"code": "int x;", "language": "c", "label": 1, "asked_cwe": "CWE-89"}
    return code_sample(id=name, dataset="d", **{**told, **changes})  # type: ignore[arg-type]


def outcomes(report: ReplayReport) -> list[Outcome]:
    """The outcomes of a report with one cell."""
    (answers,) = report.cells().values()
    return [answer.outcome for answer in answers]


class TestReading:
    def test_answers_are_read_and_scored(self, tmp_path: Path) -> None:
        report = replay(recorded(tmp_path / "a.jsonl", YES, NO))
        found = [(one.id, one.predicted, one.expected, one.correct) for one in outcomes(report)]
        assert found == [("a", "yes", "yes", True), ("b", "no", "no", True)]
        assert (report.lines, report.problems) == (2, [])

    def test_the_recorded_question_decides_the_polarity(self, tmp_path: Path) -> None:
        row = {**YES, "question": "Is this code free of SQL injection (CWE-89)?", "response": "Yes."}
        rows = outcomes(replay(recorded(tmp_path / "a.jsonl", row)))
        assert rows[0].predicted == "no"

    def test_without_a_question_the_asked_weakness_makes_one(self, tmp_path: Path) -> None:
        response = "The code is vulnerable to path traversal but it is not vulnerable to SQL injection."
        path = recorded(tmp_path / "a.jsonl", {**YES, "asked_cwe": "cwe-89", "response": response})
        rows = outcomes(replay(path))
        assert rows[0].predicted == "no"

    def test_a_sample_id_brings_label_pair_and_groups(self, tmp_path: Path) -> None:
        path = recorded(tmp_path / "a.jsonl", {"id": "a", "response": "Yes."})
        (answer,) = replay(path, [sample(pair_id="p", difficulty="2")]).answers
        assert (answer.known["group"], answer.known["difficulty"]) == ("CWE-89", "2")
        assert (answer.outcome.expected, answer.outcome.length) == ("yes", 6)
        assert answer.outcome.resampled_with == "p"

    def test_code_and_label_do_without_an_id(self, tmp_path: Path) -> None:
        path = recorded(tmp_path / "a.jsonl", {"code": "int x;", "label": 0, "response": "No."})
        rows = outcomes(replay(path))
        assert (rows[0].expected, rows[0].length) == ("no", 6)

    def test_labels_of_the_published_form_are_taken(self, tmp_path: Path) -> None:
        path = recorded(tmp_path / "a.jsonl", {"id": "a", "code_label": "no", "response": "No."})
        rows = outcomes(replay(path))
        assert rows[0].expected == "no"

    def test_each_model_prompt_and_reader_is_a_cell(self, tmp_path: Path) -> None:
        path = recorded(tmp_path / "a.jsonl", YES, {**YES, "model": "n"}, {**YES, "prompt": "S1"})
        with pytest.warns(match="keyword"):
            cells = replay(path, readers=("text", "keywords")).cells()
        assert {(cell.model, cell.prompt) for cell in cells} == {("m", ""), ("n", ""), ("m", "S1")}
        assert len(cells) == 6

    def test_recorded_verdicts_stand_beside_the_readers(self, tmp_path: Path) -> None:
        path = recorded(tmp_path / "a.jsonl", {**YES, "verdict": "No"}, {**NO, "verdict": "n/a"})
        rows = outcomes(replay(path, readers=("recorded",)))
        assert [row.predicted for row in rows] == ["no", "none"]

    def test_twins_are_compared_within_a_trial(self, tmp_path: Path) -> None:
        rows = [{**one, "pair_id": "p", "trial": trial} for trial in (1, 2) for one in (YES, NO)]
        report = replay(recorded(tmp_path / "a.jsonl", *rows))
        found = outcomes(report)
        assert len({row.pair_id for row in found}) == 2
        assert {row.resampled_with for row in found} == {"p"}

    def test_margins_and_cut_prompts_are_kept(self, tmp_path: Path) -> None:
        path = recorded(tmp_path / "a.jsonl", {**YES, "margin": -2, "truncated": True})
        (answer,) = replay(path).answers
        assert (answer.outcome.margin, answer.truncated) == (-2.0, True)
        assert "m · text: 1 prompts were cut short." in list(lines(replay(path)))


class TestProblems:
    @pytest.mark.parametrize(
        ("line", "kind"),
        [
            (b'{"id": "a", "label": 1, "respon', "truncated or no JSON"),
            (b'{"id": "a", "label": 1, "response": "\xe9"}', "wrong encoding"),
            (b'["a"]', "no JSON object"),
            (b'{"id": "a", "label": 2, "response": ""}', "bad label"),
            (b'{"id": "a", "label": "1", "response": ""}', "bad label"),
            (b'{"id": "a", "label": null, "response": ""}', "bad label"),
            (b'{"id": "a", "code_label": "maybe", "response": ""}', "bad label"),
            (b'{"id": "known", "label": 0, "response": ""}', "bad label"),
            (b'{"id": "a", "response": ""}', "unknown sample"),
            (b'{"label": 1, "response": ""}', "no sample"),
            (b'{"id": true, "label": 1, "response": ""}', "no sample"),
            (b'{"id": "a", "label": 1}', "no response"),
            (b'{"id": "a", "label": 1, "response": null}', "no response"),
            (b'{"id": "a", "label": 1, "response": "", "margin": NaN}', "ill-typed field"),
            (b'{"id": "a", "label": 1, "response": "", "margin": "1"}', "ill-typed field"),
            (b'{"id": "a", "label": 1, "response": "", "model": []}', "ill-typed field"),
            (b'{"id": "good", "label": 1, "response": "No."}', "duplicate"),
            (b'{"id": "a", "label": 1, "response": "", "margin": ' + b"1" * 5000 + b"}", "no JSON"),
        ],
    )
    def test_a_line_that_cannot_be_used_is_named_and_counted(
        self, tmp_path: Path, line: bytes, kind: str
    ) -> None:
        path = tmp_path / "a.jsonl"
        good = json.dumps({"id": "good", "label": 1, "response": "Yes."}).encode()
        path.write_bytes(good + b"\n\n" + line + b"\n")
        report = replay(path, [sample("known")])
        (problem,) = report.problems
        assert problem.line == 3
        assert kind in problem.kind
        assert report.lines == 2
        assert len(report.answers) == 1

    def test_one_sample_may_be_answered_by_several_models_prompts_and_trials(self, tmp_path: Path) -> None:
        rows = (YES, {**YES, "model": "n"}, {**YES, "prompt": "S2"}, {**YES, "trial": 2})
        assert replay(recorded(tmp_path / "a.jsonl", *rows)).problems == []

    def test_a_missing_file_is_a_named_error(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"none\.jsonl cannot be read"):
            replay(tmp_path / "none.jsonl")

    def test_an_unknown_reader_is_a_named_error(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="no answer reader is named 'judge'"):
            replay(recorded(tmp_path / "a.jsonl", YES), readers=("judge",))

    @given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b""))))
    def test_no_line_is_dropped_in_silence(
        self, tmp_path_factory: pytest.TempPathFactory, found: list[bytes]
    ) -> None:
        path = tmp_path_factory.mktemp("replay") / "a.jsonl"
        path.write_bytes(b"\n".join(found))
        report = replay(path)
        assert report.lines == len([line for line in found if line.strip()])
        assert report.lines == len(report.problems) + len(report.answers)

    def test_two_megabytes_in_one_answer_are_read_in_seconds(self, tmp_path: Path) -> None:
        path = recorded(tmp_path / "a.jsonl", {**YES, "response": "The code is fine. " * 120_000})
        start = time.process_time()
        assert replay(path).problems == []
        assert time.process_time() - start < 20


class TestCommand:
    def test_the_table_names_the_cell_and_the_baselines(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(parsed(str(recorded(tmp_path / "a.jsonl", YES, NO)))) == 0
        printed = capsys.readouterr().out
        assert "2 answers, 0 not usable" in printed
        assert all(name in printed for name in ("m · text", "always yes", "always no", "MCC"))

    def test_unusable_lines_are_listed_and_change_the_exit_code(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(parsed(str(recorded(tmp_path / "a.jsonl", YES, *[[n] for n in range(12)])))) == 1
        printed = capsys.readouterr().out
        assert "no JSON object: 12" in printed
        assert "and 2 more" in printed

    def test_nothing_usable_cannot_be_measured(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(parsed(str(recorded(tmp_path / "a.jsonl", [])))) == 2
        assert "1 answer, 1 not usable" in capsys.readouterr().out

    def test_many_cells_are_pooled_over_prompts_and_listed(self, tmp_path: Path) -> None:
        rows = [{**YES, "prompt": f"S{number}"} for number in range(5)]
        printed = "\n".join(lines(replay(recorded(tmp_path / "a.jsonl", *rows))))
        assert "m · all prompts · text" in printed
        assert all(f"m · S{number} · text" in printed for number in range(5))

    def test_a_group_breaks_each_cell_down(self, tmp_path: Path) -> None:
        path = recorded(tmp_path / "a.jsonl", {**YES, "asked_cwe": "CWE-89"}, NO)
        assert "CWE-89" in "\n".join(lines(replay(path), by="cwe"))
        assert "no answer is of a sample with a 'difficulty'" in lines(replay(path), by="difficulty")

    def test_groups_stand_in_natural_order(self, tmp_path: Path) -> None:
        weaknesses = ("CWE-416", "CWE-79", "CWE-190")
        rows = [{**YES, "id": name, "asked_cwe": name} for name in weaknesses]
        printed = list(lines(replay(recorded(tmp_path / "a.jsonl", *rows)), by="cwe"))[-1]
        assert printed.index("CWE-79") < printed.index("CWE-190") < printed.index("CWE-416")

    def test_ids_are_looked_up_in_a_data_set(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        own = tmp_path / "own.jsonl"
        recorded(own, {"id": "a", "code": "x", "language": "c", "label": 1, "asked_cwe": "CWE-89"})
        answers = recorded(tmp_path / "a.jsonl", {"id": "a", "response": "Yes."})
        assert run(parsed(str(answers), "--dataset", "mine", "--steering-data", f"mine={own}")) == 0
        assert "length only" in capsys.readouterr().out

    def test_names_from_the_file_cannot_drive_the_terminal(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        hostile = "\x1b[2J\x1b]0;owned\x07\u202em"
        run(
            parsed(
                str(
                    recorded(
                        tmp_path / "a.jsonl", {**YES, "model": hostile}, {**NO, "id": hostile, "label": 3}
                    )
                )
            )
        )
        printed = capsys.readouterr().out
        assert "bad label: 1" in printed
        assert not set(printed) & set("\x1b\x07\u202e")


class TestRecords:
    def test_a_cell_becomes_a_record_that_can_be_read_again(self, tmp_path: Path) -> None:
        path = recorded(tmp_path / "a.jsonl", YES, NO, {**NO, "id": "c", "response": ""})
        assert run(parsed(str(path), "--record", str(tmp_path / "records.jsonl"))) == 0
        (record,) = record_file.read(tmp_path / "records.jsonl").records
        assert record.model == "m"
        assert [(one.expected, one.predicted, one.correct) for one in record.outcomes] == [
            ("yes", "yes", True),
            ("no", "no", True),
            ("no", "none", None),
        ]
        assert record.metrics["answered_share"] == pytest.approx(2 / 3)

    def test_two_models_on_the_same_samples_share_all_but_their_name(self, tmp_path: Path) -> None:
        other = {**YES, "model": "n", "response": "No."}
        one, two = replay_records(replay(recorded(tmp_path / "a.jsonl", YES, other)))
        assert {**one.spec, "model": None} == {**two.spec, "model": None}
        assert one.key != two.key


def test_real_answers_are_all_replayed(test_data: Path) -> None:
    path = test_data / "answers" / "base_models_dev.jsonl"
    report = replay(path, readers=("recorded", "text"))
    assert (report.lines, report.problems) == (144, [])
    assert len({cell.model for cell in report.cells()}) == 3
    assert Cell("bigcode_starcoder2_15b", "", "text") in report.cells()


def test_rows_without_labels_are_told_their_fields_and_the_option_that_scores_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"id": "a", "prompt": "Hi", "response": "It was great!"}]
    assert run(parsed(str(recorded(tmp_path / "a.jsonl", *rows)))) == 2

    printed = capsys.readouterr().out
    assert "found fields: id, prompt, response" in printed
    assert "--score sentiment" in printed


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "prompt,response\nHi,There\n", "a table; make JSON lines of it: pandas.read_csv"),
        ("a.json", '[\n {"response": "x"}\n]\n', "a JSON array; make JSON lines of it"),
        ("a.json", '{\n "response": "x"\n}\n', "JSON over several lines"),
        ("a.jsonl", "", ""),
    ],
)
def test_a_file_that_is_no_json_lines_is_told_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text)
    assert run(parsed(str(tmp_path / name))) == 2

    assert said in capsys.readouterr().out


def test_a_line_that_is_cut_off_is_numbered_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = recorded(tmp_path / "a.jsonl", YES)
    file.write_text(f'{file.read_text()}{{"id": "x", \n')
    run(parsed(str(file)))

    assert "line 2: not JSON" in capsys.readouterr().out.replace("line 2: line 2:", "twice")
