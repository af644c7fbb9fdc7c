"""Words that say whether a weakness is there: flaws, predicates, negation and prevention.

Phrases are lower case; hyphens count as spaces; verbs are listed in every form. Each phrase stands here once.
"""

from __future__ import annotations

from pytest_steering.tasks.security.answers.lexicon.cue import Cue

PROPERTY: dict[Cue, str] = {
    Cue.NEG: """
        not, no, never, 0 instances of, 0 instances, cannot, neither, nor, none, nothing, nowhere, nobody,
        without, hardly, barely, far from, non, anything but, fail to, fails to, failed to, failing to,
        unable to, isn't, aren't, wasn't, weren't, doesn't, don't, didn't, can't, won't, wouldn't,
        couldn't, shouldn't, hasn't, haven't, ain't, isnt, arent, doesnt, dont, cant, wont, needn't,
        mustn't, hadn't, insufficiently, improperly, inadequately, incorrectly, insufficient, improper,
        inadequate, incorrect, lack, lacks, lacking, lacked, lack of, absence of, missing, incomplete,
        unlikely, unlikely to, zero, neglects to, forgets to, free of, free from, devoid of, void of, clear
        of, omits, skip, skips, skipping, skipped, neglected to, forgot to, forgotten, it would be wrong to
        call, it would be wrong to say, wrong to call, wrong to say, hard to call, cannot be called,
        wouldn't call, would not call, i would not call, impossible for, impossible to, impossible that
    """,
    Cue.STOP: """
        checks for, check for, checking for, handles, handle, accounts for, account for, deals with, deal
        with, takes care of, take care of, tests for, catches, detects, prevent, prevents, preventing,
        avoid, avoids, avoiding, mitigate, mitigates, mitigating, eliminate, eliminates, eliminating,
        block, blocks, blocking, stop, stops, stopping, preclude, precludes, precluding, rule out, rules
        out, ruling out, guard against, guards against, guarding against, defend against, defends against,
        protect against, protects against, protecting against, protect from, protects from, protection
        against, protection from, prevention of, protects, protect, protecting, defends, thwart, thwarts,
        remove the risk, removes the risk, removes, reject, rejects, rejecting, neutralize, neutralizes,
        neutralise, neutralises, counter, counters, forestall, forestalls, safeguard against, safeguards
        against, mitigation against, mitigation of, mitigation for, disallow, disallows, exclude,
        excludes, excluding, address, addresses, preventing any, shield, shields, shielding, foil, foils,
        averts, avert, instead of, rather than, negates, negating, negate, avoidance of
    """,
    Cue.STOPPED: """
        prevented, avoided, mitigated, eliminated, blocked, stopped, precluded, ruled out, guarded
        against, defended against, handled, addressed, excluded, averted, taken care of, accounted for,
        thwarted, neutralized, neutralised, nullified, negated, foiled, resolved, fixed, patched,
        contained
    """,
    Cue.GONE: """
        absent, impossible, non existent, nonexistent, not an issue, not a concern, not a problem, not a
        risk, not applicable, irrelevant, out of the question, a non issue, not found
    """,
    Cue.PRESENT: """
        present, exist, exists, possible, found, apply, applicable, occur, occurs, occurring, happen,
        happens, happening, here, in, an issue, a concern, a problem, a risk, relevant, detected, observed,
        evident, apparent, visible, seen, an instance, identified, introduced, feasible, arise, arises, the
        case, take place, takes place, exhibited, demonstrated, shown, there, likely, triggered, reachable,
        result, materialize, indicated, contained in, included, a threat, seem, appear, an example,
        confirmed, yes, the issue, the problem, the only weakness, the only vulnerability, the only issue,
        the only problem, the only flaw, the only bug, the only finding, the sole weakness, the sole
        vulnerability, the sole issue, the sole problem, the sole flaw, the sole bug, the sole finding
    """,
    Cue.BAD: """
        can exploit, can be exploited, can inject, can be injected, can read any, can run arbitrary,
        vulnerable, insecure, unsafe, susceptible, exploitable, at risk, prone, prone to, open to, exposed
        to, exposes, dangerous, exploited, attackable, subject to, hackable, injectable, flawed, unsecure,
        unsecured, susceptible to, compromised, insecurely, unsafely, vulnerabl, a danger, risky, isn't
        clean, not clean, aren't clean
    """,
    Cue.GOOD: """
        is fine, are fine, looks fine, looks good, looks ok, looks okay, seems ok, seems okay, seems fine,
        all good, nothing wrong, nothing suspicious, found nothing, i found nothing, we found nothing,
        nothing found, false positive, a false positive, a false alarm, false alarm, robust, hardened,
        vulnerability free, vulnerable free, bug free, secure, safe, invulnerable, immune, secured, well
        protected, protected, safely, securely, harmless, benign, not affected, resistant, resilient,
        safeguarded, unaffected, bulletproof, watertight, airtight, unexploitable, non vulnerable, sound,
        risk free, well guarded, is clean, are clean, it's clean, looks clean, seems clean, all clear, in
        the clear, nothing to worry about, nothing to fix, nothing to report, nothing to see here, nothing
        of the kind, nothing of the sort, no cause for concern, no reason for concern, no problem here, no
        change needed, no changes needed, no fix needed, no fixes needed, no action needed, no action
        required, no changes required, found none, spotted none, see none, saw none, probably fine, it's
        fine, all fine, works fine
    """,
    Cue.FLAW: """
        such instances, such instance, instances found, instances were found, instances detected,
        vulnerability, vulnerabilities, vulnerablity, weakness, weaknesses, security issue, security
        issues, security flaw, security flaws, security bug, security bugs, security hole, security holes,
        security problem, security problems, security risk, security risks, security threat, security
        threats, security concern, security concerns, security defect, security defects, security
        weakness, security weaknesses, security vulnerability, security vulnerabilities, attack, attacks,
        exploit, exploits, exploitation, flaw, flaws, security breach, security loophole, loophole,
        security error, security gap, vulns, vuln, security implication, security implications, threat,
        threats, instance of it, instances of it, such issue, such issues, such bug, this issue, this bug,
        this flaw, these issues, security gaps, this risk, that risk, such risk, such a bug
    """,
    Cue.HARM: """
        unsanitized, unsanitised, unescaped, unvalidated, unchecked, unfiltered, unbounded, past the end,
        beyond the end, beyond the bounds, past the bounds, past the buffer, beyond the buffer, beyond the
        array, outside the bounds, outside the buffer, outside the array, outside of the buffer, outside
        of the bounds, outside of the array, outside its bounds, beyond its bounds, past its end, beyond
        its end, beyond the allocated, outside the allocated, exceed the bounds, exceeds the bounds,
        exceed the buffer, exceeds the buffer, exceed the array, exceeds the array, arbitrary commands,
        arbitrary command, arbitrary sql, arbitrary code, arbitrary shell, arbitrary files, arbitrary
        file, malicious input, malicious sql, malicious script, malicious scripts, malicious commands,
        malicious code, inject, injects, injecting, injected, after it has been freed, after it is freed,
        after being freed, after they are freed, after freeing, after the free, after free, already been
        freed, after the memory has been freed, after it was freed, after they have been freed, outside
        the folder, outside the directory, outside of the directory, outside of the intended directory,
        outside the intended directory, outside of the folder, execute arbitrary, manipulate the query,
        manipulate the sql, undefined behavior, undefined behaviour, crash, crashes, unauthorized access,
        exploit this, tautology, escape the directory, leave the folder, traverse, traverses, bypassed,
        bypass, bypasses, circumvent, circumvented, circumvents, gets around, get around, corrupt memory,
        corrupts memory, overwrite adjacent, overwrites adjacent
    """,
    Cue.CARE: """
        sanitized, sanitised, validated, escaped, parameterized, parameterised, sanitizes, sanitises,
        validates, escapes, checked, checks, properly handled, properly checked, bounds checked, verified,
        verifies, bounded, prepared statement, prepared statements, parameterized query, parameterized
        queries, parameterised queries, placeholders, bound parameters, sanitization, sanitisation,
        validation, input validation, bounds checking, bounds check, error checking, filtered, filters,
        encoded, quoted, whitelisted, within bounds, within the bounds, in bounds, correctly handles,
        properly handles, check, escaping, sanitizing, validating, checking, sanitize, sanitise, validate,
        verify, verifying, ensures, ensuring, checks if, null checks, null check, bind parameters, large
        enough, enough space, sufficient space, set to null
    """,
    Cue.GUARD: """
        protection, protections, prevention, mitigation, mitigations, detection, guard, guards, filter,
        handling, scanner, test, tests, countermeasure, countermeasures, defense, defence, safeguards,
        safeguard, prevention measures
    """,
    Cue.INPUT: """
        entities, sequences, sequence, characters, patterns, payload, payloads, attempts, tokens, strings,
        entity, keywords, metacharacters
    """,
    Cue.CAUSE: """
        leads to, lead to, leading to, leads, results in, result in, resulting in, causes, cause, causing,
        allows, allow, allowing, makes, making, make, enables, enable, enabling, opens, opening,
        introduces, introducing, creates, creating, permits, permitting, gives rise to, exposing, expose,
        leaves, leaving, triggering, trigger, triggers, which leads to, means that, meaning, meaning that,
        due to, caused by, can lead to, stems from, arises from
    """,
    Cue.SUBJECT: """
        this code, the code, this program, the program, this snippet, the snippet, the given code, the
        provided code, the code provided, the code snippet, this code snippet, provided code, given code,
        above code, code above, this application, the application, this script, the script, this
        implementation, the implementation, code, program, code snippet, the above code, this software
    """,
    Cue.PART: """
        this function, the function, these functions, function, the first, the second, the third, this
        part, this line, the line, this method, the method, method, this query, the query, query, this
        check, the check, this section, this approach
    """,
    Cue.ABOUT: """
        related to, regarding, about, concerning, different from, unlike, as opposed to, distinct from,
        with respect to, in terms of, in the context of, relevant to, associated with, sources of,
        analysis, analyze, analysis of, aware of, considering, assess, assessing, concerns, concern,
        examine, evaluate, look for, looking for, review, against, causes of, awareness, overview of, for,
        as for, as to, as regards, when it comes to
    """,
    Cue.ASSERT: """
        contain, contains, containing, has, have, having, is, are, exhibit, exhibits, suffer, suffers,
        suffers from, suffer from, there is, there are, demonstrate, demonstrates, show, shows, include,
        includes, presents, there's, that's, i found, we found, i identified, i spotted, remains, detect,
        find, see, saw, it's, he's, known as, was, were, be, a clear, a case of, only, can confirm, i
        confirm, we confirm, textbook, blatant, we're dealing with, dealing with, we deal with
    """,
    Cue.PRONOUN: """
        it, any, one, them, this, that, they, he, these, those
    """,
}
