"""SecLLMHolmes, CASTLE and SVEN: exact on published data, careful with folders of something else."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_steering.errors import DataError
from pytest_steering.tasks.overlap import overlap
from pytest_steering.tasks.sample import Sample
from pytest_steering.tasks.security.code_sample import code_sample, with_metadata
from pytest_steering.tasks.security.datasets import load_dataset, read_secllmholmes
from pytest_steering.tasks.security.datasets.castle import load_castle
from pytest_steering.tasks.security.datasets.secllmholmes import load_secllmholmes
from pytest_steering.tasks.security.datasets.secllmholmes.faults import with_known_faults
from pytest_steering.tasks.security.datasets.sven import load_sven
from tests.tasks.security.data_folders import known, small_secllmholmes, write

PAIR = {
    "func_src_before": "int f(){ return g(); }",
    "func_src_after": "int f(){ return 0; }",
    "line_changes": {"deleted": [{"line_no": 1}], "added": []},
    "commit_link": "project/commit/1",
    "file_name": "src/f.c",
    "vul_type": "cwe-089",
}
PROGRAM = {"id": "1-1", "code": "int x;", "vulnerable": True, "cwe": 89, "description": "d", "lines": [1]}


class TestSecLLMHolmesAsPublished:
    @pytest.fixture
    def samples(self, test_data: Path) -> list[Sample]:
        return load_dataset("secllmholmes", paths={"secllmholmes": (test_data / "secllmholmes")})

    def test_counts_are_exact(self, test_data: Path, samples: list[Sample]) -> None:
        golden = json.loads((test_data / "secllmholmes" / "secllmholmes_golden.json").read_text())["counts"]
        found = Counter(sample.metadata.get("subset") for sample in samples)
        assert len(samples) == golden["scenarios_total"] == 228
        assert found["hand-crafted"] == golden["hand_crafted"]
        assert found["trivial"] == golden["trivial"]
        assert found["non-trivial"] == golden["non_trivial_augmented"]
        assert found["real-world"] == golden["real_world"]
        assert sum(sample.label or 0 for sample in samples) == golden["vulnerable"]

    def test_hand_crafted_has_six_a_weakness_and_sixteen_a_difficulty(self, samples: list[Sample]) -> None:
        hand_crafted = [sample for sample in samples if sample.metadata.get("subset") == "hand-crafted"]
        assert set(Counter(sample.group for sample in hand_crafted).values()) == {6}
        difficulties = Counter(sample.metadata["difficulty"] for sample in hand_crafted)
        assert difficulties == {"1": 16, "2": 16, "3": 16}

    def test_few_shot_and_the_code_before_augmentation_are_kept_apart(
        self, test_data: Path, samples: list[Sample]
    ) -> None:
        golden = json.loads((test_data / "secllmholmes" / "secllmholmes_golden.json").read_text())["counts"]
        everything = read_secllmholmes(test_data / "secllmholmes")
        assert len(everything.few_shot) == golden["few_shot_examples"]
        before, after = len(everything.before_augmentation), golden["non_trivial_augmented"]
        assert before + after == golden["non_trivial_files_incl_base"]
        assert not {shot.sample.id for shot in everything.few_shot} & {sample.id for sample in samples}

    def test_there_are_39_twin_pairs(self, samples: list[Sample]) -> None:
        roles: dict[str, set[str | None]] = {}
        for sample in samples:
            if sample.pair_id:
                roles.setdefault(sample.pair_id, set()).add(sample.metadata.get("pair_role"))
        assert Counter(name.split("/")[0] for name in roles) == {"hand-crafted": 24, "real-world": 15}
        assert all(found == {"vulnerable", "patched"} for found in roles.values())

    def test_each_augmentation_goes_back_to_a_hand_crafted_scenario(self, samples: list[Sample]) -> None:
        by_id = {sample.id: sample for sample in samples}
        augmented = [sample for sample in samples if sample.metadata.get("augmentation")]
        assert len(augmented) == 150
        for sample in augmented:
            base = by_id[sample.base_id or ""]
            assert (base.label, base.group, base.metadata.get("difficulty")) == (
                sample.label,
                sample.group,
                sample.metadata.get("difficulty"),
            )

    def test_the_known_faults_are_noted_and_can_be_dropped(
        self, test_data: Path, samples: list[Sample]
    ) -> None:
        everything = read_secllmholmes(test_data / "secllmholmes").everything()
        notes = [sample.metadata.get("label_notes") or "" for sample in everything]
        reasons = [note for note in notes if "the reason argues" in note]
        doubtful = {sample.id for sample in samples if sample.metadata.get("label_status") == "doubtful"}
        assert len(reasons) == 24
        assert {name.split("/", 1)[1] for name in doubtful if name.startswith("hand-crafted")} == {
            "CWE-77/p_1.c",
            "CWE-77/p_2.c",
            "CWE-77/p_3.c",
            "CWE-787/p_3.c",
            "CWE-190/p_2.c",
            "CWE-476/p_3.c",
        }
        kept = load_dataset(
            "secllmholmes", paths={"secllmholmes": (test_data / "secllmholmes")}, drop_faulty=True
        )
        assert {sample.id for sample in samples} - {sample.id for sample in kept} == doubtful

    def test_licence_and_commit_are_recorded(self, samples: list[Sample]) -> None:
        assert {sample.metadata.get("license") for sample in samples} == {"GPL-3.0"}
        assert {(sample.metadata.get("dataset_commit") or "")[:7] for sample in samples} == {"9421928"}


class TestAFolderOfThatLayout:
    def test_every_part_is_read(self, tmp_path: Path) -> None:
        found = read_secllmholmes(small_secllmholmes(tmp_path), expect=None)
        assert {sample.id: sample.label for sample in found.samples} == {
            "hand-crafted/CWE-787/1.c": 1,
            "hand-crafted/CWE-787/p_1.c": 0,
            "trivial/A1/CWE-787/1.c": 1,
            "trivial/A1/CWE-787/p_1.c": 0,
            "non-trivial/A2/CWE-787/p_1.c": 0,
            "non-trivial/A3/CWE-787/1.c": 1,
            "real-world/tool/CVE-2000-1/vuln.c": 1,
            "real-world/tool/CVE-2000-1/patch.c": 0,
        }
        assert found.counts()["twin pairs"] == 2
        assert [shot.steps for shot in found.few_shot] == ["Step 1, cwe-787-p.", "Step 1, cwe-787."]
        assert {sample.metadata.get("dataset_commit") for sample in found.samples} == {None}

    def test_fields_of_an_augmented_scenario(self, tmp_path: Path) -> None:
        samples = load_secllmholmes(small_secllmholmes(tmp_path), expect=None)
        augmented = next(sample for sample in samples if sample.id == "trivial/A1/CWE-787/p_1.c")
        assert augmented.base_id == "hand-crafted/CWE-787/p_1.c"
        assert known(augmented, "augmentation", "difficulty", "language") == ("A1", "1", "c")
        assert (*known(augmented, "reason"), augmented.pair_id) == ("Because of p_1.", None)

    def test_the_weakness_of_real_code_comes_from_its_details(self, tmp_path: Path) -> None:
        samples = load_secllmholmes(small_secllmholmes(tmp_path), expect=None)
        real = [sample for sample in samples if sample.metadata["subset"] == "real-world"]
        assert {sample.group for sample in real} == {"CWE-476"}

    def test_the_repository_folder_is_taken_as_well(self, tmp_path: Path) -> None:
        small_secllmholmes(tmp_path / "datasets")
        assert len(load_secllmholmes(tmp_path, expect=None)) == 8

    def test_pickles_and_other_files_are_never_opened(self, tmp_path: Path) -> None:
        root = small_secllmholmes(tmp_path)
        for folder in ("hand-crafted/dataset/CWE-787", "augmented/trivial/A1/dataset/CWE-787"):
            for name in ("1.pkl", "2.pickle", ".DS_Store", "3.c.orig"):
                (root / folder / name).symlink_to(tmp_path / "opening-this-fails")
        write(root / "augmented/augmentations.py", "raise SystemExit('was run')")
        (root / "augmented/trivial/A1/embeddings").mkdir()
        assert len(load_secllmholmes(root, expect=None)) == 8

    def test_wrong_counts_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"scenarios: found 8, expected 228; .*at commit 9421928"):
            load_secllmholmes(small_secllmholmes(tmp_path))

    def test_a_missing_part_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "hand-crafted").mkdir()
        with pytest.raises(DataError, match="it lacks augmented, real-world, few-shot"):
            load_secllmholmes(tmp_path)

    def test_a_missing_reason_is_named(self, tmp_path: Path) -> None:
        root = small_secllmholmes(tmp_path)
        (root / "hand-crafted/ground-truth/CWE-787/p_1.txt").unlink()
        with pytest.raises(DataError, match=r"p_1\.txt cannot be read"):
            load_secllmholmes(root, expect=None)

    def test_a_wrong_encoding_is_named(self, tmp_path: Path) -> None:
        root = small_secllmholmes(tmp_path)
        (root / "hand-crafted/dataset/CWE-787/1.c").write_bytes(b"int \xe9;")
        with pytest.raises(DataError, match=r"1\.c is not UTF-8 at byte 4"):
            load_secllmholmes(root, expect=None)

    @pytest.mark.parametrize("content", ["{", "[]", "{}", '{"tool": {"CVE-2000-1": "x"}}'])
    def test_broken_details_of_real_code_are_named(self, tmp_path: Path, content: str) -> None:
        root = small_secllmholmes(tmp_path)
        write(root / "real-world/cve_details.json", content)
        with pytest.raises(DataError, match=r"cve_details\.json"):
            load_secllmholmes(root, expect=None)


def test_an_augmentation_inherits_the_fault_of_its_scenario() -> None:
    base = code_sample(
        id="hand-crafted/CWE-787/p_3.c",
        dataset="secllmholmes",
        code="int x;",
        language="c",
        label=0,
        asked_cwe="CWE-787",
    )
    augmented = with_metadata(
        replace(base, id="trivial/A1/CWE-787/p_3.c"), base_id=base.id, augmentation="A1"
    )
    for sample in (base, augmented):
        assert known(with_known_faults(sample), "label_status") == ("doubtful",)
    assert base.id in str(known(with_known_faults(augmented), "label_notes"))


@pytest.mark.parametrize("name", ["secllmholmes", "castle", "sven"])
def test_a_changed_label_or_code_is_found_out(
    test_data: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = test_data / name
    made = Sample.__post_init__

    def with_another_hash(sample: Sample) -> None:
        made(sample)
        object.__setattr__(sample, "sha256", "0" * 64)

    monkeypatch.setattr(Sample, "__post_init__", with_another_hash)
    with pytest.raises(DataError, match="a label, code or reason differs from what is published"):
        load_dataset(name, paths={name: path})


@pytest.mark.parametrize(
    ("name", "other"),
    [("secllmholmes", "sven"), ("sven", "castle"), ("castle", "sven"), ("castle", "secllmholmes")],
)
def test_a_folder_of_another_data_set_is_refused(test_data: Path, name: str, other: str) -> None:
    path = test_data / other
    with pytest.raises(DataError, match=r"use .*commit|cannot be read"):
        load_dataset(name, paths={name: path})


class TestCastle:
    def test_counts_are_exact(self, test_data: Path) -> None:
        samples = load_dataset("castle", paths={"castle": (test_data / "castle")})
        assert Counter(sample.label for sample in samples) == {1: 150, 0: 100}
        assert set(Counter(sample.group for sample in samples).values()) == {10}
        assert len({sample.group for sample in samples}) == 25
        assert all(bool(sample.metadata.get("lines")) == bool(sample.label) for sample in samples)

    def test_the_file_itself_may_be_given(self, tmp_path: Path) -> None:
        write(tmp_path / "own.json", json.dumps({"tests": [PROGRAM]}))
        (found,) = load_castle(tmp_path / "own.json", expect=None)
        assert (found.group, found.label) == ("CWE-89", 1)
        assert known(found, "lines", "dataset_commit") == ((1,), None)

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ('{"tests": [', "is not JSON"),
            ("{}", "no list 'tests'"),
            ('{"tests": [3]}', "test 1: found int"),
            (json.dumps({"tests": [{**PROGRAM, "vulnerable": 1}]}), "'vulnerable' is int, expected bool"),
            (json.dumps({"tests": [{**PROGRAM, "code": None}]}), "'code' is NoneType"),
            (json.dumps({"tests": [PROGRAM, PROGRAM]}), "1 id stands more than once"),
            (json.dumps({"tests": [PROGRAM]}), "programs: found 1, expected 250"),
        ],
    )
    def test_a_wrong_file_is_named(self, tmp_path: Path, content: str, message: str) -> None:
        write(tmp_path / "own.json", content)
        with pytest.raises(DataError, match=message):
            load_castle(tmp_path / "own.json")


class TestSven:
    def folder(self, root: Path, *rows: object) -> Path:
        for split in ("train", "val"):
            write(root / split / "cwe-089.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
        return root

    def test_counts_are_exact(self, test_data: Path) -> None:
        samples = load_dataset("sven", paths={"sven": (test_data / "sven")})
        assert Counter(sample.split for sample in samples) == {"train": 1440, "val": 166}
        assert len({sample.group for sample in samples}) == 9
        assert sum(sample.label or 0 for sample in samples) == 803

    def test_pairs_that_differ_in_white_space_alone_are_doubtful(self, test_data: Path) -> None:
        samples = load_dataset("sven", paths={"sven": (test_data / "sven")})
        doubtful = [sample for sample in samples if sample.metadata.get("label_status") == "doubtful"]
        assert len(doubtful) == 10
        assert len({sample.pair_id for sample in doubtful}) == 5

    def test_the_pair_that_both_splits_hold_is_found(self, test_data: Path) -> None:
        paths = {"sven": (test_data / "sven")}
        train, val = (load_dataset("sven", paths=paths, split=split) for split in ("train", "val"))
        assert len(overlap(train, val)) == 2
        assert len(overlap(train, train)) == len(train)

    def test_a_line_becomes_a_pair(self, tmp_path: Path) -> None:
        samples = load_sven(self.folder(tmp_path, PAIR), expect=None)
        vulnerable, patched = (sample for sample in samples if sample.split == "train")
        assert (vulnerable.label, patched.label) == (1, 0)
        assert vulnerable.pair_id == patched.pair_id == "train/cwe-089/1"
        assert (vulnerable.group, *known(vulnerable, "lines", "language")) == ("CWE-89", (1,), "c")

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"func_src_after": None}, "line 1: field 'func_src_after' is None"),
            ({"vul_type": "sql"}, "'vul_type' is 'sql'"),
            ({"file_name": "f.rs"}, "'file_name' ends in 'rs'"),
        ],
    )
    def test_a_line_that_is_no_pair_is_named(
        self, tmp_path: Path, change: dict[str, object], message: str
    ) -> None:
        with pytest.raises(DataError, match=message):
            load_sven(self.folder(tmp_path, {**PAIR, **change}), expect=None)

    def test_wrong_counts_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="train pairs: found 1, expected 720"):
            load_sven(self.folder(tmp_path, PAIR))
