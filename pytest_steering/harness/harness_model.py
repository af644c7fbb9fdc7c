"""The model of lm-evaluation-harness that asks ours for likelihoods and greedy answers."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lm_eval.api.model import TemplateLM
from lm_eval.utils import get_rolling_token_windows, make_disjoint_window

from pytest_steering.errors import DataError, NotFiniteError, PromptError
from pytest_steering.harness.generation_request import GenerationRequest
from pytest_steering.identity import canonical
from pytest_steering.models.proving.origin import made_from

if TYPE_CHECKING:
    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.joint import AnyIntervention

logger = logging.getLogger("pytest_steering")

_ANSWERS_OF = "pytest-steering: answers of"

NO_LIMIT = 2048
"""Tokens of a window where the model's config names no context."""

Ids = list[int]
Scored = tuple[float, bool]


class HarnessModel(TemplateLM):  # type: ignore[misc]
    """A model under an intervention, or under none."""

    def __init__(self, model: SteerableModel, intervention: AnyIntervention | None = None) -> None:
        """Take a model that the intervention fits.

        Args:
            model: Any.
            intervention: None is the unsteered model.
        """
        super().__init__()
        self.model, self.intervention, self.tokenizer = model, intervention, model.tokenizer

    @property
    def max_length(self) -> int:
        """Tokens of a text that is read at once."""
        return self.model.loaded.context or NO_LIMIT

    @property
    def eot_token_id(self) -> int:
        """The token that ends a text."""
        return int(self.tokenizer.eos_token_id)

    @property
    def prefix_token_id(self) -> int:
        """The token before a text that nothing stands before."""
        first = self.tokenizer.bos_token_id
        return self.eot_token_id if first is None else int(first)

    @property
    def tokenizer_name(self) -> str:
        """By which the harness keeps apart what it remembers of answers."""
        return self.model.name

    def get_model_info(self) -> dict[str, Any]:
        """Return what the harness writes beside its results: which model, and what is done to it where."""
        done, model = self.intervention, self.model
        at = () if done is None else done.at
        return {**made_from(model, at, model.weights), "intervention": done and self._told(done)}

    def _told(self, done: AnyIntervention) -> dict[str, Any]:
        return {**done.spec(), "vector": done.vector_hash, "sources": done.sources}

    def set_cache_hook(self, cache_hook: Any) -> None:
        """Take the harness's store of answers (`use_cache`), which goes by the request alone.

        Raises:
            DataError: Another model, or this one steered otherwise, has answered into it.
        """
        own = hashlib.sha256(canonical(self.get_model_info()).encode()).hexdigest()
        if (store := cache_hook.dbdict) is not None:
            if len(store) and store.get(_ANSWERS_OF) != own:
                raise DataError(
                    "the file of use_cache holds answers of another model, or of this one steered otherwise, "
                    "which would be taken for this one's; give each intervention a file of its own"
                )
            store[_ANSWERS_OF] = own
        super().set_cache_hook(cache_hook)

    def tok_encode(self, string: str, add_special_tokens: bool | None = None, **_others: Any) -> Ids:
        """Return a text's tokens, as `SteerableModel.tokens` reads it or without special ones.

        A text that begins with the start token, as chat templates write it, gets no second one; so it is in
        the harness's own models.
        """
        begun = bool(self.tokenizer.bos_token) and string.startswith(self.tokenizer.bos_token)
        special = not begun if add_special_tokens is None else add_special_tokens
        (ids,) = self.model.loaded.texts.ids([string], special=special)
        return list(ids)

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        """Return messages as the text that the model's template makes of them."""
        text: str = self.tokenizer.apply_chat_template(
            chat_history, tokenize=False, add_generation_prompt=add_generation_prompt
        )
        return text

    def loglikelihood_rolling(self, requests: Sequence[Any], **_others: Any) -> list[float]:
        """Return the log-likelihood of each whole text, in windows as long as the context."""
        found = []
        for request in requests:
            (text,) = request.args
            pairs = get_rolling_token_windows(
                self.tok_encode(text, add_special_tokens=False), self.prefix_token_id, self.max_length - 1, 1
            )
            windows = [(("", ""), *make_disjoint_window(pair)) for pair in pairs]
            found.append(math.fsum(total for total, _ in self._loglikelihood_tokens(windows)))
        return found

    def generate_until(self, requests: Sequence[Any], **_others: Any) -> list[str]:
        """Return each greedy answer, up to the text that ends it."""
        asked: dict[GenerationRequest, list[int]] = {}
        for number, request in enumerate(requests):
            asked.setdefault(GenerationRequest.of(request.args[1]), []).append(number)
        answers: dict[int, str] = {}
        for how, numbers in asked.items():
            prompts = self._fitting([self.tok_encode(requests[one].args[0]) for one in numbers], how)
            texts = self.model.generate(
                prompts, self.intervention, max_new_tokens=how.max_new_tokens, stop=how.stop
            )
            answers.update(zip(numbers, texts, strict=True))
        return [answers[number] for number in range(len(requests))]

    def _fitting(self, prompts: Sequence[Ids], how: GenerationRequest) -> list[Ids]:
        if how.max_new_tokens >= self.max_length:
            raise PromptError(
                f"answers of {how.max_new_tokens} tokens were asked for; {self.model.name} reads "
                f"{self.max_length} with the prompt"
            )
        return self._ends(prompts, [self.max_length - how.max_new_tokens] * len(prompts))

    def _loglikelihood_tokens(
        self, requests: Sequence[tuple[tuple[str, str], Ids, Ids]], **_others: Any
    ) -> list[Scored]:
        if not requests:
            return []
        texts = [continuation for _, _, continuation in requests]
        prompts = self._ends(
            [context for _, context, _ in requests], [self.max_length - len(one) for one in texts]
        )
        found = self.model.continuation_scores(prompts, texts, self.intervention)
        lost = sum(1 for one in found if one.logprobs.isnan().any())
        if lost:
            raise NotFiniteError(f"{lost} of {len(found)} texts have no likelihood: the model overflows")
        return [(math.fsum(one.logprobs.tolist()), bool(one.likeliest.all())) for one in found]

    def _ends(self, prompts: Sequence[Ids], room: Sequence[int]) -> list[Ids]:
        """Return the last tokens of prompts that are too long, as the harness does, and log their number."""
        cut = sum(len(prompt) > most for prompt, most in zip(prompts, room, strict=True))
        if cut:
            logger.warning("%d of %d prompts are too long and lose their beginning", cut, len(prompts))
        return [prompt[-most:] for prompt, most in zip(prompts, room, strict=True)]
