"""The times of a conversation by voice. All are whole milliseconds; each says why it is what it is."""

import msgspec


class Timing(msgspec.Struct, frozen=True):
    """What feels like a conversation. The values are those of people's talk, not of any machine."""

    # When the caller has finished: silence after speech ---------------------------------------------------------

    closed_ms: int = 300
    """After "yes" or a choice nothing more is expected. Gaps inside a word stay below 200."""
    open_ms: int = 600
    """A breath inside a sentence is rarely longer."""
    spelled_ms: int = 1200
    """Between the groups of a number people read on, or look at a card."""
    incomplete_ms: int = 4000
    """How long a number that is too short is waited for: then it is asked for again, rather than never."""
    speculate_ms: int = 180
    """Silence after which decoding begins: longer than a stop consonant, and 120 earlier than the first end."""
    revoke_ms: int = 250
    """The caller goes on so soon after the end that it was none. Nobody reacts to us within that time."""
    utterance_ms: int = 20_000
    """Who talks on is cut here: recognisers take up to 30 seconds, and the bot may understand the first part."""
    spelled_utterance_ms: int = 40_000
    """The same while a number is said: 18 digits with pauses take up to 35 seconds."""

    # When the caller talks into what we say ---------------------------------------------------------------------

    barge_in_ms: int = 160
    """Speech after which our voice pauses: a click is shorter, and beyond 200 we seem not to listen."""
    look_ms: int = 1000
    """Speech, while our voice is paused, after which we look whether it is words. A street goes on and on."""
    question_tail_ms: int = 700
    """A question counts as asked in full when no more of it is left: people answer before the last syllable."""
    echo_ms: int = 600
    """An echo comes back so late at most: two jitter buffers and a mobile network. Also the error of positions."""
    resume_back_ms: int = 3000
    """How far back a clause may begin at which we go on; else at the word, which in Chinese is one character and
    sounds like a slip. Clauses are rarely longer."""

    # When nothing comes -----------------------------------------------------------------------------------------

    decode_ms: int = 8000
    """A recogniser that has not answered by then is taken to have heard nothing; a busy one needs half of it."""
    unclear_ms: int = 500
    """Speech without words that long is asked about ("pardon?"); a cough is shorter and is passed over."""
    think_ms: int = 15_000
    """The bot's own deadlines are shorter. A caller hears no more silence than this."""
    lost_ms: int = 5000
    """Our voice is over when its end is not told so long after it must have been."""
    key_ms: int = 3000
    """Between two keys of a number; the usual inter-digit time of telephone menus."""


class Limits(msgspec.Struct, frozen=True):
    """What a pack says about a caller who is silent or not understood.

    After each `silence_ms` of silence, or each utterance without words: `again` times the question in other words,
    then `keys` times the offer to press keys, then the `last`: "person", or "hang_up" where there is nobody.
    """

    silence_ms: int = 6000
    again: int = 1
    keys: int = 1
    last: str = "person"
