"""What the machine says to a customer who waits for a person: little, and never in the person's place."""

from bot.draft import Draft
from bot.reading import CANCEL, Heard, asks_how_long, is_question
from bot.runner import Runner
from core.events import Event, HandoffCancelled, KnowledgeUsed
from core.ports import Answer

LEFT, SOON, LOOK, INSTEAD = "left", "soon", "look", "instead"


async def wait(draft: Draft, messages: list[Heard], runner: Runner) -> None:
    """Adds what is to be said to messages of a customer in the waiting line.

    Words from before the hand-over are acknowledged, "never mind" leaves the line, "how long" and questions that
    knowledge answers are answered; who asks for the flow that the pack has for when nobody is there leaves the line for
    it; everything else is left to the person.
    """
    asked = draft.conversation.asked_seq
    before = [message for message in messages if message.seqs[0] < asked]
    plans = [(message, _plan(draft, message)) for message in messages]
    instead = next((message for message, plan in plans if plan == INSTEAD), None)
    leaves = instead is not None or any(plan == LEFT for _, plan in plans)
    answers = await _answers(draft, [message for message, plan in plans if plan == LOOK], runner)
    if leaves:
        # From here on the machine serves again, so the whole burst is its to answer.
        replied = [message for message, _ in plans]
    else:
        replied = [m for m, plan in plans if m in before or plan == SOON or m.seqs in answers]
    draft.in_reply_to = tuple(seq for message in replied for seq in message.seqs)
    if not replied:
        return
    if leaves:
        draft.emit(HandoffCancelled(in_reply_to=draft.in_reply_to))
    told: set[str] = set()
    for message, plan in plans:
        if message.seqs in answers:
            question, answer = answers[message.seqs]
            used: Event = KnowledgeUsed(
                question=question, passages=answer.passages, in_reply_to=draft.in_reply_to
            )
            draft.emit(used)
            draft.quote(answer.text, answer.citations, "", "")
        elif plan == SOON and not leaves:
            _once(draft, "utter_person_soon", told)
        elif message in before and not leaves:
            _once(draft, "utter_waiting", told)
    if instead is not None:
        flow = draft.pack.flows[draft.pack.nobody_there]
        draft.start(flow)
        draft.prefill(flow, instead.entities, instead.seqs[-1])
        await runner.run(draft)
    elif leaves:
        draft.say("utter_left_queue", starters=True)


def _once(draft: Draft, response: str, told: set[str]) -> None:
    if response not in told:
        told.add(response)
        draft.say(response)


def _plan(draft: Draft, message: Heard) -> str:
    if message.empty:
        return ""
    how_long = asks_how_long(message.text)
    if message.intent == CANCEL and not (how_long and is_question(message.text)):
        return SOON if draft.conversation.stopped else LEFT  # nobody else is there to serve
    if how_long:
        return SOON
    flow = draft.pack.flows.get(draft.pack.triggers.get(message.intent or "", ""))
    if flow is not None and flow.id == draft.pack.nobody_there:
        return INSTEAD
    if flow is not None and not flow.serves and message.intent != "ask_person":
        return LOOK
    if message.intent is None and not message.payload and is_question(message.text):
        return LOOK
    return ""


async def _answers(
    draft: Draft, messages: list[Heard], runner: Runner
) -> dict[tuple[int, ...], tuple[str, Answer]]:
    found: dict[tuple[int, ...], tuple[str, Answer]] = {}
    for message in messages:
        question, answer = await runner.ask_knowledge(message.text, draft.language)
        if isinstance(answer, Answer):
            found[message.seqs] = (question, answer)
    return found
