"""The model as a user holds it: read its states, steer it, ask it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_steering.models.asking.hidden_states import HiddenStates
from pytest_steering.models.asking.log_probabilities import LogProbabilities
from pytest_steering.models.asking.text_generation import TextGeneration
from pytest_steering.models.asking.user_code import UserCode
from pytest_steering.models.engine.engines import require_engine, rows_of
from pytest_steering.models.engine.exclusive import exclusively, usual_defaults
from pytest_steering.models.finding.site_view import architecture_at
from pytest_steering.models.finding.wrappers import unwrapped
from pytest_steering.models.loading.device_map import DeviceMap, require_device_map
from pytest_steering.models.loading.memory import SMALL_MODEL_ROWS, default_rows
from pytest_steering.models.proving.admission import proven
from pytest_steering.models.running.fit import require_model, require_rows
from pytest_steering.steering.sites import site_named

if TYPE_CHECKING:
    from pytest_steering.models.loading.specs import ModelSpec


@dataclass(frozen=True)
class SteerableModel(HiddenStates, TextGeneration, LogProbabilities, UserCode):
    """A causal language model whose residual stream can be read and written.

    At INFO, the logger `pytest_steering` says which blocks were found, which final layers were taken where
    none were named, and the shape of a vector made here. `SteeringConfig` holds the study's settings.
    """

    @classmethod
    def load(
        cls,
        source: str | ModelSpec,
        *,
        device: str = "auto",
        dtype: str = "auto",
        engine: str = "hooks",
        batch_rows: int | None = None,
        trust_remote_code: bool = False,
        revision: str | None = None,
        layer_path: str | None = None,
        device_map: DeviceMap | None = None,
    ) -> SteerableModel:
        """Load a model by name, path or hub id.

        Args:
            source: Such as `smollm2`, `./my-model`, `./model.gguf` or `bigcode/starcoder2-15b`; or a model
                that was found by its name already.
            device: `cpu`, `cuda`, ...; `auto` takes CUDA where there is one.
            dtype: `float32`, `bfloat16`, `float16`; `auto` is float32 on the CPU, the config's own elsewhere.
            engine: `hooks`, `nnsight`, `nnsight-remote` or `vllm`.
            batch_rows: Rows of one forward pass; by default what fits a model of the size.
            trust_remote_code: Run Python code that the model's repository brings.
            revision: Of a hub id.
            layer_path: Dotted name of the block list, where detection should not choose.
            device_map: Divides a model that is too large for one device: `auto` among all CUDA devices, as
                accelerate does, or a device for each part by its dotted name. `device` is `auto` then.

        Raises:
            ModelError: It cannot be found or loaded, its blocks are not found, an argument is not known, or
                its steering does not prove to be what was asked for.
        """
        from pytest_steering.models.engine.remote.served_model import load_served
        from pytest_steering.models.loading.pretrained import load_model
        from pytest_steering.models.loading.specs import resolve_model

        require_engine(engine)
        if device_map is not None:
            require_device_map(device_map, device, engine)
        require_rows(SMALL_MODEL_ROWS if batch_rows is None else batch_rows)
        spec = resolve_model(source) if isinstance(source, str) else source
        if revision is not None:
            spec = replace(spec, revision=revision)
        with usual_defaults():
            options: Any = {
                "dtype": dtype,
                "trust_remote_code": trust_remote_code,
                "layer_path": layer_path,
            }
            place = "cpu" if engine == "vllm" else device  # vLLM holds a copy of its own where it runs
            if engine == "nnsight-remote":
                loaded = load_served(spec, **options)
            else:
                loaded = load_model(spec, device=place, device_map=device_map, **options)
            return proven(cls(spec.name, loaded, engine, batch_rows or rows_of(engine, loaded)))

    @classmethod
    def wrap(
        cls,
        module: object,
        tokenizer: object,
        *,
        name: str = "",
        engine: str = "hooks",
        layer_path: str | None = None,
    ) -> SteerableModel:
        """Return a model that is already in memory as a steerable one.

        Args:
            module: A transformers causal language model, also one within torch.compile, PEFT or
                DataParallel, which are taken off it; it is put into eval mode.
            tokenizer: Its tokenizer.
            name: As it shall be called in records; its class name by default.
            engine: `hooks` or `nnsight`.
            layer_path: Dotted name of the block list, where detection should not choose.

        Raises:
            ModelError: It is no such model, its blocks are not found, or its steering does not prove to be
                what was asked for.
        """
        from pytest_steering.models.loading.pretrained import as_loaded

        whole = require_model(unwrapped(module)).eval()
        with exclusively(whole):
            loaded = as_loaded(whole, tokenizer, layer_path)
            return proven(cls(name or type(whole).__name__, loaded, engine, default_rows(loaded.module)))

    def at(self, site: str) -> SteerableModel:
        """Return the same model, not loaded again, read and steered at another site of its blocks.

        Args:
            site: `attention_output` or `mlp_output`, which is what that part adds to the residual stream,
                before it is added; `block_input`; `block_output`, which every model is steered at otherwise.

        Raises:
            ModelError: The site is not known, the model has none such, or its steering there does not prove
                to be what was asked for.
        """
        wanted = site_named(site)
        if wanted == self.architecture.site:
            return self
        with exclusively(self.loaded.module):
            found = architecture_at(self.loaded.module, self.architecture, wanted)
            return proven(replace(self, loaded=replace(self.loaded, architecture=found)))

    def with_engine(self, engine: str) -> SteerableModel:
        """Return the same model, not loaded again, run by another engine."""
        if engine == self.engine_name:
            return self
        with exclusively(self.loaded.module):
            return proven(replace(self, engine_name=engine))
