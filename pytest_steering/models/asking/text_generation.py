"""What a model writes after prompts, without and under interventions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from pytest_steering.errors import PromptError
from pytest_steering.models.asking.prompted_model import PromptedModel
from pytest_steering.models.asking.prompts import Prompt
from pytest_steering.models.engine.exclusive import exclusive, require_not_lent
from pytest_steering.models.running.batching import require_room
from pytest_steering.models.running.fit import as_arms, require_listed, require_new_tokens, require_positions
from pytest_steering.models.running.generation import Arms, DecidedText, Generation, generate_arms
from pytest_steering.models.running.overflow import require_finite
from pytest_steering.models.running.sampling import Sampling
from pytest_steering.models.running.stopping import StopTexts
from pytest_steering.models.running.streaming import pieces
from pytest_steering.steering.joint import AnyIntervention, is_intervention


class TextGeneration(PromptedModel):
    """A model that answers prompts."""

    @overload
    def generate(
        self,
        prompts: Sequence[Prompt],
        interventions: AnyIntervention | None = None,
        *,
        max_new_tokens: int = 50,
        stop: Sequence[str] = (),
    ) -> list[str]: ...

    @overload
    def generate(
        self,
        prompts: Sequence[Prompt],
        interventions: Arms,
        *,
        max_new_tokens: int = 50,
        stop: Sequence[str] = (),
    ) -> list[list[str]]: ...

    def generate(
        self,
        prompts: Sequence[Prompt],
        interventions: AnyIntervention | Arms | None = None,
        *,
        max_new_tokens: int = 50,
        stop: Sequence[str] = (),
    ) -> list[str] | list[list[str]]:
        """Answer each prompt greedily, without or under interventions.

        Args:
            prompts: Texts, chat messages or token ids.
            interventions: One or None gives one list of answers; several give one list each.
            max_new_tokens: At most this many for each answer.
            stop: An answer ends where one of these texts begins, which is cut off.

        Raises:
            VectorError: An intervention does not fit the model.
            PromptError: Prompts are missing, empty or too long for the context.
            InterventionError: What was written is not what was asked for.
            NotFiniteError: An arm overflows, so that it has no answer; `complete` returns the others'.
        """
        arms = as_arms(interventions)
        generation = self.complete(prompts, arms, max_new_tokens=max_new_tokens, stop=stop)
        require_finite(generation.counts.overflows)
        texts = [[done.text for done in arm] for arm in generation.arms]
        return texts[0] if interventions is None or is_intervention(interventions) else texts

    def stream(
        self,
        prompt: Prompt,
        intervention: AnyIntervention | None = None,
        *,
        max_new_tokens: int = 50,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Answer one prompt greedily and yield the answer piece by piece, as `generate` writes it.

        The model is held until the answer has ended or the iterator is closed.

        Args:
            prompt: A text, chat messages or token ids.
            intervention: None is the unsteered model.
            max_new_tokens: At most this many.
            stop: The answer ends where one of these texts begins, which is cut off.

        Raises:
            VectorError: The intervention does not fit the model.
            PromptError: The prompt is empty or too long for the context.
            InterventionError: What was written is not what was asked for.
        """
        require_not_lent(self.loaded.module)
        arms = as_arms(intervention)

        def answer(decided: DecidedText) -> str:
            done = self.complete([prompt], arms, max_new_tokens=max_new_tokens, decided=decided, stop=stop)
            require_finite(done.counts.overflows)
            return done.arms[0][0].text

        yield from pieces(answer, StopTexts(stop, self.tokenizer).undecided)

    @exclusive
    def complete(
        self,
        prompts: Sequence[Prompt],
        interventions: Arms = (None,),
        *,
        max_new_tokens: int = 50,
        choices: Sequence[str] = (),
        decided: DecidedText | None = None,
        stop: Sequence[str] = (),
        sampling: Sampling | None = None,
    ) -> Generation:
        """Answer each prompt under each intervention and return tokens, first-token scores and counts too.

        An arm whose numbers overflow at a prompt has no answer there; its completion says where they did, and
        the other arms are what they are without it.

        Args:
            prompts: Texts, chat messages or token ids.
            interventions: None is the unsteered model.
            max_new_tokens: At most this many for each answer.
            choices: Answers of one token each whose log-probability as the first token is wanted.
            decided: Called with a prompt's number and its answer's text so far; true ends that answer.
            stop: An answer ends where one of these texts begins, which is cut off.
            sampling: How answers are drawn: an arm then has the draws of the first prompt, those of the
                second, and so on. None takes the likeliest tokens.

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
        draws = sampling.draws if sampling else 1
        stopping = StopTexts(stop, self.tokenizer)
        generation = generate_arms(
            self.loaded,
            self.engine,
            [row for row in ids for _ in range(draws)],
            arms,
            max_new_tokens=max_new_tokens,
            choices=first,
            batch_rows=self.batch_rows,
            sharing=self.sharing,
            decided=stopping.deciding(decided and _of_prompts(decided, draws)),
            sampling=sampling,
        )
        return stopping.cut(generation)

    def _next_tokens(self, prompts: Sequence[Prompt], choices: Sequence[str]) -> list[int]:
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


def _of_prompts(decided: DecidedText, draws: int) -> DecidedText:
    """Return what decides a draw by its prompt's number."""
    return lambda number, text: decided(number // draws, text)
