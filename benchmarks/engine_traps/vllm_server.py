"""vLLM as its users start it, for plugins that steer it: prefixes are cached, long prompts read in parts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pytest_steering.models.engine.vllm.servable import require_servable
from pytest_steering.models.steerable import SteerableModel
from pytest_steering.testing import Answering, Reply, Request

Extra = Callable[[Request], Mapping[str, Any]]
"""What a plugin reads of a request among its further arguments; empty for an unsteered one."""

IN_THIS_PROCESS = {
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_LOGGING_LEVEL": "ERROR",
}

SETTINGS: Mapping[str, Any] = {
    "dtype": "float32",
    "enforce_eager": True,
    "max_model_len": 512,
    "max_num_seqs": 16,
    "max_num_batched_tokens": 128,
    "skip_tokenizer_init": True,
    "disable_log_stats": True,
    "kv_cache_memory_bytes": 2**30,
}
"""16 rows beside each other, and 128 tokens a pass, so that long prompts are read in parts."""


def vllm_server(model: SteerableModel, environment: Mapping[str, str], extra: Extra) -> Answering:
    """Start vLLM with a plugin.

    Args:
        model: vLLM reads its folder.
        environment: Chooses the plugin, and what it reads as it starts.
        extra: The plugin's words for a request.
    """
    os.environ.update({**IN_THIS_PROCESS, **environment})
    from vllm import LLM, SamplingParams

    served = LLM(model=require_servable(model.loaded), **SETTINGS)

    def params(request: Request) -> Any:
        given = dict(extra(request)) if request.intervention else None
        return SamplingParams(
            temperature=0.0,
            max_tokens=request.new_tokens,
            ignore_eos=True,
            logprobs=1,
            detokenize=False,
            extra_args=given,
        )

    def answer(requests: Sequence[Request]) -> list[Reply]:
        asked = [params(one) for one in requests]
        prompts = [{"prompt_token_ids": list(one.prompt)} for one in requests]
        return [_reply(one.outputs[0]) for one in served.generate(prompts, asked, use_tqdm=False)]

    return answer


def _reply(done: Any) -> Reply:
    scores = zip(done.token_ids, done.logprobs, strict=True)
    return Reply(tuple(done.token_ids), tuple(step[token].logprob for token, step in scores))
