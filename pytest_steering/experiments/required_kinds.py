"""What an experiment is given is of the kind that it takes, or is refused in a sentence."""

from __future__ import annotations

from pytest_steering.errors import DataError, VectorError
from pytest_steering.printable import printable
from pytest_steering.steering.joint import is_intervention


def require_intervention(given: object) -> None:
    """Refuse what is no intervention, such as a vector alone, of which nobody knows where it goes.

    Raises:
        VectorError: The sentence says how one is written.
    """
    if not is_intervention(given):
        raise VectorError(
            f"an intervention was expected, such as Intervention(vector, layers=[3], scale=1.0); found "
            f"{printable(repr(given))}"
        )


def require_names(controls: object) -> None:
    """Refuse controls that are one name, or no names.

    Raises:
        DataError: The sentence says what was found.
    """
    named = isinstance(controls, (list, tuple)) and all(isinstance(one, str) for one in controls)
    if controls is not None and not named:
        raise DataError(
            f"controls={printable(repr(controls))}: a list of names was expected, such as ['random']"
        )
