"""Longer answers in the manner of instruction-tuned models; (question, answer, verdict)."""

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
