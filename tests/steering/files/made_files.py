"""A file of each format as its tool writes it, and where its tool adds what is in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

HIDDEN, BLOCK, DEPTH = 32, 3, 5
STRENGTH = 3.0


def direction(seed: int = 0) -> Tensor:
    drawn = torch.randn(HIDDEN, generator=torch.Generator().manual_seed(seed))
    scaled: Tensor = STRENGTH * drawn / drawn.norm()
    return scaled


@dataclass(frozen=True)
class Made:
    """A file, what has to be said of it, and where its tool adds the direction."""

    path: Path
    hints: dict[str, Any] = field(default_factory=dict)
    site: str = "output"
    number: int = BLOCK
    added: Tensor = field(default_factory=direction)


def gguf(path: Path, tensors: dict[str, Any], **said: Any) -> Path:
    from gguf import GGUFWriter

    writer = GGUFWriter(path, "controlvector")
    for key, value in said.items():
        name = key.replace("__", ".")
        (writer.add_float32 if isinstance(value, float) else writer.add_string)(name, value)
    writer.add_uint32("controlvector.layer_count", len(tensors))
    for name, tensor in tensors.items():
        writer.add_tensor(name, np.asarray(tensor))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _repeng(folder: Path) -> Made:
    return Made(
        gguf(folder / "v.gguf", {"direction.3": direction().numpy()}, controlvector__model_hint="qwen2")
    )


def _easysteer(folder: Path) -> Made:
    said = {"model_hint": "qwen2", "method": "pca", "explained_variance.3": 0.5, "note": "by hand"}
    tensors = {f"direction.{n}": direction(n - BLOCK).numpy() for n in range(DEPTH)}
    return Made(gguf(folder / "v.gguf", tensors, **{f"controlvector.{k}": v for k, v in said.items()}))


def _glp(folder: Path) -> Made:
    said = {"controlvector.model_hint": "qwen2", "glp.mode": "add", "glp.alpha_default": 1.0}
    return Made(gguf(folder / "v.gguf", {"direction.3": direction().numpy()}, **said))


def _torch(name: str, content: Callable[[], Any], **made: Any) -> Callable[[Path], Made]:
    def make(folder: Path) -> Made:
        torch.save(content(), folder / name)
        return Made(folder / name, **made)

    return make


def _json(name: str, content: Callable[[], Any], **made: Any) -> Callable[[Path], Made]:
    def make(folder: Path) -> Made:
        (folder / name).write_text(json.dumps(content()))
        return Made(folder / name, **made)

    return make


def _table(rows: int, at: int) -> Tensor:
    return torch.stack([direction() if row == at else direction(row + 9) for row in range(rows)])


def _caa_folder(folder: Path) -> Made:
    for layer in (2, BLOCK):
        torch.save(direction(layer - BLOCK), folder / f"vec_layer_{layer}_Llama-2-7b-chat-hf.pt")
    return Made(folder)


def _refusal(folder: Path) -> Made:
    (folder / "direction_metadata.json").write_text(json.dumps({"pos": -1, "layer": BLOCK}))
    torch.save(direction().double(), folder / "direction.pt")
    return Made(folder / "direction.pt", site="input")


def _hidden_directions(folder: Path) -> Made:
    (folder / "manifest.json").write_text(json.dumps({"recommended_layer": BLOCK, "recommended_alpha": 2.5}))
    torch.save(_table(DEPTH, BLOCK).bfloat16(), folder / "d.pt")
    return Made(folder / "d.pt", added=direction().bfloat16().float())


def saelens(folder: Path, hook: str = "blocks.3.hook_resid_post", *, flat: bool = False) -> Path:
    """A folder as SAELens keeps it since version 6, or flat as before."""
    folder.mkdir(exist_ok=True)
    said = {"hook_name": hook, "model_name": "tiny"}
    config = {"d_sae": 7, "d_in": HIDDEN, **(said if flat else {"metadata": said})}
    (folder / "cfg.json").write_text(json.dumps(config))
    save_file({"W_dec": _table(7, 4), "b_dec": torch.zeros(HIDDEN)}, folder / "sae_weights.safetensors")
    return folder


def _gemma(folder: Path) -> Made:
    inner = folder / "layer_3" / "width_16k" / "average_l0_82"
    inner.mkdir(parents=True)
    np.savez(
        inner / "params.npz", W_dec=_table(7, 4).numpy(), W_enc=np.ones((HIDDEN, 7)), b_dec=np.ones(HIDDEN)
    )
    return Made(inner / "params.npz", {"feature": 4})


def _dictionary() -> dict[str, Tensor]:
    return {
        "decoder.weight": _table(7, 4).T.contiguous(),
        "encoder.weight": torch.ones(7, HIDDEN),
        "bias": torch.ones(HIDDEN),
    }


def _lm_eval() -> dict[str, Any]:
    step = {"steering_vector": direction() / 6, "steering_coefficient": 6.0, "action": "add", "bias": None}
    return {"layers.3": {**step, "head_index": None}}


def _lm_eval_csv(folder: Path) -> Made:
    saelens(folder / "sae")
    columns = "loader,action,sparse_model,hookpoint,feature_index,steering_coefficient,head_index,sae_id"
    head = f"{columns},description\n"
    (folder / "steer.csv").write_text(
        head + "sae_lens,add,sae,layers.3,4,0.5,,,half\nsae_lens,add,sae,layers.3,4,0.5,,,the other half\n"
    )
    return Made(folder / "steer.csv")


def _npy(folder: Path) -> Made:
    np.save(folder / "v.npy", direction().numpy())
    return Made(folder / "v.npy", {"layer": BLOCK})


def _npz(folder: Path) -> Made:
    np.savez(folder / "v.npz", **{"layer.3": direction().numpy(), "layer.1": direction(1).numpy()})  # type: ignore[arg-type]
    return Made(folder / "v.npz")


def _safetensors(folder: Path) -> Made:
    save_file({"blocks.3.hook_resid_pre": direction()}, folder / "v.safetensors")
    return Made(folder / "v.safetensors", site="input")


def _svec() -> dict[str, Any]:
    rows = {str(n): direction(n - BLOCK).tolist() for n in range(DEPTH)}
    return {"model_type": "qwen2", "directions": rows, "explained_variances": dict.fromkeys(rows, 0.4)}


def _aisteer() -> dict[str, Any]:
    rows = {"3": [direction(8).tolist(), direction().tolist()]}
    return {"model_type": "qwen2", "directions": rows, "explained_variances": {"3": [0.4, 0.1]}}


def _neuronpedia(hook: str) -> dict[str, Any]:
    vector = {"vector": direction().tolist(), "vectorDefaultSteerStrength": 10, "vectorLabel": "joy"}
    return {"modelId": "tiny", "layerNumber": 3, "hookType": hook, **vector}


def _saelens(folder: Path) -> Made:
    return Made(saelens(folder / "sae"), {"feature": 4})


MADE: dict[str, Callable[[Path], Made]] = {
    "repeng": _repeng,
    "EasySteer": _easysteer,
    "GLP": _glp,
    "IBM": _json("v.svec", _svec, site="input"),
    "AISteer360": _json("v.svec", _aisteer, hints={"row": 1}),
    "Neuronpedia, after": _json("v.json", lambda: _neuronpedia("hook_resid_post")),
    "Neuronpedia, before": _json("v.json", lambda: _neuronpedia("resid-pre"), site="input"),
    "steering-vectors": _torch(
        "v.pt", lambda: {"layer_activations": {3: direction()}, "layer_type": "decoder_block"}
    ),
    "a dict of tensors": _torch(
        "v.pt", lambda: {"model.layers.3": direction().half()}, added=direction().half().float()
    ),
    "a bare tensor": _torch("v.pt", direction, hints={"layer": BLOCK}),
    "CAA, a file": _torch("vec_layer_3_Llama-2-7b-chat-hf.pt", direction),
    "CAA, a folder": _caa_folder,
    "lm-eval": _torch("v.pt", _lm_eval),
    "lm-eval, a table": _lm_eval_csv,
    "persona vectors": _torch(
        "evil_response_avg_diff.pt", lambda: _table(DEPTH + 1, BLOCK), number=BLOCK, site="input"
    ),
    "hidden-directions": _hidden_directions,
    "AxBench": _torch("ReFTr1_weight.pt", lambda: _table(7, 4), hints={"row": 4, "layer": BLOCK}),
    "refusal_direction": _refusal,
    "SAELens": _saelens,
    "Gemma Scope": _gemma,
    "dictionary_learning": _torch("ae.pt", _dictionary, hints={"feature": 4, "layer": BLOCK}),
    "a table": _torch("v.pt", lambda: _table(DEPTH, BLOCK), hints={"numbering": "block_output"}),
    "npy": _npy,
    "npz": _npz,
    "safetensors by layer": _safetensors,
}
