"""Nobody gets more than they can serve, nobody waits while somebody suited is free."""

import heapq
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversation import empty, fold
from core.errors import Invalid, PackMistake
from core.events import (
    AGENT,
    THE_BOT,
    Actor,
    HandoffAsked,
    HandoffDeclined,
    HandoffOffered,
    HandoffTaken,
    Recorded,
    Started,
    Transferred,
)
from core.time import MINUTE
from handoff.ports import AgentState
from handoff.queue import Averages, Place, expected_wait, place_of, places_of
from handoff.routing import Waiting, choose, order, parse, waiting

NAMES = ("anna", "bo", "chen", "dora")


def agent(name: str, idle: int = 0, **more: object) -> AgentState:
    values: dict[str, object] = {"state": "available", "capacity": 1, **more}
    return AgentState(agent=name, name=name.title(), idle_since=idle, **values)  # type: ignore[arg-type]


def item(name: str, **more: object) -> Waiting:
    values: dict[str, object] = {"skill": "general", "language": "zh", **more}
    return Waiting(conversation=name, **values)  # type: ignore[arg-type]


def pairs(line: list[Waiting], agents: list[AgentState], now: int = 0) -> list[tuple[str, str]]:
    return [(a.conversation, a.agent) for a in choose(line, agents, now)]


def test_priority_then_the_longest_wait_comes_first() -> None:
    line = [item("a", waiting_since=2), item("b", waiting_since=1), item("c", priority=1, waiting_since=9)]
    assert [w.conversation for w in order(line)] == ["c", "b", "a"]
    assert pairs(line, [agent("anna")]) == [("c", "anna")]


def test_skill_and_language_decide_before_idleness() -> None:
    agents = [
        agent("anna", 1, skills=("faults",)),
        agent("bo", 2, skills=("general",), languages=("en",)),
        agent("chen", 3, skills=("general",), languages=("zh", "en")),
    ]
    assert pairs([item("k")], agents) == [("k", "chen")]


def test_language_counts_more_than_skill_when_nobody_has_both() -> None:
    agents = [
        agent("anna", skills=("faults",), languages=("zh",)),
        agent("bo", skills=("general",), languages=("en",)),
    ]
    assert pairs([item("k")], agents) == [("k", "anna")]
    assert pairs([item("k", language="fr", skill="none")], [agents[1]]) == [("k", "bo")]


def test_somebody_suited_but_full_is_waited_for() -> None:
    full = agent("chen", skills=("general",), load=1)
    assert pairs([item("k")], [full, agent("anna", skills=("faults",))]) == []


def test_the_longest_idle_gets_the_next_and_work_is_spread() -> None:
    agents = [agent("anna", 5, capacity=3), agent("bo", 4, capacity=3)]
    line = [item(str(n), waiting_since=n) for n in range(4)]
    assert [a for _, a in pairs(line, agents)] == ["bo", "anna", "bo", "anna"]


def test_who_refused_is_passed_over_until_all_have() -> None:
    agents = [agent("anna", 1), agent("bo", 2)]
    assert pairs([item("k", refused=("anna",))], agents) == [("k", "bo")]
    assert pairs([item("k", refused=("bo", "anna"))], agents) == [("k", "bo")]
    assert pairs([item("k", refused=("bo", "anna", "bo"))], agents) == [("k", "anna")]


def test_a_standing_offer_takes_a_place_until_it_expires() -> None:
    line = [item("k", offered="anna", offer_expires=10), item("m", waiting_since=1)]
    assert pairs(line, [agent("anna")], now=9) == []
    assert pairs(line, [agent("anna")], now=10) == [("k", "anna")]


def test_the_one_a_colleague_chose_is_waited_for_while_on_duty() -> None:
    anna, bo = agent("anna", 1), agent("bo", 2)
    assert pairs([item("k", wanted="bo")], [anna, bo]) == [("k", "bo")]
    assert pairs([item("k", wanted="bo")], [anna, agent("bo", load=1)]) == []
    assert pairs([item("k", wanted="bo")], [anna, agent("bo", state="away")]) == [("k", "anna")]
    assert pairs([item("k", wanted="bo", refused=("bo",))], [anna, bo]) == [("k", "anna")]


def test_busy_and_away_get_nothing() -> None:
    assert pairs([item("k")], [agent("anna", state="busy"), agent("bo", state="away")]) == []


agents_of = st.lists(
    st.builds(
        lambda name, state, capacity, load, skills, languages, idle: agent(
            name, idle, state=state, capacity=capacity, load=load, skills=skills, languages=languages
        ),
        st.sampled_from(NAMES),
        st.sampled_from(["available", "busy", "away"]),
        st.integers(0, 4),
        st.integers(0, 5),
        st.lists(st.sampled_from(["general", "faults"]), max_size=2).map(tuple),
        st.lists(st.sampled_from(["zh", "en"]), max_size=2).map(tuple),
        st.integers(0, 9),
    ),
    max_size=4,
    unique_by=lambda a: a.agent,
)
lines = st.lists(
    st.builds(
        lambda name, skill, language, refused, offered, wanted: item(
            name,
            skill=skill,
            language=language,
            refused=refused,
            offered=offered,
            offer_expires=5,
            wanted=wanted,
        ),
        st.integers(0, 99).map(str),
        st.sampled_from(["general", "faults", "complaints"]),
        st.sampled_from(["zh", "en", "fr"]),
        st.lists(st.sampled_from(NAMES), max_size=3).map(tuple),
        st.sampled_from(["", *NAMES]),
        st.sampled_from(["", "", *NAMES]),
    ),
    max_size=8,
    unique_by=lambda w: w.conversation,
)


@given(lines, agents_of, st.sampled_from([0, 9]))
def test_capacity_is_never_exceeded_and_nobody_suited_stays_idle(
    line: list[Waiting], agents: list[AgentState], now: int
) -> None:
    chosen = choose(line, agents, now)
    by_name = {a.agent: a for a in agents}
    load = {a.agent: a.load for a in agents}
    for waiting_one in line:
        if waiting_one.offered_at(now) and waiting_one.offered in load:
            load[waiting_one.offered] += 1
    for assignment in chosen:
        load[assignment.agent] += 1
        assert by_name[assignment.agent].state == "available"
        assert load[assignment.agent] <= by_name[assignment.agent].capacity
    names = [a.conversation for a in chosen]
    assert len(names) == len(set(names))
    assert not {w.conversation for w in line if w.offered_at(now)} & set(names)
    free = [
        a
        for a in agents
        if a.state == "available" and load[a.agent] < a.capacity and not a.skills + a.languages
    ]
    if free:
        left = [w for w in line if w.conversation not in names and not w.offered_at(now) and not w.wanted]
        assert left == []


def test_the_fold_gives_the_place_in_the_line() -> None:
    events = [
        Started(channel="webchat", language="zh", contact="c"),
        HandoffAsked(reason="asked", skill="faults"),
        HandoffOffered(agent="anna", expires_at=9),
        HandoffDeclined(agent="anna"),
        HandoffOffered(agent="bo", expires_at=19),
    ]
    log = [Recorded("conversation:k", n, n * 10, THE_BOT, event) for n, event in enumerate(events, 1)]
    conversation = fold(empty("k"), log)
    assert waiting(conversation, 2) == item(
        "k", skill="faults", priority=2, waiting_since=20, refused=("anna",), offered="bo", offer_expires=19
    )
    moved = Recorded("conversation:k", 6, 70, Actor(AGENT, "bo"), Transferred(by="bo", agent="chen"))
    assert waiting(fold(conversation, [moved])) == item(
        "k", skill="faults", waiting_since=20, refused=("bo",), wanted="chen"
    ), "who has been served waits in front"


def test_what_was_promised_goes_before_a_little_patience_and_overdue_before_all() -> None:
    line = [
        item("old", waiting_since=0),
        item("promised", waiting_since=10 * MINUTE, due=15 * MINUTE),
        item("urgent", priority=5, waiting_since=11 * MINUTE),
        item("ancient", waiting_since=-50 * MINUTE),
    ]
    names = [w.conversation for w in order(line, 12 * MINUTE)]
    assert names == ["urgent", "ancient", "promised", "old"]
    assert next(w.conversation for w in order(line, 15 * MINUTE)) == "promised"


def test_what_is_overdue_waits_for_nobody_better() -> None:
    agents = [agent("anna", skills=("general",), load=1), agent("bo", skills=("faults",))]
    late = item("k", due=10)
    assert pairs([late], agents, now=9) == []
    assert pairs([late], agents, now=10) == [("k", "bo")]


def test_a_promise_is_counted_from_the_moment_of_asking_and_kept_by_taking_over() -> None:
    events = [
        Started(channel="webchat", language="zh", contact="c"),
        HandoffAsked(reason="escalated", skill="faults", within_minutes=5),
        HandoffTaken(agent="anna"),
    ]
    log = [Recorded("conversation:k", n, n, THE_BOT, event) for n, event in enumerate(events, 1)]
    assert fold(empty("k"), log[:2]).due == 2 + 5 * MINUTE
    assert fold(empty("k"), log).due == 0


def test_place_and_wait() -> None:
    line = [item("a"), item("b", waiting_since=1), item("c", waiting_since=2, skill="faults")]
    averages = Averages(handling=300, answer=15)
    two = [agent("anna", load=1), agent("bo", load=1)]
    assert [place.position for place in places_of(line, two, averages).values()] == [1, 2, 1]
    assert expected_wait(1, two, averages) == 165
    assert expected_wait(2, two, averages) == 315
    assert expected_wait(1, [agent("anna")], averages) == 15
    assert expected_wait(1, [], averages) is None
    assert expected_wait(1, [agent("anna", state="busy")], averages) is None
    place = place_of("b", line, [agent("anna", load=1, skills=("general",))], averages)
    assert place is not None
    assert (place.position, place.wait_seconds) == (2, 615)
    assert place_of("x", line, two, averages) is None


def test_who_is_served_by_the_same_people_is_waited_for() -> None:
    line = [item("a"), item("b", waiting_since=1, skill="faults"), item("c", waiting_since=2)]
    averages = Averages(handling=100, answer=0)
    everything = [agent("anna", load=1)]
    assert places_of(line, everything, averages)["c"] == Place(2, 300)
    parted = [agent("anna", load=1, skills=("general",)), agent("bo", load=1, skills=("faults",))]
    assert places_of(line, parted, averages)["c"] == Place(2, 200)


def test_the_expected_wait_is_what_people_then_wait() -> None:
    """A line before three agents with three places each, over and over: the mean of what was told is what came."""
    chance = random.Random(7)
    told = waited = 0.0
    for _ in range(300):
        busy = [chance.expovariate(1 / 300) for _ in range(9)]
        agents = [agent(name, capacity=3, load=3) for name in NAMES[:3]]
        line = [item(str(n), waiting_since=n) for n in range(20)]
        places = places_of(line, agents, Averages(handling=300, answer=0))
        for waiting_one in order(line):
            heapq.heapify(busy)
            begins = heapq.heappop(busy)
            heapq.heappush(busy, begins + chance.expovariate(1 / 300))
            waited += begins
            told += places[waiting_one.conversation].wait_seconds or 0
    assert waited / 6000 == pytest.approx(told / 6000, rel=0.05)


def test_five_hundred_waiting_are_matched_and_placed_in_time() -> None:
    """The work grows with the line and the people, not with their product squared: counted, not timed."""
    skills, languages = ("general", "faults", "complaints"), ("zh", "en")
    agents = [
        agent(f"a{n}", n, capacity=3, load=n % 4, skills=(skills[n % 3],), languages=languages[: 1 + n % 2])
        for n in range(30)
    ]
    line = [
        item(str(n), skill=skills[n % 3], language=languages[n % 2], waiting_since=n * 7 % 500, priority=n % 10 // 9)
        for n in range(500)
    ]
    chosen = choose(line, agents, 10)
    load = Counter(a.agent for a in chosen)
    assert all(a.load + load[a.agent] <= a.capacity for a in agents if load[a.agent])
    by_id = {w.conversation: w for w in line}
    for kind in {(w.skill, w.language) for w in line}:
        got = [by_id[a.conversation] for a in chosen if (by_id[a.conversation].skill, by_id[a.conversation].language) == kind]
        first = [w for w in order(line, 10) if (w.skill, w.language) == kind][: len(got)]
        assert got == first, "nobody of the same kind is passed over"
    places = places_of(line, agents, Averages())
    assert sorted(p.position for w, p in places.items() if by_id[w].skill == "faults") == list(range(1, 168))


def test_averages_move_a_tenth_of_the_way() -> None:
    assert Averages(300, 15).observed(handling=400) == Averages(310, 15)
    assert Averages(300, 15).observed(answer=-5) == Averages(300, 13.5)


def test_the_demonstration_pack_is_read() -> None:
    path = Path(__file__).parents[3] / "packs" / "telecom" / "routing.yml"
    routing = parse({"routing.yml": path.read_text(encoding="utf-8")})
    assert routing.default_skill in routing.skills
    assert routing.skill_words("faults", "zh") != routing.skill_words("faults", "en")
    assert parse({}).default_skill == "general"


def test_how_conversations_end_is_the_packs_and_has_a_usual_list() -> None:
    text = "skills:\n  general: {name: {zh: 综合, en: General}}\ndefault_skill: general\n"
    usual = parse({"routing.yml": text})
    assert (list(usual.dispositions), usual.wrap_up_seconds) == (["resolved", "follow_up", "spam", "no_answer", "other"], 0)
    assert usual.dispositions == parse({}).dispositions
    own = parse({"routing.yml": text + "wrap_up_seconds: 60\ndispositions: {sold: {name: {zh: 已办理, en: Sold}}}\n"})
    assert (own.dispositions, own.wrap_up_seconds) == ({"sold": {"zh": "已办理", "en": "Sold"}}, 60)
    own.check_disposition("sold")
    with pytest.raises(Invalid, match="sold"):
        own.check_disposition("resolved")
    with pytest.raises(PackMistake):
        parse({"routing.yml": text + "wrap_up_seconds: 3601\n"})


def test_a_mistake_names_its_line() -> None:
    text = "skills:\n  general: {name: {zh: 综合, en: General}}\ndefault_skill: nobody\n"
    with pytest.raises(PackMistake) as mistake:
        parse({"routing.yml": text})
    assert mistake.value.line == 3
