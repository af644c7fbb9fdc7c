"""A causal language model whose build can be made awkward, one trap at a time."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers import GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput, CausalLMOutput

WIDTH, LAYERS, VOCABULARY = 24, 4, 64


class ToyConfig(PretrainedConfig):  # type: ignore[misc]
    model_type = "toy"

    def __init__(
        self,
        returns: str = "tensor",
        rounds: int = 1,
        skip: tuple[int, ...] = (),
        tower: int = 0,
        adapters: bool = False,
        streams: str = "",
        lists_states: bool = True,
        **kwargs: Any,
    ) -> None:
        self.returns, self.rounds, self.skip, self.tower = returns, rounds, list(skip), tower
        self.adapters, self.streams, self.lists_states = adapters, streams, lists_states
        self.hidden_size = kwargs.pop("hidden_size", WIDTH)
        self.num_hidden_layers = kwargs.pop("num_hidden_layers", LAYERS * rounds)
        self.vocab_size = VOCABULARY
        super().__init__(**kwargs)


class ToyBlock(nn.Module):
    def __init__(self, config: ToyConfig) -> None:
        super().__init__()
        self.form, self.streams = config.returns, config.streams
        self.mix = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, state: Tensor) -> Any:
        tokens = {"sequence first": 0, "first": 2, "last": 1}.get(self.streams or self.form, 1)
        count = torch.arange(1, state.shape[tokens] + 1).reshape([-1] + [1] * (state.ndim - tokens - 1))
        state = state + torch.tanh(self.mix(state.cumsum(tokens) / count))
        if self.form == "tuple":
            return state, None
        if self.form == "second of a tuple":
            return state.mean(-1), state
        if self.form == "list":
            return [state, "rest"]
        if self.form == "output":
            return BaseModelOutput(last_hidden_state=state)
        return state


class ToyModel(PreTrainedModel, GenerationMixin):  # type: ignore[misc]
    config_class = ToyConfig

    def __init__(self, config: ToyConfig) -> None:
        super().__init__(config)
        self.vision = nn.ModuleList(ToyBlock(config) for _ in range(config.tower))
        self.embed = nn.Embedding(config.vocab_size, config.hidden_size)
        if config.adapters:
            self.adapters = nn.ModuleList(ToyBlock(config) for _ in range(LAYERS))
        self.blocks = nn.ModuleList(ToyBlock(config) for _ in range(LAYERS))
        self.head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        return self.embed

    def get_output_embeddings(self) -> nn.Module:
        return self.head

    def prepare_inputs_for_generation(self, input_ids: Tensor, **kwargs: Any) -> dict[str, Any]:
        return {"input_ids": input_ids, "attention_mask": kwargs.get("attention_mask")}

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        output_hidden_states: bool | None = None,
        **_kwargs: Any,
    ) -> Any:
        del attention_mask  # taken, so that generate may give it; no trap here pads
        state = self._opened(self.embed(input_ids))
        states = [state]
        for number in range(LAYERS * self.config.rounds):
            index = number % LAYERS
            if index in self.config.skip:
                continue
            if self.config.adapters:
                state = state + 0.1 * self.adapters[index](state)
            returned = self.blocks[index](state)
            state = _state(returned, self.config.returns)
            states.append(state)
        lists = tuple(states) if output_hidden_states and self.config.lists_states else None
        return CausalLMOutput(logits=self.head(self._closed(state)), hidden_states=lists)

    def _opened(self, state: Tensor) -> Tensor:
        if self.config.streams == "last":
            return torch.stack([state, 2 * state, 3 * state], 2)
        if self.config.streams == "first":
            return torch.stack([state, 2 * state, 3 * state], 0)
        return state.transpose(0, 1) if self.config.returns == "sequence first" else state

    def _closed(self, state: Tensor) -> Tensor:
        if self.config.streams:
            return state.mean(2 if self.config.streams == "last" else 0)
        return state.transpose(0, 1) if self.config.returns == "sequence first" else state


def toy(**traps: Any) -> Any:
    torch.manual_seed(0)
    return ToyModel(ToyConfig(**traps)).eval()


def _state(returned: Any, form: str) -> Tensor:
    if form == "output":
        return returned.last_hidden_state  # type: ignore[no-any-return]
    if form == "second of a tuple":
        return returned[1]  # type: ignore[no-any-return]
    return returned[0] if form in ("tuple", "list") else returned  # type: ignore[no-any-return]
