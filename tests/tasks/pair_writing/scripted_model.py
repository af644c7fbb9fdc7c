"""A chat model that says what a test wants, asked as a real one is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

CHEERFUL, GLOOMY = "being cheerful", "being gloomy"


class Tokenizer:
    """Writes a user's message as it stands."""

    chat_template = "{{ messages }}"
    all_special_tokens = ()

    def apply_chat_template(self, messages: Sequence[Any], **_options: Any) -> str:
        return f"<user>{messages[-1]['content']}<assistant>"


@dataclass
class ScriptedModel:
    """Answers by a function of the prompt and of how often it was asked before."""

    says: Callable[[str, int], str]
    tokenizer: Any = field(default_factory=Tokenizer)
    name: str = "scripted"
    weights: str = "w"
    asked: list[tuple[str, bool]] = field(default_factory=list)

    def complete(self, prompts: Sequence[str], *, sampling: Any = None, **_options: Any) -> Any:
        arm = []
        for prompt in prompts:
            before = sum(prompt == other for other, _ in self.asked)
            self.asked.append((str(prompt), sampling is not None))
            arm.append(SimpleNamespace(text=self.says(str(prompt), before)))
        return SimpleNamespace(arms=[arm])


def subject_of(prompt: str) -> str:
    return prompt.split("about ")[1].split(" that shows")[0]
