"""Text from elsewhere as a page shows it: every character is seen, and none reorders its neighbours."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff]"
)


def shown(text: object) -> str:
    """Return text in which what cannot be seen stands as its code, such as `⟨U+202E⟩`.

    Args:
        text: Of a model, a file or a test. Newlines and tabs stay; direction marks, control characters and
            halves of surrogate pairs do not.
    """
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", str(text).replace("\r\n", "\n"))
