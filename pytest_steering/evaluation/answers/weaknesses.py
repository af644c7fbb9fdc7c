"""Names of weaknesses: CWE numbers, the usual name and what people call it; a table that others may use too.

Numbers and names follow the Common Weakness Enumeration (cwe.mitre.org); synonyms are what reviewers and
language models write. Synonyms are lower case, hyphens and slashes are written as spaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Weakness:
    """One weakness as people speak of it.

    Attributes:
        key: Short identifier.
        cwes: CWE numbers that mean this weakness, the most usual one first.
        names: The usual name first, then synonyms.
        families: Wider groups; two weaknesses of one family are not told apart when an answer is read.
    """

    key: str
    cwes: tuple[int, ...]
    names: tuple[str, ...]
    families: tuple[str, ...] = ()


def _weakness(key: str, cwes: str, names: str, families: str = "") -> Weakness:
    numbers = tuple(int(number) for number in cwes.split())
    return Weakness(key, numbers, tuple(name.strip() for name in names.split(",")), tuple(families.split()))


WEAKNESSES = (
    _weakness(
        "path traversal",
        "22 23 35 36 73",
        "path traversal, directory traversal, path traversals, directory traversals, traversal, path injection, "
        "dot dot slash, path manipulation, file inclusion, zip slip, traversal attack, traversal attacks",
    ),
    _weakness(
        "command injection",
        "78 77 88",
        "OS command injection, command injection, command injections, shell injection, shell command injection, "
        "os injection, argument injection, arbitrary command execution, command execution vulnerability",
        "injection execution",
    ),
    _weakness(
        "cross-site scripting",
        "79 80",
        "cross site scripting, xss, cross scripting, html injection, script injection, javascript injection, "
        "reflected xss, stored xss",
        "injection",
    ),
    _weakness(
        "SQL injection",
        "89 564",
        "SQL injection, sql injections, sqli, injection of sql, sql query injection, sql code injection",
        "injection",
    ),
    _weakness(
        "code injection",
        "94 95 96",
        "code injection, code injections, arbitrary code execution, remote code execution, rce, eval injection",
        "injection execution",
    ),
    _weakness("injection", "74", "injection, injections, injection attack, injection attacks", "injection"),
    _weakness(
        "integer overflow",
        "190 191 680",
        "integer overflow, integer overflows, integer underflow, integer wraparound, integer wrap around, "
        "arithmetic overflow, signed overflow, unsigned overflow, int overflow, numeric overflow, wraparound, "
        "wrap around, wraps around, overflow or wraparound",
        "overflow",
    ),
    _weakness(
        "out-of-bounds write",
        "787 120 121 122 119 124 123 131 193 788 805",
        "out of bounds write, out of bound write, out of bounds writes, oob write, oob writes, out of bounds, "
        "out of bound, buffer overflow, buffer overflows, buffer overrun, buffer overruns, stack overflow, "
        "heap overflow, stack based buffer overflow, heap based buffer overflow, heap buffer overflow, "
        "stack buffer overflow, write out of bounds, writes out of bounds, writing out of bounds, "
        "written out of bounds, overrun, overruns, off by one, off by one error, memory corruption, "
        "out of bounds access, out of bounds memory access, out of bounds memory write, "
        "out of bounds write access, buffer underflow, array overflow, array index out of bounds, boundary error",
        "overflow bounds",
    ),
    _weakness(
        "out-of-bounds read",
        "125 126 127",
        "out of bounds read, out of bound read, out of bounds reads, oob read, buffer over read, "
        "buffer overread, over read, overread, read out of bounds, reads out of bounds",
        "bounds",
    ),
    _weakness(
        "overflow", "", "overflow, overflows, overflowed, overflowing, underflow, underflows", "overflow"
    ),
    _weakness(
        "use after free",
        "416 825",
        "use after free, uaf, use after frees, used after free, used after being freed, "
        "used after it has been freed, used after it is freed, accessed after free, accessed after being freed, "
        "accessed after it has been freed, dangling pointer, dangling pointers, dangling reference, "
        "access after free, use of freed memory, freed memory is used, freed memory is accessed, use after freed",
        "freed",
    ),
    _weakness("double free", "415", "double free, double frees, freed twice, free twice, double freed"),
    _weakness(
        "NULL pointer dereference",
        "476",
        "null pointer dereference, null pointer dereferences, null dereference, null dereferences, npd, "
        "null pointer dereferencing, dereference of null, dereference of a null pointer, nullptr dereference, "
        "null pointer exception, null deref, null pointer deref, dereferences a null pointer, "
        "dereferencing a null pointer, dereference a null pointer, dereferencing null, dereferences null, "
        "null pointer is dereferenced, dereferenced null pointer, null pointer access",
    ),
    _weakness(
        "memory leak",
        "401 772 775",
        "memory leak, memory leaks, leaks memory, leak memory, resource leak, "
        "resource leaks, leaked memory, file descriptor leak, memory leakage",
    ),
    _weakness(
        "improper input validation",
        "20",
        "improper input validation, lack of input validation, "
        "insufficient input validation, missing input validation",
    ),
    _weakness(
        "unsafe deserialization",
        "502",
        "unsafe deserialization, insecure deserialization, "
        "deserialization of untrusted data, deserialization vulnerability, object injection",
    ),
    _weakness(
        "divide by zero",
        "369",
        "divide by zero, division by zero, divides by zero, zero division, dividing by zero",
    ),
    _weakness(
        "uninitialized variable",
        "457 908 824",
        "uninitialized variable, uninitialized variables, "
        "uninitialized memory, uninitialised variable, uninitialised memory, use of uninitialized variable, "
        "uninitialized pointer, use of uninitialized memory",
    ),
    _weakness(
        "hard-coded credentials",
        "798 259 321",
        "hard coded credentials, hardcoded credentials, "
        "hard coded password, hardcoded password, hardcoded passwords, hardcoded key, hard coded secrets, "
        "hardcoded secrets",
    ),
    _weakness(
        "format string",
        "134",
        "format string vulnerability, format string attack, format string bug, "
        "uncontrolled format string, format string vulnerabilities, format string",
    ),
    _weakness(
        "race condition",
        "362 367",
        "race condition, race conditions, toctou, time of check time of use, data race, data races",
    ),
    _weakness(
        "information exposure",
        "200 209 532",
        "information disclosure, information exposure, "
        "information leak, information leakage, data leak, sensitive data exposure, data exposure",
    ),
    _weakness(
        "denial of service",
        "400 770 674",
        "denial of service, dos, resource exhaustion, infinite loop, "
        "uncontrolled recursion, memory exhaustion",
    ),
    _weakness("cross-site request forgery", "352", "cross site request forgery, csrf, xsrf"),
    _weakness("server-side request forgery", "918", "server side request forgery, ssrf"),
    _weakness("XML external entity", "611", "xml external entity, xxe, external entity injection"),
    _weakness("open redirect", "601", "open redirect, url redirection, unvalidated redirect"),
    _weakness(
        "weak cryptography",
        "327 328 326 916",
        "weak cryptography, weak encryption, weak hash, "
        "broken cryptography, insecure hash, plaintext password, plaintext passwords, plain text passwords",
    ),
    _weakness(
        "weak randomness",
        "330 338",
        "weak randomness, insecure randomness, predictable random numbers, insecure random",
    ),
    _weakness(
        "improper authentication",
        "287 306",
        "improper authentication, missing authentication, broken authentication, authentication bypass",
    ),
    _weakness(
        "improper authorization",
        "862 863 285 639",
        "improper authorization, missing authorization, "
        "broken access control, improper access control, insecure direct object reference, idor",
    ),
    _weakness(
        "unrestricted upload", "434", "unrestricted file upload, unrestricted upload, arbitrary file upload"
    ),
    _weakness(
        "link following", "59 61", "symlink attack, symlink attacks, link following, symlink following"
    ),
    _weakness("type confusion", "843 704 681", "type confusion, integer truncation, type conversion error"),
    _weakness("invalid free", "590 761 763", "invalid free, free of non heap memory, free of stack memory"),
    _weakness("unchecked return value", "252 253", "unchecked return value, unchecked return values"),
    _weakness("reachable assertion", "617", "reachable assertion"),
    _weakness("LDAP injection", "90", "ldap injection", "injection"),
    _weakness("template injection", "1336", "template injection, ssti", "injection"),
    _weakness("log injection", "117", "log injection", "injection"),
)

BY_KEY = {weakness.key: weakness for weakness in WEAKNESSES}
BY_CWE = {number: weakness.key for weakness in WEAKNESSES for number in weakness.cwes}

CWE_NUMBER = re.compile(r"\bcwe[ _-]?0{0,3}(\d{1,4})\b", re.IGNORECASE)

UNLISTED = "a weakness that is not in the table"
"""Key of a CWE number without an entry; it is the same as no other weakness."""

_GENERIC = ("injection", "overflow")


def weakness_of_cwe(cwe: str) -> str | None:
    """Return the key of a CWE such as `CWE-89`; None when the table does not hold it."""
    found = CWE_NUMBER.search(cwe)
    return BY_CWE.get(int(found[1])) if found else None


def same_weakness(one: str, other: str) -> bool:
    """Tell whether two keys may mean the same weakness, one perhaps in wider words than the other."""
    if one == other or UNLISTED in (one, other):
        return one == other
    families = set(BY_KEY[one].families) & set(BY_KEY[other].families)
    if one in _GENERIC or other in _GENERIC:
        return bool(families)
    return bool(families - set(_GENERIC))
