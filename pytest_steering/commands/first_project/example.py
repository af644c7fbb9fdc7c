"""The example of each kind of task: what it asks, of which data, and what its test claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """One example.

    Attributes:
        name: Of the task and of its test's file.
        task_class: What the conftest imports.
        files: Its data files; those of the embedded models are made of the twins, the others are copied.
        task: The function of the conftest that makes the task.
        test: The text of the test's file, with a place for the model.
    """

    name: str
    task_class: str
    files: tuple[str, ...]
    task: str
    test: str


_TEST = '''"""{about}"""

import pytest


@pytest.mark.steering(task="{name}", models=[{{model}}]{marks})
def {test}(steering, contrast_pairs):
    vector = steering.extract(contrast_pairs)  # positive − negative, at every block
    choice = steering.search(vector, {layers}, {scales}{positions})  # on dev
    result = steering.run(choice.intervention, controls=({controls}))  # on test
    result.expect_baseline()  # held against what `pytest-steering accept` accepted, whatever comes next
    result.expect("{metric}").{claim}  # 95 % interval of paired samples
'''


def _test(**said: str) -> str:
    return _TEST.format(**{"positions": "", "marks": "", **said})


MUSIC = Example(
    "music",
    "TextTask",
    ("openings.jsonl", "music_pairs.jsonl"),
    '''
WORDS = {"music", "song", "songs", "sing", "sang", "singing", "singer", "band", "guitar", "piano", "violin"}
WORDS |= {"concert", "melody", "melodies", "tune", "orchestra", "choir", "dance", "dancing", "album"}


def about_music(prompt, text):
    """Return 1 where an answer speaks of music; a score is any function of prompt and text."""
    return float(any(word.strip(".,;:!?\\"'") in WORDS for word in text.lower().split()))


def music(root):
    return TextTask.from_file(
        root / "openings.jsonl",
        about_music,
        guards=[scores.repetition(), scores.words()],  # a loop of one word is no success
        pairs=root / "music_pairs.jsonl",
        words="Write about music.",  # what the control `prompted` says, with nothing added
        planted=[("We sang a song.", 1, 1), ("We had lunch.", 0, 0)],  # they test the score
        max_new_tokens=20,
    )
''',
    _test(
        about="A vector of sentences about music turns openings of all kinds to music.",
        name="music",
        test="test_steering_turns_openings_to_music",
        layers="[8, 13]",
        scales="[0.5, 1.0]",
        positions=', positions="all"',
        controls='"random", "negated", "prompted"',
        metric="about_music",
        claim="rises(by=0.2)",
    ),
)

OUTLOOK = Example(
    "outlook",
    "ChoiceTask",
    ("outlook.jsonl",),
    """
def outlook(root):
    return ChoiceTask.from_file(
        root / "outlook.jsonl",
        words="Answer as an optimist.",  # what the control `prompted` says, with nothing added
    )
""",
    _test(
        about="A vector of hopeful minus gloomy answers makes the hopeful one likelier.",
        name="outlook",
        marks=", limit=10",  # of likelihoods 80 null directions are tried on each sample
        test="test_steering_makes_hopeful_answers_likelier",
        layers="[18]",
        scales="[1.0, 2.0]",
        controls='"random", "negated"',
        metric="margin",
        claim="rises(by=1.0)",
    ),
)

REMARKS = Example(
    "remarks",
    "VerdictTask",
    ("remarks.jsonl",),
    """
def remarks(root):
    return VerdictTask.from_file(
        root / "remarks.jsonl",
        question="Is this remark positive or negative? Answer with one word.",
        yes="Positive",
        no="Negative",
    )
""",
    _test(
        about="Taking the vector of kind minus unkind remarks away lowers the margin of Positive.",
        name="remarks",
        marks=", max_new_tokens=6",
        test="test_steering_moves_the_threshold_of_positive",
        layers="[25]",
        scales="[-3.0, -2.0]",
        controls='"random", "negated"',
        metric="margin",
        claim="drops(by=0.5)",
    ),
)

_CARE = "Check each step with care."

_CODE = {
    "layers": "[1, 2]",
    "scales": "[0.5, 1.0, 1.5]",
    "controls": '"random", "negated", "prompted"',
}

CODE_VERDICT = Example(
    "code_review",
    "VerdictTask",
    ("code.jsonl",),
    f'''
def code_review(root):
    return VerdictTask.from_file(
        root / "code.jsonl",
        question="Is this code secure or vulnerable?",
        yes=" Vulnerable",
        no=" Secure",
        words="{_CARE}",  # vectors are made of prompts with and without these words
    )
''',
    _test(
        about="The model calls all code vulnerable; a vector of care moves that threshold.",
        name="code_review",
        test="test_care_moves_the_threshold",
        metric="accuracy",
        claim="improves(by=0.2)",
        **_CODE,
    ),
)

CODE_CHOICE = Example(
    "code_choice",
    "ChoiceTask",
    ("code_choices.jsonl",),
    f'''
def code_choice(root):
    return ChoiceTask.from_file(
        root / "code_choices.jsonl",
        by="text",
        words="{_CARE}",
        contrast="words − none",  # vectors are made of prompts with and without these words
    )
''',
    _test(
        about="The model chooses Vulnerable for all code; a vector of care makes it choose rightly.",
        name="code_choice",
        test="test_care_makes_the_right_option_likelier",
        metric="accuracy",
        claim="improves(by=0.2)",
        **_CODE,
    ),
)

CODE_TEXT = Example(
    "code_text",
    "TextTask",
    ("code_prompts.jsonl", "code_pairs.jsonl"),
    '''
def says_secure(prompt, text):
    """Return 1 where an answer begins with Secure; a score is any function of prompt and text."""
    return float(text.strip().startswith("Secure"))


def code_text(root):
    return TextTask.from_file(
        root / "code_prompts.jsonl",
        says_secure,
        guards=[scores.repetition()],
        pairs=root / "code_pairs.jsonl",
        planted=[(" Secure. The size is checked.", 1, 1), (" Vulnerable. It is not.", 0, 0)],
        max_new_tokens=12,
    )
''',
    _test(
        about="The model calls all code vulnerable in what it writes; a vector of care makes it say Secure.",
        name="code_text",
        test="test_care_makes_the_model_say_secure",
        metric="says_secure",
        claim="rises(by=0.2)",
        **{**_CODE, "controls": '"random", "negated"'},
    ),
)

EXAMPLES: Mapping[str, tuple[Example, Example]] = {
    "choice": (OUTLOOK, CODE_CHOICE),
    "text": (MUSIC, CODE_TEXT),
    "verdict": (REMARKS, CODE_VERDICT),
}
"""By kind of task: in everyday English, and of the code that the embedded models were trained on."""
