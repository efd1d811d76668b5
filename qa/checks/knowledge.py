"""An answer from the knowledge pages says where it stands."""

from core import events as e
from qa.checks.base import NOT_APPLICABLE, Check, Family, Params, Result, judged
from qa.transcript import Transcript


class KnowledgeParams(Params, frozen=True):
    """None."""


def prepare(who: str, params: KnowledgeParams) -> Check:
    """The share of answers that rest on passages and cite a document."""

    def check(transcript: Transcript) -> Result:
        used = {r.event.in_reply_to for r in transcript.events if isinstance(r.event, e.KnowledgeUsed)}
        turns = [turn for turn in transcript.turns() if turn.in_reply_to in used]
        if not turns:
            return NOT_APPLICABLE
        bare = [turn for turn in turns if not turn.cited]
        if not bare:
            return judged(1.0, "all_cited", [], len(turns))
        words = {r.seq: r.event.text for r in transcript.events if isinstance(r.event, e.BotSaid)}
        places = [(turn.seq, words.get(turn.seq, "")) for turn in bare]
        return judged(1 - len(bare) / len(turns), "not_cited", places, len(bare), len(turns))

    return check


FAMILY = Family(KnowledgeParams, prepare)
