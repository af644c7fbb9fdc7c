"""Steering for code of one's own, which runs the transformers model itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytest_steering.errors import InterventionError, VectorError
from pytest_steering.models.asking.prompted_model import PromptedModel
from pytest_steering.models.engine.exclusive import held, is_lent, lent
from pytest_steering.models.engine.own_code import OwnCode
from pytest_steering.models.running.fit import as_arms, require_fit
from pytest_steering.steering.joint import AnyIntervention, parts_of


class UserCode(PromptedModel):
    """A model that a user's own code may run steered."""

    @contextmanager
    def steering(self, *interventions: AnyIntervention | None) -> Iterator[OwnCode]:
        """Steer whatever your own code runs of `model.loaded.module` until the block ends.

        `last` steers the newest token of each pass: of a prompt its last token, then each token that is fed.
        Rows may be padded on either side. Other threads wait until the block has ended. Blocks may be nested;
        what the outer one makes of a state, the inner one is given.

        Args:
            interventions: Done one after another; None does nothing.

        Yields:
            How many passes ran, and how many tokens were written so far.

        Raises:
            ModelError: The weights are on a server.
            VectorError: An intervention does not fit the model, or its positions are a function.
            InterventionError: At the end of the block: the model did not run in it, or no token was steered.
        """
        self.loaded.require_weights("code of your own")
        arms = [arm for arm in as_arms(list(interventions) or None) if arm is not None]
        with held(self.loaded.module):
            self._require_steerable(arms)
            seen = OwnCode(arms)
            with lent(self.loaded.module), seen.steered(self.loaded):
                yield seen

    def _require_steerable(self, arms: list[AnyIntervention]) -> None:
        read = [
            one.where.name if one.where.chooser else one.schedule
            for one in parts_of(arms)
            if one.reads_tokens
        ]
        if read:
            raise VectorError(
                f"{read[0]} reads all tokens of a row, which a pass of your own code does not "
                "show; use a region such as 'last', or SteerableModel's own methods"
            )
        if not is_lent(self.loaded.module):
            self.require(arms)
        elif any(part.operation != "add" for part in parts_of(arms)):
            raise InterventionError(
                "within `with model.steering(...)` an operation cannot be proven; give all interventions to "
                "the outer block: model.steering(first, second)"
            )
        else:
            require_fit(self.name, self.loaded, arms)
