"""Greedy generation under the same plain options in every run and in every proof.

`generate` takes whatever the options leave open from the config that the model brought: beams, penalties,
forced tokens, stop strings, other shapes of result. So that config steps aside for as long as it runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.engine.base import Engine, LoadedModel
    from pytest_steering.models.engine.edit_session import EditSession
    from pytest_steering.models.running.batching import TokenBatch


def generate_plainly(
    loaded: LoadedModel,
    engine: Engine,
    batch: TokenBatch,
    session: EditSession,
    max_new_tokens: int,
    stop_ids: Collection[int] = (),
    **further: Any,
) -> Tensor:
    """Return prompts and what was written after them, greedily: [rows, columns + new tokens].

    Args:
        loaded: The model.
        engine: Runs it.
        batch: The prompts.
        session: Writes into its passes.
        max_new_tokens: At most this many for each answer.
        stop_ids: Tokens that end an answer; without any, each answer has `max_new_tokens`.
        further: Arguments of transformers' `generate` that are no options, such as logits processors.
    """
    config = plain_config(loaded, max_new_tokens, stop_ids)
    with _only_config(loaded.module, config):
        return engine.generate(batch, session, {"generation_config": config, **further})


def plain_config(loaded: LoadedModel, max_new_tokens: int, stop_ids: Collection[int]) -> Any:
    """Return the options of a plain greedy search.

    Args:
        loaded: The model.
        max_new_tokens: At most this many for each answer.
        stop_ids: Tokens that end an answer.
    """
    from transformers import GenerationConfig

    return GenerationConfig(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        num_beams=1,
        repetition_penalty=1.0,
        no_repeat_ngram_size=0,
        use_cache=True,
        pad_token_id=loaded.pad_id,
        eos_token_id=sorted(stop_ids) or None,
    )


@contextmanager
def _only_config(module: Any, config: Any) -> Iterator[None]:
    own = module.generation_config
    module.generation_config = config
    try:
        yield
    finally:
        module.generation_config = own
