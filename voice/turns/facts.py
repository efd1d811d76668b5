"""What turn-taking is told, and what it wants done.

`at` is a whole number of milliseconds on the call's clock, which may begin anywhere and never goes back. A position is
milliseconds into one playback, whatever time passed while it was paused.
"""

from typing import Literal

import msgspec

# Facts ----------------------------------------------------------------------------------------------------------


class Tick(msgspec.Struct, frozen=True):
    """Time has come to `at`. Best told when `Turns.due` says."""

    at: int


class SpeechStarted(msgspec.Struct, frozen=True):
    """Somebody speaks; it is certain at `at` and began at `since`."""

    at: int
    since: int


class SpeechEnded(msgspec.Struct, frozen=True):
    """Nobody speaks; it is certain at `at`, and silence began at `since`."""

    at: int
    since: int


class Partial(msgspec.Struct, frozen=True):
    """What a streaming recogniser has of the utterance that goes on."""

    at: int
    text: str
    confidence: float = 1.0


class Words(msgspec.Struct, frozen=True):
    """The result of `Decode` with the same utterance and attempt; `text` may be empty. The numbers are probabilities."""

    at: int
    utterance: int
    attempt: int
    text: str
    confidence: float = 1.0
    no_speech: float = 0.0


class Pressed(msgspec.Struct, frozen=True):
    """A key of the phone: 0 to 9, `*`, `#`, A to D."""

    at: int
    key: str


class Asked(msgspec.Struct, frozen=True):
    """What the turn of ours that begins now asks: told once before it plays, with `kind=""` where it asks nothing.

    `kind` is that of `asks.type` (docs/sockets.md). `digits` is how many are expected, 0 when not known. `choices` are
    the words that would be an answer.
    """

    at: int
    kind: str = ""
    digits: int = 0
    choices: tuple[str, ...] = ()


class PlayStarted(msgspec.Struct, frozen=True):
    """Our voice begins. `yields` says to what it yields: speech and keys, keys alone, or nothing (a legal notice)."""

    at: int
    playback: str
    yields: Literal["speech", "keys", "nothing"] = "speech"


class PlayChunk(msgspec.Struct, frozen=True):
    """The next piece of it was queued: its text, with the spaces that belong to it, and its length.

    `mark`, when there is one, comes as `PlayMarked` when the piece has gone out. `last`: no more will come.
    """

    at: int
    playback: str
    text: str
    ms: int
    mark: str = ""
    last: bool = False


class PlayMarked(msgspec.Struct, frozen=True):
    """The line has played up to a chunk's mark. A mark that was cleared is not told."""

    at: int
    playback: str
    mark: str


class PlayFinished(msgspec.Struct, frozen=True):
    """All of it has been played. Not told for what was stopped."""

    at: int
    playback: str


class HungUp(msgspec.Struct, frozen=True):
    """The call is over."""

    at: int


Fact = (
    Tick
    | SpeechStarted
    | SpeechEnded
    | Partial
    | Words
    | Pressed
    | Asked
    | PlayStarted
    | PlayChunk
    | PlayMarked
    | PlayFinished
    | HungUp
)

# Actions --------------------------------------------------------------------------------------------------------


class Pause(msgspec.Struct, frozen=True):
    """Be silent at once, and keep what was not played."""

    at: int
    playback: str
    position_ms: int


class Resume(msgspec.Struct, frozen=True):
    """Go on from a position, which lies before the pause: at the beginning of the clause or word."""

    at: int
    playback: str
    position_ms: int
    text_from: int


class Stop(msgspec.Struct, frozen=True):
    """Be silent at once, and forget the rest. `Heard` follows."""

    at: int
    playback: str


class Heard(msgspec.Struct, frozen=True):
    """What was stopped has been heard up to here: `text` is its first `text_until` characters."""

    at: int
    playback: str
    text_until: int
    text: str


class Decode(msgspec.Struct, frozen=True):
    """Recognise the sound from `since` to `until`; answer with `Words`. A later attempt replaces an earlier one."""

    at: int
    utterance: int
    attempt: int
    since: int
    until: int


class Cancel(msgspec.Struct, frozen=True):
    """That attempt's result is not wanted any more."""

    at: int
    utterance: int
    attempt: int


class Take(msgspec.Struct, frozen=True):
    """The caller has said this: it is the bot's turn."""

    at: int
    utterance: int
    text: str
    confidence: float


class Revoke(msgspec.Struct, frozen=True):
    """The caller goes on: what was taken was not all. It comes again, whole; nothing has been spoken yet."""

    at: int
    utterance: int


class Drop(msgspec.Struct, frozen=True):
    """An utterance that is nobody's turn: "noise", "back_channel", "echo", "keys" (pressed instead) or "hung_up"."""

    at: int
    utterance: int
    why: str


class TakeKeys(msgspec.Struct, frozen=True):
    """The caller has pressed this. `ended` by: "single", "hash" (not among `keys`), "length" or "timeout"."""

    at: int
    keys: str
    ended: str


class AskAgain(msgspec.Struct, frozen=True):
    """Ask again in other words. `why`: "silence" or "unclear"; `times` counts from 1."""

    at: int
    why: str
    times: int


class OfferKeys(msgspec.Struct, frozen=True):
    """Say that it can be answered with keys, or by a person."""

    at: int
    why: str


class HandOver(msgspec.Struct, frozen=True):
    """A person is needed. `why`: "silence", "unclear", or "no_answer" when the bot has none."""

    at: int
    why: str


class HangUp(msgspec.Struct, frozen=True):
    """Say goodbye and end the call."""

    at: int
    why: str


Action = (
    Pause
    | Resume
    | Stop
    | Heard
    | Decode
    | Cancel
    | Take
    | Revoke
    | Drop
    | TakeKeys
    | AskAgain
    | OfferKeys
    | HandOver
    | HangUp
)
