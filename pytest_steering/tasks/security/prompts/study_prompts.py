"""The 17 prompts of the SecLLMHolmes study, by what they contain, in our own words.

Which parts each prompt puts together follows Ullah et al. 2024, table 2. The question of S1 is the published
one; every other sentence is written anew, so absolute numbers of other prompts are comparable within this
project only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_steering.errors import PromptError
from pytest_steering.tasks.prompting import message
from pytest_steering.tasks.sample import Message, Sample
from pytest_steering.tasks.security.datasets import FewShot
from pytest_steering.tasks.security.prompts.study_wording import DIALOGUE, QUESTION, STEPS, SYSTEM
from pytest_steering.tasks.security.prompts.weakness_names import weakness_definition, weakness_name


@dataclass(frozen=True)
class SecLLMHolmesPrompt:
    """One prompt, described by its parts.

    Attributes:
        name: As in the study: S1–S6 standard, R1–R6 step by step, D1–D5 with a definition.
        role: What the system message makes of the model: `none`, `assistant`, `expert`, `analyst` (an expert
            who examines for the asked weakness), or `task` (the examination without a role).
        asks: Whether the question stands after the code; else the system message alone says what to look for.
        shots: `none`; or a vulnerable and a patched example of the same weakness with `short` reasons or
            `steps`.
        definition: Whether the weakness is defined: in the system message, or before the code without one.
        steps: Whether the system message lists the four steps of an examination.
        opener: How the answer is made to begin.
        dialogue: Whether the four steps are asked one after another, each with the answers so far.
    """

    name: str
    role: str = "none"
    asks: bool = False
    shots: str = "none"
    definition: bool = False
    steps: bool = False
    opener: str = ""
    dialogue: bool = False

    @property
    def kind(self) -> str:
        """`standard`, `step by step` or `definition`."""
        return {"S": "standard", "R": "step by step", "D": "definition"}[self.name[0]]

    @property
    def roles(self) -> tuple[str, ...]:
        """The chat roles that the prompt uses."""
        assistant = self.shots != "none" or self.dialogue or bool(self.opener)
        return (*(("system",) if self.role != "none" else ()), "user", *(("assistant",) if assistant else ()))

    def question(self, sample: Sample) -> str:
        """Return the question that an answer is read against, whether or not the prompt spells it out."""
        return QUESTION.format(weakness=weakness_name(sample.group))

    def build(
        self, sample: Sample, few_shot: Sequence[FewShot] = (), answers: Sequence[str] = ()
    ) -> list[Message]:
        """Return the chat messages for one sample.

        Args:
            sample: What is asked about.
            few_shot: Worked examples; those of the sample's weakness are used where the prompt has any.
            answers: For a dialogue, the model's answers so far; the next question is added behind them.

        Returns:
            One `{"role": …, "content": …}` a message; the last is the user's, or the answer's opening words.

        Raises:
            PromptError: The weakness has no name or definition, or its two examples are not given.
        """
        messages = [*self._system(sample), *self._examples(sample, few_shot)]
        if self.dialogue:
            return messages + self._dialogue(sample, answers)
        messages.append(message("user", self._user(sample)))
        return [*messages, message("assistant", self.opener)] if self.opener else messages

    def finished(self, answers: Sequence[str]) -> bool:
        """Whether the model has said all that the prompt asks for."""
        return len(answers) >= (len(DIALOGUE) if self.dialogue else 1)

    def _system(self, sample: Sample) -> list[Message]:
        if self.role == "none":
            return []
        weakness = weakness_name(sample.group)
        parts = [SYSTEM[self.role].format(weakness=weakness)]
        if self.steps:
            listed = (f"{number}. {step.format(weakness=weakness)}" for number, step in enumerate(STEPS, 1))
            parts.append("\n".join(("Proceed in four steps:", *listed)))
        if self.definition:
            parts.append(_definition(sample))
        return [message("system", "\n\n".join(parts))]

    def _examples(self, sample: Sample, few_shot: Sequence[FewShot]) -> list[Message]:
        if self.shots == "none":
            return []
        messages = []
        for label in (1, 0):
            shot = _example(self.name, sample, few_shot, label)
            reason = shot.steps if self.shots == "steps" else shot.sample.metadata.get("reason") or ""
            messages += [message("user", self._user(shot.sample)), message("assistant", reason.strip())]
        return messages

    def _user(self, sample: Sample) -> str:
        before = [_definition(sample)] if self.definition and self.role == "none" else []
        after = [self.question(sample)] if self.asks else []
        return "\n\n".join([*before, _code(sample), *after])

    def _dialogue(self, sample: Sample, answers: Sequence[str]) -> list[Message]:
        if len(answers) >= len(DIALOGUE):
            raise PromptError(f"{self.name} asks {len(DIALOGUE)} questions, and {len(answers)} are answered")
        asked = [turn.format(weakness=weakness_name(sample.group)) for turn in DIALOGUE[: len(answers) + 1]]
        asked[0] = f"{_code(sample)}\n\n{asked[0]}"
        turns = [message("user", asked[0])]
        for answer, question in zip(answers, asked[1:], strict=True):
            turns += [message("assistant", answer), message("user", question)]
        return turns


def _example(prompt: str, sample: Sample, few_shot: Sequence[FewShot], label: int) -> FewShot:
    for shot in few_shot:
        if shot.sample.group == sample.group and shot.sample.label == label:
            return shot
    role = "vulnerable" if label else "patched"
    raise PromptError(
        f"prompt {prompt} shows a {role} example of {sample.group}, and none is given; "
        "pass the examples of read_secllmholmes(folder).few_shot"
    )


def _definition(sample: Sample) -> str:
    name = weakness_name(sample.group)
    return f"{name[0].upper()}{name[1:]}: {weakness_definition(sample.group)}."


def _code(sample: Sample) -> str:
    return f"Code:\n```{sample.metadata['language']}\n{sample.text.strip()}\n```"


PROMPTS = {
    prompt.name: prompt
    for prompt in (
        SecLLMHolmesPrompt("S1", asks=True),
        SecLLMHolmesPrompt("S2", role="assistant", asks=True),
        SecLLMHolmesPrompt("S3", role="expert", asks=True),
        SecLLMHolmesPrompt("S4", role="analyst"),
        SecLLMHolmesPrompt("S5", asks=True, shots="short"),
        SecLLMHolmesPrompt("S6", role="analyst", shots="short"),
        SecLLMHolmesPrompt("R1", asks=True, opener="Let us go through it step by step."),
        SecLLMHolmesPrompt("R2", role="analyst", steps=True),
        SecLLMHolmesPrompt("R3", dialogue=True),
        SecLLMHolmesPrompt("R4", role="analyst", shots="steps"),
        SecLLMHolmesPrompt("R5", role="analyst", shots="steps", steps=True),
        SecLLMHolmesPrompt("R6", role="task", shots="steps", steps=True),
        SecLLMHolmesPrompt("D1", asks=True, definition=True),
        SecLLMHolmesPrompt("D2", role="analyst", definition=True),
        SecLLMHolmesPrompt("D3", role="analyst", shots="short", definition=True),
        SecLLMHolmesPrompt("D4", role="analyst", shots="steps", definition=True),
        SecLLMHolmesPrompt("D5", role="task", shots="steps", definition=True),
    )
}
