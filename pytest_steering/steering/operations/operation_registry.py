"""What an operation is given, and the operations by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import overload

from pytest_steering.errors import VectorError, did_you_mean
from pytest_steering.registration import refuse_taken
from pytest_steering.steering.call_text import CallText, parse_call
from pytest_steering.steering.edit import SECOND, Function, Operation

OPERATIONS: dict[str, Operation] = {}
"""By name, without the numbers that a user gives them."""


@overload
def operation(function: Function, /) -> Function: ...


@overload
def operation(
    *, additive: bool = False, divides_scale: bool = True, strongest: float | None = None
) -> Callable[[Function], Function]: ...


def operation(
    function: Function | None = None,
    /,
    *,
    additive: bool = False,
    divides_scale: bool = True,
    strongest: float | None = None,
) -> Function | Callable[[Function], Function]:
    """Make a function known as an operation under its own name; used as a decorator.

    The function is given states [..., hidden] in float32 or wider, a direction [hidden] and a strength other
    than 0, and returns the states as they shall be. It looks at each state by itself, and what stands beside
    a state changes no bit of it: else a batch of one is steered otherwise than a batch of many. `projection`
    keeps to that; a matrix product does not.

    What it needs beside them are keywords: numbers, which a user writes behind its name, as in
    `operation="cap(high=2)"`, and `second`, another direction, which is `Intervention(..., second=vector)`.

    Args:
        function: As said above.
        additive: Whether it adds strength × direction to every state alike; it is given the states in their
            own type then.
        divides_scale: Whether several layers share the scale, because what they do adds up.
        strongest: The strength from which on more of it is no stronger; None where there is none.

    Raises:
        VectorError: A function of another file has that name already, or one that only adds has keywords.
    """

    def register(given: Function) -> Function:
        name = given.__name__
        known = OPERATIONS.get(name)
        refuse_taken("operation", name, known.function if known else None, given)
        made = Operation(name, given, additive, divides_scale, strongest)
        if additive and made.keywords:
            raise VectorError(f"operation {name!r} adds strength × direction, so it can take nothing else")
        OPERATIONS[name] = made
        return given

    return register if function is None else register(function)


def operation_named(text: str) -> Operation:
    """Return a registered operation with what it is given.

    Args:
        text: Its name, with numbers behind it where it takes them: `ablate`, `cap(low=-1, high=2)`.

    Raises:
        VectorError: No operation has that name, or it takes other numbers.
    """
    call = parse_call(text, "operation")
    if call.name not in OPERATIONS:
        near = did_you_mean(call.name, OPERATIONS)
        raise VectorError(f"operation {call.name!r} is not known; {near}known are {', '.join(OPERATIONS)}")
    known = OPERATIONS[call.name]
    numbers = {name: kind for name, kind in known.keywords.items() if name != SECOND}
    _require_numbers(call, numbers)
    given = {name: call.numbers[name] for name in numbers if name in call.numbers}
    return replace(known, name=str(CallText(call.name, given)), numbers=tuple(given.items()))


def _require_numbers(call: CallText, numbers: Mapping[str, inspect.Parameter]) -> None:
    takes = f"it takes {', '.join(numbers)}" if numbers else "it takes none"
    unknown = [name for name in call.numbers if name not in numbers]
    if unknown:
        raise VectorError(f"operation {call.name!r} takes no number called {unknown[0]}; {takes}")
    missing = [name for name, one in numbers.items() if one.default is one.empty and name not in call.numbers]
    if missing:
        example = f"{call.name}({', '.join(f'{name}=1' for name in missing)})"
        raise VectorError(f"operation {call.name!r} needs a number for {', '.join(missing)}, as in {example}")
