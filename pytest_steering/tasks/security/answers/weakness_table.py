"""Names of weaknesses: CWE numbers, the usual name and what people call them; for whoever needs such a table.

Numbers and names follow the Common Weakness Enumeration (cwe.mitre.org); synonyms are what reviewers and
language models write. Hyphens and slashes in names are written as spaces.
"""

from __future__ import annotations

TABLE = """
path traversal | 22 23 35 36 73 |
    path traversal, directory traversal, path traversals, directory traversals, traversal, path
    injection, dot dot slash, path manipulation, file inclusion, zip slip, traversal attack,
    traversal attacks
command injection | 78 77 88 | injection execution
    OS command injection, command injection, command injections, shell injection, shell command
    injection, os injection, argument injection, arbitrary command execution, command execution
    vulnerability
cross-site scripting | 79 80 | injection
    cross site scripting, xss, cross scripting, html injection, script injection, javascript
    injection, reflected xss, stored xss
SQL injection | 89 564 | injection
    SQL injection, sql injections, sqli, injection of sql, sql query injection, sql code injection
code injection | 94 95 96 | injection execution
    code injection, code injections, arbitrary code execution, remote code execution, rce, eval
    injection
injection | 74 | injection
    injection, injections, injection attack, injection attacks
integer overflow | 190 191 680 | overflow
    integer overflow, integer overflows, integer underflow, integer wraparound, integer wrap around,
    arithmetic overflow, signed overflow, unsigned overflow, int overflow, numeric overflow,
    wraparound, wrap around, wraps around, overflow or wraparound
out-of-bounds write | 787 120 121 122 119 124 123 131 193 788 805 | overflow bounds
    out of bounds write, out of bound write, out of bounds writes, oob write, oob writes, out of
    bounds, out of bound, buffer overflow, buffer overflows, buffer overrun, buffer overruns, stack
    overflow, heap overflow, stack based buffer overflow, heap based buffer overflow, heap buffer
    overflow, stack buffer overflow, write out of bounds, writes out of bounds, writing out of
    bounds, written out of bounds, overrun, overruns, off by one, off by one error, memory
    corruption, out of bounds access, out of bounds memory access, out of bounds memory write, out
    of bounds write access, buffer underflow, array overflow, array index out of bounds, boundary
    error
out-of-bounds read | 125 126 127 | bounds
    out of bounds read, out of bound read, out of bounds reads, oob read, buffer over read, buffer
    overread, over read, overread, read out of bounds, reads out of bounds
overflow |  | overflow
    overflow, overflows, overflowed, overflowing, underflow, underflows
use after free | 416 825 | freed
    use after free, uaf, use after frees, used after free, used after being freed, used after it has
    been freed, used after it is freed, accessed after free, accessed after being freed, accessed
    after it has been freed, dangling pointer, dangling pointers, dangling reference, access after
    free, use of freed memory, freed memory is used, freed memory is accessed, use after freed
double free | 415 |
    double free, double frees, freed twice, free twice, double freed
NULL pointer dereference | 476 |
    null pointer dereference, null pointer dereferences, null dereference, null dereferences, npd,
    null pointer dereferencing, dereference of null, dereference of a null pointer, nullptr
    dereference, null pointer exception, null deref, null pointer deref, dereferences a null
    pointer, dereferencing a null pointer, dereference a null pointer, dereferencing null,
    dereferences null, null pointer is dereferenced, dereferenced null pointer, null pointer access
memory leak | 401 772 775 |
    memory leak, memory leaks, leaks memory, leak memory, resource leak, resource leaks, leaked
    memory, file descriptor leak, memory leakage
improper input validation | 20 |
    improper input validation, lack of input validation, insufficient input validation, missing
    input validation
unsafe deserialization | 502 |
    unsafe deserialization, insecure deserialization, deserialization of untrusted data,
    deserialization vulnerability, object injection
divide by zero | 369 |
    divide by zero, division by zero, divides by zero, zero division, dividing by zero
uninitialized variable | 457 908 824 |
    uninitialized variable, uninitialized variables, uninitialized memory, uninitialised variable,
    uninitialised memory, use of uninitialized variable, uninitialized pointer, use of uninitialized
    memory
hard-coded credentials | 798 259 321 |
    hard coded credentials, hardcoded credentials, hard coded password, hardcoded password,
    hardcoded passwords, hardcoded key, hard coded secrets, hardcoded secrets
format string | 134 |
    format string vulnerability, format string attack, format string bug, uncontrolled format
    string, format string vulnerabilities, format string
race condition | 362 367 |
    race condition, race conditions, toctou, time of check time of use, data race, data races
information exposure | 200 209 532 |
    information disclosure, information exposure, information leak, information leakage, data leak,
    sensitive data exposure, data exposure
denial of service | 400 770 674 |
    denial of service, dos, resource exhaustion, infinite loop, uncontrolled recursion, memory
    exhaustion
cross-site request forgery | 352 |
    cross site request forgery, csrf, xsrf
server-side request forgery | 918 |
    server side request forgery, ssrf
XML external entity | 611 |
    xml external entity, xxe, external entity injection
open redirect | 601 |
    open redirect, url redirection, unvalidated redirect
weak cryptography | 327 328 326 916 |
    weak cryptography, weak encryption, weak hash, broken cryptography, insecure hash, plaintext
    password, plaintext passwords, plain text passwords
weak randomness | 330 338 |
    weak randomness, insecure randomness, predictable random numbers, insecure random
improper authentication | 287 306 |
    improper authentication, missing authentication, broken authentication, authentication bypass
improper authorization | 862 863 285 639 |
    improper authorization, missing authorization, broken access control, improper access control,
    insecure direct object reference, idor
unrestricted upload | 434 |
    unrestricted file upload, unrestricted upload, arbitrary file upload
link following | 59 61 |
    symlink attack, symlink attacks, link following, symlink following
type confusion | 843 704 681 |
    type confusion, integer truncation, type conversion error
invalid free | 590 761 763 |
    invalid free, free of non heap memory, free of stack memory
unchecked return value | 252 253 |
    unchecked return value, unchecked return values
reachable assertion | 617 |
    reachable assertion
LDAP injection | 90 | injection
    ldap injection
template injection | 1336 | injection
    template injection, ssti
log injection | 117 | injection
    log injection
"""
"""One weakness a block: key | CWE numbers, the most usual first | families; then its names, the usual first.

Weaknesses of one family are not told apart when an answer is read.
"""
