"""vLLM itself: started on a model's folder, in this process, and stepped until its requests are done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import ModelError, first_line
from pytest_steering.models.engine.vllm.class_keeping import kept_classes
from pytest_steering.models.engine.vllm.key_value_memory import host_bytes
from pytest_steering.models.engine.vllm.row_order import EXTRA, RowOrder
from pytest_steering.models.engine.vllm.servable import on_host, require_servable

if TYPE_CHECKING:
    from pytest_steering.models.engine.base import LoadedModel
    from pytest_steering.models.engine.vllm.row_report import RowReport

EXTENSION = "pytest_steering.models.engine.vllm.worker_extension.SteeringExtension"

MOST_TOKENS = 8192
"""Tokens that one pass reads at most, of all its rows; longer prompts are read in parts."""

SETTINGS = {
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_USE_V2_MODEL_RUNNER": "0",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_LOGGING_LEVEL": "ERROR",
}
"""The engine in this process, the runner whose rows are known here, nothing sent anywhere, few words."""

Ended = Callable[[int, Sequence[int]], bool]
"""Whether a row, by its number and its tokens so far, needs no further ones."""


@dataclass(frozen=True)
class Row:
    """A row as vLLM is asked for it.

    Attributes:
        order: What is to be done with it beside.
        text: Token ids.
        prompt_length: How many of them are prompt.
        new_tokens: At most this many are written.
        stop_ids: Tokens that end it.
    """

    order: RowOrder
    text: Sequence[int]
    prompt_length: int
    new_tokens: int = 1
    stop_ids: tuple[int, ...] = ()


@dataclass
class Served:
    """What vLLM wrote after a row.

    Attributes:
        tokens: Up to and with the one that ended the row.
        leads: Of each step the log-probabilities of the two likeliest tokens, and which the second is.
    """

    tokens: list[int] = field(default_factory=list)
    leads: list[tuple[float, float, int]] = field(default_factory=list)


class Server:
    """An engine of vLLM that holds one model; its requests are run to their end, call by call."""

    def __init__(self, loaded: LoadedModel, rows: int) -> None:
        """Start vLLM.

        Args:
            loaded: The model, as transformers read it from its folder.
            rows: How many rows may stand in one pass.

        Raises:
            ModelError: vLLM is not installed, or cannot serve the model.
        """
        folder = require_servable(loaded)
        with _settings(), kept_classes(loaded.module):
            from vllm import LLM

            try:
                self._llm = LLM(**_options(loaded, folder, rows))
            except Exception as error:
                raise ModelError(
                    f"vLLM cannot serve {folder}: {first_line(error)}; use the hooks engine"
                ) from error
        self._names = count()
        self._ask("steering_open", loaded.architecture.num_layers)
        if self._ask("steering_cached_prefixes"):
            raise ModelError(
                "vLLM reuses the states of prompts between requests, so that a vector reaches requests that "
                "it was not meant for; it was started without, and does not keep to that"
            )

    def run(
        self, arms: Sequence[dict[str, Any]], rows: Sequence[Row], ended: Ended | None = None
    ) -> tuple[list[Served], dict[int, RowReport], int]:
        """Run rows beside each other; return what was written, the worker's reports, and the passes.

        Args:
            arms: Interventions as plain data.
            rows: Each with its number as its place.
            ended: Ends a row early.
        """
        self._ask("steering_begin", list(arms))
        served = [Served() for _ in rows]
        names = {self._add(row): number for number, row in enumerate(rows)}
        try:
            self._drain(names, served, ended)
        finally:
            self._llm.llm_engine.abort_request(list(names))
        reports, passes = self._ask("steering_reports")
        return served, reports, passes

    def _drain(self, names: dict[str, int], served: list[Served], ended: Ended | None) -> None:
        engine = self._llm.llm_engine
        while engine.has_unfinished_requests():
            for output in engine.step():
                number, (done,) = names[output.request_id], output.outputs
                served[number] = Served(list(done.token_ids), [_lead(step) for step in done.logprobs or ()])
                if ended is not None and not output.finished and ended(number, served[number].tokens):
                    engine.abort_request([output.request_id])

    def _add(self, row: Row) -> str:
        from vllm import SamplingParams
        from vllm.inputs import TokensPrompt

        name = f"steering-{next(self._names)}"
        params = SamplingParams(
            temperature=0.0,
            max_tokens=row.new_tokens,
            logprobs=2,
            ignore_eos=True,
            stop_token_ids=list(row.stop_ids),
            detokenize=False,
            extra_args={EXTRA: {"order": row.order.as_plain(), "prompt_length": row.prompt_length}},
        )
        self._llm.llm_engine.add_request(name, TokensPrompt(prompt_token_ids=list(row.text)), params)
        return name

    def _ask(self, method: str, *args: Any) -> Any:
        """Ask the worker; there is one."""
        return self._llm.collective_rpc(method, args=args)[0]


def _options(loaded: LoadedModel, folder: str, rows: int) -> dict[str, Any]:
    return {
        "model": folder,
        "skip_tokenizer_init": True,
        "dtype": str(loaded.module.dtype).removeprefix("torch."),
        "max_model_len": loaded.context,
        "max_num_seqs": rows,
        "max_num_batched_tokens": MOST_TOKENS,
        "enforce_eager": True,
        "enable_prefix_caching": False,
        "async_scheduling": False,
        "generation_config": "vllm",
        "worker_extension_cls": EXTENSION,
        "disable_log_stats": True,
        "seed": 0,
        **({"kv_cache_memory_bytes": host_bytes(loaded, rows)} if on_host() else {}),
    }


def _lead(step: dict[int, Any]) -> tuple[float, float, int]:
    """Return the two best log-probabilities of a step, and the token of the second."""
    best = sorted(((one.logprob, token) for token, one in step.items()), reverse=True)[:2]
    return best[0][0], best[-1][0], best[-1][1]


@contextmanager
def _settings() -> Iterator[None]:
    """Set what vLLM reads from the environment as it starts; what stood there before is put back."""
    before = {name: os.environ.get(name) for name in SETTINGS}
    os.environ.update(SETTINGS)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
