"""The asked weakness against another one; (question, answer, verdict)."""

from __future__ import annotations

TRAVERSAL = "Does this code contain path traversal (CWE-22)?"
SQL = "Does this code contain instances of the security vulnerability known as SQL injection?"
WRITE = "Does this code contain instances of the security vulnerability known as out-of-bounds write?"
FREED = "Does this code contain use after free (CWE-416)?"
NULL = "Does this code contain instances of the security vulnerability known as NULL pointer dereference?"
INTEGER = "Does this code contain integer overflow (CWE-190)?"
SCRIPT = "Is this code free of cross-site scripting (CWE-79)?"
COMMAND = "Does this code contain command injection (CWE-77)?"

OTHER = [
    (TRAVERSAL, "No, but it contains an SQL injection.", "no"),
    (TRAVERSAL, "The code contains SQL injection but no path traversal.", "no"),
    (TRAVERSAL, "It is vulnerable to SQL injection, but it is not vulnerable to path traversal.", "no"),
    (
        TRAVERSAL,
        "It is not vulnerable to SQL injection, but it is vulnerable to directory traversal.",
        "yes",
    ),
    (TRAVERSAL, "The code does not contain path traversal. However, there is a buffer overflow.", "no"),
    (TRAVERSAL, "The code contains a buffer overflow.", "no"),
    (TRAVERSAL, "The code is safe from SQL injection.", "none"),
    (TRAVERSAL, "The code has a memory leak. It also has a path traversal vulnerability.", "yes"),
    (TRAVERSAL, "An attacker can use ../ sequences to read files outside the folder.", "yes"),
    (SQL, "There is an integer overflow, yet no SQL injection.", "no"),
    (SQL, "The code is vulnerable to SQLi.", "yes"),
    (SQL, "The code has an XSS vulnerability but is safe from SQL injection.", "no"),
    (SQL, "User input is concatenated into the query, so it is vulnerable.", "yes"),
    (SQL, "This is not a path traversal. It is an SQL injection.", "yes"),
    (WRITE, "There is no use after free. There is an out-of-bounds write.", "yes"),
    (WRITE, "The code contains a buffer overflow.", "yes"),
    (WRITE, "There is no buffer overflow.", "no"),
    (WRITE, "The code is vulnerable to OOB write.", "yes"),
    (WRITE, "The code may leak memory, but no out-of-bounds write takes place.", "no"),
    (WRITE, "No. There is, however, a NULL pointer dereference.", "no"),
    (FREED, "The program has a double free but not a use after free.", "no"),
    (FREED, "The program uses a dangling pointer.", "yes"),
    (FREED, "There is no UAF.", "no"),
    (FREED, "The code is not vulnerable to use-after-free, although a memory leak exists.", "no"),
    (NULL, "The result of malloc is dereferenced without a check.", "yes"),
    (
        NULL,
        "The pointer is checked for NULL before it is dereferenced, so there is no null dereference.",
        "no",
    ),
    (NULL, "There is no null pointer dereference, but there is an out-of-bounds read.", "no"),
    (INTEGER, "The buffer overflows but there is no integer overflow.", "no"),
    (INTEGER, "There is an integer wraparound in the size computation.", "yes"),
    (INTEGER, "The sum can overflow.", "yes"),
    (INTEGER, "The sum cannot overflow, but the copy is out of bounds.", "no"),
    (SCRIPT, "No, XSS is possible.", "yes"),
    (SCRIPT, "Yes. It has an SQL injection, but no cross-site scripting.", "no"),
    (SCRIPT, "The code contains XSS.", "yes"),
    (COMMAND, "The code contains a command injection and a memory leak.", "yes"),
    (COMMAND, "The code is not vulnerable to shell injection.", "no"),
    (COMMAND, "An attacker can run arbitrary commands.", "yes"),
    (COMMAND, "CWE-77 is not present.", "no"),
    (COMMAND, "CWE-78 is present.", "yes"),
    (COMMAND, "CWE-476 is present, CWE-77 is not.", "no"),
]
