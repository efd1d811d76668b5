"""A call in virtual time: what happens is written down as a scenario, and so is what should come of it.

    0.00 asks yes_no
    0.00 we: Do you want broadband? (2.0)
    2.50 caller: yes (0.4)
    => 3.20 take yes

`we` may end in `keys` or `nothing`, to which it yields. Around the machine stand a speech detector that is sure after
96 ms, a recogniser that takes 100 ms (`0.00 slow 3` makes it 3 s), and a line that plays, pauses and goes on.
Decoding is shown where a scenario expects a `decode` or `cancel`. Times of what is expected are those of the machine.
"""

import heapq
import re
from collections.abc import Callable
from typing import NamedTuple

from voice.turns import facts as f
from voice.turns.machine import Turns
from voice.turns.timing import Limits, Timing

SURE_MS = 96


class Speech(NamedTuple):
    """What the caller says, when, and how sure a recogniser is of it."""

    since: int
    until: int
    text: str
    confidence: float


def said(speeches: list[Speech], since: int, until: int) -> tuple[str, float]:
    """What a recogniser hears between two times: of a speech that is cut, its share of the text."""
    heard, sure = [], [1.0]
    for speech in speeches:
        start, end = max(speech.since, since), min(speech.until, until)
        if end > start:
            length = speech.until - speech.since
            first, last = (round(len(speech.text) * (at - speech.since) / length) for at in (start, end))
            heard.append(speech.text[first:last])
            sure.append(speech.confidence)
    return " ".join(heard).strip(), min(sure)


class Stage:
    """Runs one scenario. `log` is what the machine did."""

    def __init__(self, limits: Limits | None = None, timing: Timing | None = None) -> None:
        self.turns = Turns(limits, timing)
        self.log: list[f.Action] = []
        self.now = 0
        self._slow_ms = 100
        self._speeches: list[Speech] = []
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self._playing: list[
            tuple[str, int]
        ] = []  # chunks of the present playback: mark and where it ends, in ms
        self._plays = 0  # what a line has queued is void when this has changed

    def at(self, ms: int, do: Callable[[], None]) -> None:
        """Has it done then."""
        self._count += 1
        heapq.heappush(self._events, (ms, self._count, do))

    def tell(self, fact: f.Fact) -> None:
        """Tells the machine, and does what it wants."""
        for action in self.turns.take(fact):
            self.log.append(action)
            self._do(action)

    def run(self, until: int) -> None:
        """Lets time pass; the machine is ticked exactly when it asks for it."""
        while True:
            event = self._events[0][0] if self._events else until
            due = self.turns.due
            self.now = min(event, until if due is None else due)
            if self.now >= until:
                return
            if event == self.now:
                heapq.heappop(self._events)[2]()
            else:
                self.tell(f.Tick(self.now))

    # What can happen --------------------------------------------------------------------------------------------

    def speaks(self, at: int, text: str, ms: int, confidence: float = 0.9) -> None:
        """The caller says something."""
        self._speeches.append(Speech(at, at + ms, text, confidence))
        self.at(at + SURE_MS, lambda: self.tell(f.SpeechStarted(self.now, at)))
        self.at(at + ms + SURE_MS, lambda: self.tell(f.SpeechEnded(self.now, at + ms)))

    def says(self, text: str, ms: int, yields: str = "speech") -> None:
        """We say something, clause by clause."""
        name = f"p{self.now}"
        clauses = re.findall(r"[^，。？,.?]+[，。？,.?]*\s*", text)
        self._playing = []
        self.tell(f.PlayStarted(self.now, name, yields))  # type: ignore[arg-type]
        end = 0
        for number, clause in enumerate(clauses):
            length = ms * len(clause) // len(text)
            end += length
            self._playing.append((f"m{number}", end))
            last = number == len(clauses) - 1
            self.tell(f.PlayChunk(self.now, name, clause, length, f"m{number}", last))
        if self.turns.audible:
            self._play_from(name, 0)

    def slow(self, ms: int) -> None:
        self._slow_ms = ms

    def _play_from(self, name: str, position: int) -> None:
        self._plays += 1
        plays, start = self._plays, self.now - position

        def tell(fact: Callable[[int], f.Fact]) -> Callable[[], None]:
            return lambda: self.tell(fact(self.now)) if plays == self._plays else None

        for mark, end in self._playing:
            if end > position:
                self.at(start + end, tell(lambda at, mark=mark: f.PlayMarked(at, name, mark)))  # type: ignore[misc]
        self.at(start + self._playing[-1][1], tell(lambda at: f.PlayFinished(at, name)))

    def _do(self, action: f.Action) -> None:
        match action:
            case f.Pause() | f.Stop():
                self._plays += 1
            case f.Resume():
                self._play_from(action.playback, action.position_ms)
            case f.Decode():
                text, sure = said(self._speeches, action.since, action.until)
                number, attempt = action.utterance, action.attempt
                self.at(
                    self.now + self._slow_ms,
                    lambda: self.tell(f.Words(self.now, number, attempt, text, sure, 0.0 if text else 0.9)),
                )
            case _:
                pass


def told(action: f.Action) -> str:
    """An action as scenarios write it."""
    name = re.sub(r"(?<!^)(?=[A-Z])", " ", type(action).__name__).lower()
    match action:
        case f.Pause():
            detail = f"{action.position_ms / 1000:.2f}"
        case f.Resume():
            detail = f"{action.position_ms / 1000:.2f}"
        case f.Heard() | f.Take():
            detail = action.text.strip()
        case f.Drop() | f.OfferKeys() | f.HandOver() | f.HangUp() | f.AskAgain():
            detail = action.why
        case f.TakeKeys():
            detail = f"{action.keys} {action.ended}"
        case f.Decode():
            detail = f"{action.since / 1000:.2f}-{action.until / 1000:.2f}"
        case _:
            detail = ""
    return f"{action.at / 1000:.2f} {name} {detail}".strip()


_LINE = re.compile(r"(\d+\.\d+) (\w+):?(?: (?!\()(.*?))?(?: \(([\d.]+)\))?(?: (keys|nothing|[\d.]+))?")


def plays(script: str, limits: Limits | None = None) -> tuple[list[str], list[str]]:
    """Runs a scenario. (what the machine did, what was expected)."""
    stage = Stage(limits)
    lines = [line.strip() for line in script.strip().splitlines()]
    wanted = [line[3:] for line in lines if line.startswith("=> ")]
    last = 0
    for line in lines:
        if line.startswith("=> "):
            continue
        match = _LINE.fullmatch(line)
        assert match, line
        at, what, text = round(float(match[1]) * 1000), match[2], match[3] or ""
        ms = round(float(match[4] or 0) * 1000)
        last = max(last, at + ms)
        _happens(stage, at, what, text, ms, match[5])
    shows = any(re.match(r"\S+ (decode|cancel)", line) for line in wanted)
    ends = [round(float(line.split()[0]) * 1000) for line in wanted]
    stage.run(max([last, *ends]) + 500)
    hidden = () if shows else (f.Decode, f.Cancel)
    return [told(action) for action in stage.log if not isinstance(action, hidden)], wanted


def _happens(stage: Stage, at: int, what: str, text: str, ms: int, more: str | None) -> None:
    match what:
        case "caller":
            stage.speaks(at, text, ms, float(more or 0.9))
        case "noise":
            stage.speaks(at, "", ms)
        case "we":
            stage.at(at, lambda: stage.says(text, ms, more or "speech"))
        case "asks":
            kind, *rest = (text if more is None else f"{text} {more}").split()
            digits = next((int(part) for part in rest if part.isdigit()), 0)
            choices = tuple(part for part in rest if not part.isdigit())
            stage.at(at, lambda: stage.tell(f.Asked(at, kind.strip("-"), digits, choices)))
        case "key":
            stage.at(at, lambda: stage.tell(f.Pressed(at, more or text)))
        case "slow":
            stage.at(at, lambda: stage.slow(round(float(more or text) * 1000)))
        case "partial":
            stage.at(at, lambda: stage.tell(f.Partial(at, text)))
        case _:
            raise AssertionError(what)
