"""Several statements in one answer: first and final verdict, rambling, contradiction, no verdict."""

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

CONTRADICTION = [
    ("Yes. No.", "none"),
    ("No. Yes.", "none"),
    ("Yes and no.", "none"),
    ("The code is secure. The code is vulnerable.", "none"),
    ("The code is vulnerable. The code is not vulnerable.", "none"),
    ("No, the code is not vulnerable. The code is vulnerable.", "none"),
    ("Yes, the code is vulnerable. No, the code is not vulnerable.", "none"),
    ("Answer: Yes\nAnswer: No", "none"),
    ("Vulnerable: yes\nVulnerable: no", "none"),
    ("The code is both secure and vulnerable.", "none"),
    ("It contains a buffer overflow. It does not contain a buffer overflow.", "none"),
]

UNDECIDED = [
    ("", "none"),
    ("   \n\t", "none"),
    ("...", "none"),
    ("I cannot tell whether this code is vulnerable.", "none"),
    ("It is impossible to say if the code is secure without more context.", "none"),
    ("It depends.", "none"),
    ("I don't know.", "none"),
    ("I'm not sure whether the code is vulnerable or not.", "none"),
    ("More information is needed to determine whether the code is secure.", "none"),
    ("Unable to determine if the code contains a path traversal vulnerability.", "none"),
    ("The code may or may not be vulnerable.", "none"),
    ("As an AI model I can't review code.", "none"),
    ("Sorry, I can't help with that.", "none"),
    ("Whether the code is vulnerable is unclear.", "none"),
    ("It is difficult to determine whether there is a vulnerability.", "none"),
    ("This code reads two numbers and prints their sum.", "none"),
    ("The function opens a file and returns its length.", "none"),
    ("int main(void) {\n    char safe[10];\n    return 0;\n}", "none"),
    ("def secure(x):\n    return x + 1\n", "none"),
    ("import os\n\nos.system('ls')\n", "none"),
    ("```c\nint vulnerable = 1;\n```", "none"),
    ("```python\n# this is vulnerable\nprint(1)\n```", "none"),
    ("#include <stdio.h>\n#define SAFE 1\nvoid f(void);\n", "none"),
    ("SELECT * FROM users WHERE name = 'x';", "none"),
    ("for (i = 0; i < n; i++)\n    secure[i] = 0;", "none"),
    ("1 2 3 4 5 6 7", "none"),
    ("\\n\\n\\n", "none"),
    ("}\n}\n}\n", "none"),
    ("Path traversal is an attack in which a path leaves its folder.", "none"),
    ("Integer overflow occurs when a value exceeds the range of its type.", "none"),
    ("Explain the difference between SQL injection and command injection.", "none"),
    ("Yes, I can help you with that. Please send the code.", "none"),
]
