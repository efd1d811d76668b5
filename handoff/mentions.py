"""Whom a note calls by name. Pure."""

import re
from collections.abc import Mapping

_AT = re.compile(r"(?<![\w.@-])@")
_LATIN = re.compile(r"[A-Za-z0-9_]")
_GOES_ON = re.compile(r"[A-Za-z0-9_]|[.-][A-Za-z0-9_]")
MOST = 20
"""Colleagues that one note can call."""


def mentioned(text: str, people: Mapping[str, str]) -> tuple[str, ...]:
    """Accounts named after an @, in the order of the text, each once.

    `people` maps accounts to what they are called; both count, whatever the case. Of several names that fit, the longest
    does, and an account before what somebody else is called. An address such as a@ben.example calls nobody.
    """
    names = [(word, account) for account, display in people.items() for word in {account, display} if word]
    names.sort(key=lambda one: (-len(one[0]), one[0] != one[1], one[1]))
    found: dict[str, None] = {}
    for at in _AT.finditer(text):
        rest = text[at.end() :]
        account = next((account for word, account in names if _begins(rest, word)), None)
        if account is not None:
            found[account] = None
    return tuple(found)[:MOST]


def _begins(rest: str, word: str) -> bool:
    if rest[: len(word)].lower() != word.lower():
        return False
    # A Chinese name may be followed by words at once; of a Latin one the word has to end.
    return not (_LATIN.match(word[-1]) and _GOES_ON.match(rest, len(word)))
