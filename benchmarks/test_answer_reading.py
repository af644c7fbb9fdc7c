"""How fast the text reader reads: answers a second on one core, and time against length."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pytest_steering import read_answer

pytestmark = pytest.mark.performance

QUESTION = "Does this code contain instances of the security vulnerability known as SQL injection?"
REVIEW = """Let me go through the two functions one by one.

1. **`add_entry`**: The statement is prepared once and its values are bound, so whatever the user types is
   data. An attacker cannot inject anything here.
2. **`find_entry`**: The name is checked for length, but it is then concatenated into the statement:

```python
cursor.execute("SELECT * FROM entries WHERE name = '" + name + "'")
```

   If the name holds a quote, the rest of it is read as SQL. Although the length check makes an attack
   harder, it does not prevent it. SQL injection typically happens in exactly this way: text becomes code.

The helper at the end of the file is not related to the database. It may leak memory when the file cannot be
opened, which is a separate matter and no security problem by itself. The second helper returns early when
there is nothing to do.

**Conclusion**

Based on the analysis above, the code contains an SQL injection vulnerability in `find_entry`. To fix it, use
a bound parameter in the second function, too:

```python
cursor.execute("SELECT * FROM entries WHERE name = ?", (name,))
```

With this change the code is safe from SQL injection. I would also recommend to log failed queries, and to
validate names against a list of allowed characters.
"""


def test_a_thousand_answers_a_second_are_read_on_one_core(benchmark: Any) -> None:
    answers = [f"{REVIEW}\n\nReviewed as case {number}." for number in range(200)]
    seconds: list[float] = []

    def read_all() -> list[str]:
        began = time.process_time()
        verdicts: list[str] = [read_answer(answer, QUESTION).verdict for answer in answers]
        seconds.append(time.process_time() - began)
        return verdicts

    verdicts = benchmark.pedantic(read_all, rounds=5, warmup_rounds=1)
    rate = len(answers) / min(seconds)

    benchmark.extra_info["answers_per_second_of_one_core"] = rate
    assert set(verdicts) == {"yes"}
    assert 1_250 < len(answers[0]) < 1_400
    assert rate >= 1_000, f"{rate:.0f} answers a second"


@pytest.mark.parametrize("megabytes", [1, 10, 100])
def test_the_time_for_one_answer_is_bounded(benchmark: Any, megabytes: int) -> None:
    answer = REVIEW * (megabytes * 10**6 // len(REVIEW))
    began = time.process_time()
    benchmark.pedantic(read_answer, args=(answer, QUESTION), rounds=1)

    assert time.process_time() - began < 1.0
