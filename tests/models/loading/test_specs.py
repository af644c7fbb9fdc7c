from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.specs import DEFAULT_MODELS, EMBEDDED, family_of, resolve_model


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
    with pytest.raises(ModelError, match=r"did you mean starcoder2.* hub id as owner/name"):
        resolve_model("starcodr2")


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
