"""The dialogue: decides one turn from the fold of a conversation, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from bot import reading
from bot.burst import group, is_own, open_slot
from bot.cues import only_name
from bot.draft import MAX_STACK, Draft, Turn
from bot.flows import slots as values
from bot.interruptions import doubted, interrupts
from bot.pack import BotPack
from bot.policy import Policy
from bot.reading import Heard
from bot.runner import Runner
from bot.waiting import wait
from bot.words import spoken
from core.conversation import BOT, WAITING, Conversation, Said, Start
from core.errors import NotFound
from core.events import BotSaid, Choice, Event, HandoffAsked, LanguageChanged, StartLeft
from core.ports import Actions, Answers, Tickets, Understander, Understanding

__all__ = ["Dialogue", "Turn"]


class Dialogue:
    """One pack's dialogue. Holds no state of any conversation; the same fold at the same hour gives the same turn."""

    def __init__(
        self,
        pack: BotPack,
        understander: Understander,
        answers: Answers,
        tickets: Tickets,
        actions: Actions,
        moments: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        """`moments` gives what holds now, beside slots (`core.hours.moments`)."""
        self.pack = pack
        self._moments = moments
        self._understander = understander
        self._does = tickets, actions
        self._runner = Runner(answers, tickets, actions)
        self._policy = Policy(pack, self._runner)

    def answering(self, answers: Answers) -> "Dialogue":
        """The same dialogue with other answers."""
        return Dialogue(self.pack, self._understander, answers, *self._does, self._moments)

    def _draft(self, conversation: Conversation, in_reply_to: tuple[int, ...]) -> Draft:
        return Draft(self.pack, conversation, in_reply_to, self._moments())

    async def advance(self, conversation: Conversation) -> Turn:
        """One turn: after an action that returned, for all unanswered messages, of a flow that is to begin, or what a
        waiting customer may hear.

        Nothing to do gives no events. An action that was called and has not returned gives `Turn((), act=True)`.
        """
        if conversation.mode == BOT:
            call = conversation.awaited
            if call is not None:
                if not call.outcome:
                    return Turn((), True)
                draft = self._draft(conversation, call.in_reply_to)
                await self._runner.resume(draft, call)
                if call.left:
                    await self._handle(
                        draft, [(await self._hear(said, draft.language))[0] for said in call.left]
                    )
                return self._finished(draft) if call.in_reply_to else _unasked(draft, conversation.begun or call.flow)
            if conversation.unanswered:
                return await self._turn(conversation)
            if conversation.startable is not None:
                return await self._begin(conversation, conversation.startable)
        elif conversation.mode == WAITING and conversation.unanswered:
            return await self._waiting(conversation)
        return Turn(())

    async def _begin(self, conversation: Conversation, asked: Start) -> Turn:
        reason = ""
        if asked.flow not in self.pack.flows:
            reason = "unknown"
        elif any(frame.flow == asked.flow for frame in conversation.stack):
            reason = "running"
        elif len(conversation.stack) >= MAX_STACK:
            reason = "full"
        if reason:
            return Turn((StartLeft(flow=asked.flow, start=asked.seq, reason=reason),))
        return await self.start(conversation, asked.flow, asked.slots)

    async def start(
        self, conversation: Conversation, flow: str, slots: Mapping[str, Any] | None = None
    ) -> Turn:
        """The turn of a flow that a ticket, a webhook or a timer starts; nothing while a person serves, while
        an action is under way, or where the flow runs already. `slots` are filled first, as far as the flow or
        the pack knows them.

        Raises NotFound when the pack has no such flow.
        """
        found = self.pack.flows.get(flow)
        if found is None:
            raise NotFound(f"The pack has no flow {flow}.")
        running = any(frame.flow == flow for frame in conversation.stack)
        if conversation.mode != BOT or conversation.turn or running or len(conversation.stack) >= MAX_STACK:
            return Turn(())
        if conversation.awaited is not None:
            return Turn((), not conversation.awaited.outcome)
        draft = self._draft(conversation, ())
        draft.start(found)
        for name, value in (slots or {}).items():
            wanted = self.pack.slots.get(name)
            accepted = values.accept(wanted, value) if wanted is not None else None
            if accepted is not None:
                draft.fill(name, accepted)
        await self._runner.run(draft)
        return _unasked(draft, flow)

    async def _turn(self, conversation: Conversation) -> Turn:
        draft = self._draft(conversation, tuple([said.seq for said in conversation.unanswered]))
        messages = await self._read(draft, conversation.unanswered)
        messages = [self._as_answer(draft, message) for message in messages]
        if any(self._wants_person(draft, message) for message in messages):
            draft.hand_over("asked")
            return draft.turn()
        units = group(messages, draft)
        if len(messages) > 1:
            units = [await self._reread(draft, unit) for unit in units]
        await self._handle(draft, units)
        return self._finished(draft)

    async def _handle(self, draft: Draft, units: list[Heard]) -> None:
        """Deals with units of meaning one after the other; those after a call wait for its answer."""
        while units and not draft.over:
            unit = units.pop(0)
            draft.drop_prompt()
            draft.question, draft.pressed = unit.text, unit.payload
            await self._policy.handle(draft, unit, units)
        if units:
            draft.leave(tuple(seq for unit in units for seq in unit.seqs))

    async def _waiting(self, conversation: Conversation) -> Turn:
        draft = self._draft(conversation, ())
        draft.stack = []
        messages = await self._read(draft, conversation.unanswered)
        await wait(draft, messages, self._runner)
        return draft.turn()

    def _finished(self, draft: Draft) -> Turn:
        # Every acknowledged message is named by a turn: a flow that ended without a word still gets one.
        if not any(isinstance(event, BotSaid | HandoffAsked) for event in draft.events) and not draft.over:
            draft.say("utter_anything_else")
        return draft.turn()

    # Reading ------------------------------------------------------------------------------------------------

    async def _read(self, draft: Draft, unanswered: Sequence[Said]) -> list[Heard]:
        """Reads each message: its event, and the language that the customer goes on in."""
        messages: list[Heard] = []
        before = draft.language
        slot = open_slot(self.pack, draft.conversation)
        for said in unanswered:
            message, understanding = await self._hear(said, draft.language)
            messages.append(message)
            draft.emit(reading.understood(said.seq, understanding))
            if not message.payload and not message.empty:
                draft.language = reading.language_of(
                    message.text, draft.language, self.pack.languages, message.intent, slot
                )
        if draft.language != before:
            draft.emit(LanguageChanged(language=draft.language))
        return messages

    async def _hear(self, said: Said, language: str) -> tuple[Heard, Understanding]:
        if said.payload or said.text.startswith("/"):
            pressed = reading.payload(said, self.pack, language)
            if pressed is not None:
                return pressed, reading.by_payload(pressed.intent, language)
        text = said.text or said.payload or ""
        if not text.strip():
            understanding = reading.nothing(language)
        else:
            understanding = await self._understander.understand(text[: reading.MAX_READ], language)
        return reading.heard(said, text, understanding), understanding

    async def _reread(self, draft: Draft, unit: Heard) -> Heard:
        """Pieces of one sentence mean something only together."""
        if len(unit.seqs) == 1 or is_own(unit, self.pack) or not unit.text:
            return unit
        whole = await self._understander.understand(unit.text[: reading.MAX_READ], draft.language)
        if whole.intent is None:
            return unit
        return Heard(
            unit.seqs, unit.text, whole.intent, whole.confidence, whole.entities, ranking=whole.ranking
        )

    def _as_answer(self, draft: Draft, message: Heard) -> Heard:
        """What is too weakly meant to go before an open question, the words of its own buttons, and its name are no
        request of their own."""
        if draft.stack:
            message = doubted(message, self.pack)
        slot = open_slot(self.pack, draft.conversation)
        if slot is None or message.payload or not _on_a_button(slot, message.text):
            return message
        return msgspec.structs.replace(message, intent=None)

    def _wants_person(self, draft: Draft, message: Heard) -> bool:
        if message.intent != reading.ASK_PERSON:
            return False
        slot = open_slot(self.pack, draft.conversation)
        if slot is None or not slot.free:
            return True
        return interrupts(message, slot, None, self.pack, "")

    # What other reactions say -------------------------------------------------------------------------------

    def greeting(self, language: str) -> BotSaid:
        """The first words, with the starters."""
        draft = self._draft(Conversation("", language=language), ())
        draft.say(self.pack.greeting, starters=True)
        return _words(draft)

    def said(self, conversation: Conversation, response: str, **given: Any) -> BotSaid:
        """Any response in the conversation's language, with values beside its slots."""
        draft = self._draft(conversation, ())
        draft.say(response, {**draft.known, **given})
        return _words(draft)

    def nobody_there(self, conversation: Conversation, offer: bool) -> BotSaid:
        """Says that nobody is there to take over, with a button for the pack's flow for that where it is on `offer`."""
        said = self.said(conversation, "utter_agents_away")
        flow = self.pack.flows.get(self.pack.nobody_there) if offer else None
        if flow is None:
            return said
        title = flow.name.get(said.language) or flow.id
        button = Choice(title, f"/{flow.triggers[0]}")
        return msgspec.structs.replace(said, quick_replies=(button, *said.quick_replies))

    def silence(self, conversation: Conversation) -> BotSaid:
        """Asks a silent customer whether they are still there; the open question stays open."""
        said = self.said(conversation, "utter_silence")
        return BotSaid(
            text=said.text, language=said.language, quick_replies=said.quick_replies, asks=conversation.asks,
            response=said.response,
        )  # fmt: skip

    def closed_by_silence(self, conversation: Conversation) -> BotSaid:
        """Says that the conversation ends because nobody answered."""
        return self.said(conversation, "utter_closed_silence")

    def ticket_updated(self, conversation: Conversation, ticket: str, status: str) -> BotSaid:
        """Tells the new state of a ticket; a state of the pack's ticket types is told in its words."""
        language = spoken(self.pack, conversation)
        for kind in self.pack.ticket_types.values():
            if kind.prefix and ticket.startswith(kind.prefix):
                wording = kind.statuses.get(status, {})
                status = wording.get(language) or wording.get("") or status
                break
        said = self.said(conversation, "utter_ticket_updated", ticket=ticket, status=status)
        return BotSaid(
            text=said.text, language=said.language, quick_replies=said.quick_replies, asks=conversation.asks,
            response=said.response,
        )  # fmt: skip

    def apology(self, conversation: Conversation, in_reply_to: tuple[int, ...]) -> tuple[Event, ...]:
        """After a turn that failed for good: says so and gives the conversation to a person."""
        draft = self._draft(conversation, in_reply_to)
        draft.hand_over("failure", say="utter_failure", outcome="failed")
        return draft.turn().events

    def handed_over(
        self, conversation: Conversation, reason: str, flow: str = ""
    ) -> tuple[Event, ...]:
        """A person is to serve, though the customer has not asked for one: says so, and ends what was under way. `flow`
        is what was to begin, and says whose skill it needs."""
        open_ones = [said.seq for said in conversation.unanswered]
        if not open_ones and conversation.call is not None:
            open_ones = list(conversation.call.in_reply_to)
        draft = Draft(self.pack, conversation, tuple(open_ones))
        wanted = self.pack.flows.get(flow)
        kind = self.pack.ticket_types.get(wanted.ticket_type) if wanted else None
        say = "utter_person_takes_over"
        draft.hand_over(reason, skill=kind.skill if kind else "", say=say if say in self.pack.responses else "utter_handoff")
        return draft.turn().events


def _on_a_button(slot: values.Slot, text: str) -> bool:
    """Whether the words are those of one of the question's own choices, or the name of what it asks for."""
    return values.spells(slot, text) or only_name(slot, text)


def _unasked(draft: Draft, flow: str) -> Turn:
    """The turn of a flow that nobody's words started. One that is done without a word is not heard of: the question at
    the end is not put again, nor is asked whether there is anything else."""
    if not draft.over and not draft.conversation.telling and all(frame.flow != flow for frame in draft.stack):
        events = list(draft.events)
        draft.drop_prompt()
        if any(isinstance(event, BotSaid) for event in draft.events):
            draft.events = events
    return draft.turn()


def _words(draft: Draft) -> BotSaid:
    said = draft.events[-1]
    assert isinstance(said, BotSaid)
    return said
