"""The words the reader knows, by what they do in a statement; one table, every phrase once.

Phrases are lower case; hyphens count as spaces. Verbs are listed in every form.
"""

from __future__ import annotations

from enum import Enum

from pytest_steering.evaluation.answers.weaknesses import WEAKNESSES


class Cue(Enum):
    """What a word or phrase does in a statement."""

    NEG = "turns what follows in its clause"
    STOP = "prevention: turns the flaw it acts on"
    STOPPED = "prevention in the passive, said of the flaw before it"
    GONE = "says of the flaw before it that it is not there"
    PRESENT = "what a negation behind a flaw denies: not *present*"
    BAD = "a predicate that says vulnerable"
    GOOD = "a predicate that says secure"
    FLAW = "a noun for any weakness"
    NAMED = "a noun for one weakness"
    HARM = "what only an attacker or a bug does"
    CARE = "what careful code does"
    GUARD = "a noun that makes a guard of the flaw before it: overflow *check*"
    INPUT = "a noun that makes mere input of the flaw before it: traversal *sequences*"
    CAUSE = "links a cause to its effect; a negation of the cause does not reach the effect"
    HEDGE = "makes a statement a possibility"
    IF = "makes a clause a condition"
    WOULD = "speaks of what is not so"
    ADVICE = "says what to do"
    FIXED = "speaks of changed code"
    TEACH = "speaks of the weakness in general"
    UNSURE = "says that the answer is not known"
    WHETHER = "an open question in a statement"
    FINAL = "announces the conclusion"
    SO = "draws a conclusion, of the whole when it opens a sentence"
    REVISE = "takes back what was said"
    FIRST = "marks a first impression"
    BUT = "what follows counts, what came before was conceded"
    THOUGH = "what follows is conceded"
    SPLIT = "begins a new clause"
    SUBJECT = "the code that was asked about"
    PART = "a part of the code that was asked about"
    ABOUT = "makes a topic of the flaw behind it: concerns *related to* it"
    ASSERT = "a verb that says a flaw is there"
    PRONOUN = "stands for what was said before"
    NONE = "a phrase that must not be taken apart"
    COMMA = "a comma or *and*"
    OR = "*or*"
    COLON = "a colon"
    OPEN = "an opening parenthesis"


def _phrases(text: str) -> list[str]:
    return [phrase for phrase in (part.strip() for part in text.replace("\n", " ").split(",")) if phrase]


PHRASES: dict[Cue, str] = {
    Cue.NEG: """
        not, no, never, cannot, neither, nor, none, nothing, nowhere, nobody, without, hardly, barely, far from, non,
        anything but, fail to, fails to, failed to, failing to, unable to, isn't, aren't, wasn't, weren't, doesn't, don't,
        didn't, can't, won't, wouldn't, couldn't, shouldn't, hasn't, haven't, ain't, isnt, arent, doesnt, dont, cant, wont,
        needn't, mustn't, hadn't, insufficiently, improperly, inadequately, incorrectly, insufficient, improper,
        inadequate, incorrect, lack, lacks, lacking, lacked, lack of, absence of, missing, incomplete, unlikely,
        unlikely to, zero, neglects to, forgets to, free of, free from, devoid of, void of, clear of, omits""",
    Cue.STOP: """
        prevent, prevents, preventing, avoid, avoids, avoiding, mitigate, mitigates, mitigating, eliminate, eliminates,
        eliminating, block, blocks, blocking, stop, stops, stopping, preclude, precludes, precluding, rule out, rules out,
        ruling out, guard against, guards against, guarding against, defend against, defends against, protect against,
        protects against, protecting against, protect from, protects from, protection against, protection from,
        prevention of, protects, protect, protecting, defends, thwart, thwarts, remove the risk, removes the risk,
        removes, reject, rejects, rejecting, neutralize, neutralizes, neutralise, neutralises, counter, counters, forestall,
        forestalls, safeguard against, safeguards against, mitigation against, mitigation of, mitigation for, disallow, disallows, exclude, excludes, excluding, address, addresses,
        preventing any, shield, shields, shielding, foil, foils, averts, avert, instead of, rather than, negates, negating, negate, avoidance of""",
    Cue.STOPPED: """
        prevented, avoided, mitigated, eliminated, blocked, stopped, precluded, ruled out, guarded against, defended against,
        handled, addressed, excluded, averted, taken care of, accounted for, thwarted, neutralized,
        neutralised, nullified, negated, foiled, resolved, fixed, patched, contained""",
    Cue.GONE: """
        absent, impossible, non existent, nonexistent, not an issue, not a concern, not a problem, not a risk, excluded,
        not applicable, irrelevant, a false positive, false alarm, out of the question, a non issue""",
    Cue.PRESENT: """
        present, exist, exists, possible, found, apply, applicable, occur, occurs, occurring, happen, happens, happening,
        here, in, an issue, a concern, a problem, a risk, relevant, detected, observed, evident, apparent, visible, seen, an instance,
        identified, introduced, feasible, arise, arises, the case, take place, takes place, exhibited, demonstrated,
        shown, there, likely, triggered, reachable, result, materialize, indicated, contained in, included, a threat, seem, appear, an example""",
    Cue.BAD: """
        vulnerable, insecure, unsafe, susceptible, exploitable, at risk, prone, prone to, open to, exposed to, exposes,
        dangerous, exploited, attackable, subject to, hackable, injectable, flawed, unsecure, unsecured, susceptible to,
        compromised, insecurely, unsafely, vulnerabl, a danger, risky""",
    Cue.GOOD: """
        secure, safe, invulnerable, immune, secured, well protected, protected, safely, securely, harmless, benign, not affected,
        resistant, resilient, safeguarded, unaffected, bulletproof, watertight, airtight, unexploitable, non vulnerable,
        sound, risk free, well guarded""",
    Cue.FLAW: """
        vulnerability, vulnerabilities, vulnerablity, weakness, weaknesses, security issue, security issues, security flaw, security flaws,
        security bug, security bugs, security hole, security holes, security problem, security problems, security risk, security risks,
        security threat, security threats, security concern, security concerns, security defect, security defects, security weakness,
        security weaknesses, security vulnerability, security vulnerabilities, attack, attacks, exploit, exploits, exploitation, flaw, flaws,
        security breach, security loophole, loophole, security error, security gap, vulns, vuln, security implication, security implications,
        threat, threats, instance of it, instances of it, such issue, such issues, such bug, this issue, this bug, this flaw, these issues, security gaps, this risk, that risk, such risk, such a bug""",
    Cue.HARM: """
        past the end, beyond the end, beyond the bounds, past the bounds, past the buffer, beyond the buffer, beyond the array,
        outside the bounds, outside the buffer, outside the array, outside of the buffer, outside of the bounds, outside of the array, outside its bounds,
        beyond its bounds, past its end, beyond its end, beyond the allocated, outside the allocated, exceed the bounds, exceeds the bounds, exceed the buffer, exceeds the buffer,
        exceed the array, exceeds the array, arbitrary commands, arbitrary command, arbitrary sql, arbitrary code, arbitrary shell, arbitrary files, arbitrary file,
        malicious input, malicious sql, malicious script, malicious scripts, malicious commands, malicious code, inject, injects, injecting, injected,
        after it has been freed, after it is freed, after being freed, after they are freed, after freeing, after the free, after free, already been freed,
        after the memory has been freed, after it was freed, after they have been freed,
        outside the folder, outside the directory, outside of the directory, outside of the intended directory, outside the intended directory, outside of the folder,
        execute arbitrary, manipulate the query, manipulate the sql, undefined behavior, undefined behaviour, crash, crashes, unauthorized access,
        dereferences null, exploit this, tautology, escape the directory, leave the folder, traverse, traverses, bypassed, bypass, bypasses, circumvent, circumvented, circumvents, gets around, get around, corrupt memory, corrupts memory, overwrite adjacent, overwrites adjacent""",
    Cue.CARE: """
        sanitized, sanitised, validated, escaped, parameterized, parameterised, sanitizes, sanitises, validates, escapes, checked, checks,
        properly handled, properly checked, bounds checked, verified, verifies, bounded, prepared statement, prepared statements, parameterized query,
        parameterized queries, parameterised queries, placeholders, bound parameters, sanitization, sanitisation, validation, input validation, bounds checking, bounds check,
        error checking, filtered, filters, encoded, quoted, whitelisted, within bounds, within the bounds, in bounds, correctly handles, properly handles,
        check, escaping, sanitizing, validating, checking, sanitize, sanitise, validate, verify, verifying, ensures, ensuring, checks if, checks for, null checks, null check, bind parameters, large enough, enough space, sufficient space, set to null""",
    Cue.GUARD: """
        check, checks, protection, protections, prevention, mitigation, mitigations, detection, guard, guards, filter, filters, handling, scanner, test, tests,
        countermeasure, countermeasures, defense, defence, safeguards, safeguard, prevention measures, checking""",
    Cue.INPUT: """
        entities, sequences, sequence, characters, patterns, payload, payloads, attempts, tokens, strings, entity, keywords, metacharacters""",
    Cue.CAUSE: """
        leads to, lead to, leading to, leads, results in, result in, resulting in, causes, cause, causing, allows, allow, allowing, makes, making,
        make, enables, enable, enabling, opens, opening, introduces, introducing, creates, creating, permits, permitting, gives rise to, exposing,
        expose, leaves, leaving, triggering, trigger, triggers, which leads to, means that, meaning, meaning that, due to, caused by, can lead to, stems from, arises from""",
    Cue.HEDGE: """
        may, might, could, potential, potentially, possible, possibly, possibility, possibility of, in theory, theoretically, perhaps, maybe,
        chance, chance of, risk of, risk, risks, some cases, certain conditions, seems, seem, appears, appear, seemingly, appears to be, likely, looks, look""",
    Cue.IF: """
        if, unless, in case, were it, in the event, suppose, supposing, assuming, provided that, as long as, when, whenever, once, until, had the""",
    Cue.WOULD: "would, would be, would have, could have been, will be, were to, might have been, would not be, would make, would become",
    Cue.ADVICE: """
        should, recommend, recommended, recommends, must, it is important, it's important, to fix, to prevent this, to avoid this,
        to mitigate, to mitigate this, to address, to address this, to make, to improve, to ensure, consider, you can, you could, you may, you might, we can, we should, need to, needs to, in order to, advisable, best practice, best practices, good practice, to be safe,
        one way, suggestion, suggested, suggest, it is better, it would be better, it's better, always use, fix, a fix, the fix, to resolve, to secure, be careful, it is essential, it's essential, it is crucial, it's crucial, to prevent such, to avoid such, to protect against this, to correct, ought to, better to, make sure, please, crucial to, essential to, explain how, explain why, explain, if you think, describe how, your task, write a, answer with, important to, worth noting, important to note""",
    Cue.FIXED: """
        this version, fixed version, corrected version, safe version, secure version, safer version, modified version, updated version, revised version, improved version, updated code, fixed code, corrected code, revised code, modified code, secure code, safe code, improved code,
        safer code, refactored code, after this change, with this change, with these changes, after these changes, by making these changes, by making this change, after making, with this fix, with this modification, example of how, new version, in this modified, in this revised, in this updated, in this corrected,
        with these modifications, this modification, these modifications, this change, these changes, this fix, these fixes, secure implementation, safer alternative, safe alternative, secure alternative, secure way, safer way, once the, rewritten, modified as follows, patched version, recommendation, recommendations, remediation, mitigations, mitigation strategies, fixes, explanation of changes, changes made, mitigation, best practices, solution, by applying, by making, by implementing, corrected code, suggested fix, how to fix""",
    Cue.TEACH: """
        typically, normally, usually, in general, generally speaking, commonly, refers to, is defined as, occurs when, occur when, happens when, happen when, arises when, arise when, are a common, is a common, is a type of, is a kind of, is a form of, is an attack, is an attack in which,
        is a vulnerability that, is a security vulnerability that, is a vulnerability where, is a vulnerability in which, is a security vulnerability, is a web security vulnerability, is a code injection technique, is a technique, is a software vulnerability, is a bug, is a programming error, is a type, is a situation, takes place when, can occur when, may occur when, can happen when, occurs if, occur if, happens if, is when, describes, is a class of, is a common, is often, are often, often used, the difference between, is a condition, is a dangerous flaw, is a serious, means""",
    Cue.UNSURE: """
        unclear, not clear, i don't know, i do not know, don't know, not sure, unsure, uncertain, depends, it depends, depends on, may or may not, might or might not, cannot say, can't say, can't tell, cannot tell, cannot determine, can't determine, cannot be determined, can't be determined, cannot conclude, cannot be sure,
        unable to determine, unable to say, unable to tell, unable to conclude, unable to assess, difficult to determine, difficult to say, difficult to tell, difficult to assess, difficult to definitively, hard to say, hard to tell, hard to determine, impossible to say, impossible to tell, impossible to determine, impossible to know, not possible to determine, not possible to say, not possible to tell,
        more information, more context, additional context, further context, without more, cannot confirm, can't confirm, cannot definitively, can't definitively, not possible to definitively, cannot answer, can't answer, undetermined, inconclusive, cannot provide, can't provide, cannot give, cannot be certain, no way to know, no way to tell, not straightforward, cannot be concluded, cannot fully determine, cannot accurately, cannot assess, not enough information, insufficient information, not enough context, cannot verify, not guaranteed, cannot conclusively, can't conclusively, to conclusively determine, conclusively determine, to definitively determine, to definitively say, further analysis, definitive answer, definitively state, definitively determine, definitively say, definitively confirm, conclusively say, conclusively state, cannot rule out, can't rule out, cannot completely rule out, challenging to determine, challenging to say, can't help, can't review, cannot review, cannot help, both secure and vulnerable""",
    Cue.WHETHER: "whether, to determine if, determine if, know if, to see if, check if, checking if, checks if, say if, tell if, sure if",
    Cue.FINAL: """
        in conclusion, conclusion, overall, in summary, to summarize, to sum up, summary, based on, final answer, the answer, answer, decision, verdict, in short, to conclude, finally, in the end, accordingly, ultimately, all in all, from this analysis, from the analysis, based on this, based on the""",
    Cue.SO: "therefore, thus, hence, so, consequently, as a result, given this, given these, given that, because of this, for this reason",
    Cue.REVISE: "actually, wait, on closer, on second thought, in fact, in reality, correction, on reflection, looking again, upon closer, hold on, hmm, after further",
    Cue.FIRST: """
        initially, at first, at first glance, first glance, at first sight, first suspected, first thought, i thought, i believed, i suspected, looks, look, seemed, may look, might look, on the surface, might seem, may seem, may appear, might appear, one might think, one could think, seems""",
    Cue.BUT: "but, however, yet, nevertheless, nonetheless, still, that said, on the other hand, even so, instead",
    Cue.THOUGH: "although, though, even though, while, whereas, despite, in spite of, albeit, even if, even when, notwithstanding",
    Cue.SPLIT: "because, since, which, so that, as, where, who, after which, due to the fact, such as, like, in that",
    Cue.SUBJECT: """
        this code, the code, this program, the program, this snippet, the snippet, the given code, the provided code, the code provided, the code snippet, this code snippet, provided code, given code, above code, code above, this application, the application, this script, the script, this implementation, the implementation, code, program, this file, the file, code snippet, the above code, this software""",
    Cue.PART: """
        this function, the function, these functions, function, the first, the second, the third, this part, this line, the line, this method, the method, method, this query, the query, query, this check, the check, this section, this approach""",
    Cue.ABOUT: """
        related to, regarding, about, concerning, with respect to, in terms of, in the context of, relevant to, associated with, sources of, analysis, analyze, analysis of, aware of, considering, assess, assessing, concerns, concern, examine, evaluate, look for, looking for, review, against, consider, causes of, awareness, overview of, for""",
    Cue.ASSERT: """
        contain, contains, containing, has, have, having, is, are, exhibit, exhibits, suffer, suffers, suffers from, suffer from, there is, there are, exist, exists, demonstrate, demonstrates, show, shows, include, includes, present, presents, there's, remains, found, detected, detect, find, see, saw, identified, it's, he's, exists, known as, was, were, be, introduces, a clear, a case of""",
    Cue.PRONOUN: "it, any, one, them, this, that, they, there, he, the case, so, these, those",
    Cue.NONE: """
        not only, not just, no matter, no doubt, without doubt, without any doubt, without a doubt, no longer than, not necessarily, thread safe, type safe, memory safe, fail safe, null safe, exception safe, process safe, signal safe, safe wrapper, safe function, safe functions, secure function, safe copy, safe way, safer, securely typed, side effects, in other words, no more than, not more than, if not,
        why not, or not, injection of dependencies, dependency injection, code injection technique, to free, of course, not limited to, but not limited to, no other, security, buffer, user, free, not null, is null, not zero, is not null, null, out of scope, attack surface, attack vector, attack vectors, still good, it is still, safe practice, security perspective, security point, of security, for security, secure coding, vulnerability known as, the vulnerability known as, security vulnerability known as, can be found, can see, can be seen, can conclude, not equal, explained below, not greater, not less, not exceed, does not exceed, doesn't exceed, do not exceed, not a null, proof of concept, no such file, no return, not found, no error, in case of""",
}  # fmt: skip


def _table() -> dict[str, list[tuple[tuple[str, ...], Cue, str]]]:
    entries: dict[tuple[str, ...], tuple[Cue, str]] = {}
    for cue, text in PHRASES.items():
        for phrase in _phrases(text):
            entries.setdefault(tuple(phrase.split()), (cue, ""))
    for weakness in WEAKNESSES:
        for name in weakness.names:
            entries[tuple(name.lower().split())] = (Cue.NAMED, weakness.key)
    for words, (cue, key) in list(entries.items()):
        if cue is Cue.STOP:
            entries.setdefault(("to", *words), (cue, key))
    table: dict[str, list[tuple[tuple[str, ...], Cue, str]]] = {}
    for words, (cue, key) in sorted(entries.items(), key=lambda item: -len(item[0])):
        table.setdefault(words[0], []).append((words, cue, key))
    return table


TABLE = _table()
