"""Words that say how a statement is meant: hedges, conditions, advice, concessions, conclusions.

Phrases are lower case; hyphens count as spaces; verbs are listed in every form. Each phrase stands here once.
"""

from __future__ import annotations

from pytest_steering.tasks.security.answers.lexicon.cue import Cue

DISCOURSE: dict[Cue, str] = {
    Cue.HEDGE: """
        may, might, could, potential, potentially, possibly, possibility, possibility of, in theory,
        theoretically, perhaps, maybe, chance, chance of, risk of, risk, risks, some cases, certain
        conditions, seems, appears, seemingly, appears to be, looks, look
    """,
    Cue.IF: """
        if, unless, in case, were it, in the event, suppose, supposing, assuming, provided that, as long
        as, when, whenever, once, until, had the
    """,
    Cue.WOULD: """
        would, would be, would have, could have been, will be, were to, might have been, would not be,
        would make, would become, only vulnerable, only exploitable, only a problem, only an issue, only
        unsafe, only insecure, vulnerable only, exploitable only
    """,
    Cue.ADVICE: """
        should, recommend, recommended, recommends, must, it is important, it's important, to fix, to
        prevent this, to avoid this, to mitigate, to mitigate this, to address, to address this, to make,
        to improve, to ensure, consider, you can, you could, you may, you might, we can, we should, need
        to, needs to, in order to, advisable, best practice, best practices, good practice, to be safe, one
        way, suggestion, suggested, suggest, it is better, it would be better, it's better, always use,
        fix, a fix, the fix, to resolve, to secure, be careful, it is essential, it's essential, it is
        crucial, it's crucial, to prevent such, to avoid such, to protect against this, to correct, ought
        to, better to, make sure, please, crucial to, essential to, explain how, explain why, explain, i
        would replace, i'd replace, i would use, i'd use, i would add, i'd add, i would change, i'd change,
        i would rather, i'd rather, replacing it, if you think, describe how, your task, write a, answer
        with, important to, worth noting, important to note, i can check, i can help, i can review, i can
        analyze, i can look, i will check, i will review, i'll check, i'll review, let me check, let me
        see, let's check, let us check
    """,
    Cue.FIXED: """
        this version, fixed version, corrected version, safe version, secure version, safer version,
        modified version, updated version, revised version, improved version, updated code, fixed code,
        corrected code, revised code, modified code, secure code, safe code, improved code, safer code,
        refactored code, after this change, with this change, with these changes, after these changes, by
        making these changes, by making this change, after making, with this fix, now the code, the code
        now, corrected :, fixed :, patched :, fix :, with this modification, example of how, new version,
        in this modified, in this revised, in this updated, in this corrected, with these modifications,
        this modification, these modifications, this change, these changes, this fix, these fixes, secure
        implementation, safer alternative, safe alternative, secure alternative, secure way, safer way,
        once the, rewritten, modified as follows, patched version, recommendation, recommendations,
        remediation, mitigation strategies, fixes, explanation of changes, changes made, solution, by
        applying, by making, by implementing, suggested fix, how to fix
    """,
    Cue.TEACH: """
        typically, normally, usually, in general, generally speaking, commonly, refers to, is defined as,
        occurs when, occur when, happens when, happen when, arises when, arise when, are a common, is a
        common, is a type of, is a kind of, is a form of, is an attack, is an attack in which, is a
        vulnerability that, is a security vulnerability that, is a vulnerability where, is a vulnerability
        in which, is a security vulnerability, is a web security vulnerability, is a code injection
        technique, is a technique, is a software vulnerability, is a bug, is a programming error, is a
        type, is a situation, takes place when, can occur when, may occur when, can happen when, occurs if,
        occur if, happens if, is when, describes, is a class of, is often, are often, often used, the
        difference between, is a condition, is a dangerous flaw, is a serious, means
    """,
    Cue.ELSEWHERE: """
        previous version, old version, earlier version, last version, older version, before the patch,
        before the fix, used to be, previously, formerly
    """,
    Cue.UNSURE: """
        definitive statement, conclusive statement, definitive conclusion, make a definitive, make a
        conclusive, cannot guarantee, can't guarantee, unclear, not clear, i don't know, i do not know,
        don't know, not sure, unsure, uncertain, depends, it depends, depends on, may or may not, might or
        might not, cannot say, can't say, can't tell, cannot tell, cannot determine, can't determine,
        cannot be determined, can't be determined, cannot conclude, cannot be sure, unable to determine,
        unable to say, unable to tell, unable to conclude, unable to assess, difficult to determine,
        difficult to say, difficult to tell, difficult to assess, difficult to definitively, hard to say,
        hard to tell, hard to determine, impossible to say, impossible to tell, impossible to determine,
        impossible to know, not possible to determine, not possible to say, not possible to tell, more
        information, more context, additional context, further context, without more, cannot confirm, can't
        confirm, cannot definitively, can't definitively, not possible to definitively, cannot answer,
        can't answer, undetermined, inconclusive, cannot provide, can't provide, cannot give, cannot be
        certain, no way to know, no way to tell, not straightforward, cannot be concluded, cannot fully
        determine, cannot accurately, cannot assess, not enough information, insufficient information, not
        enough context, cannot verify, not guaranteed, cannot conclusively, can't conclusively, to
        conclusively determine, conclusively determine, to definitively determine, to definitively say,
        further analysis, definitive answer, definitively state, definitively determine, definitively say,
        definitively confirm, conclusively say, conclusively state, cannot rule out, can't rule out, cannot
        completely rule out, challenging to determine, challenging to say, can't help, can't review, cannot
        review, cannot help, both secure and vulnerable, can't assist, cannot assist, unable to assist,
        unable to help, not able to help, not able to assist, won't help, can't analyze, cannot analyze,
        can't analyse, cannot analyse, unable to analyze, unable to review, not able to determine, no idea,
        nobody can say, no one can say, who knows, hard to be sure, can't be certain, can't be sure, not
        certain, can't rule it out, cannot be ruled out, there might not, there may not, or might not, and
        might not
    """,
    Cue.WHETHER: """
        whether, to determine if, determine if, know if, to see if, check if, checking if, say if, tell
        if, sure if
    """,
    Cue.FINAL: """
        in conclusion, conclusion, overall, in summary, to summarize, to sum up, summary, based on, final
        answer, the answer, answer, decision, verdict, in short, to conclude, finally, in the end,
        accordingly, ultimately, all in all, from this analysis, from the analysis, based on this, based
        on the
    """,
    Cue.SO: """
        therefore, thus, hence, so, consequently, as a result, given this, given these, given that,
        because of this, for this reason
    """,
    Cue.REVISE: """
        wait, on closer, on second thought, correction, on reflection, looking again, upon closer, hold on,
        hmm, after further, after reading, oops, my bad, i stand corrected, i overlooked, i missed, let me
        correct, updated verdict, revised verdict, updated answer, revised answer, changed to, corrected
        answer, corrected verdict
    """,
    Cue.INDEED: """
        actually, in fact, in reality
    """,
    Cue.FIRST: """
        initially, at first, at first glance, first glance, at first sight, first suspected, first thought,
        i thought, i believed, i suspected, seemed, may look, might look, on the surface, might seem, may
        seem, may appear, might appear, one might think, one could think, i first wrote, i first said, i
        had written, i had said, i wrote, i said, some would call, some might call, some would say, some
        say, others say, one might say, one could say, one might argue, one could argue, some argue, it is
        said, claims that, claims, claimed, alleges, is said to be, is said to, linter, linters, docstring,
        docstring says, comment says, comments say
    """,
    Cue.RETRACT: """
        that was wrong, this was wrong, that is wrong, that's wrong, this is wrong, which is wrong, which
        was wrong, which is false, which is not true, which isn't true, that is not true, that's not true,
        that isn't true, this is not true, this isn't true, that was a mistake, that is a mistake, was
        mistaken, i was wrong, i made a mistake, i disagree, disagree with that, scratch that, strike that,
        forget that, ignore that, not so fast, that is not correct, that's not correct, that is incorrect
    """,
    Cue.EXCEPT: """
        with the exception of, except, except for, excepting, apart from, other than, aside from, besides,
        beyond, save for, but for
    """,
    Cue.BUT: """
        but, however, yet, nevertheless, nonetheless, still, that said, on the other hand, even so,
        instead
    """,
    Cue.THOUGH: """
        although, though, even though, while, whereas, despite, in spite of, albeit, even if, even when,
        notwithstanding
    """,
    Cue.SPLIT: """
        because, since, which, so that, as, where, i e, namely, who, after which, due to the fact, such as,
        like, in that
    """,
    Cue.NONE: """
        i would say, i'd say, i would call, not only, not just, no matter, no doubt, without doubt, without
        any doubt, without a doubt, no longer than, not necessarily, thread safe, type safe, memory safe,
        fail safe, null safe, exception safe, process safe, signal safe, safe wrapper, safe function, safe
        functions, secure function, safe copy, safe way, safer, securely typed, side effects, in other
        words, no more than, not more than, if not, why not, or not, injection of dependencies, dependency
        injection, code injection technique, to free, of course, not limited to, but not limited to, no
        other, security, buffer, user, free, not null, is null, not zero, is not null, null, out of scope,
        attack surface, attack vector, attack vectors, still good, it is still, safe practice, security
        perspective, security point, of security, for security, secure coding, vulnerability known as, the
        vulnerability known as, security vulnerability known as, can be found, can see, can be seen, can
        conclude, not equal, explained below, not greater, not less, not exceed, does not exceed, doesn't
        exceed, do not exceed, not a null, proof of concept, no such file, no return, file not found, page
        not found, no error, in case of, must report, must say, no wonder
    """,
}
