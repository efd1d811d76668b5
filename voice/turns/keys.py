"""Keys of the phone, put together to an answer. Pure."""

from typing import Final

from voice.turns.facts import Asked
from voice.turns.numbers import TYPED

KEYS: Final = frozenset("0123456789*#ABCD")
MOST: Final = 32
"""Keys of one answer at most: more are no number that we ask for."""
END: Final = "#"
"""The key that ends a number."""


class Keypad:
    """Collects what is pressed. `since` is when the last key of an unfinished number came, else None."""

    def __init__(self) -> None:
        self.since: int | None = None
        self._pressed = ""

    def press(self, at: int, key: str, question: Asked) -> tuple[str, str] | None:
        """(keys, how they ended) when this key makes an answer. In a menu one key is one; `#` alone is a key too."""
        several = question.kind in TYPED or question.digits > 1
        if not self._pressed and (not several or key == END):
            return key, "single"
        if key == END:
            return self._done("hash")
        self._pressed += key
        self.since = at
        return self._done("length") if len(self._pressed) >= (question.digits or MOST) else None

    def wait_over(self) -> tuple[str, str]:
        """No further key came in time."""
        return self._done("timeout")

    def _done(self, how: str) -> tuple[str, str]:
        keys, self._pressed, self.since = self._pressed, "", None
        return keys, how
