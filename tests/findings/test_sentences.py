"""What each fault is reported with: its arm, the sentence with its numbers, and the numbers by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.findings.choice_faults import CHOICE_REPORTED
from tests.findings.rival_faults import RIVAL_REPORTED
from tests.findings.test_findings import FAULTS, found
from tests.findings.text_faults import TEXT_REPORTED

REPORTED: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "answer-constant": [
        (
            "steered",
            "the steered arm: 160 of 160 answers are 'no'; the unsteered arm: 160 of 160 answers are 'yes'",
            {"unsteered": "160 of 160 answers are 'yes'", "steered": "160 of 160 answers are 'no'"},
        )
    ],
    "answered-share-low": [
        ("steered", "100 of 160 answers of the steered arm could be read", {"answered": 100, "samples": 160})
    ],
    "arms-differ": [
        (
            "steered",
            "with arms that share by 'tree', [9, 9, 9] states were to be changed by arm; [9, 8, 9] were, "
            "0 were changed as no arm asked, and "
            "the layers [] were changed unasked",
            {"sharing": "tree", "asked": [9, 9, 9], "steered": [9, 8, 9], "nobodys": 0, "other_layers": []},
        )
    ],
    "chosen-on-scored": [
        (
            "steered",
            "9 of the scored samples were searched as split 'dev'",
            {"split": "dev", "samples": 9, "overlap": 9},
        )
    ],
    "control-vacuous": [
        (
            "steered",
            "negated was not run: 'ablate' does the same along a vector and its opposite",
            {"control": "negated"},
        )
    ],
    "control-impossible": [
        ("steered", "shuffled was not run: it needs the contrast pairs", {"control": "shuffled"})
    ],
    "condition-held": [
        ("steered", "the condition held at 3 of 8 answers", {"held": 3, "decided": 8}),
    ],
    "condition-never": [
        ("steered", "the condition held at 0 of 8 answers", {"held": 0, "decided": 8}),
    ],
    "controls-missing": [
        (
            "steered",
            "not run: zero, random, negated, shuffled",
            {"missing": ["zero", "random", "negated", "shuffled"]},
        )
    ],
    "delta-differs": [
        (
            "steered",
            "at layer 3 the mean addition has cosine 0.4000 and 1 times the asked size",
            {"cosine": 0.4, "ratio": 1.0, "layer": "3"},
        )
    ],
    "delta-dtype": [
        (
            "steered",
            "at layer 3 the mean addition has cosine 1.0000 and 1 times the asked size",
            {"cosine": 0.99999, "ratio": 1.0003, "layer": "3"},
        )
    ],
    "delta-layer": [("steered", "layers 4 were changed; asked were 3", {"changed": [4], "asked": [3]})],
    "delta-shape": [
        (
            "steered",
            "layer 3 hands on [3, 3, 8, 32] where [3, 8, 32] was computed under steering",
            {"layer": "3"},
        )
    ],
    "delta-sign": [
        (
            "steered",
            "at layer 3 the mean addition has cosine -1.0000 and 1 times the asked size",
            {"cosine": -1.0, "ratio": 1.0, "layer": "3"},
        )
    ],
    "delta-size": [
        (
            "steered",
            "at layer 3 the mean addition has cosine 1.0000 and 0.5 times the asked size",
            {"cosine": 1.0, "ratio": 0.5, "layer": "3"},
        )
    ],
    "copies-scored": [
        (
            "steered",
            "80 samples or pairs are 2 once copies are counted together: a of b (1.00)",
            {"declared": 80, "clusters": 2, "examples": ["a of b (1.00)"]},
        )
    ],
    "margin-disagrees": [
        (
            "steered",
            "the sign of the margin and the text agree on 60% of 160 answers of the steered arm (95 % "
            "interval 55% to 64%)",
            {"share": 0.6, "answers": 160},
        )
    ],
    "moved-against": [
        (
            "steered",
            "25% of 160 margins moved against the others (95 % interval 17% to 36%); CWE-1 moved by -2.00 "
            "nats",
            {"share": 0.25, "groups": {"CWE-1": -2.0}},
        )
    ],
    "duplicate-ids": [("steered", "1 id stands more than once, such as 'twice'", {"ids": ["twice"]})],
    "hooks-left": [
        (
            "steered",
            "hooks stood on the model before the run: h.0: left",
            {"before": 1, "after": 1, "foreign": ["h.0: left"]},
        )
    ],
    "intervention-failed": [("steered", "layer 3 did not run", {})],
    "intervention-missing": [("steered", "nothing was added at layers 3", {"layers": ["3"]})],
    "steering-unwatched": [
        (
            "steered",
            "at layers 3 no token of the prompts that were watched was to be steered",
            {"layers": ["3"]},
        )
    ],
    "length-ranks-as-well": [
        (
            "steered",
            "AUROC 1.000 by length, 0.896 by the steered margin",
            {"length": 1.0, "margin": 0.896484375},
        )
    ],
    "not-repeatable": [("steered", "3 of 16 answers differ when run again", {"answers": 16, "differ": 3})],
    "one-group-carries": [
        (
            "steered",
            "accuracy moved by +0.40 in CWE-1, by +0.00 in the rest (Cochran's Q 56.5, p 0.0001)",
            {"effects": {"CWE-0": 0.0, "CWE-1": 0.4, "CWE-2": 0.0, "CWE-3": 0.0}, "p": 0.0001},
        )
    ],
    "outputs-cut": [
        ("steered", "160 answers stop after 3 of 32 tokens without an end, such as 's0'", {"cut": 160})
    ],
    "outputs-length": [
        (
            "steered",
            "160 of 160 steered answers do not end, 0 unsteered ones do",
            {"steered": 160, "unsteered": 0},
        ),
        ("steered", "the steered answers are 4 times as long", {"ratio": 4.0}),
    ],
    "outputs-repeat": [
        (
            "steered",
            "160 of 160 steered answers repeat themselves, 0 unsteered ones do",
            {"steered": 160, "unsteered": 0},
        )
    ],
    "outputs-unchanged": [("steered", "all 160 steered answers are the unsteered ones", {})],
    "outputs-unreadable": [
        (
            "steered",
            "160 of 160 steered answers are no text, 0 unsteered ones do",
            {"steered": 160, "unsteered": 0},
        )
    ],
    "padding-right": [("steered", "the last column of the batch holds pads", {})],
    "positions-differ": [
        (
            "steered",
            "at layer 3 8 of 12 asked tokens were not steered, and 0 others were (0 of them pads)",
            {"missed": 8, "elsewhere": 0, "pads": 0, "rows": 1},
        )
    ],
    "prompts-differ": [("steered", "the tokens that the model read are not those of the prompts", {})],
    "start-doubled": [
        (
            "steered",
            "3 of 8 prompts begin with a special token twice",
            {"doubled": 3, "stopped": 0, "prompts": 8},
        )
    ],
    "prompt-ended": [
        (
            "steered",
            "8 of 8 prompts end in a token that ends answers",
            {"doubled": 0, "stopped": 8, "prompts": 8},
        )
    ],
    "random-as-large": [
        (
            "steered",
            "accuracy moved by +0.400 under the vector, by +0.400 under random:1",
            {"effect": 0.4, "random": {"random:0": 0.0, "random:1": 0.4, "random:2": 0.0}},
        )
    ],
    "read-elsewhere": [("steered", "the states read at layers 3 are not what leaves them", {"3": 1.5})],
    "reader-unreliable": [
        (
            "steered",
            "the reader fails on 1 of 6 planted answers: a negated weakness",
            {"wrong": ["a negated weakness"]},
        )
    ],
    "reader-untested": [("steered", "no answer with a known reading was planted", {})],
    "arm-overflows": [
        (
            "steered",
            "1 of 160 samples of steered were left out: it overflows float16: its logits are lost",
            {"skipped": 1},
        )
    ],
    "samples-skipped": [("steered", "1 sample was left out: too long", {"skipped": 1})],
    "scale-drowns-state": [
        ("steered", "at layer 3 the state is changed by 6.0 times its own length", {"3": 6.0})
    ],
    "near-copies-known": [
        (
            "steered",
            "16 of 160 scored samples are nearly texts that the vector was made from: s1 (near copy)",
            {"samples": 0, "near": 16, "scored": 160, "examples": ["s1 (near copy)"]},
        )
    ],
    "origin-unknown": [
        (
            "steered",
            "nobody knows what the vector was made from, beside 32 texts of which none is scored",
            {"state": "unknown", "texts": 32},
        )
    ],
    "shuffled-as-well": [("steered", "effects +0.400 and +0.400, one-sided p 1.000", {"p": 1.0})],
    "specificity-untested": [
        (
            "steered",
            "this task cannot be held against many null directions: its answers are written; 3 random arms "
            "allow no p below 0.25",
            {"arms": 3},
        )
    ],
    "side-effects": [
        (
            "steered",
            "on neutral texts, beyond what is usual (in brackets): neutral_perplexity_ratio +40 (+2)",
            {"neutral_perplexity_ratio": 40.0},
        )
    ],
    "side-effects-unmeasured": [
        (
            "steered",
            "no neutral text could be read under the vector: none fits the context, or its states overflow",
            {},
        )
    ],
    "too-few-samples": [
        (
            "steered",
            "24 samples show no effect below 31 points (power 0.8, level 0.05); one of 10 points, "
            "the usual size, needs 78",
            {"samples": 24, "minimum_detectable_effect": 0.3094482421875, "claim": 0.1, "needed": 78},
        )
    ],
    "train-test-overlap": [
        (
            "steered",
            "2 scored samples were trained on: s1 (same id as s1)",
            {"samples": 2, "examples": ["s1 (same id as s1)"]},
        )
    ],
    "truth-was-there": [("steered", "the unsteered AUROC is 0.867", {"auroc": 0.867109375})],
    "unsteered-constant": [
        (
            "steered",
            "the unsteered arm: 160 of 160 answers are 'yes'",
            {"unsteered": "160 of 160 answers are 'yes'"},
        )
    ],
    "vector-forced": [
        (
            "steered",
            "the vector comes from elsewhere: model_type qwen2, here starcoder2",
            {"differences": ["model_type qwen2, here starcoder2"]},
        )
    ],
    "vector-foreign": [
        (
            "steered",
            "the vector comes from elsewhere: model_type qwen2, here starcoder2",
            {"differences": ["model_type qwen2, here starcoder2"]},
        )
    ],
    "vector-non-finite": [("steered", "the vector is not finite at layers 3", {"layers": ["3"]})],
    "vector-zero": [("steered", "the vector is zero at layers 3", {"layers": ["3"]})],
    "weights-changed": [
        (
            "steered",
            "the weights have another fingerprint than before: first w, before v, after v",
            {"first": "w", "before": "v", "after": "v"},
        )
    ],
    "zero-differs": [
        ("zero", "160 answers at coefficient zero are not the unsteered ones, such as 's0'", {"changed": 160})
    ],
    **TEXT_REPORTED,
    **RIVAL_REPORTED,
    **CHOICE_REPORTED,
}


def near(numbers: dict[str, Any]) -> dict[str, Any]:
    return {name: pytest.approx(one) if isinstance(one, float) else one for name, one in numbers.items()}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_is_reported_with_its_arm_and_its_numbers(name: str) -> None:
    seen = [(one.arm, one.sentence, one.evidence) for one in found(FAULTS[name]()) if one.id == name]
    assert seen == [(arm, sentence, near(numbers)) for arm, sentence, numbers in REPORTED[name]]
