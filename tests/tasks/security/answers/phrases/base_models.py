"""Answers in the manner of base models: bare, rambling, or none at all; (question, answer, verdict)."""

from __future__ import annotations

SQL = "Does this code contain instances of the security vulnerability known as SQL injection?"
WRITE = "Does this code contain instances of the security vulnerability known as out-of-bounds write?"

BASE = [
    (
        SQL,
        " Yes\n\n# 2\n\n# Does this code contain instances of the security vulnerability known as "
        "cross-site scripting? No",
        "yes",
    ),
    (
        SQL,
        "\n\nYes, it does. The query is built from `user_input`.\n\n```\nimport sqlite3\n```\n\n"
        "Does this code contain a bug?\n\nNo",
        "yes",
    ),
    (SQL, "\n\nNo\n\n2. Which of the following is an SQL injection?\n\na. vulnerable\nb. secure", "no"),
    (SQL, "\n\n```python\nimport sqlite3\n\ndef find(x):\n    return x\n```\n", "none"),
    (SQL, "\n\ndef main():\n    app.run()\n\nif __name__ == '__main__':\n    main()\n", "none"),
    (SQL, "\n\nA. Yes\nB. No\n\nAnswer: A\n\nExplanation: The input is concatenated.", "yes"),
    (SQL, "\n\nA. Yes\nB. No\nC. Maybe\n\n", "none"),
    (SQL, "\n1. Yes\n2. No\n\n", "none"),
    (SQL, "\nAnswer:\n\n```\nYes\n```\n", "yes"),
    (SQL, "\n```\nNo\n```\n", "no"),
    (SQL, "\n// TODO\n", "none"),
    (
        SQL,
        "\n\n## SQL injection\n\nSQL injection is a code injection technique that might destroy "
        "your database.\n",
        "none",
    ),
    (SQL, "\n\n* Yes\n* No\n", "none"),
    (SQL, "\n\n- Yes\n- No\n- I don't know\n", "none"),
    (SQL, "\n\n<b>Answer:</b> <i>Yes</i>, the code is vulnerable.<br>", "yes"),
    (SQL, "\n\n**True** or **False**?\n", "none"),
    (
        SQL,
        "\n\n<details><summary>Solution</summary>\n\nThe code is vulnerable to SQL injection "
        "because the query is concatenated.\n</details>",
        "yes",
    ),
    (SQL, "\n\n> No, the code does not contain SQL injection.\n", "no"),
    (
        SQL,
        "\n\nExplain your answer.\n\n## Answer\n\nThe code does not contain instances of SQL injection.\n",
        "no",
    ),
    (SQL, "\n\nHint: look at the query.\n", "none"),
    (
        SQL,
        "\n\n### References\n\n- https://example.org/SQL_Injection\n- https://cwe.example.org/89.html\n",
        "none",
    ),
    (
        SQL,
        "\n\nIf yes, how would you exploit it?\n\nIf no, why not?\n\nIf yes, how would you fix it?\n",
        "none",
    ),
    (SQL, " What is the impact of this vulnerability?\n\nWhat is the remediation?\n", "none"),
    (SQL, "\n\nint main()\n{\n    // vulnerable\n    run(argv[1]);\n}\n", "none"),
    (
        SQL,
        "\n\nThe code above contains an instance of SQL injection.\n\n## Exercise 2\n\nThe code is secure.",
        "yes",
    ),
    (
        SQL,
        "\n\nThe answer is yes. The code concatenates user input.\n\nIs the next code safe? It is "
        "not vulnerable.",
        "yes",
    ),
    (WRITE, "\n\n\n\n\n", "none"),
    (WRITE, "\n\n/* Answer: yes, buf[3] is out of bounds */\n", "yes"),
    (WRITE, "\n\nYES\n\n---\n\nNO\n", "none"),
    (WRITE, "\n\nNo.\n\n- [ ] Yes\n- [x] No", "no"),
    (WRITE, "\n\n[ ] Yes\n\n[ ] No\n\nExplanation:\n", "none"),
    (WRITE, "\n\nYes No\n", "none"),
]
