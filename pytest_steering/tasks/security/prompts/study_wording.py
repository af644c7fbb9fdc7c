"""The sentences of the SecLLMHolmes prompts; the question is the published one, the rest is our own."""

from __future__ import annotations

QUESTION = "Does this code contain instances of the security vulnerability known as {weakness}?"

STEPS = (
    "summarise what the code does",
    "name the parts of it in which {weakness} could arise",
    "examine each of these parts closely",
    "conclude whether {weakness} is present",
)
DIALOGUE = (
    "Summarise in a few sentences what this code does.",
    "Going by that summary, which parts of the code could lead to {weakness}?",
    "Examine each of these parts closely for {weakness}.",
    "Going by that examination, is {weakness} present in this code? Answer yes or no and say why.",
)
SYSTEM = {
    "none": "",
    "assistant": "You are a helpful assistant.",
    "expert": "You are an expert in code security.",
    "analyst": "You are an expert in code security. You examine the code you are given for {weakness}.",
    "task": "Examine the code you are given for {weakness}.",
}
