"""Whatever happens in whatever order: turn-taking keeps its promises."""

from collections import Counter
from collections.abc import Callable

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from voice.turns import facts as f
from voice.turns.machine import Turns
from voice.turns.timing import Limits

TEXTS = (
    "",
    "嗯",
    "对",
    "好的",
    "我要投诉",
    "一三八",
    "13800138000",
    "yeah",
    "stop it",
    "您要办理宽带",
    "twenty point",
)
KINDS = ("", "text", "yes_no", "choice", "phone", "number", "amount", "id_card", "ticket", "date_time")
SENTENCES = ("您要办理宽带，对吗？", "Your plan is fifty nine a month.", "", "，。", "138 0013 8000")

texts = st.sampled_from(TEXTS)
names = st.sampled_from(("a", "b"))
sure = st.sampled_from((0.0, 0.3, 0.9))
back = st.sampled_from((0, 96, 400, 3000))

Make = Callable[[int, list[f.Decode]], f.Fact]


def _answer(at: int, decodes: list[f.Decode], which: int, text: str, confidence: float) -> f.Fact:
    """The words of one of the last decodings, if there was one."""
    if not decodes:
        return f.Words(at, 1, 1, text, confidence)
    asked = decodes[-1 - which % len(decodes)]
    return f.Words(at, asked.utterance, asked.attempt, text, confidence)


makes: st.SearchStrategy[Make] = st.one_of(
    st.just(lambda at, _: f.Tick(at)),
    back.map(lambda ms: lambda at, _: f.SpeechStarted(at, at - ms)),
    back.map(lambda ms: lambda at, _: f.SpeechEnded(at, at - ms)),
    st.tuples(texts, sure).map(lambda v: lambda at, _: f.Partial(at, *v)),
    st.tuples(st.integers(0, 2), texts, sure).map(lambda v: lambda at, decodes: _answer(at, decodes, *v)),
    st.sampled_from("0159*#Ax").map(lambda key: lambda at, _: f.Pressed(at, key)),
    st.tuples(st.sampled_from(KINDS), st.sampled_from((0, 4)), st.sampled_from(((), ("宽带", "ok")))).map(
        lambda v: lambda at, _: f.Asked(at, *v)
    ),
    st.builds(f.PlayStarted, st.just(0), names, st.sampled_from(("speech", "speech", "keys", "nothing"))).map(
        lambda fact: lambda at, _: msgspec.structs.replace(fact, at=at)
    ),
    st.tuples(names, st.sampled_from(SENTENCES), st.sampled_from((0, 300, 2000)), names, st.booleans()).map(
        lambda v: lambda at, _: f.PlayChunk(at, *v)
    ),
    st.tuples(names, names).map(lambda v: lambda at, _: f.PlayMarked(at, *v)),
    names.map(lambda name: lambda at, _: f.PlayFinished(at, name)),
)
gaps = st.sampled_from((0, 0, 32, 96, 160, 250, 700, 1300, 5000, 25_000, -500))
stories = st.lists(st.tuples(gaps, makes), max_size=40)
limits = st.builds(
    Limits,
    silence_ms=st.sampled_from((0, 6000)),
    again=st.integers(0, 2),
    keys=st.integers(0, 1),
    last=st.sampled_from(("person", "hang_up")),
)


class Line:
    """What a line may be told: it is silent, speaks or is paused."""

    def __init__(self) -> None:
        self.name, self.yields, self.paused = "", "", False

    def fact(self, fact: f.Fact) -> None:
        if isinstance(fact, f.PlayStarted):
            self.name, self.yields, self.paused = fact.playback, fact.yields, False
        elif isinstance(fact, f.PlayFinished) and fact.playback == self.name:
            self.name, self.paused = "", False

    def action(self, action: f.Action) -> None:
        match action:
            case f.Pause():
                assert (self.name, self.yields, self.paused) == (action.playback, "speech", False)
                self.paused = True
            case f.Resume():
                assert (self.name, self.paused) == (action.playback, True)
                self.paused = False
            case f.Stop():
                assert self.name == action.playback
                assert self.yields != "nothing"
                self.name, self.paused = "", False
            case f.Take() | f.TakeKeys():
                assert not self.paused
            case _:
                pass


class Run:
    """Tells facts to a machine and looks at everything that it does."""

    def __init__(self, limits: Limits) -> None:
        self.turns = Turns(limits)
        self.line = Line()
        self.log: list[f.Action] = []
        self.decodes: list[f.Decode] = []
        self.ends: Counter[int] = Counter()
        self.latest = self.done = 0

    def tell(self, fact: f.Fact) -> list[f.Action]:
        self.latest = max(self.latest, fact.at)
        late = self.turns.take(f.Tick(fact.at))  # what was due before belongs to the state before
        for action in late:
            self._look(action)
        self.line.fact(fact)
        actions = self.turns.take(fact)
        for action in actions:
            self._look(action)
        return late + actions

    def _look(self, action: f.Action) -> None:
        assert self.done <= action.at <= self.latest
        self.done = action.at
        self.log.append(action)
        self.line.action(action)
        match action:
            case f.Decode():
                assert action.since <= action.until <= action.at
                self.decodes.append(action)
            case f.Take() | f.Drop():
                self.ends[action.utterance] += 1
                assert self.ends[action.utterance] == 1
            case f.Revoke():
                self.ends[action.utterance] -= 1
                assert self.ends[action.utterance] == 0
            case f.Heard():
                assert len(action.text) == action.text_until
            case _:
                pass


def _told(story: list[tuple[int, Make]], limits: Limits) -> Run:
    run, at = Run(limits), 1000
    for gap, make in story:
        at += gap
        run.tell(make(at, run.decodes))
    return run


@given(stories, limits)
def test_never_out_of_order_and_every_utterance_ends_once(
    story: list[tuple[int, Make]], limits: Limits
) -> None:
    run = _told(story, limits)
    run.tell(f.HungUp(run.latest))
    assert all(run.ends[decode.utterance] == 1 for decode in run.decodes)
    assert set(run.ends.values()) <= {1}
    assert sorted(run.ends) == list(range(1, len(run.ends) + 1))
    assert run.turns.due is None


@given(stories, limits)
@example([(0, lambda at, _: f.SpeechStarted(at, at))], Limits())
def test_from_everywhere_silence_leads_to_a_person_or_the_end(
    story: list[tuple[int, Make]], limits: Limits
) -> None:
    run = _told(story, limits)
    over = any(isinstance(action, f.HangUp) for action in run.log)
    begun = run.latest
    actions = run.tell(f.Asked(begun))
    for _ in range(200):
        if over or any(isinstance(action, f.HandOver | f.HangUp) for action in actions):
            break
        assert run.turns.due is not None
        actions = run.tell(f.Tick(run.turns.due))
    else:
        raise AssertionError("nothing happens any more")
    assert run.latest - begun <= 300_000
