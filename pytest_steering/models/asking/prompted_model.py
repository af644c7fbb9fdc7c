"""A model at hand, and how prompts become its tokens: what every way of asking it begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import PromptError
from pytest_steering.models.asking.prompts import Prompt, as_texts
from pytest_steering.models.engine.base import Engine, LoadedModel
from pytest_steering.models.engine.engines import make_engine, require_engine
from pytest_steering.models.engine.exclusive import exclusive, held
from pytest_steering.models.loading.memory import SMALL_MODEL_ROWS, MemoryProfile, profile_of_module
from pytest_steering.models.proving.admission import require_operations
from pytest_steering.models.running.batching import too_long
from pytest_steering.models.running.continuation import Continuation, unknown_to
from pytest_steering.models.running.fit import require_fit, require_known_tokens, require_rows
from pytest_steering.models.running.joining import Joining
from pytest_steering.models.running.special_ends import SpecialEnds, special_ends, warn_of_special_ends

if TYPE_CHECKING:
    import torch

    from pytest_steering.models.finding.architecture import Architecture
    from pytest_steering.models.running.completion import Arms


@dataclass(frozen=True)
class PromptedModel:
    """A causal language model, its engine, and how many rows it takes at once.

    Attributes:
        name: As a user names it.
        loaded: The model, its tokenizer and where its blocks are.
        engine_name: `hooks` or `nnsight`.
        batch_rows: At most this many rows in one forward pass over the longest prompts. Shorter prompts ride
            in larger batches of no more tokens; 1 runs every row alone.
        sharing: Whether rows of one prompt read its beginning once: `auto`, or the best way that may be
            taken: `tree`, `copies`, `none`.
    """

    name: str
    loaded: LoadedModel = field(repr=False)
    engine_name: str = "hooks"
    batch_rows: int = SMALL_MODEL_ROWS
    sharing: str = "auto"

    def __post_init__(self) -> None:
        require_engine(self.engine_name)
        require_rows(self.batch_rows)

    @property
    def architecture(self) -> Architecture:
        """Where the blocks are, how many and how wide."""
        return self.loaded.architecture

    @property
    def tokenizer(self) -> Any:
        """The tokenizer."""
        return self.loaded.tokenizer

    @property
    def device(self) -> torch.device:
        """Where the input goes."""
        import torch

        return torch.device(self.loaded.device)

    @property
    def dtype(self) -> torch.dtype:
        """What the weights are kept in; of several, that of the first."""
        kind: torch.dtype = self.loaded.module.dtype
        return kind

    @property
    def memory_profile(self) -> MemoryProfile:
        """Batch size and checkpointing that fit the number of parameters."""
        return profile_of_module(self.loaded.module)

    @cached_property
    def engine(self) -> Engine:
        """What writes into the residual stream."""
        return make_engine(self.engine_name, self.loaded)

    def vector_provenance(self) -> Mapping[str, str]:
        """Return what identifies this model in a vector made from it."""
        return {
            "model": self.name,
            "model_type": self.architecture.model_type,
            "weights": self.weights,
            "site": self.architecture.site,
        }

    @property
    def weights(self) -> str:
        """Fingerprint of the weights as they are now."""
        from pytest_steering.models.proving.fingerprint import weights_fingerprint

        return weights_fingerprint(self.loaded.module)

    def tokens(self, prompts: Sequence[Prompt]) -> list[list[int]]:
        """Return the token ids of each prompt, with the special tokens that the tokenizer adds to a text.

        Args:
            prompts: Texts; chat messages, read through the chat template; or token ids, read as they are.

        Raises:
            PromptError: The list is empty, or a prompt is empty, no text, or has no tokens.
        """
        ids = self._known_tokens(prompts)
        warn_of_special_ends(self._ends(ids), len(ids))
        return ids

    def special_ends(self, prompts: Sequence[Prompt]) -> SpecialEnds:
        """Return which prompts begin with a special token twice, or end in one that ends answers.

        Args:
            prompts: As `tokens` takes them.

        Raises:
            PromptError: As of `tokens`.
        """
        return self._ends(self._known_tokens(prompts))

    def _ends(self, ids: Sequence[Sequence[int]]) -> SpecialEnds:
        # Words that the tokenizer does not know are read as a special token, and are nobody's mistake here.
        added = self.loaded.texts.special - {getattr(self.tokenizer, "unk_token_id", None)}
        return special_ends(ids, added, self.loaded.stop_ids)

    def _known_tokens(self, prompts: Sequence[Prompt]) -> list[list[int]]:
        texts = as_texts(prompts, self.tokenizer)
        with held(self.loaded.module):
            ids = self.loaded.texts.ids(texts)
        if not all(ids):
            raise PromptError(f"prompt {next(i for i, row in enumerate(ids) if not row)} has no tokens")
        require_known_tokens(ids, self.loaded.module.get_input_embeddings().num_embeddings)
        return ids

    def overlong(self, prompts: Sequence[Prompt], max_new_tokens: int) -> dict[int, int]:
        """Return which prompts do not fit into the context with their answer, and their lengths in tokens."""
        lengths = [len(row) for row in self.tokens(prompts)]
        return {i: lengths[i] for i in too_long(lengths, max_new_tokens, self.loaded.context)}

    @exclusive
    def require(self, arms: Arms) -> None:
        """Raise unless interventions fit this model and what they do is proven on it.

        Raises:
            VectorError: An intervention does not fit the model.
            InterventionError: An operation does not prove to be done as asked.
        """
        require_fit(self.name, self.loaded, arms)
        require_operations(self, arms)

    def choice_tokens(self, choice: str, prompt: str) -> list[int]:
        """Return the token ids with which a prompt goes on under a choice; see `continuations`.

        Args:
            choice: An answer, such as `" Yes"`.
            prompt: What it follows; the same choice may be other tokens after another one.

        Raises:
            PromptError: See `continuations`.
        """
        return list(self.continuations([prompt], [[choice]])[0].answers[0])

    def continuations(
        self, prompts: Sequence[Prompt], answers: Sequence[Sequence[str]]
    ) -> list[Continuation]:
        """Return how each prompt goes on with each of its answers, in tokens of both as one text.

        Args:
            prompts: Texts, messages or token ids; what follows given ids is read by itself.
            answers: Of each prompt, its answers.

        Raises:
            PromptError: Prompts or answers are missing or empty, or a text does not go on from its prompt.
        """
        self.tokens(prompts)
        texts = as_texts(prompts, self.tokenizer)
        return Joining(self.loaded.texts.ids, unknown_to(self.tokenizer)).continuations(texts, answers)
