"""Each tool's file loads to the block where its tool adds it, and each damaged one is a sentence."""

from __future__ import annotations

import json
import pickle
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pytest_steering.errors import VectorError
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.steering.files.contents import contents_of
from pytest_steering.steering.files.format_registry import FORMATS
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.vector import SteeringVector
from tests.steering.files.made_files import MADE, Made, direction, gguf, saelens
from tests.tiny import tiny_model

TOKENS = torch.tensor([[5, 16, 17, 11, 28]])


@pytest.fixture(scope="module")
def model() -> SteerableModel:
    return tiny_model("qwen2")


@contextmanager
def plain_hook(module: Any, made: Made) -> Iterator[None]:
    """What the tool itself does, in plain PyTorch: at all tokens, before or after one block."""
    block = module.model.layers[made.number]

    def after(_block: Any, _given: Any, output: Any) -> Any:
        return output + made.added if isinstance(output, Tensor) else (output[0] + made.added, *output[1:])

    def before(_block: Any, given: Any) -> Any:
        return (given[0] + made.added, *given[1:])

    handle = (
        block.register_forward_hook(after)
        if made.site == "output"
        else block.register_forward_pre_hook(before)
    )
    try:
        yield
    finally:
        handle.remove()


@pytest.mark.parametrize("name", MADE)
def test_a_file_of_each_tool_is_applied_where_its_tool_applies_it(
    name: str, tmp_path: Path, model: SteerableModel
) -> None:
    made, module = MADE[name](tmp_path), model.loaded.module
    with torch.no_grad(), plain_hook(module, made):
        expected = module(TOKENS).logits

    vector = SteeringVector.load(made.path, **made.hints)
    at = made.number - (made.site == "input")
    with torch.no_grad(), model.steering(Intervention(vector, layers=[at], positions="all")):
        found = module(TOKENS).logits

    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    assert vector.sources.known is False
    assert vector.provenance["format"]


@pytest.mark.parametrize("name", MADE)
def test_each_file_is_of_one_format_alone(name: str, tmp_path: Path) -> None:
    contents = contents_of(MADE[name](tmp_path).path)
    assert contents is not None
    assert len([one.name for one in FORMATS.values() if one.matches(contents)]) == 1


@pytest.mark.parametrize("name", [one for one in MADE if one not in ("CAA, a folder", "SAELens")])
@pytest.mark.parametrize("kept", [0.3, 0.97])
def test_a_file_that_was_cut_off_is_refused(name: str, kept: float, tmp_path: Path) -> None:
    made = MADE[name](tmp_path)
    content = made.path.read_bytes()
    made.path.write_bytes(content[: int(len(content) * kept)])
    if name == "lm-eval, a table":
        made.path.write_bytes(content[: content.index(b"\n") + 10])

    with pytest.raises(
        VectorError, match=r"damaged|not a readable|JSON|cut off|no folder|numbers|action|zip"
    ):
        SteeringVector.load(made.path, **made.hints)


@pytest.mark.parametrize("name", [one for one in MADE if one not in ("CAA, a folder", "SAELens")])
def test_a_pointer_in_a_files_place_is_called_one(name: str, tmp_path: Path) -> None:
    made = MADE[name](tmp_path)
    made.path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")

    with pytest.raises(VectorError, match=r"Git-LFS pointer.*git lfs pull"):
        SteeringVector.load(made.path, **made.hints)


class Dataclass:
    """Stands for the object that a tool pickles whole."""

    def __init__(self) -> None:
        self.layer_activations = {3: direction()}

    def __reduce__(self) -> Any:
        return (Path.touch, (Path("ran"),))


@pytest.mark.parametrize("write", [torch.save, lambda one, path: path.write_bytes(pickle.dumps(one))])
def test_a_pickled_object_is_refused_with_a_recipe_and_never_made(
    write: Callable[[Any, Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write({"vector": Dataclass()}, tmp_path / "v.pt")

    with pytest.raises(VectorError, match=r"a pickle.*was not read\. If you trust it, .*SteeringVector\("):
        SteeringVector.load(tmp_path / "v.pt")
    assert not (tmp_path / "ran").exists()


NOT_NUMBERS = {"NaN": float("nan"), "infinite": float("inf"), "zero": 0.0}


@pytest.mark.parametrize("kind", NOT_NUMBERS)
def test_a_row_of_no_direction_is_refused(kind: str, tmp_path: Path) -> None:
    rows = torch.full((32,), NOT_NUMBERS[kind])
    torch.save({1: direction(), 3: rows}, tmp_path / "v.pt")
    gguf(tmp_path / "v.gguf", {"direction.1": direction().numpy(), "direction.3": rows.numpy()})
    for name in ("v.pt", "v.gguf"):
        with pytest.raises(VectorError, match=r"layer 3 (has 32 entries that are NaN or infinite|is zero)"):
            SteeringVector.load(tmp_path / name)


def _svec(**changes: Any) -> dict[str, Any]:
    return {"model_type": "llama", "directions": {"3": [1.0, 2.0]}, "explained_variances": {}, **changes}


REFUSED_JSON = {
    "of words": (_svec(directions={"3": ["a", "b"]}), "'a' is no number"),
    "of truth values": (_svec(directions={"3": [True, False]}), "True is no number"),
    "of other widths": (_svec(directions={"3": [1.0], "4": [1.0, 2.0]}), "different widths"),
    "of a negative layer": (_svec(directions={"-3": [1.0]}), "'-3', which is no number of a layer"),
    "of a huge layer": (_svec(directions={"9" * 30: [1.0]}), "no number of a layer"),
    "of nothing but the embeddings": (_svec(directions={"0": [1.0]}), "what enters block 0"),
    "of several rows": (_svec(directions={"3": [[1.0], [2.0]]}), r"holds 2 directions; say which.*row=0"),
    "of another hook": (
        {"modelId": "m", "layerNumber": 3, "hookType": "hook_mlp_out", "vector": [1.0]},
        "'hook_mlp_out' of layer 3; hook_resid_pre and hook_resid_post are read",
    ),
    "of no tool": ({"weights": [1.0]}, "JSON with 'weights'"),
}


@pytest.mark.parametrize("name", REFUSED_JSON)
def test_json_that_is_no_vector_is_a_sentence(name: str, tmp_path: Path) -> None:
    content, sentence = REFUSED_JSON[name]
    (tmp_path / "v.json").write_text(json.dumps(content))
    with pytest.raises(VectorError, match=sentence):
        SteeringVector.load(tmp_path / "v.json")


def _one(**step: Any) -> dict[str, Any]:
    return {
        "layers.3": {"steering_vector": direction(), "steering_coefficient": 1.0, "action": "add", **step}
    }


REFUSED_TORCH: dict[str, tuple[Any, dict[str, Any], str]] = {
    "one direction and no layer": (direction(), {}, r"does not say of which layer.*layer=…"),
    "rows of nobody knows what": (
        torch.ones(4, 32),
        {},
        r"4 rows of 32 numbers and does not say what a row is",
    ),
    "a table's row that is not there": (torch.ones(4, 32), {"row": 4, "layer": 1}, "no row 4; it has 4"),
    "another site": ({"layer_activations": {3: direction()}, "layer_type": "mlp"}, {}, "layer type 'mlp'"),
    "two tensors of a layer": (
        {"layers.3": direction(), "h.3": direction(1)},
        {},
        "two tensors of one layer",
    ),
    "a module that is no block": ({"layers.3.mlp": _one()["layers.3"]}, {}, "'layers.3.mlp' is not a block"),
    "a clamp": (_one(action="clamp"), {}, "action 'clamp' does more than add"),
    "a head": (_one(head_index=2), {}, "steers one head"),
    "a square decoder": (
        {"decoder.weight": torch.ones(32, 32), "encoder.weight": torch.ones(1)},
        {"feature": 1, "layer": 1},
        "square decoder.*axis=1",
    ),
    "an autoencoder and no feature": (
        {"decoder.weight": torch.ones(32, 7), "encoder.weight": torch.ones(1)},
        {"layer": 1},
        "say which: .*feature=",
    ),
    "a layer that the file names": ({3: direction()}, {"layer": 3}, r"layer= says nothing of such a file"),
    "a numbering that is none": ({3: direction()}, {"numbering": "one"}, "numbering 'one' is not known"),
    "a row that is none": (torch.ones(4, 32), {"row": -1, "layer": 1}, "row -1 is no whole number"),
    "a list": ([direction()], {}, "not a readable steering vector"),
}


@pytest.mark.parametrize("name", REFUSED_TORCH)
def test_what_a_torch_file_leaves_open_is_asked_for(name: str, tmp_path: Path) -> None:
    content, hints, sentence = REFUSED_TORCH[name]
    torch.save(content, tmp_path / "v.pt")
    with pytest.raises(VectorError, match=sentence):
        SteeringVector.load(tmp_path / "v.pt", **hints)


REFUSED_GGUF: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "another tensor": (
        {"direction.1": np.ones(4, "f4"), "bias": np.ones(4, "f4")},
        {},
        "holds 'bias' beside",
    ),
    "a layer of letters": ({"direction.x": np.ones(4, "f4")}, {}, "holds 'direction.x' beside"),
    "a negative layer": ({"direction.-3": np.ones(4, "f4")}, {}, "holds 'direction.-3' beside"),
    "a table": ({"direction.1": np.ones((2, 4), "f4")}, {}, r"has the shape \[4, 2\]"),
    "other widths": (
        {"direction.1": np.ones(4, "f4"), "direction.2": np.ones(5, "f4")},
        {},
        "different widths",
    ),
    "another mode": (
        {"direction.1": np.ones(4, "f4")},
        {"glp.mode": "twist"},
        "glp.mode 'twist', which is not known",
    ),
    "another hook": (
        {"direction.1": np.ones(4, "f4")},
        {"glp.hook_point": "ffn_out"},
        "hook point 'ffn_out'",
    ),
}


@pytest.mark.parametrize("name", REFUSED_GGUF)
def test_a_gguf_file_that_llama_cpp_refuses_is_a_sentence(name: str, tmp_path: Path) -> None:
    tensors, said, sentence = REFUSED_GGUF[name]
    path = gguf(tmp_path / "v.gguf", tensors, **said)
    with pytest.raises(VectorError, match=sentence):
        SteeringVector.load(path)


def test_a_projection_is_named_and_its_strength_kept_apart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = {"glp.mode": "project", "glp.alpha_default": 2.0}
    vector = SteeringVector.load(gguf(tmp_path / "v.gguf", {"direction.3": direction().numpy()}, **said))
    assert torch.equal(vector.directions[3], direction())
    assert (vector.provenance["operation"], vector.provenance["strength"]) == ("ablate", "2")
    assert "operation='ablate', scale=2" in caplog.text


def test_a_model_is_no_vector(tmp_path: Path) -> None:
    from tests.tiny_gguf import tiny_llama, write_gguf

    with pytest.raises(VectorError, match=r"a model in GGUF form: give it to SteerableModel\.load"):
        SteeringVector.load(write_gguf(tmp_path / "m.gguf", tiny_llama()))


def _claims(form: str, *numbers: int) -> bytes:
    return b"GGUF" + struct.pack("<I", 3) + struct.pack(form, *numbers)


HUGE = 1 << 60
CLAIMS = {
    "tensors": _claims("<QQ", HUGE, 0),
    "keys": _claims("<QQ", 1, HUGE),
    "a key's length": _claims("<QQQ", 1, 1, HUGE),
    "a list": _claims("<QQQ", 1, 1, 1) + b"k" + struct.pack("<IIQ", 9, 0, HUGE),
    "nested lists": _claims("<QQQ", 1, 1, 1) + b"k" + struct.pack("<I", 9) + struct.pack("<IQ", 9, 9) * 20000,
    "numbers": _claims("<QQQ", 1, 0, 11) + b"direction.1" + struct.pack("<IQIQ", 1, HUGE, 0, 0),
    "a place beyond the end": _claims("<QQQ", 1, 0, 11)
    + b"direction.1"
    + struct.pack("<IQIQ", 1, 4, 0, HUGE),
    "axes": _claims("<QQQ", 1, 0, 11) + b"direction.1" + struct.pack("<I", 1 << 30),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_header_is_not_believed_beyond_its_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "v.gguf").write_bytes(CLAIMS[name] + bytes(64))
    with pytest.raises(VectorError, match="damaged GGUF file"):
        SteeringVector.load(tmp_path / "v.gguf")


def test_an_arrays_header_is_not_believed_beyond_its_file(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.ones(10, "f4"))
    whole = (tmp_path / "v.npy").read_bytes()
    (tmp_path / "v.npy").write_bytes(whole.replace(b"(10,), }        ", b"(9999999999,), }"))
    with pytest.raises(VectorError, match="its header promises 39,999,999,996 bytes, and 40 are there"):
        SteeringVector.load(tmp_path / "v.npy", layer=1)


def test_an_array_of_objects_is_a_pickle(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.array([{}], object), allow_pickle=True)
    np.savez(tmp_path / "v.npz", layer_1=np.array([{}], object))
    for name in ("v.npy", "v.npz"):
        with pytest.raises(
            VectorError, match="holds object, which is a pickle or no number; it was not read"
        ):
            SteeringVector.load(tmp_path / name)


def test_a_torch_file_that_unpacks_to_more_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "v.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("v/data.pkl", b"0" * 1_000_000)
    with pytest.raises(VectorError, match="which packs nothing"):
        SteeringVector.load(tmp_path / "v.pt")


def test_a_tensor_that_repeats_one_number_without_end_is_refused(tmp_path: Path) -> None:
    torch.save({3: torch.ones(1).expand(1 << 40)}, tmp_path / "v.pt")
    with pytest.raises(VectorError, match=r"numbers of shape \[1099511627776\]"):
        SteeringVector.load(tmp_path / "v.pt")


@pytest.mark.parametrize(("hook", "flat", "layers"), [
    ("blocks.3.hook_resid_post", True, (3,)),
    ("blocks.3.hook_resid_pre", False, (2,)),
    ("model.layers.3", False, (3,)),
])  # fmt: skip
def test_an_autoencoders_hook_is_read_from_its_config(
    hook: str, flat: bool, layers: tuple[int, ...], tmp_path: Path
) -> None:
    assert SteeringVector.load(saelens(tmp_path / "sae", hook, flat=flat), feature=4).layers == layers


@pytest.mark.parametrize(("hook", "feature", "sentence"), [
    ("blocks.3.hook_mlp_out", 4, "a sparse autoencoder of blocks.3.hook_mlp_out"),
    ("blocks.3.hook_resid_post", 7, "no feature 7"),
    ("blocks.3.hook_resid_post", None, "say which: .*feature="),
])  # fmt: skip
def test_an_autoencoder_of_another_place_or_feature_is_refused(
    hook: str, feature: int | None, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(VectorError, match=sentence):
        SteeringVector.load(saelens(tmp_path / "sae", hook), feature=feature)


def test_persona_vectors_lose_the_embeddings_and_the_row_after_the_final_norm(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, model: SteerableModel
) -> None:
    path = tmp_path / "evil_response_avg_diff.pt"
    torch.save(torch.randn(6, 32), path)
    assert SteeringVector.load(path).layers == (0, 1, 2, 3)
    assert "its layer 0 is left out" in caplog.text
    assert "its layer 5 is left out: transformers takes the last row after the final norm" in caplog.text
    torch.save(torch.randn(5, 32), path)
    with pytest.raises(VectorError, match="5 rows, as many as the model has blocks"):
        SteeringVector.load(path, model=model)


def test_ibms_vectors_can_be_placed_where_they_were_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = MADE["IBM"](tmp_path).path
    assert SteeringVector.load(path).layers == (0, 1, 2, 3)
    assert "one block earlier" in caplog.text
    assert SteeringVector.load(path, numbering="block_output").layers == (0, 1, 2, 3, 4)


def test_a_vector_is_held_against_the_model_it_is_for(
    tmp_path: Path, model: SteerableModel, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "v.pt"
    for content, sentence in (
        ({3: torch.ones(16)}, "the vector is 16 wide, and the model's hidden size is 32"),
        ({9: torch.ones(32)}, r"layers \[9\], and the model has blocks 0 to 4"),
    ):
        torch.save(content, path)
        with pytest.raises(VectorError, match=sentence):
            SteeringVector.load(path, model=model)
    with caplog.at_level("INFO", logger="pytest_steering"):
        SteeringVector.load(MADE["repeng"](tmp_path).path, model=model)
    assert (
        "GGUF control vector (llama.cpp, repeng, EasySteer), layers [3], block output, norms 3: 3, relative "
        "dose" in caplog.text
    )


def test_a_vector_of_another_architecture_is_refused_where_it_is_applied(
    tmp_path: Path, model: SteerableModel
) -> None:
    path = gguf(
        tmp_path / "v.gguf", {"direction.3": direction().numpy()}, **{"controlvector.model_hint": "llama"}
    )
    with pytest.raises(VectorError, match="of a model of type llama, and this one is of type qwen2"):
        SteeringVector.load(path, model=model)
    with pytest.raises(VectorError, match="model_type llama, here qwen2"):
        model.generate(["w3"], Intervention(SteeringVector.load(path)))


WRITTEN = [
    ("gguf", "v.gguf"),
    ("ibm", "v.svec"),
    ("tensors", "v.pt"),
    ("npz", "v.npz"),
    ("pytest-steering", "v.safetensors"),
]


@pytest.mark.parametrize(("name", "file"), WRITTEN)
def test_what_is_written_for_a_tool_is_read_back_bit_for_bit(name: str, file: str, tmp_path: Path) -> None:
    vector = SteeringVector({1: direction(1), 3: direction()}, provenance={"model_type": "qwen2"})
    vector.save(tmp_path / file)
    vector.save(tmp_path / "other", format=name)
    assert SteeringVector.load(tmp_path / file).sha256 == vector.sha256
    assert SteeringVector.load(tmp_path / "other").sha256 == vector.sha256


def test_a_format_that_cannot_say_a_vector_refuses_it(tmp_path: Path) -> None:
    vector = SteeringVector({0: direction(), 1: direction(1)})
    with pytest.raises(VectorError, match="cannot say block 0"):
        vector.save(tmp_path / "v.gguf")
    with pytest.raises(VectorError, match=r"has one layer, and this one has \[0, 1\]"):
        vector.save(tmp_path / "v.json")
    with pytest.raises(
        VectorError, match="'caa' is read, but not written; vectors are written as pytest-steering, "
    ):
        vector.save(tmp_path / "v", format="caa")
    assert list(tmp_path.iterdir()) == []


def test_llama_cpps_own_reader_finds_what_was_written(tmp_path: Path) -> None:
    from gguf import GGUFReader

    vector = SteeringVector({1: direction(1), 3: direction()}, "mean_difference", {"model_type": "qwen2"})
    vector.save(tmp_path / "v.gguf")
    found = GGUFReader(tmp_path / "v.gguf")
    assert {one.name: (int(one.tensor_type), one.data.tolist()) for one in found.tensors} == {
        f"direction.{layer}": (0, one.tolist()) for layer, one in vector.directions.items()
    }
    fields = {
        name: one.contents() for name, one in found.fields.items() if "." in name and "GGUF." not in name
    }
    said = {"general.architecture": "controlvector", "controlvector.model_hint": "qwen2"}
    assert fields == {**said, "controlvector.layer_count": 2, "controlvector.method": "mean_difference"}


def test_a_vector_of_another_site_is_not_written_as_one_of_block_outputs(tmp_path: Path) -> None:
    vector = SteeringVector({3: torch.ones(4)}, provenance={"site": "mlp output"})
    for name in ("v.gguf", "v.pt", "v.npz"):
        with pytest.raises(VectorError, match="the vector is of the mlp output, and a file of"):
            vector.save(tmp_path / name)
    vector.save(tmp_path / "v.safetensors")
    assert SteeringVector.load(tmp_path / "v.safetensors").site == "mlp output"
