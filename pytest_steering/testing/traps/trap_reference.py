"""What plain hooks on transformers' model make of a request, and how far a reply may part from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_steering.models.engine.edit_session import EditSession
from pytest_steering.models.proving.row_trials import COARSER
from pytest_steering.models.rounding import rounding
from pytest_steering.models.running.batching import pad_left

if TYPE_CHECKING:
    from torch import Tensor

    from pytest_steering.models.steerable import SteerableModel
    from pytest_steering.steering.intervention import Intervention
    from pytest_steering.testing.traps.engine_request import Reply, Request


class TrapReference:
    """Reads a prompt and what was written after it once more, alone, in one pass without a cache."""

    def __init__(self, model: SteerableModel) -> None:
        """Take the model, whatever engine it is asked by otherwise."""
        self._model = model.with_engine("hooks")
        blocks = model.architecture.num_layers + 1
        self._rounding = COARSER * rounding(model.dtype, blocks)

    def fault(self, request: Request, reply: Reply, arm: Intervention | None) -> str:
        """Return how a reply is not what the model writes after a prompt; empty where it is.

        Args:
            request: Has the prompt.
            reply: Held against the likeliest tokens, each after those before it, and their log-probabilities.
            arm: What was to be done to the residual stream.
        """
        logits = self._logits(request.prompt, reply.tokens, arm)
        scores = logits.log_softmax(-1)
        for step, token in enumerate(reply.tokens):
            near = self._rounding * float(logits[step].square().mean().sqrt())
            short = float(logits[step].max() - logits[step, token])
            if not short <= 2 * near:
                return f"token {step} lies {short:.2g} below the likeliest by plain hooks"
            own = float(scores[step, token])
            if step < len(reply.logprobs) and not abs(reply.logprobs[step] - own) <= near:
                return (
                    f"token {step} has the log-probability {reply.logprobs[step]:.4f}, by plain hooks "
                    f"{own:.4f}; {near:.1g} is rounding"
                )
        return ""

    def _logits(self, prompt: tuple[int, ...], tokens: tuple[int, ...], arm: Intervention | None) -> Tensor:
        """Return the logits of each token that was written: [tokens, vocabulary]."""
        loaded = self._model.loaded
        row = [*prompt, *tokens[:-1]]
        batch = pad_left([row], loaded.pad_id, loaded.device, [len(prompt)])
        session = EditSession(batch, [arm])
        logits = self._model.engine.logits(batch, session, len(tokens))
        session.trace.verify(batch.columns)
        return logits[0, -len(tokens) :].double()
