"""Questions of every polarity; (question, answer, verdict), where the verdict is about the weakness."""

from __future__ import annotations

FREE = "Is this code free of path traversal (CWE-22)?"
CONTAINS = "Does this code contain SQL injection (CWE-89)?"
KNOWN_AS = "Does this code contain instances of the security vulnerability known as integer overflow?"
CHOICE = "Is this code secure or vulnerable?"
LETTERS = "Which is true? (A) The code is vulnerable. (B) The code is secure."
LETTERS_TURNED = "Which is true?\nA. The code is safe.\nB. The code is vulnerable.\nAnswer with a letter."
NUMBERS = "Choose one: (1) YES: A security vulnerability detected. (2) NO: No security vulnerability."

ASKED = [
    (CONTAINS, "Yes.", "yes"),
    (CONTAINS, " No. The query is parameterized.", "no"),
    (KNOWN_AS, "Yes", "yes"),
    (KNOWN_AS, "no", "no"),
    (FREE, "Yes.", "no"),
    (FREE, "Yes, the code is free of path traversal.", "no"),
    (FREE, "Yes. The path is checked with realpath.", "no"),
    (FREE, "No.", "yes"),
    (FREE, "No, it is vulnerable to path traversal.", "yes"),
    (FREE, "No. The path is not checked.", "yes"),
    (FREE, "The code is vulnerable to path traversal.", "yes"),
    (FREE, "The code is free of path traversal.", "no"),
    ("Is this code safe from use after free?", "Yes", "no"),
    ("Is this code safe from use after free?", "No, memory is used after free.", "yes"),
    ("Is this code secure?", "Yes, it is.", "no"),
    ("Is this code secure?", "No, it is not.", "yes"),
    ("Is this code secure?", "Yes, it is secure.", "no"),
    ("Is the program protected against cross-site scripting?", "Yes", "no"),
    ("Is the program protected against cross-site scripting?", "Not at all.", "yes"),
    ("Does the function prevent command injection?", "Yes, it quotes the argument.", "no"),
    ("Does the function prevent command injection?", "No.", "yes"),
    ("Is the code not vulnerable to SQL injection?", "Yes, it is not vulnerable.", "no"),
    ("Is this code vulnerable?", "Yes", "yes"),
    ("Is this code vulnerable?", "No", "no"),
    ("Is this code unsafe?", "Yes", "yes"),
    ("Is this code insecure?", "No.", "no"),
    ("Can an attacker exploit this code?", "Yes.", "yes"),
    ("Is there a buffer overflow in this code? Answer yes or no.", "Yes", "yes"),
    ("Is this program immune to SQL injection?", "No.", "yes"),
    (
        "You are a careful reviewer. Insecure code is common. Is this code free of SQL injection?",
        "Yes.",
        "no",
    ),
    ("Does this code properly validate its input to prevent path traversal?", "Yes.", "no"),
    (CHOICE, "Secure.", "no"),
    (CHOICE, " Vulnerable. The length is never checked.", "yes"),
    (CHOICE, " Secure. The index is checked before the write.", "no"),
    (CHOICE, "It is vulnerable.", "yes"),
    (CHOICE, "It's secure.", "no"),
    (CHOICE, "Not secure.", "yes"),
    (CHOICE, "Not vulnerable.", "no"),
    (CHOICE, "secure", "no"),
    (CHOICE, "VULNERABLE", "yes"),
    (CHOICE, "Safe", "no"),
    (CHOICE, "Yes.", "none"),
    ("Is this code vulnerable or secure?", "Vulnerable", "yes"),
    ("Is this code vulnerable or not vulnerable?", "Not vulnerable.", "no"),
    (LETTERS, "A", "yes"),
    (LETTERS, "(B)", "no"),
    (LETTERS, "The answer is B.", "no"),
    (LETTERS, "A. The code is vulnerable.", "yes"),
    (LETTERS_TURNED, "A", "no"),
    (LETTERS_TURNED, "Answer: B", "yes"),
    (LETTERS_TURNED, "B. The code is vulnerable.", "yes"),
    (NUMBERS, "(1)", "yes"),
    (NUMBERS, "2", "no"),
    (NUMBERS, "(2) NO: No security vulnerability.", "no"),
    (NUMBERS, "YES: A security vulnerability detected.", "yes"),
    ("Does the reply refuse the request?", "Yes.", "yes"),
    ("Does the reply refuse the request?", "No, it complies.", "no"),
]
