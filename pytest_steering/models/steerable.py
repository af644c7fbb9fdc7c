"""The model as a user holds it: read its states, steer it, ask it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, overload

from pytest_steering.errors import PromptError
from pytest_steering.models.engine.base import Engine, LoadedModel
from pytest_steering.models.engine.engines import make_engine, require_engine
from pytest_steering.models.loading.memory import (
    SMALL_MODEL_ROWS,
    MemoryProfile,
    default_rows,
    profile_of_module,
)
from pytest_steering.models.proving.admission import proven, require_operations
from pytest_steering.models.running.batching import require_prompts, require_room, too_long
from pytest_steering.models.running.continuation import Continuation, Joining
from pytest_steering.models.running.fit import (
    as_arms,
    require_choices,
    require_fit,
    require_known_tokens,
    require_listed,
    require_model,
    require_new_tokens,
    require_positions,
    require_rows,
)
from pytest_steering.models.running.generation import Arms, DecidedText, Generation, generate_arms
from pytest_steering.steering.intervention import Intervention
from pytest_steering.steering.positions import Positions

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.finding.architecture import Architecture
    from pytest_steering.models.loading.specs import ModelSpec
    from pytest_steering.models.running.completion import Counts
    from pytest_steering.models.running.state_moments import Moments

T = TypeVar("T")


@dataclass(frozen=True)
class SteerableModel:
    """A causal language model whose residual stream can be read and written.

    At INFO, the logger `pytest_steering` says which blocks were found, which final layers were taken where
    none were named, and the shape of a vector made here. `SteeringConfig` holds the study's settings.

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
    ) -> SteerableModel:
        """Load a model by name, path or hub id.

        Args:
            source: Such as `smollm2`, `./my-model`, `./model.gguf` or `bigcode/starcoder2-15b`; or a model
                that was found by its name already.
            device: `cpu`, `cuda`, ...; `auto` takes CUDA where there is one.
            dtype: `float32`, `bfloat16`, `float16`; `auto` is float32 on the CPU, the config's own elsewhere.
            engine: `hooks` or `nnsight`.
            batch_rows: Rows of one forward pass; by default what fits a model of the size.
            trust_remote_code: Run Python code that the model's repository brings.
            revision: Of a hub id.
            layer_path: Dotted name of the block list, where detection should not choose.

        Raises:
            ModelError: It cannot be found or loaded, its blocks are not found, an argument is not known, or
                its steering does not prove to be what was asked for.
        """
        from pytest_steering.models.loading.pretrained import load_model
        from pytest_steering.models.loading.specs import resolve_model

        require_engine(engine)
        require_rows(SMALL_MODEL_ROWS if batch_rows is None else batch_rows)
        spec = resolve_model(source) if isinstance(source, str) else source
        if revision is not None:
            spec = replace(spec, revision=revision)
        loaded = load_model(
            spec, device=device, dtype=dtype, trust_remote_code=trust_remote_code, layer_path=layer_path
        )
        return proven(cls(spec.name, loaded, engine, batch_rows or default_rows(loaded.module)))

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
            module: A transformers causal language model; it is put into eval mode.
            tokenizer: Its tokenizer.
            name: As it shall be called in records; its class name by default.
            engine: `hooks` or `nnsight`.
            layer_path: Dotted name of the block list, where detection should not choose.

        Raises:
            ModelError: It is no such model, its blocks are not found, or its steering does not prove to be
                what was asked for.
        """
        from pytest_steering.models.loading.pretrained import as_loaded

        loaded = as_loaded(require_model(module).eval(), tokenizer, layer_path)
        return proven(cls(name or type(module).__name__, loaded, engine, default_rows(loaded.module)))

    def with_engine(self, engine: str) -> SteerableModel:
        """Return the same model, not loaded again, run by another engine."""
        return self if engine == self.engine_name else proven(replace(self, engine_name=engine))

    @property
    def architecture(self) -> Architecture:
        """Where the blocks are, how many and how wide."""
        return self.loaded.architecture

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
        return {"model": self.name, "model_type": self.architecture.model_type, "weights": self.weights}

    @property
    def weights(self) -> str:
        """Fingerprint of the weights as they are now."""
        from pytest_steering.models.proving.fingerprint import weights_fingerprint

        return weights_fingerprint(self.loaded.module)

    def tokens(self, prompts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each prompt, with the special tokens that the tokenizer adds.

        Raises:
            PromptError: The list is empty, or a prompt is empty, no text, or has no tokens.
        """
        require_prompts(prompts)
        ids = self.loaded.texts.ids(prompts)
        if not all(ids):
            raise PromptError(f"prompt {next(i for i, row in enumerate(ids) if not row)} has no tokens")
        require_known_tokens(ids, self.loaded.module.get_input_embeddings().num_embeddings)
        return ids

    def overlong(self, prompts: Sequence[str], max_new_tokens: int) -> dict[int, int]:
        """Return which prompts do not fit into the context with their answer, and their lengths in tokens."""
        lengths = [len(row) for row in self.tokens(prompts)]
        return {i: lengths[i] for i in too_long(lengths, max_new_tokens, self.loaded.context)}

    def hidden_states(
        self, prompts: Sequence[str], layers: Sequence[int] | str = "last3", position: str = "last_prompt"
    ) -> dict[int, Tensor]:
        """Return the state leaving each block at one token of each prompt.

        Args:
            prompts: Texts.
            layers: Block numbers, `last3` or `all`.
            position: Names exactly one token of a prompt.

        Returns:
            Layer to a float32 tensor on the CPU: {layer: [n, hidden]}.

        Raises:
            VectorError: A layer lies outside the model, or the position names no or several tokens.
            PromptError: Prompts are missing, empty or longer than the context.
        """
        from pytest_steering.models.running.state_reading import read_states

        wanted, where = self.architecture.resolve_layers(layers), Positions.parse(position)
        ids = self.tokens(prompts)
        require_room([len(row) for row in ids], 0, self.loaded.context)
        return read_states(self.loaded, self.engine, ids, wanted, where, self.batch_rows)

    def mean_states(
        self,
        groups: Sequence[Sequence[str]],
        layers: Sequence[int] | str = "last3",
        position: str = "last_prompt",
    ) -> dict[int, Tensor]:
        """Return the mean of each group's states at one token of each prompt, keeping no single state.

        Args:
            groups: Texts of each group.
            layers: Block numbers, `last3` or `all`.
            position: Names exactly one token of a prompt.

        Returns:
            Layer to a float32 tensor on the CPU: {layer: [groups, hidden]}.

        Raises:
            VectorError: A layer lies outside the model, or the position names no or several tokens.
            PromptError: Prompts are missing, empty or longer than the context.
        """
        from pytest_steering.models.running.state_moments import read_means

        return self._read_groups(read_means, groups, layers, position)

    def state_moments(
        self,
        groups: Sequence[Sequence[str]],
        layers: Sequence[int] | str = "last3",
        position: str = "last_prompt",
    ) -> dict[int, Moments]:
        """Return means and the covariance within groups of states at one token of each prompt.

        Args:
            groups: Texts of each group.
            layers: Block numbers, `last3` or `all`; each takes one number a pair of dimensions.
            position: Names exactly one token of a prompt.

        Raises:
            VectorError: A layer lies outside the model, or the position names no or several tokens.
            PromptError: Prompts are missing, empty or longer than the context.
        """
        from pytest_steering.models.running.state_moments import read_moments

        return self._read_groups(read_moments, groups, layers, position)

    @overload
    def generate(
        self, prompts: Sequence[str], interventions: Intervention | None = None, *, max_new_tokens: int = 50
    ) -> list[str]: ...

    @overload
    def generate(
        self, prompts: Sequence[str], interventions: Arms, *, max_new_tokens: int = 50
    ) -> list[list[str]]: ...

    def generate(
        self,
        prompts: Sequence[str],
        interventions: Intervention | Arms | None = None,
        *,
        max_new_tokens: int = 50,
    ) -> list[str] | list[list[str]]:
        """Answer each prompt greedily, without or under interventions.

        Args:
            prompts: Texts.
            interventions: One or None gives one list of answers; several give one list each.
            max_new_tokens: At most this many for each answer.

        Raises:
            VectorError: An intervention does not fit the model.
            PromptError: Prompts are missing, empty or too long for the context.
            InterventionError: What was written is not what was asked for.
        """
        generation = self.complete(prompts, as_arms(interventions), max_new_tokens=max_new_tokens)
        texts = [[done.text for done in arm] for arm in generation.arms]
        return texts[0] if interventions is None or isinstance(interventions, Intervention) else texts

    def complete(
        self,
        prompts: Sequence[str],
        interventions: Arms = (None,),
        *,
        max_new_tokens: int = 50,
        choices: Sequence[str] = (),
        decided: DecidedText | None = None,
    ) -> Generation:
        """Answer each prompt under each intervention and return tokens, first-token scores and counts too.

        Args:
            prompts: Texts.
            interventions: None is the unsteered model.
            max_new_tokens: At most this many for each answer.
            choices: Answers of one token each whose log-probability as the first token is wanted.
            decided: Called with a prompt's number and its answer's text so far; true ends that answer.

        Raises:
            VectorError: An intervention does not fit the model.
            PromptError: Prompts are missing, empty or too long, or a choice has several tokens.
            InterventionError: What was written is not what was asked for.
        """
        arms = as_arms(interventions)
        self.require(arms)
        require_new_tokens(max_new_tokens)
        require_listed(choices)
        ids = self.tokens(prompts)
        require_room([len(row) for row in ids], max_new_tokens, self.loaded.context)
        require_positions(arms, [len(row) for row in ids])
        first = self._next_tokens(prompts, choices)
        return generate_arms(
            self.loaded,
            self.engine,
            ids,
            arms,
            max_new_tokens=max_new_tokens,
            choices=first,
            batch_rows=self.batch_rows,
            sharing=self.sharing,
            decided=decided,
        )

    def require(self, arms: Arms) -> None:
        """Raise unless interventions fit this model and what they do is proven on it.

        Raises:
            VectorError: An intervention does not fit the model.
            InterventionError: An operation does not prove to be done as asked.
        """
        require_fit(self.name, self.loaded, arms)
        require_operations(self, arms)

    def choice_tokens(self, choice: str) -> list[int]:
        """Return the token ids of an answer by itself, without special tokens; see `continuations`."""
        return self.loaded.texts.ids([choice], special=False)[0]

    def continuations(self, prompts: Sequence[str], answers: Sequence[Sequence[str]]) -> list[Continuation]:
        """Return how each prompt goes on with each of its answers, in tokens of both as one text.

        Args:
            prompts: Texts.
            answers: Of each prompt, its answers.

        Raises:
            PromptError: Prompts or answers are missing or empty, or a text does not go on from its prompt.
        """
        self.tokens(prompts)
        unknown = getattr(self.loaded.tokenizer, "unk_token_id", None)
        return Joining(self.loaded.texts.ids, unknown).continuations(prompts, answers)

    def choice_logprobs(
        self,
        prompts: Sequence[str],
        choices: Sequence[str],
        interventions: Arms = (None,),
        *,
        counts: Counts | None = None,
    ) -> list[Tensor]:
        """Return the log-probability of each whole choice after each prompt.

        Args:
            prompts: Texts.
            choices: Answers, such as " Yes" and " No"; of any number of tokens.
            interventions: None is the unsteered model. A choice's own tokens count as generated.
            counts: The passes, rows and halvings of this call are added to them.

        Returns:
            One float32 tensor on the CPU an intervention: [n, choices], natural logarithms.

        Raises:
            VectorError: An intervention does not fit the model.
            PromptError: Prompts or choices are missing or empty, or too long for the context.
        """
        import torch

        require_prompts(prompts)
        require_listed(choices)
        arms = self.option_logprobs(prompts, [choices] * len(prompts), interventions, counts=counts)
        return [torch.stack(arm) for arm in arms]

    def option_logprobs(
        self,
        prompts: Sequence[str],
        options: Sequence[Sequence[str]],
        interventions: Arms = (None,),
        *,
        counts: Counts | None = None,
    ) -> list[list[Tensor]]:
        """Return the log-probability of each whole option after its own prompt.

        Prompt and option are read as one text and cut where they part; see `continuations`.

        Args:
            prompts: Texts.
            options: Of each prompt, its options; of any number of tokens.
            interventions: None is the unsteered model. An option's own tokens count as generated.
            counts: The passes, rows and halvings of this call are added to them.

        Returns:
            By intervention and prompt a float32 tensor on the CPU: [options], natural logarithms.

        Raises:
            VectorError: An intervention does not fit the model.
            PromptError: Prompts or options are missing or empty, or too long for the context.
        """
        from pytest_steering.models.running.scoring import score_continuations

        arms = as_arms(interventions)
        self.require(arms)
        for own in options:
            require_choices(own, self.loaded.texts.ids(own, special=False))
        found = self.continuations(prompts, options)
        for room in {one.room for one in found}:
            alike = [len(one.prompt) for one in found if one.room == room]
            require_room(alike, room, self.loaded.context)
        require_positions(arms, [len(one.prompt) for one in found])
        return score_continuations(
            self.loaded, self.engine, found, arms, self.batch_rows, self.sharing, counts
        )

    def text_logprobs(self, prompts: Sequence[str], texts: Sequence[str]) -> list[Tensor]:
        """Return the log-probability of each token of a text after its prompt, under the unsteered model.

        Args:
            prompts: Texts.
            texts: What follows each of them, as `choice_tokens` reads it; an empty one has no tokens.

        Returns:
            One float32 tensor on the CPU a prompt: [tokens of its text], natural logarithms.

        Raises:
            PromptError: Prompts are missing or empty, there is not one text a prompt, or the two of them do
                not fit into the context.
        """
        from pytest_steering.models.running.text_scoring import score_texts

        ids = self.tokens(prompts)
        if len(texts) != len(prompts):
            raise PromptError(f"{len(prompts)} prompts and {len(texts)} texts; give one text a prompt")
        answers = self.loaded.texts.ids(texts, special=False)
        require_room(
            [len(row) + len(own) for row, own in zip(ids, answers, strict=True)], 0, self.loaded.context
        )
        return score_texts(self.loaded, self.engine, ids, answers, self.batch_rows)

    def _read_groups(
        self,
        read: Callable[..., dict[int, T]],
        groups: Sequence[Sequence[str]],
        layers: Sequence[int] | str,
        position: str,
    ) -> dict[int, T]:
        wanted, where = self.architecture.resolve_layers(layers), Positions.parse(position)
        ids = [self.tokens(prompts) for prompts in groups]
        require_room([len(row) for group in ids for row in group], 0, self.loaded.context)
        return read(self.loaded, self.engine, ids, wanted, where, self.batch_rows)

    def _next_tokens(self, prompts: Sequence[str], choices: Sequence[str]) -> list[int]:
        """Return the tokens of choices that are the next token after every prompt."""
        if not choices:
            return []
        found = self.continuations(prompts, [choices] * len(prompts))
        for place, choice in enumerate(choices):
            self._require_next_token(choice, {(one.whole, one.answers[place]) for one in found})
        return [answer[0] for answer in found[0].answers]

    def _require_next_token(self, choice: str, follow: set[tuple[bool, tuple[int, ...]]]) -> None:
        longest = max(len(tokens) for _, tokens in follow)
        if len(follow) == 1 and longest == 1 and all(whole for whole, _ in follow):
            return
        what = f"has {longest} tokens" if longest > 1 else "is not the same next token after each prompt"
        raise PromptError(f"choice {choice!r} {what}; use choice_logprobs for several")
