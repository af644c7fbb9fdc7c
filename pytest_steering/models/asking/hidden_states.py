"""The states that leave the blocks, at tokens of prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from pytest_steering.models.asking.prompted_model import PromptedModel
from pytest_steering.models.asking.prompts import Prompt
from pytest_steering.models.asking.reading_place import Place, tokens_at
from pytest_steering.models.engine.exclusive import exclusive
from pytest_steering.models.finding.head_projections import HeadProjection, head_projections
from pytest_steering.models.finding.site_view import architecture_at
from pytest_steering.models.running.batching import require_room
from pytest_steering.steering.positions import Positions
from pytest_steering.steering.sites import ATTENTION_OUTPUT

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.running.state_moments import Moments

T = TypeVar("T")


class HiddenStates(PromptedModel):
    """A model whose residual stream can be read."""

    @exclusive
    def hidden_states(
        self,
        prompts: Sequence[Prompt],
        layers: Sequence[int] | str = "last3",
        position: Place = "last_prompt",
    ) -> dict[int, Tensor]:
        """Return the state leaving each block at one token of each prompt.

        Args:
            prompts: Texts, chat messages or token ids.
            layers: Block numbers, `last3` or `all`.
            position: Names exactly one token of a prompt; or a `ReadingPlace`, of whose tokens the mean is
                taken.

        Returns:
            Layer to a float32 tensor on the CPU: {layer: [n, hidden]}.

        Raises:
            VectorError: A layer lies outside the model, or the position names no or several tokens.
            PromptError: Prompts are missing, empty or longer than the context.
        """
        from pytest_steering.models.running.state_reading import read_states

        wanted, ids = self.architecture.resolve_layers(layers), self.tokens(prompts)
        require_room([len(row) for row in ids], 0, self.loaded.context)
        read = tokens_at(position, prompts, ids)
        return read_states(self.loaded, self.engine, ids, wanted, read, self.batch_rows)

    @exclusive
    def head_states(
        self,
        prompts: Sequence[Prompt],
        layers: Sequence[int] | str = "last3",
        position: Place = "last_prompt",
    ) -> dict[int, Tensor]:
        """Return what each attention head holds at one token of each prompt, before heads are mixed.

        Args:
            prompts: Texts, chat messages or token ids.
            layers: Block numbers, `last3` or `all`.
            position: As `hidden_states` takes it.

        Returns:
            Layer to a float32 tensor on the CPU: {layer: [n, heads, size of a head]}.

        Raises:
            ModelError: A layer has no heads, or no linear map is found behind them.
            VectorError: A layer lies outside the model, or the position names no or several tokens.
            PromptError: Prompts are missing, empty or longer than the context.
        """
        from pytest_steering.models.running.head_reading import read_heads

        ids, projections = self.tokens(prompts), self._head_projections(layers)
        require_room([len(row) for row in ids], 0, self.loaded.context)
        read = tokens_at(position, prompts, ids)
        return read_heads(self.loaded, projections, ids, read, self.batch_rows)

    @exclusive
    def head_matrices(self, layers: Sequence[int] | str = "last3") -> dict[int, Tensor]:
        """Return what each number of each attention head adds to the residual stream.

        Args:
            layers: Block numbers, `last3` or `all`.

        Returns:
            Layer to a float32 tensor on the CPU: {layer: [heads, size of a head, hidden]}.

        Raises:
            ModelError: A layer has no heads, or no linear map is found behind them.
        """
        return {layer: one.matrix for layer, one in self._head_projections(layers).items()}

    def _head_projections(self, layers: Sequence[int] | str) -> dict[int, HeadProjection]:
        module, wanted = self.loaded.module, self.architecture.resolve_layers(layers)
        attention = architecture_at(module, self.architecture, ATTENTION_OUTPUT)
        return head_projections(module, attention, wanted)

    @exclusive
    def token_states(
        self, prompts: Sequence[Prompt], layers: Sequence[int] | str = "last3", position: str = "all"
    ) -> list[dict[int, Tensor]]:
        """Return the states leaving each block at several tokens of each prompt.

        Args:
            prompts: Texts, chat messages or token ids.
            layers: Block numbers, `last3` or `all`.
            position: Which tokens: `all`, or any other; see `Positions.parse`.

        Returns:
            One mapping a prompt, from layer to a float32 tensor on the CPU: {layer: [tokens, hidden]}, the
            tokens in their order.

        Raises:
            VectorError: A layer lies outside the model.
            PromptError: Prompts are missing, empty or longer than the context.
        """
        from pytest_steering.models.running.token_states import read_token_states

        wanted, where = self.architecture.resolve_layers(layers), Positions.parse(position)
        ids = self.tokens(prompts)
        require_room([len(row) for row in ids], 0, self.loaded.context)
        tokens = [where.tokens(len(row), 0, len(row), row) for row in ids]
        return read_token_states(self.loaded, self.engine, ids, wanted, tokens, self.batch_rows)

    @exclusive
    def mean_states(
        self,
        groups: Sequence[Sequence[Prompt]],
        layers: Sequence[int] | str = "last3",
        position: Place = "last_prompt",
    ) -> dict[int, Tensor]:
        """Return the mean of each group's states at one token of each prompt, keeping no single state.

        Args:
            groups: Prompts of each group.
            layers: Block numbers, `last3` or `all`.
            position: Names exactly one token of a prompt; or a `ReadingPlace`, of whose tokens the mean is
                taken.

        Returns:
            Layer to a float32 tensor on the CPU: {layer: [groups, hidden]}.

        Raises:
            VectorError: A layer lies outside the model, or the position names no or several tokens.
            PromptError: Prompts are missing, empty or longer than the context.
        """
        from pytest_steering.models.running.state_moments import read_means

        return self._read_groups(read_means, groups, layers, position)

    @exclusive
    def state_moments(
        self,
        groups: Sequence[Sequence[Prompt]],
        layers: Sequence[int] | str = "last3",
        position: Place = "last_prompt",
    ) -> dict[int, Moments]:
        """Return means and the covariance within groups of states at one token of each prompt.

        Args:
            groups: Prompts of each group.
            layers: Block numbers, `last3` or `all`; each takes one number a pair of dimensions.
            position: Names exactly one token of a prompt; or a `ReadingPlace`, of whose tokens the mean is
                taken.

        Raises:
            VectorError: A layer lies outside the model, or the position names no or several tokens.
            PromptError: Prompts are missing, empty or longer than the context.
        """
        from pytest_steering.models.running.state_moments import read_moments

        return self._read_groups(read_moments, groups, layers, position)

    def _read_groups(
        self,
        read: Callable[..., dict[int, T]],
        groups: Sequence[Sequence[Prompt]],
        layers: Sequence[int] | str,
        position: Place,
    ) -> dict[int, T]:
        wanted = self.architecture.resolve_layers(layers)
        ids = [self.tokens(prompts) for prompts in groups]
        require_room([len(row) for group in ids for row in group], 0, self.loaded.context)
        tokens = [tokens_at(position, prompts, rows) for prompts, rows in zip(groups, ids, strict=True)]
        return read(self.loaded, self.engine, ids, wanted, tokens, self.batch_rows)
