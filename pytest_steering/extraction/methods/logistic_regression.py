"""Logistic regression: the direction along which a linear classifier tells the two sides apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pytest_steering.errors import VectorError
from pytest_steering.extraction.equal_length import as_long_as
from pytest_steering.extraction.methods.method_registry import extraction_method
from pytest_steering.models.running.arithmetic import one_thread
from pytest_steering.steering.contrast import ReadsHiddenStates

if TYPE_CHECKING:
    from torch import Tensor

PENALTY = 1.0
"""scikit-learn's C, for states of unit mean square: another length of states is no other penalty."""

ITERATIONS = 1000


@extraction_method
def logistic(
    model: ReadsHiddenStates, positive: Sequence[str], negative: Sequence[str], layers: Sequence[int] | str
) -> dict[int, Tensor]:
    """Return the weights of a logistic regression at each layer, as long as the mean difference is.

    A linear probe (Alain & Bengio 2016), used to steer by Li et al. (2023) and Chen et al. (2024). It looks
    for what tells the sides apart, which need not be what the model acts on.

    Args:
        model: Read at the last prompt token.
        positive: Prompts that show the wanted behaviour.
        negative: Prompts that do not.
        layers: Block numbers, `last3` or `all`.

    Returns:
        Layer to a float32 tensor: {layer: [hidden]}.

    Raises:
        VectorError: scikit-learn is not installed.
    """
    fitted = classifier("logistic")
    states = model.hidden_states([*positive, *negative], layers, "last_prompt")
    labels = [True] * len(positive) + [False] * len(negative)
    with one_thread():
        return {layer: _direction(rows.double(), labels, fitted) for layer, rows in states.items()}


def classifier(method: str) -> Any:
    """Return a logistic regression that is to be fitted.

    Args:
        method: Name of the method that needs it, for the message.

    Raises:
        VectorError: scikit-learn is not installed.
    """
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise VectorError(
            f"method {method!r} needs scikit-learn: pip install 'pytest-steering[methods]'"
        ) from error
    return LogisticRegression(C=PENALTY, max_iter=ITERATIONS)


def _direction(rows: Tensor, labels: list[bool], regression: Any) -> Tensor:
    import torch

    positive = torch.tensor(labels)
    difference = rows[positive].mean(0) - rows[~positive].mean(0)
    centred = rows - rows.mean(0)
    spread = centred.square().mean().sqrt().clamp(min=torch.finfo(rows.dtype).tiny)
    fitted = regression.fit((centred / spread).numpy(), labels)
    return as_long_as(torch.from_numpy(fitted.coef_[0]), difference)
