"""How likely given texts are after prompts, without and under interventions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_steering.errors import PromptError
from pytest_steering.models.asking.prompted_model import PromptedModel
from pytest_steering.models.asking.prompts import Prompt, as_texts
from pytest_steering.models.engine.exclusive import exclusive
from pytest_steering.models.running.batching import require_room
from pytest_steering.models.running.fit import (
    as_arms,
    require_choices,
    require_known_choices,
    require_listed,
    require_positions,
)

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.completion import Arms, Counts
    from pytest_steering.models.running.text_scoring import ScoredText
    from pytest_steering.steering.joint import AnyIntervention


class LogProbabilities(PromptedModel):
    """A model that scores given answers."""

    @exclusive
    def choice_logprobs(
        self,
        prompts: Sequence[Prompt],
        choices: Sequence[str],
        interventions: Arms = (None,),
        *,
        counts: Counts | None = None,
    ) -> list[Tensor]:
        """Return the log-probability of each whole choice after each prompt.

        Args:
            prompts: Texts, chat messages or token ids.
            choices: Answers, such as " Yes" and " No"; of any number of tokens.
            interventions: None is the unsteered model. A choice's own tokens count as generated.
            counts: The passes, rows and halvings of this call are added to them.

        Returns:
            One float32 tensor on the CPU an intervention: [n, choices], natural logarithms; no numbers where
            the arm overflows, which the counts name.

        Raises:
            VectorError: An intervention does not fit the model.
            PromptError: Prompts or choices are missing or empty, or too long for the context.
        """
        import torch

        prompts = as_texts(prompts, self.tokenizer)
        require_listed(choices)
        arms = self.option_logprobs(prompts, [choices] * len(prompts), interventions, counts=counts)
        return [torch.stack(arm) for arm in arms]

    @exclusive
    def option_logprobs(
        self,
        prompts: Sequence[Prompt],
        options: Sequence[Sequence[str]],
        interventions: Arms = (None,),
        *,
        counts: Counts | None = None,
    ) -> list[list[Tensor]]:
        """Return the log-probability of each whole option after its own prompt.

        Prompt and option are read as one text and cut where they part; see `continuations`.

        Args:
            prompts: Texts, chat messages or token ids.
            options: Of each prompt, its options; of any number of tokens.
            interventions: None is the unsteered model. An option's own tokens count as generated.
            counts: The passes, rows and halvings of this call are added to them.

        Returns:
            By intervention and prompt a float32 tensor on the CPU: [options], natural logarithms; no numbers
            where the arm overflows, which the counts name.

        Raises:
            VectorError: An intervention does not fit the model.
            PromptError: Prompts or options are missing or empty, or too long for the context.
        """
        from pytest_steering.models.running.answer_likelihood import score_continuations

        arms = as_arms(interventions)
        self.require(arms)
        for own in options:
            require_choices(own)
        found = self.continuations(prompts, options)
        require_known_choices(options, found)
        for room in {one.room for one in found}:
            alike = [len(one.prompt) for one in found if one.room == room]
            require_room(alike, room, self.loaded.context)
        require_positions(arms, [len(one.prompt) for one in found])
        return score_continuations(
            self.loaded, self.engine, found, arms, self.batch_rows, self.sharing, counts
        )

    @exclusive
    def text_logprobs(self, prompts: Sequence[Prompt], texts: Sequence[str]) -> list[Tensor]:
        """Return the log-probability of each token of a text after its prompt, under the unsteered model.

        Args:
            prompts: Texts, chat messages or token ids.
            texts: What was written after each of them, read by itself: what a model writes follows the
                prompt's own tokens, and its decoder strips what its tokenizer puts before a text. An empty
                one has no tokens.

        Returns:
            One float32 tensor on the CPU a prompt: [tokens of its text], natural logarithms; no numbers where
            the model overflows.

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
        return [one.logprobs for one in score_texts(self.loaded, self.engine, ids, answers, self.batch_rows)]

    @exclusive
    def continuation_scores(
        self,
        prompts: Sequence[Sequence[int]],
        continuations: Sequence[Sequence[int]],
        intervention: AnyIntervention | None = None,
    ) -> list[ScoredText]:
        """Return how likely each token of a continuation is, and whether it is the likeliest.

        Args:
            prompts: Token ids, read as they are.
            continuations: Token ids of what follows each; they count as generated.
            intervention: None is the unsteered model.

        Raises:
            VectorError: The intervention does not fit the model.
            PromptError: A prompt is empty, there is not one continuation a prompt, or the two of them do not
                fit into the context.
        """
        from pytest_steering.models.running.text_scoring import score_texts

        arms = as_arms(intervention)
        self.require(arms)
        ids = self.tokens(prompts)
        if len(continuations) != len(prompts):
            raise PromptError(
                f"{len(prompts)} prompts and {len(continuations)} continuations; give one a prompt"
            )
        lengths = [len(row) + len(own) for row, own in zip(ids, continuations, strict=True)]
        require_room(lengths, 0, self.loaded.context)
        require_positions(arms, [len(row) for row in ids])
        return score_texts(self.loaded, self.engine, ids, continuations, self.batch_rows, intervention)
