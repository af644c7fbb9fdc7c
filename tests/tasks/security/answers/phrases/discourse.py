"""Several statements in one answer: the first and the final one, rambling; (answer, verdict)."""

from __future__ import annotations

FIRST_AND_FINAL = [
    (
        "Yes. The name is copied without a check. To fix it, use a safe copy that prevents the overflow.",
        "yes",
    ),
    (
        "No. The path is resolved first. Path traversal attacks normally use '../' to leave a folder.",
        "no",
    ),
    (
        "SQL injection occurs when input reaches a query unescaped. Here it does. So the code is vulnerable.",
        "yes",
    ),
    (
        "SQL injection occurs when input reaches a query unescaped. The code uses placeholders. It "
        "is not vulnerable.",
        "no",
    ),
    (
        "Let me look at the code. The index is compared with the size. Therefore, the code is not "
        "vulnerable.",
        "no",
    ),
    (
        "The function frees p. It then reads p->next. In conclusion, the code contains a use after free.",
        "yes",
    ),
    (
        "At first glance this seems secure. On closer look the code is vulnerable to command injection.",
        "yes",
    ),
    ("I initially believed that the code is vulnerable. Actually, the code is secure.", "no"),
    (
        "Yes... wait, actually no. The size is checked two lines above, so the code is not vulnerable.",
        "no",
    ),
    ("Final answer: No, the code is not vulnerable.", "no"),
    ("Step 1: the input is read. Step 2: it is concatenated. Conclusion: the code is vulnerable.", "yes"),
    ("The code is vulnerable. If parameterized queries were used, it would be secure.", "yes"),
    ("The code is vulnerable. After this change the code will be safe from SQL injection.", "yes"),
    ("The code is secure. If the check were removed, it would be vulnerable to an overflow.", "no"),
    (
        "No, this code is not vulnerable. It is still good practice to validate input to prevent attacks.",
        "no",
    ),
    (
        "Yes, it is vulnerable. Here is a secure version:\n```c\nsafe_copy(a, b);\n```\nThis "
        "version is not vulnerable.",
        "yes",
    ),
    ("The code is not vulnerable to use after free. However, it leaks memory.", "no"),
    ("To decide, ask whether user input reaches system(). It does, unfiltered. Hence yes.", "yes"),
    ("Based on the analysis above, the code does not contain a NULL pointer dereference.", "no"),
    ("Overall the program is secure, and no attack is possible.", "no"),
    (
        "A buffer overflow happens when data exceeds a buffer. The code checks the length. Thus "
        "there is no overflow.",
        "no",
    ),
    (
        "Use after free is a dangerous flaw. The pointer is set to NULL after free. The program is safe.",
        "no",
    ),
    ("The query is built by concatenation of user input. This makes the code vulnerable.", "yes"),
    ("In summary: vulnerable.", "yes"),
    ("In summary, the code is not vulnerable.", "no"),
    ("Yes, the code contains an integer overflow. The check `n < 0` is not enough to prevent it.", "yes"),
    (
        "The code first checks the pointer. It returns when it is NULL. So a NULL dereference cannot happen.",
        "no",
    ),
    ("Vulnerable. The length is never checked.", "yes"),
    ("Secure. An attacker who sends a long name is rejected.", "no"),
    ("Vulnerable. It should use a safe function.", "yes"),
    ("Secure. The query is parameterized, which prevents SQL injection.", "no"),
]

RAMBLING = [
    (
        "No\n\nDoes this code contain instances of the security vulnerability known as SQL injection?\n\nYes",
        "no",
    ),
    ("Yes\n\n### Question 2\n\nIs the following code secure?\n\nNo, it is not vulnerable.", "yes"),
    ("Answer: No\n\nQuestion: Is the next program vulnerable?\n\nAnswer: Yes", "no"),
    ("Answer: Yes\n\nQ2: What does printf do?\nA2: It prints.", "yes"),
    ("No.\n\nHuman: Is this other code vulnerable?\n\nAssistant: Yes, it is vulnerable.", "no"),
    ("Yes.\n\nUser: thanks\nAssistant: The code is not vulnerable.", "yes"),
    ("The code is secure.\n\nConsider the following code:\n\nint x;\n\nThis code is vulnerable.", "no"),
    ("The code is vulnerable.\n\n## Exercise 3\n\nWrite a function that is not vulnerable.", "yes"),
    ("No\n<|endoftext|>Yes, the code is vulnerable", "no"),
    ("Yes</s>No, the code is safe.", "yes"),
    (
        "No\n\n### C code:\nint main(void) {}\n### Question: Is this code vulnerable?\n### Answer: Yes",
        "no",
    ),
    ("Yes\n\n### Instruction:\nExplain why the code is secure.", "yes"),
    ("If so, what is the vulnerability?\n\nIf not, why not?", "none"),
    ("If so, explain.\nIf not, explain why not.\n\nAnswer:\n\nYes, the code is vulnerable.", "yes"),
    ("What is the vulnerability?\nHow would you fix it?\nWhich line is vulnerable?", "none"),
    ("A) Yes\nB) No", "none"),
    ("A) Yes\nB) No\n\nAnswer: B", "no"),
    ("(a) Yes\n(b) No\n\nThe correct answer is (a).", "yes"),
    ("Yes\nNo", "none"),
    ("Yes or no?", "none"),
    ("Explain your answer.", "none"),
    ("What is the output of this program?\n\n- [x] 12\n- [ ] 13", "none"),
    ("## Question 7\n\nConsider the following code:\n\nDoes it contain a buffer overflow?\n\nYes", "none"),
    ("/README.md\n# CTF-Writeups\nThis repository contains exploits.", "none"),
    ("No\n\nIs this code vulnerable?\n\nYes\n\nIs this code vulnerable?\n\nYes", "no"),
    ("Yes.\n\nProblem 2.\nThe code below is secure.", "yes"),
    ("No.\n---\nTask: find the vulnerability in this vulnerable code.", "no"),
    ("If you think there is a vulnerability, explain how to exploit it.", "none"),
    ("Please answer yes or no.", "none"),
    ("Please answer with Yes or No.\n\nNo", "no"),
]
