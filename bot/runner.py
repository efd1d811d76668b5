"""Runs the flow on top of the stack until it asks, acts, hands over or the stack is empty."""

from bot.draft import Draft
from bot.flows.engine import (
    BUDGET,
    END_OF_FLOW,
    ENDED,
    RUNAWAY,
    Cleared,
    Walked,
    after_action,
    after_confirmation,
    values,
    walk,
)
from bot.flows.model import ACTION, COLLECT, CONFIRM, HANDOFF, TICKET, Flow, Step
from core.conversation import Call
from core.errors import Invalid
from core.events import BotSaid, KnowledgeMissed, KnowledgeUsed
from core.ports import Actions, Answer, Answers, NoAnswer, Tickets

MAX_QUESTION = 500
"""Characters of a question that knowledge is asked."""


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
            walked = walk(flow, frame.step, draft.slots, draft.result, draft.budget)
            draft.budget = walked.budget
            self._tell(draft, flow, walked)
            if walked.stop == ENDED:
                served = served or (flow.serves and walked.outcome == "completed")
                draft.end(walked.outcome)
            elif walked.stop == RUNAWAY:
                draft.hand_over("failure", say="utter_failure", outcome="failed")
            elif walked.step is not None and await self._stop(draft, flow, walked.step):
                return
        if not draft.over and (served or not draft.spoke) and draft.has("utter_anything_else"):
            draft.prompt("utter_anything_else")

    @staticmethod
    def _tell(draft: Draft, flow: Flow, walked: Walked) -> None:
        for item in walked.out:
            if isinstance(item, Cleared):
                draft.clear(item.slot)
            else:
                draft.say(item.response, item.values, flow=flow.id, step=item.step)

    async def _stop(self, draft: Draft, flow: Flow, step: Step) -> bool:
        """Does what the step needs; True when the customer is asked."""
        if step.kind in (COLLECT, CONFIRM):
            self.ask(draft, flow, step)
            return True
        if step.kind == ACTION:
            draft.stand(step.id)
            arguments = values(step, draft.slots, draft.result)
            draft.call(step.name, self._actions.interface(step.name), step.id, arguments)
        elif step.kind == TICKET:
            self._open(draft, flow, step)
        elif step.kind == HANDOFF:
            last = draft.events[-1] if draft.events else None
            told = isinstance(last, BotSaid) and last.flow == flow.id and last.asks is None
            draft.hand_over(step.reason, step.name, say="" if told else "utter_handoff")
        else:
            await self._look(draft, flow, step)
        return False

    @staticmethod
    def ask(draft: Draft, flow: Flow, step: Step) -> None:
        """Puts the question of a collect or confirm step."""
        frame = draft.stack[-1]
        before = frame.step == step.id
        draft.stand(step.id, frame.attempts if before else 0)
        resumed = before and draft.aside
        if step.kind == COLLECT:
            draft.ask(flow.id, step.id, step.name, f"utter_ask_{step.name}", resumed)
        else:
            draft.ask(flow.id, step.id, "", step.name, resumed)

    def _open(self, draft: Draft, flow: Flow, step: Step) -> None:
        conversation = draft.conversation
        try:
            opened = self._tickets.open(
                step.name,
                values(step, draft.slots, draft.result),
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
        draft.go(after_confirmation(step, answer))
        await self.run(draft)
