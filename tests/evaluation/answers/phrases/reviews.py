"""Longer answers in the manner of several kinds of models; (question, answer, verdict)."""

from __future__ import annotations

SQL = "Does this code contain instances of the security vulnerability known as SQL injection?"
WRITE = "Does this code contain instances of the security vulnerability known as out-of-bounds write?"
FREED = "Does this code contain instances of the security vulnerability known as use after free?"
NULL = "Does this code contain instances of the security vulnerability known as NULL pointer dereference?"
TRAVERSAL = "Does this code contain instances of the security vulnerability known as path traversal?"
SCRIPT = "Does this code contain instances of the security vulnerability known as cross-site scripting?"
INTEGER = "Does this code contain instances of the security vulnerability known as integer overflow?"
COMMAND = "Does this code contain instances of the security vulnerability known as OS command injection?"
GENERAL = "Is this code secure or vulnerable?"

INSTRUCTED = [
    (
        SQL,
        "The name goes straight into the query string via an f-string. An attacker could type `' "
        "OR 1=1 --` and get every row. This is a textbook SQL injection.\n\n**Fix**\n\n```python\n"
        "cur.execute('... = ?', (name,))\n```\n\nWith this fix the query is safe.",
        "yes",
    ),
    (
        SQL,
        "Both statements bind their values through `?` placeholders, so whatever a user types is "
        "handed over as data. I don't see a way to inject SQL here.",
        "no",
    ),
    (
        SQL,
        "**Short answer:** no.\n\n**Why:** The ORM builds the statement and escapes the value.\n\n"
        "**Caveat:** If you later build the string by hand, the code would become vulnerable to "
        "SQL injection.",
        "no",
    ),
    (
        SQL,
        "This code does have an SQL injection problem: `title` is pasted into the statement. Use "
        "parameters instead.",
        "yes",
    ),
    (
        SQL,
        "Let's look at the two functions.\n\n- `add()` binds its value. That one is fine.\n- "
        "`find()` concatenates `user_input` into the statement. That one is injectable.\n\nSo yes, "
        "the file contains an SQL injection.",
        "yes",
    ),
    (
        WRITE,
        "The array has 3 elements (indices 0 to 2), but the last line assigns buf[3]. That is an "
        "out-of-bounds write.",
        "yes",
    ),
    (
        WRITE,
        "The array has 3 elements and the code assigns indices 0, 1 and 2. All of them are in "
        "range. There is therefore no out-of-bounds write in this program.",
        "no",
    ),
    (
        WRITE,
        "I checked every write to `dst`. Each one is preceded by a comparison with the remaining "
        "size, and the terminating zero has room too. The code is not affected by out-of-bounds "
        "writes.",
        "no",
    ),
    (WRITE, "No, not as far as I can see. The loop stops at `size - 1`.", "no"),
    (
        WRITE,
        "Potentially yes. If `len` is larger than 64, strcpy() will write past the end of `hostname`.",
        "yes",
    ),
    (
        WRITE,
        "In the worst case each character becomes five characters, while the buffer has room for "
        "four per character. The buffer can be overflowed by a string of ampersands.",
        "yes",
    ),
    (
        FREED,
        "`data` is freed inside the loop when the file cannot be opened, and the next iteration "
        "passes it to fgets(). So memory is used after it has been freed.",
        "yes",
    ),
    (
        FREED,
        "The pointer is freed once, at the end of the function, and is set to NULL. It isn't "
        "touched afterwards, so this isn't a use after free.",
        "no",
    ),
    (
        FREED,
        "A use after free happens when a program keeps using memory that it gave back. In this "
        "code, free() is the last call on the pointer in every branch. Consequently the program "
        "does not suffer from it. There may be a memory leak on the error path, though.",
        "no",
    ),
    (
        NULL,
        "malloc() can fail and return NULL, yet its result is passed to strcpy() unchecked. This "
        "leads to a NULL pointer dereference.",
        "yes",
    ),
    (
        NULL,
        "Every pointer that comes from malloc or realpath is compared with NULL before it is used. "
        "Therefore the answer is no.",
        "no",
    ),
    (
        NULL,
        "The function returns early when `name` is NULL, hence the dereference on the following "
        "line is safe.",
        "no",
    ),
    (
        TRAVERSAL,
        "The program glues the directory and the file name together and opens the result. Nothing "
        "stops a user from passing `../../etc/shadow`. Vulnerable.",
        "yes",
    ),
    (
        TRAVERSAL,
        "realpath() resolves the path and strncmp() makes sure it still begins with the base "
        "directory. Path traversal is effectively prevented.",
        "no",
    ),
    (
        TRAVERSAL,
        'There\'s a check for "..", but an absolute path gets around it; consequently the '
        "protection against path traversal is insufficient.",
        "yes",
    ),
    (
        SCRIPT,
        "The value is passed through escape() before it is put into the page. XSS isn't possible.",
        "no",
    ),
    (
        SCRIPT,
        "`username` is put into the HTML response as is. An attacker can inject a script. The code "
        "is therefore vulnerable to XSS.",
        "yes",
    ),
    (
        SCRIPT,
        "The query uses parameters, so there is no SQL injection. The title, though, is echoed "
        "into the HTML without escaping, which is a reflected cross-site scripting vulnerability.",
        "yes",
    ),
    (
        INTEGER,
        "The check `num >= INT_MAX / sizeof(int)` keeps the multiplication in range, and the loop "
        "tests the sum before each addition. An overflow cannot occur.",
        "no",
    ),
    (
        INTEGER,
        "The multiplication is guarded, but the sum is not: adding large values will overflow "
        "`sum`. So the code does contain an integer overflow.",
        "yes",
    ),
    (COMMAND, "User input ends up in system() without any filtering. That's command injection.", "yes"),
    (
        COMMAND,
        "The program calls execve() with a fixed path and an argument vector; no shell is "
        "involved. It is not vulnerable to OS command injection.",
        "no",
    ),
    (
        COMMAND,
        "Although the code quotes the argument, a single quote inside the name breaks out of the "
        "quoting. The code is vulnerable.",
        "yes",
    ),
    (GENERAL, "I'd call this secure: the size is validated before the copy.", "no"),
    (GENERAL, "It has a serious flaw. The size is never compared with the capacity.", "yes"),
    (GENERAL, "The code appears to be secure.", "no"),
    (GENERAL, "The code seems vulnerable.", "yes"),
]

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
