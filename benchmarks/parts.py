"""Where the processor time of a turn goes: each part alone, in this process, on what the benchmark's customers say.

These are micro-benchmarks: warm caches, no other work between, so their sum is less than what the server spends.
"""

import asyncio
import itertools
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app import pack as packs
from app.bridges import KnowledgeAnswers, NativeUnderstanding
from app.wiring import now
from benchmarks.mix import GREETINGS, QUESTIONS, THANKS, messages
from bot.dialogue import Dialogue
from bot.understanding.native import Understander
from channels.webchat import event_frame
from core import conversation as conversations
from core import events as e
from core.conversation import PREFIX, Conversation
from core.language import recognise
from core.ports import ANY, ActionContext, ActionResult, Append, JobKey, NewJob
from knowledge.index_edge import EdgeIndex
from knowledge.memory import MemoryDocuments
from knowledge.search import Knowledge
from store.migrate import upgrade_sqlite
from store.sqlite import SqliteStore
from tickets.desk import TicketDesk

SAMPLE = 2_000
GROUP = 8
"""Appends that wait together, as at 8 connections."""


class NoActions:
    """The mix calls none."""

    def interface(self, name: str) -> str:
        """See `core.ports.Actions`."""
        return name

    def idempotent(self, name: str) -> bool:
        """See `core.ports.Actions`."""
        return True

    async def call(self, name: str, arguments: dict[str, Any], context: ActionContext) -> ActionResult:
        """See `core.ports.Actions`."""
        return ActionResult("failed")


def _said() -> list[tuple[str, str]]:
    both = zip(messages(0), messages(1), strict=False)
    pairs = ((("zh", zh), ("en", en)) for zh, en in itertools.islice(both, SAMPLE // 2))
    return [(language, text) for pair in pairs for language, text in pair]


def _conversation(language: str, text: str) -> Conversation:
    fold = conversations.empty("benchmark")
    started = e.Started(channel="webchat", language=language, contact="a")
    said = e.CustomerSaid(id="1", text=text)
    recorded = [
        e.Recorded(fold.stream, seq, 1, e.THE_CUSTOMER, event) for seq, event in enumerate((started, said), 1)
    ]
    return conversations.fold(fold, recorded)


async def measure(data: Path, ping_us: float) -> dict[str, Any]:
    """Microseconds of processor time a turn: `understanding`, `knowledge`, `flow`, `store`, `socket`."""
    pack = packs.load(packs.folder_of("telecom"))
    native = Understander.load(packs.model_paths(data, pack)[0])
    folder = Path(tempfile.mkdtemp(dir=data))
    try:
        knowledge = Knowledge(MemoryDocuments(), EdgeIndex(folder / "index"))
        await knowledge.ingest(pack.knowledge)
        said = _said()
        cold, warm = await _searches(knowledge)
        first, turns = await _turns(pack, native, knowledge, said)
        again, _ = await _turns(pack, native, knowledge, said)  # everything that was asked is remembered now
        understood = await _understanding(native, said)
        read = _uncached(native)
        asked = sum(any(isinstance(event, e.KnowledgeUsed) for event in turn) for turn in turns) / len(turns)
        stored = await _store(folder, turns)
        encoded = _encoding(turns)
        await knowledge.close()
    finally:
        shutil.rmtree(folder)
    return {
        "how": "each part alone in the benchmark's process, warm; the socket by pings to the server, and encoding",
        "understanding": round(understood, 1),
        "understanding_of_new_words": round(read, 1),
        "knowledge": round(max(0.0, first - again) + asked * warm, 1),
        "knowledge_of_new_question": round(cold, 1),
        "flow": round(max(0.0, again - understood - asked * warm), 1),
        "store": round(stored, 1),
        "socket": round(2 * ping_us + encoded, 1),
    }


def _per(begin: int, times: int) -> float:
    return (time.process_time_ns() - begin) / 1000 / times


async def _understanding(native: Understander, said: Sequence[tuple[str, str]]) -> float:
    understander = NativeUnderstanding(native, now)
    begin = time.process_time_ns()
    for language, text in said:
        await understander.understand(text, language)
    return _per(begin, len(said))


def _uncached(native: Understander) -> float:
    texts = [
        (language, text)
        for kind in (GREETINGS, THANKS, QUESTIONS)
        for language, several in kind.items()
        for text in several
    ]
    spent = []
    for language, text in texts * 10:
        begin = time.process_time_ns()
        native.understand(text, recognise(text, language))
        spent.append(_per(begin, 1))
    return statistics.fmean(spent)


async def _searches(knowledge: Knowledge) -> tuple[float, float]:
    answers = KnowledgeAnswers(knowledge)
    questions = [(language, text) for language, several in QUESTIONS.items() for text in several]
    spent = []
    for _ in range(2):
        begin = time.process_time_ns()
        for language, text in questions:
            await answers.answer(text, language)
        spent.append(_per(begin, len(questions)))
    return spent[0], spent[1]


async def _turns(
    pack: packs.Pack, native: Understander, knowledge: Knowledge, said: Sequence[tuple[str, str]]
) -> tuple[float, list[tuple[e.Event, ...]]]:
    dialogue = Dialogue(
        pack.bot, NativeUnderstanding(native, now), KnowledgeAnswers(knowledge), _no_tickets(pack), NoActions()
    )
    folds = [_conversation(language, text) for language, text in said]
    begin = time.process_time_ns()
    turns = [(await dialogue.advance(fold)).events for fold in folds]
    return _per(begin, len(folds)), turns


def _no_tickets(pack: packs.Pack) -> TicketDesk:
    nothing: Any = None  # the mix opens no ticket, so neither log nor rows are asked
    return TicketDesk(pack.tickets, nothing, nothing, lambda: 1, lambda limit: 0)


async def _store(folder: Path, turns: Sequence[tuple[e.Event, ...]]) -> float:
    """Both appends of a turn, with their jobs, the writer's thread included."""
    path = folder / "benchmark.db"
    upgrade_sqlite(path)
    store = SqliteStore(path, "benchmark")
    await store.start()

    async def one(number: int, turn: tuple[e.Event, ...]) -> None:
        stream = f"{PREFIX}{number}"
        said = e.CustomerSaid(id="1", text="…")
        (first,) = await store.append(
            Append(stream, (said,), e.THE_CUSTOMER, 1, expected=0, key="m:1", jobs=(NewJob("turn"),))
        )
        timer = (NewJob("silence", due=2**50),)
        await store.append(
            Append(stream, turn, e.THE_BOT, 1, expected=1, guard=ANY, jobs=timer),
            done=(JobKey(stream, "turn", first.first),),
        )

    begin = time.process_time_ns()
    for start in range(0, len(turns), GROUP):
        group = enumerate(turns[start : start + GROUP], start)
        await asyncio.gather(*(one(number, turn) for number, turn in group))
    spent = _per(begin, len(turns))
    await store.stop()
    return spent


def _encoding(turns: Sequence[tuple[e.Event, ...]]) -> float:
    recorded = [
        [
            e.Recorded("conversation:1", seq, 1_700_000_000_000_000, e.THE_BOT, event)
            for seq, event in enumerate(turn, 1)
        ]
        for turn in turns
    ]
    begin = time.process_time_ns()
    for turn in recorded:
        for one in turn:
            event_frame(one)
    return _per(begin, len(turns))
