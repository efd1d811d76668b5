"""What one unit of meaning does to a conversation: an answer, an interruption, a new request, or nothing understood."""

from bot import reading, repair
from bot.asking import ask_again
from bot.corrections import correct
from bot.cues import correction, named, names_of
from bot.draft import MAX_STACK, Draft
from bot.flows import slots as values
from bot.flows.affirmation import yes_or_no
from bot.flows.model import COLLECT, CONFIRM, Flow, Step
from bot.interruptions import SURE, agrees, asks_to_wait, doubted, interrupts, unasked
from bot.pack import BotPack
from bot.reading import Heard
from bot.runner import Runner, fill_slot, wanted_slot
from core.ports import Answer

TAKE_YOUR_TIME = "utter_take_your_time"
"""The response to "one moment", where the pack has it; else the question is put again."""


class Policy:
    """Decides what a message means where the conversation stands; stateless."""

    def __init__(self, pack: BotPack, runner: Runner) -> None:
        self.pack = pack
        self._runner = runner

    async def handle(self, draft: Draft, heard: Heard, later: list[Heard]) -> None:
        """Adds what one unit of meaning leads to. `later` are the units after it; those dealt with are removed."""
        if heard.empty:
            _without_words(draft, heard)
            await self._back(draft)
        elif heard.sets:
            await self._set(draft, heard)
        elif draft.stack:
            await self._in_flow(draft, heard, later)
        else:
            await self._idle(draft, heard, later)

    async def _set(self, draft: Draft, heard: Heard) -> None:
        """Fills the slots of a button, as far as a running flow collects them."""
        wanted = {name for frame in draft.stack for name in self._collects(frame.flow)}
        taken = [(name, value) for name, value in heard.sets if name in wanted]
        open_slot = self._open_slot(draft)
        if open_slot is not None and any(
            name == open_slot.name and values.accept(open_slot, value) is None for name, value in taken
        ):
            taken = []
        if not taken:
            words = Heard(heard.seqs, heard.text, None, 0.0)
            await (self._back(draft) if draft.stack else self._not_understood(draft, words))
            return
        for name, value in taken:
            slot = open_slot if open_slot is not None and open_slot.name == name else self.pack.slots[name]
            fill_slot(draft, slot, values.accept(slot, value), heard.seqs[-1])
        await self._runner.run(draft)

    def _open_slot(self, draft: Draft) -> values.Slot | None:
        frame = draft.stack[-1] if draft.stack else None
        flow = self.pack.flows.get(frame.flow) if frame else None
        step = flow.steps.get(frame.step) if flow and frame else None
        return wanted_slot(draft, step) if step is not None else None

    def _collects(self, flow: str) -> tuple[str, ...]:
        found = self.pack.flows.get(flow)
        return found.collects if found else ()

    async def _in_flow(self, draft: Draft, heard: Heard, later: list[Heard]) -> None:
        frame, asked, heard = draft.stack[-1], heard, doubted(heard, self.pack)
        flow = self.pack.flows.get(frame.flow)
        step = flow.steps.get(frame.step) if flow else None
        if flow is None or step is None or step.kind not in (COLLECT, CONFIRM):
            # The pack has changed under the conversation: the flow starts again with what it knows.
            if flow is not None:
                draft.prefill(flow, heard.entities, heard.seqs[-1])
            await self._runner.run(draft)
            return
        slot = wanted_slot(draft, step)
        if slot is None:
            answer = {"affirm": True, "deny": False}.get(heard.intent or "")
            if not heard.payload:
                answer = yes_or_no(heard.text, heard.intent)
                answer = True if answer is None and agrees(asked, flow.id, self.pack) else answer
            value = None if answer is None else values.Value(answer)
        elif heard.payload:
            yes_no = slot.type == "yes_no" and heard.intent in reading.ANSWERS
            value = values.Value(heard.intent == "affirm") if yes_no else None
        else:
            value = values.read(slot, heard.text, heard.entities, heard.intent)
            if slot.type == "text" and _says_only_yes_or_no(heard):
                value = None
            if slot.free and repair.belongs_later(heard, slot, flow, self.pack, draft.slots):
                value = None
        if not _commands(heard) and correct(draft, heard, flow, step, slot, value):
            await self._runner.run(draft)
            return
        if (value is None or (slot is not None and slot.free)) and asks_to_wait(heard):
            await self._wait(draft, later)
            return
        other = not _takes_back_no_more(heard, slot) and interrupts(heard, slot, value, self.pack, flow.id)
        if other and await self._interrupted(draft, heard, later, slot, value):
            return
        await self._answered(draft, heard, later, flow, step, value)

    async def _answered(
        self, draft: Draft, heard: Heard, later: list[Heard], flow: Flow, step: Step, value: values.Value | None
    ) -> None:
        seq = heard.seqs[-1]
        if value is not None and step.kind == CONFIRM:
            await self._runner.confirm(draft, step, bool(value.value))
        elif value is not None:
            fill_slot(draft, wanted_slot(draft, step) or self.pack.slots[step.name], value.value, seq)
            draft.prefill(flow, heard.entities, seq)
            await self._runner.run(draft)
        elif not heard.payload and draft.prefill(flow, heard.entities, seq):
            # The answer to another question of the flow: kept, and this one is put once more.
            await self._runner.run(draft)
        elif later and heard.intent is None:
            # A word before the answer ("wait", "hm"): the next message decides.
            return
        elif not await self._looked_up(draft, heard):
            ask_again(draft, heard, flow, step)

    async def _wait(self, draft: Draft, later: list[Heard]) -> None:
        """Somebody wants a moment: that is no failed answer. What they write next in the same burst goes before it."""
        if later:
            return
        if draft.has(TAKE_YOUR_TIME) and draft.asked:
            draft.keep_open(TAKE_YOUR_TIME)
        else:
            await self._back(draft)

    # Questions and failures -----------------------------------------------------------------------------------

    async def _looked_up(self, draft: Draft, heard: Heard) -> bool:
        """A question instead of an answer that no intent explains: knowledge may know."""
        running = self.pack.triggers.get(heard.intent or "") == draft.stack[-1].flow
        if heard.payload or not (heard.intent is None or running) or not reading.is_question(heard.text):
            return False
        if not isinstance(await self._runner.look(draft, heard.text, record=False), Answer):
            return False
        await self._back(draft)
        return True

    # Something else than an answer --------------------------------------------------------------------------

    async def _interrupted(
        self,
        draft: Draft,
        heard: Heard,
        later: list[Heard],
        slot: values.Slot | None,
        value: values.Value | None,
    ) -> bool:
        """Deals with it and comes back to the question; False when it turns out to be an answer after all."""
        intent = heard.intent or ""
        if intent == reading.ASK_PERSON:
            draft.hand_over("asked")
        elif intent == reading.CANCEL:
            draft.end("cancelled")
            draft.say("utter_cancelled")
            await self._back(draft)
        elif intent == reading.RESTART:
            self._restart(draft)
        elif intent == reading.REPEAT:
            before = draft.conversation
            if before.last_words and draft.stack == list(before.stack):
                draft.again()
            else:
                await self._runner.run(draft)
        elif intent in self.pack.triggers:
            flow = self.pack.flows[self.pack.triggers[intent]]
            free = slot is not None and slot.free and value is not None
            if free and not flow.serves and not heard.payload:
                # A question in the middle of a story: only an answer that exists makes it one.
                if not isinstance(await self._runner.look(draft, heard.text, record=False), Answer):
                    return False
                await self._back(draft)
            elif len(draft.stack) >= MAX_STACK or any(frame.flow == flow.id for frame in draft.stack):
                await self._back(draft)
            else:
                draft.aside = True
                await self._start(draft, flow, heard, later)
        else:
            response = self._talk(intent)
            if response is None:
                return False
            draft.say(response)
            await self._back(draft)
        return True

    async def _back(self, draft: Draft) -> None:
        """Back to the open question, if there is one."""
        if draft.stack and not draft.over:
            draft.aside = True
            await self._runner.run(draft)

    def _talk(self, intent: str) -> str | None:
        response = self.pack.intents.get(intent) or reading.TALK.get(intent)
        return response if response in self.pack.responses else None

    def _restart(self, draft: Draft) -> None:
        while draft.stack:
            draft.end("restarted")
        draft.say("utter_restarted", starters=True)

    # No flow is running -------------------------------------------------------------------------------------

    async def _idle(self, draft: Draft, heard: Heard, later: list[Heard]) -> None:
        if await self._one_of_two(draft, heard, later):
            return
        heard = unasked(heard, self.pack)
        intent = heard.intent or ""
        if intent == reading.ASK_PERSON:
            draft.hand_over("asked")
        elif intent in self.pack.triggers:
            await self._start(draft, self.pack.flows[self.pack.triggers[intent]], heard, later)
        elif (response := self._talk(intent)) is not None:
            draft.say(response)
        elif intent == reading.CANCEL:
            draft.say("utter_nothing_to_cancel")
        elif intent == reading.RESTART:
            self._restart(draft)
        elif intent == reading.REPEAT:
            if draft.conversation.last_words:
                draft.again()
            else:
                draft.say("utter_nothing_to_repeat")
        elif intent in reading.ANSWERS:
            self._reply(draft, intent == "affirm")
        else:
            await self._not_understood(draft, heard)

    async def _one_of_two(self, draft: Draft, heard: Heard, later: list[Heard]) -> bool:
        """A request that could be two is asked back once; then this is the answer to that."""
        question = repair.which(draft.conversation)
        if question is None:
            both = repair.near(heard, self.pack)
            if both is None:
                return False
            for flow in both:
                draft.prefill(flow, heard.entities, heard.seqs[-1])
            draft.ask_which(both)
            return True
        answer = None if heard.payload else values.read(question, heard.text)
        flow_id = self.pack.triggers.get(
            str(answer.value).removeprefix("/") if answer else heard.intent or ""
        )
        offered = {choice.payload.removeprefix("/") for choice in draft.conversation.asks.choices}  # type: ignore[union-attr]
        if flow_id is None or not offered & set(self.pack.flows[flow_id].triggers):
            return False
        await self._start(draft, self.pack.flows[flow_id], heard, later, fresh=False)
        return True

    def _reply(self, draft: Draft, yes: bool) -> None:
        """Yes or no where no flow asked: to what was offered last, if anything was."""
        offered = draft.conversation.last_response
        if offered == "utter_knowledge_missed" and yes:
            draft.hand_over("asked")
        elif offered == "utter_anything_else":
            draft.say("utter_help" if yes else "utter_goodbye")
        else:
            draft.say("utter_anything_else")

    async def _start(
        self, draft: Draft, flow: Flow, heard: Heard, later: list[Heard], fresh: bool = True
    ) -> None:
        """Starts a flow. Services that the same burst asks for as well are laid under it, to follow in order."""
        if flow.serves:
            for unit in reversed(later):
                other = self.pack.flows.get(self.pack.triggers.get(unit.intent or "", ""))
                waiting = {frame.flow for frame in draft.stack} | {flow.id}
                if (
                    other is not None
                    and other.serves
                    and other.id not in waiting
                    and len(draft.stack) < MAX_STACK
                ):
                    draft.start(other)
                    draft.prefill(other, unit.entities, unit.seqs[-1])
                    later.remove(unit)
        draft.start(flow, fresh)
        draft.prefill(flow, heard.entities, heard.seqs[-1])
        await self._runner.run(draft)

    async def _not_understood(self, draft: Draft, heard: Heard) -> None:
        if not heard.payload and any(character.isalnum() for character in heard.text):
            asked = reading.is_question(heard.text)
            if isinstance(await self._runner.look(draft, heard.text, record=asked), Answer):
                return
        draft.fail("utter_not_understood", starters=True)


def _says_only_yes_or_no(heard: Heard) -> bool:
    """"Ok" or "that's wrong", which describe nothing."""
    if heard.intent == "affirm":
        return heard.size <= 3
    return heard.size <= 4 and heard.intent in (None, "deny") and _takes_back_no_more(heard)


def _takes_back_no_more(heard: Heard, slot: values.Slot | None = None) -> bool:
    """"That's wrong", "wrong number": takes back, and says nothing that could be dealt with instead."""
    taken = None if heard.intent in reading.COMMANDS else correction(heard)
    if taken is None or reading.is_question(heard.text):
        return False
    return not taken.rest or (slot is not None and heard.size <= 3 and named(names_of(slot), taken.rest))


def _commands(heard: Heard) -> bool:
    """Whether the message plainly commands: "I got it wrong, start over" is no value for anything."""
    return heard.intent in reading.COMMANDS and (heard.intent != reading.CANCEL or heard.confidence >= SURE)


def _without_words(draft: Draft, heard: Heard) -> None:
    """Says that a file has arrived and who will look at it; where no question is open, asks what it is about."""
    if not heard.files or not draft.has("utter_file_received"):
        draft.say("utter_empty_message")
        return
    draft.say("utter_file_received")
    if not draft.stack and draft.has("utter_file_about"):
        draft.say("utter_file_about")
