"""Runs the flow on top of the stack until it asks, acts, hands over or the stack is empty."""

from bot.draft import Draft
from bot.flows.engine import (
    BUDGET,
    END_OF_FLOW,
    ENDED,
    RUNAWAY,
    Cleared,
    Filled,
    Walked,
    after_action,
    after_confirmation,
    values,
    walk,
)
from bot.flows.model import (
    ACTION,
    CALL,
    COLLECT,
    CONFIRM,
    ESCALATE,
    FOR_ACCOUNT,
    FOR_NOBODY,
    HANDOFF,
    LIMIT,
    NO,
    TICKET,
    VERIFIED,
    VERIFY,
    YES,
    Flow,
    Step,
)
from bot.flows.slots import Slot, shown, with_choices
from bot.flows.verification import verification
from core.conversation import Call
from core.errors import Invalid
from core.events import BotSaid, KnowledgeMissed, KnowledgeUsed
from core.ports import Actions, Answer, Answers, NoAnswer, Tickets

MAX_QUESTION = 500
"""Characters of a question that knowledge is asked."""

MAX_CALLED = 10
"""Flows that may lie under each other, calls included."""


class Runner:
    """Does what the engine asks for: speaks, opens tickets, looks things up, calls actions."""

    def __init__(self, answers: Answers, tickets: Tickets, actions: Actions) -> None:
        self._answers = answers
        self._tickets = tickets
        self._actions = actions

    async def run(self, draft: Draft) -> None:
        """Walks on until the turn rests. At the end of a service, asks whether there is anything else."""
        draft.budget = draft.budget or BUDGET
        served = False
        while draft.stack and not draft.over:
            frame = draft.stack[-1]
            flow = draft.pack.flows.get(frame.flow)
            if flow is None:
                draft.end("failed")
                continue
            if flow.escalations and self._escalated(draft, flow):
                return
            walked = walk(flow, frame.step, draft.known, draft.result, draft.budget, draft.asked)
            draft.budget = walked.budget
            self._tell(draft, flow, walked)
            if walked.stop == ENDED:
                served = served or (flow.serves and walked.outcome == "completed")
                draft.end(walked.outcome)
            elif walked.stop == RUNAWAY:
                draft.hand_over("failure", say="utter_failure", outcome="failed")
            elif walked.step is not None and await self._stop(draft, flow, walked.step, walked.refused):
                return
        if not draft.over and (served or not draft.spoke) and draft.has("utter_anything_else"):
            draft.prompt("utter_anything_else")

    @staticmethod
    def _tell(draft: Draft, flow: Flow, walked: Walked) -> None:
        for step, way in walked.ways:
            draft.took(flow.id, step, way)
        for item in walked.out:
            if isinstance(item, Cleared):
                draft.clear(item.slot)
            elif isinstance(item, Filled):
                draft.fill(item.slot, item.value)
            else:
                draft.say(item.response, item.values, flow=flow.id, step=item.step)

    @staticmethod
    def _escalated(draft: Draft, flow: Flow) -> bool:
        for escalation in flow.escalations:
            if escalation.condition.holds(draft.known, draft.result):
                draft.took(flow.id, ESCALATE, escalation.way)
                draft.hand_over("escalated", escalation.skill, within_minutes=escalation.within_minutes)
                return True
        return False

    async def _stop(self, draft: Draft, flow: Flow, step: Step, refused: str) -> bool:
        """Does what the step needs; True when the customer is asked."""
        if step.kind in (COLLECT, CONFIRM):
            self.ask(draft, flow, step, refused)
            return True
        if step.kind == ACTION:
            draft.stand(step.id)
            arguments = values(step, draft.known, draft.result)
            ticket = str(draft.slots.get(step.ticket) or "")
            draft.call(step.name, self._actions.interface(step.name), step.id, arguments, ticket)
        elif step.kind == TICKET:
            self._open(draft, flow, step)
        elif step.kind == HANDOFF:
            if flow.made and len(draft.stack) > 1:
                caller = draft.stack[-2]
                draft.took(caller.flow, caller.step, FOR_NOBODY)
            last = draft.events[-1] if draft.events else None
            told = isinstance(last, BotSaid) and last.flow == flow.id and last.asks is None
            draft.hand_over(
                step.reason,
                step.name,
                say="" if told else "utter_handoff",
                priority=step.priority,
                within_minutes=step.within_minutes,
            )
        elif step.kind == CALL:
            self._call(draft, step, step.name)
        elif step.kind == VERIFY:
            if draft.verified:
                draft.verify(step.name, draft.conversation.contact)
                draft.took(flow.id, step.id, FOR_ACCOUNT)
                draft.go(step.after or END_OF_FLOW)
            else:
                self._call(draft, step, verification(step.name))
        elif step.kind == VERIFIED:
            draft.verify(step.name, str(values(step, draft.known, draft.result).get("account", "")))
            draft.go(step.after or END_OF_FLOW)
        else:
            await self._look(draft, flow, step)
        return False

    @staticmethod
    def _call(draft: Draft, step: Step, name: str) -> None:
        """Runs another flow on top; when it has ended, the one that called it goes on after the step."""
        called = draft.pack.flows.get(name)
        if called is None or called.id == draft.stack[-1].flow or len(draft.stack) >= MAX_CALLED:
            draft.hand_over("failure", say="utter_failure", outcome="failed")
            return
        draft.stand(step.id)
        if any(frame.flow == name for frame in draft.stack):
            draft.drop(name)
        draft.start(called)

    @staticmethod
    def ask(draft: Draft, flow: Flow, step: Step, refused: str = "") -> None:
        """Puts the question of a collect or confirm step; `refused` are the words that refuse the last answer."""
        frame = draft.stack[-1]
        before = frame.step == step.id
        attempts = (frame.attempts if before else 0) + bool(refused)
        wanted = wanted_slot(draft, step)
        if attempts >= step.limit or (step.choices and wanted is not None and not wanted.options):
            if attempts >= step.limit:
                draft.took(flow.id, step.id, LIMIT)
            draft.stand(step.id, attempts)
            draft.hand_over("limit" if attempts >= step.limit else "no_choices")
            return
        draft.stand(step.id, attempts)
        resumed = before and draft.aside and not refused
        if step.kind == COLLECT:
            draft.ask(flow.id, step.id, step.name, refused or f"utter_ask_{step.name}", resumed, wanted)
        else:
            draft.ask(flow.id, step.id, "", step.name, resumed)

    def _open(self, draft: Draft, flow: Flow, step: Step) -> None:
        conversation = draft.conversation
        try:
            opened = self._tickets.open(
                step.name,
                values(step, draft.known, draft.result),
                contact=conversation.contact,
                conversation=conversation.id,
                language=draft.language,
                flow=flow.id,
                step=step.id,
                in_reply_to=draft.in_reply_to,
            )
        except Invalid:
            # A required field was left empty on the customer's way through the flow: a person can still take it.
            draft.hand_over("failure", say="utter_failure")
            return
        draft.emit(opened)
        draft.fill("ticket", opened.ticket)
        draft.go(step.after or END_OF_FLOW)

    async def _look(self, draft: Draft, flow: Flow, step: Step) -> None:
        asked = str(draft.slots.get(step.slots[0]) or "") if step.slots else ""
        # A button's title is no question: where it finds nothing, the customer is asked for one.
        title = draft.pressed and not asked
        found = await self.look(draft, asked or draft.question, flow.id, step.id, record=not title)
        if isinstance(found, NoAnswer):
            if title:
                draft.say("utter_ask_question" if draft.has("utter_ask_question") else "utter_help")
            else:
                draft.fail("utter_knowledge_missed")
        if not draft.over:
            draft.go(step.after or END_OF_FLOW)

    async def look(
        self, draft: Draft, question: str, flow: str = "", step: str = "", record: bool = True
    ) -> Answer | NoAnswer:
        """Asks knowledge and says the answer with its sources. A miss says nothing; `record`: it is kept."""
        question, found = await self.ask_knowledge(question, draft.language)
        if isinstance(found, Answer):
            draft.emit(
                KnowledgeUsed(question=question, passages=found.passages, in_reply_to=draft.in_reply_to)
            )
            draft.quote(found.text, found.citations, flow, step)
            return found
        if not record:
            return found
        draft.emit(
            KnowledgeMissed(
                question=question, language=draft.language, best=found.best, threshold=found.threshold,
                in_reply_to=draft.in_reply_to,
            )
        )  # fmt: skip
        return found

    async def ask_knowledge(self, question: str, language: str) -> tuple[str, Answer | NoAnswer]:
        """The question as it was asked, and what knowledge says to it; no words find nothing."""
        question = question.strip()[:MAX_QUESTION]
        if not question:
            return question, NoAnswer(0.0, 0.0)
        return question, await self._answers.answer(question, language)

    async def resume(self, draft: Draft, call: Call) -> None:
        """Goes on where an action was called, now that it has returned."""
        frame = draft.stack[-1] if draft.stack else None
        flow = draft.pack.flows.get(frame.flow) if frame else None
        step = flow.steps.get(call.step) if flow and frame and frame.flow == call.flow else None
        if step is None or step.kind != ACTION:
            await self.run(draft)
            return
        target = after_action(step, call.outcome)
        if target is None:
            draft.hand_over("failure", say="utter_failure")
            return
        draft.go(target)
        await self.run(draft)

    async def confirm(self, draft: Draft, step: Step, answer: bool) -> None:
        """Goes on after yes or no."""
        draft.took(draft.stack[-1].flow, step.id, YES if answer else NO)
        draft.go(after_confirmation(step, answer))
        await self.run(draft)


def wanted_slot(draft: Draft, step: Step) -> Slot | None:
    """The slot of a collect step, with the choices of the moment; None at a confirmation."""
    slot = draft.pack.slots.get(step.name) if step.kind == COLLECT else None
    if slot is None or not step.choices:
        return slot
    return with_choices(slot, draft.result.get(step.choices), draft.language)


def fill_slot(draft: Draft, slot: Slot, value: object, source: int) -> None:
    """Fills a slot; where its choices were an action's, also the slot for the title, if the pack has it."""
    draft.fill(slot.name, value, source)
    if slot.type == "choice" and f"{slot.name}_title" in draft.pack.slots:
        draft.fill(f"{slot.name}_title", shown(slot, value, draft.language), source)
