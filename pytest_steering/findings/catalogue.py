"""Every finding by id: how bad it is, what it means, what to do. The one table of severities.

One rule decides them. A finding is `invalid` only where the number cannot mean what it says: something else
was done than asked, something else was scored or read than claimed, or the answers are none. Where the number
means what it says and a reader may take it for more (few samples, an odd length, a price paid elsewhere,
a rival that does as much), the finding `limits`. What changes no reading of the number is a `note`. A result
that nobody hoped for, such as no effect, is no fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["invalid", "limits", "note"]


@dataclass(frozen=True)
class Kind:
    """One kind of finding.

    Attributes:
        severity: `invalid`: the number cannot mean what it says and no effect is reported; `limits`: the
            effect is reported with this sentence beside it; `note`: worth knowing.
        meaning: What it says of a result.
        advice: What to do.
    """

    severity: Severity
    meaning: str
    advice: str


_INVALID = {
    "intervention-missing": (
        "Nothing was changed at the asked layers.",
        "Check that the engine's hooks reach the model that runs; run the conformance suite on this model.",
    ),
    "condition-never": (
        "The condition of the intervention held nowhere, so nothing was steered.",
        "Look at how similar your prompts are to the condition vector; set the threshold between them.",
    ),
    "intervention-failed": (
        "The engine stopped because what it wrote is not what was asked for.",
        "Read the sentence of the engine; run the conformance suite on this model.",
    ),
    "positions-differ": (
        "Other tokens were steered than asked.",
        "Check the engine's positions: rows, prompt and generated tokens, pads.",
    ),
    "padding-right": (
        "The batch was padded on the right, so that the model goes on from a pad.",
        "Pad decoder models on the left.",
    ),
    "prompts-differ": (
        "The model read other tokens than the prompt's.",
        "Check the tokenizer and whatever stands between the prompts and the model.",
    ),
    "delta-sign": (
        "The vector was applied with the opposite sign.",
        "Check the sign of the coefficient where it is applied.",
    ),
    "delta-size": (
        "The vector was applied at another strength than asked.",
        "Check where the scale is applied, and whether it is applied twice or divided by the layers.",
    ),
    "delta-layer": (
        "Another block was changed than asked.",
        "Blocks are numbered from 0 by their output; check for an offset of one (embeddings counted as 0).",
    ),
    "delta-dtype": (
        "The vector was rounded to a coarser type than the state's, or the state's type changed.",
        "Cast the vector to the state's own type, once, where it is added.",
    ),
    "delta-shape": (
        "What was added does not have the shape [hidden] at each steered token.",
        "Remove extra axes from the direction; broadcasting them steers other rows.",
    ),
    "delta-differs": (
        "What was added is not what the operation adds along the vector.",
        "Compare the direction that reaches the block with the vector's file, and the operation done there.",
    ),
    "arms-differ": (
        "Beside other arms something else was done than asked, though alone it was done rightly.",
        "Run with sharing='none' and compare; report it with the model's type and engine.",
    ),
    "read-elsewhere": (
        "The states that vectors are made from are not what leaves the block.",
        "Read the block's own output; hidden_states[-1] of transformers is taken after the final norm.",
    ),
    "vector-zero": ("The vector is zero.", "Extract it again from pairs whose sides differ."),
    "vector-non-finite": ("The vector holds NaN or infinite numbers.", "Extract it again, in float32."),
    "vector-foreign": (
        "The vector was made for another model, tokenizer, layer or site than it was applied to.",
        "Extract a vector from this model, or force it with Intervention(..., forced=True).",
    ),
    "outputs-repeat": (
        "The steered answers repeat themselves.",
        "Lower the scale or steer fewer layers; search with generated text, not with margins alone.",
    ),
    "outputs-unreadable": ("The steered answers are no text.", "Lower the scale or steer fewer layers."),
    "outputs-cut": (
        "Answers stop before they end and before the asked number of tokens.",
        "Check max_new_tokens and stop tokens where the model generates.",
    ),
    "texts-broken": (
        "The steered answers are text no longer, whatever their score is.",
        "Lower the scale or steer fewer layers; a search keeps to the guards.",
    ),
    "unscorable-answers": (
        "Steering left so many answers without a score that the mean of the others says nothing.",
        "Read the answers; lower the scale, or let the score say what such an answer gets.",
    ),
    "answer-constant": (
        "The reader saw the same answer to nearly every question in the steered arm.",
        "Accuracy says nothing here; look at the margin (AUROC), and at the scale.",
    ),
    "reader-unreliable": (
        "The answer reader fails on planted answers with a known verdict.",
        "Use the task's own reader, or one that handles negation and can abstain.",
    ),
    "train-test-overlap": (
        "Scored samples, their twins or near copies were used to make the vector.",
        "Make the vector from another split.",
    ),
    "chosen-on-scored": (
        "Layer or scale were chosen on samples that are scored.",
        "Search on a split that is not scored.",
    ),
    "duplicate-ids": ("Sample ids stand more than once.", "Give each sample its own id and score it once."),
    "not-repeatable": (
        "The same prompts gave other answers, or other states, when they were run again.",
        "Every call runs in eval mode and decodes greedily: look for dropout that the model's code applies "
        "in any mode, for sampling of its own, and for hooks that keep state.",
    ),
    "zero-differs": (
        "A coefficient of zero does not give the unsteered answers.",
        "Something beside the vector changes the run; look for hooks and for state kept between arms.",
    ),
    "hooks-left": (
        "The model carries hooks that are not this run's.",
        "Remove the hooks of earlier runs (handle.remove()), or load the model again.",
    ),
    "weights-changed": (
        "The weights are not those of the model as it was first seen.",
        "Load the model again; nothing may write into weights between runs.",
    ),
    "data-changed": (
        "Samples of the same id have other content than in the baseline.",
        "If the change is meant, accept a new baseline; else restore the data.",
    ),
    "cells-collide": (
        "Several cells of the run go by one key and differ; nobody can tell which of them is meant.",
        "Run them in tests of their own, or give each experiment a name of its own.",
    ),
    "baseline-missing": (
        "There is no accepted baseline for this cell.",
        "Accept one with --steering-accept-new.",
    ),
    "baseline-edited": (
        "The baseline is not what was accepted: it was edited by hand, or in a merge.",
        "Restore the file from version control, or accept the run with --steering-accept and a reason.",
    ),
    "answers-read-otherwise": (
        "Answers are the baseline's and their verdicts are not: the reader or the baseline changed.",
        "If the reader is meant to read them so, accept a new baseline; else restore the reader or the file.",
    ),
    "baseline-stale": (
        "The baseline was accepted for other weights or an older layout of cells.",
        "Run again and accept with --steering-accept.",
    ),
}

_LIMITS = {
    "start-doubled": (
        "Prompts begin with a special token twice, which no model was trained to read.",
        "Leave out of the text what the tokenizer adds, or give messages or token ids.",
    ),
    "steering-unwatched": (
        "What was done at the steered tokens was not looked at: the watched prompts have none.",
        "Look at what the positions, the schedule or the bounds wait for; other prompts may hold it.",
    ),
    "side-effects-unmeasured": (
        "What the vector does to texts that have nothing to do with the task is not known.",
        "Take a model with a longer context, a wider type of numbers, or a smaller scale.",
    ),
    "prompt-ended": (
        "Prompts end in a token that ends answers, so that the model goes on after an end.",
        "Leave it out of the prompt, or let the chat template open an answer.",
    ),
    "moved-against": (
        "Part of the samples moved against the others of their label, or a whole group did.",
        "Report the groups apart; steering.dose_response has slopes and shares of each with intervals.",
    ),
    "too-few-samples": (
        "There are too few samples to show an effect of the claimed size, or of ten points where none is.",
        "Score more samples, or say how large an effect is to be shown: steering.run(..., claim=0.3).",
    ),
    "answered-share-low": (
        "Too many answers of an arm could not be read; a change of accuracy may be one of readability.",
        "Ask in another form, allow more tokens, score the margin, or report accuracy among the answers.",
    ),
    "outputs-unchanged": (
        "The steered answers are the unsteered ones, token for token.",
        "Report it as no effect on the answers; look at the margins; search a scale on another split.",
    ),
    "outputs-length": (
        "The steered answers have quite another length, or no longer end.",
        "Say so beside the number; score answers of one length, or allow more tokens.",
    ),
    "side-effects": (
        "Steering changes what the model makes of texts that have nothing to do with the task.",
        "Report the side effects beside the effect; search a smaller scale, or set budgets of yours.",
    ),
    "copies-scored": (
        "Many scored samples are copies of others, or nearly so; intervals and tests count such as one.",
        "Score one of each, or give what belongs together one `pair_id`, `base_id` or `cluster`.",
    ),
    "scale-drowns-state": (
        "The state is changed by several times its own length.",
        "Search the scale on another split; a vector of mean differences works near its own length.",
    ),
    "random-as-large": (
        "The effect is no larger than that of directions that mean nothing.",
        "Do not call it an effect of this direction: any that moves the states as they vary may do as much.",
    ),
    "shuffled-as-well": (
        "Vectors from shuffled labels work as well.",
        "The labels of the pairs carry no part of the effect; look at what both sides share.",
    ),
    "specificity-untested": (
        "Whether the effect is the vector's own was not tested against every null.",
        "Extract the vector from pairs in this experiment, from 12 or more; of written answers, run "
        "controls=('random', 'random_matched', 'shuffled') and say how few they are.",
    ),
    "threshold-as-good": (
        "The unsteered margin, above a threshold that was fitted on another split, does as well.",
        "Say that the answer's threshold moved: the model knew before, and adding nothing would have done.",
    ),
    "prompt-as-good": (
        "Asking for it in words moves the answers as much as the vector does.",
        "Say so beside the number.",
    ),
    "unembedding-as-good": (
        "The answer's own rows of the output layer, which saw no data, do as much as the vector.",
        "Say that the vector asks for an answer; show that it does more, such as by group or AUROC.",
    ),
    "score-failed": (
        "A score failed on answers, which are missing in its mean.",
        "Mend the score: it gets prompt and answer, and returns a finite number, or None in time.",
    ),
    "score-follows-form": (
        "The score moved where the answers' length or repetition did, and as they did.",
        "Score answers of one length, or a score that length does not move.",
    ),
    "one-group-carries": (
        "The effect differs between groups more than chance allows.",
        "Report the effect by group.",
    ),
    "choice-constant": (
        "The same option was chosen in nearly every question.",
        "The share of matching choices is that of the data; look at the margin over both orders.",
    ),
    "letter-prior": (
        "The effect is gone once no letter, or no Yes, is wanted more often than another.",
        "Make the vector from pairs in which every answer is wanted equally often, and run with "
        "both_polarities=True.",
    ),
    "length-ranks-as-well": (
        "The length of the text ranks the samples as well as the margin does.",
        "Balance the lengths, or show that the margin ranks within equal lengths.",
    ),
    "unsteered-constant": (
        "The unsteered model gives nearly every question the same answer.",
        "A rise of accuracy from there is no proof of better judgement; look at AUROC before and after.",
    ),
    "truth-was-there": (
        "The unsteered margin ranks the samples already; steering moved the threshold at most.",
        "Say that the answer's threshold moved, not that the model learned to see.",
    ),
    "origin-unknown": (
        "Nobody knows what the vector was made from; scored samples may be behind it.",
        "Extract it here, or save it with a version that keeps what it was read from.",
    ),
    "near-copies-known": (
        "A few scored samples are nearly texts that the vector was made from, or layer and scale chosen on.",
        "Leave them out and score again, or say how many they are beside the number.",
    ),
    "searched-elsewhere": (
        "Another experiment of the run searched layer and scale on samples that are scored here.",
        "Take nothing over from it, and say so; or search on samples that no experiment scores.",
    ),
    "vector-forced": (
        "The vector was applied elsewhere than it was made for, because that was forced.",
        "Say so beside the number.",
    ),
    "environment-drift": (
        "The unsteered control moved since the baseline.",
        "Versions, hardware or numerics changed; accept a new baseline on this environment.",
    ),
}

_NOTES = {
    "condition-held": (
        "The intervention was done where its condition held, and nowhere else.",
        "Read the numbers as those of all samples, steered or not.",
    ),
    "controls-missing": (
        "Controls were not run beside this cell.",
        "Run controls=('zero', 'random', 'negated', 'shuffled').",
    ),
    "control-vacuous": (
        "A control would be the steered arm over again, so it was not run.",
        "Rest on the other controls.",
    ),
    "control-impossible": (
        "A control cannot be made for this vector, so it was not run.",
        "Rest on the other controls, or give what it needs.",
    ),
    "arm-overflows": (
        "An arm's numbers are too large for the model's dtype at some samples, which it has no answer to.",
        "Use a smaller scale, or a dtype of a wider range such as bfloat16 or float32.",
    ),
    "answers-unscored": (
        "Some answers have no score, and are missing in its mean.",
        "Look at the answers that are named.",
    ),
    "margin-disagrees": (
        "The sign of the margin and the verdict of the text say different things.",
        "Say which of the two a number is of; a threshold that is calibrated may bring them together.",
    ),
    "reader-untested": (
        "Nothing tells whether the answers were read rightly.",
        "Let the task plant answers whose reading is known.",
    ),
    "samples-skipped": (
        "Samples did not fit into the context and were left out.",
        "Shorten the prompts or use a model with a longer context.",
    ),
}


UNKNOWN = Kind(
    "invalid",
    "Unknown here: another version of pytest-steering found it.",
    "It is unknown here: read the record with the version that wrote it.",
)
"""Of a finding that stands in no table: what it says may be anything, so nothing is made of its cell."""


def _kinds(severity: Severity, rows: dict[str, tuple[str, str]]) -> dict[str, Kind]:
    return {name: Kind(severity, meaning, advice) for name, (meaning, advice) in rows.items()}


CATALOGUE: dict[str, Kind] = {
    **_kinds("invalid", _INVALID),
    **_kinds("limits", _LIMITS),
    **_kinds("note", _NOTES),
}
