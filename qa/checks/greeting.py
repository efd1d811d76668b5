"""The first words greet, and the bot's say that it is a machine."""

from typing import Final

import msgspec

from core.conversation import BOT
from qa.checks.base import NOT_APPLICABLE, WORDS_ERASED, Check, Family, Params, Result, judged
from qa.transcript import Transcript
from qa.words import Phrases

_WORDS: Final = {
    "zh": ["您好", "你好", "欢迎"],
    "en": ["hello", "hi", "welcome", "good morning", "good afternoon", "good evening"],
}


class GreetingParams(Params, frozen=True):
    """`machine_words` is asked of the bot only; empty: not at all."""

    words: dict[str, list[str]] = msgspec.field(default_factory=lambda: _WORDS)
    machine_words: dict[str, list[str]] = msgspec.field(default_factory=dict)


def prepare(who: str, params: GreetingParams) -> Check:
    """1 when both are said, 0.5 for one of the two. The bot has its words before the customer's first, or its
    first.
    """
    greets, machine = Phrases(params.words), Phrases(params.machine_words)
    needs_machine = who == BOT and any(params.machine_words.values())

    def check(transcript: Transcript) -> Result:
        if transcript.erased:
            return WORDS_ERASED
        said = transcript.said(who)
        if not said:
            return NOT_APPLICABLE
        customer = next((r.seq for r in transcript.customer(BOT)), None)
        opening = [u for u in said if who == BOT and customer is not None and u.seq < customer] or said[:1]
        text = "\n".join(u.text for u in opening)
        done = [bool(greets.find(text))]
        if needs_machine:
            done.append(bool(machine.find(text)))
        reason = "greeted" if all(done) else ("not_greeted" if not done[0] else "machine_not_named")
        return judged(sum(done) / len(done), reason, [(opening[0].seq, opening[0].text)])

    return check


FAMILY = Family(GreetingParams, prepare)
