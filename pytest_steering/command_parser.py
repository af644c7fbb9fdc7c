"""A parser of the command line that says what was meant where a command or an option is misspelt."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from pytest_steering.errors import did_you_mean

_CHOICE = re.compile(r"invalid choice: '(?P<given>[^']*)' \(choose from (?P<known>.*)\)")
_OPTION = re.compile(r"unrecognized arguments: (?P<given>--[\w-]+)")


class CommandParser(argparse.ArgumentParser):
    """argparse's, each command of which answers for what it does not know, with its own usage."""

    def parse_known_args(  # type: ignore[override]  # argparse's own is overloaded by the namespace's type
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> Any:
        """Parse, and refuse what is left over: no command hands anything on."""
        found, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return found, rest

    def error(self, message: str) -> NoReturn:
        """End with the usage, the message, and what was meant where something known is near."""
        choice, option = _CHOICE.search(message), _OPTION.search(message)
        near = ""
        if choice:
            near = did_you_mean(choice["given"], re.findall(r"[\w.-]+", choice["known"]))
        elif option:
            near = did_you_mean(option["given"], sorted(set(re.findall(r"--[\w-]+", self.format_help()))))
        super().error(f"{message}; {near.strip()}" if near else message)
