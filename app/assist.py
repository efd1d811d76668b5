"""Help while talking: after each message of a customer whom a person serves, what that person may say and do."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from app import metrics
from app.bridges import RememberedAnswers
from app.drafts import TEXTS, Warned, warnings
from app.log import Log
from app.shadow import Step, ahead, returned
from bot.dialogue import Dialogue
from core import events as e
from core.conversation import HUMAN, Conversation, Said
from core.errors import Conflict, Denied, Invalid, NotFound
from core.ports import ANY, ActionContext, Append, Job
from core.suggesting import ACTION, KNOWLEDGE, REPLY, WARNING
from core.time import SECOND
from governance.gateway import Gateway
from governance.said import check
from governance.standing import ALLOWED, PROPOSED, Ruling, Standing, spoken
from handoff.assist import PASSAGES, difference, identity, ordered, place
from handoff.words import Labels, said, substantive
from knowledge.search import Knowledge
from knowledge.talk import SAID, Remembered, pages
from qa.scorecard import Scorecard
from tickets.desk import TicketDesk

AUDIENCES = ("agent", "customer")
TAIL = 400
"""Newest events of a conversation that are looked at."""
RECENT = 160
"""Newest events that a suggestion comes from: it is made at every message."""
LONGEST_REASON = 200
TICKET = "ticket:"
"""Before the type of a ticket, in the place of an action's name."""

_TALK = frozenset({"greet", "goodbye", "thanks", "affirm", "deny", "smalltalk", "insult", "bot_challenge", "repeat", "ask_person"})
"""What is meant so asks for no page."""

_log = structlog.get_logger()


class Assist:
    """What suggests, and what the agent does with it. `dialogue`, `labels`, `scorecard` give those of the serving pack."""

    def __init__(
        self,
        log: Log,
        knowledge: Knowledge,
        gateway: Gateway,
        tickets: TicketDesk,
        dialogue: Callable[[], Dialogue],
        labels: Callable[[], Labels],
        scorecard: Callable[[], Scorecard],
    ) -> None:
        self._log = log
        self._knowledge = Remembered(knowledge)
        self._answers = RememberedAnswers(knowledge)
        # Searching is work for the processor: one round at a time, so that the desks and the bot are served in between.
        self._one = asyncio.Lock()
        self._beside: tuple[Dialogue, Dialogue] | None = None
        self._gateway = gateway
        self._tickets = tickets
        self._dialogue = dialogue
        self._labels = labels
        self._scorecard = scorecard

    # Suggesting ------------------------------------------------------------------------------------------------

    async def suggest(self, jobs: Sequence[Job]) -> int:
        """A handler of `app.lanes`: one round of suggestions for all messages of a burst."""
        async with self._one:
            return await self._suggest(jobs)

    async def _suggest(self, jobs: Sequence[Job]) -> int:
        last = jobs[-1].key
        done = tuple(job.key for job in jobs)
        fold = await self._log.conversation(last.stream)
        if fold.version < last.seq:
            fold = await self._log.conversation(last.stream, fresh=True)
        suggestions: tuple[e.Suggestion, ...] = ()
        events: list[e.Recorded] = []
        if fold.mode == HUMAN and not fold.erased:
            events = await self._log.read(fold.stream, max(0, fold.version - RECENT))
            suggestions = await self._suggestions(fold, events)
        if not suggestions:
            await self._log.store.append(done=done)
            return len(jobs)
        event = e.Suggested(after=last.seq, kinds=tuple(one.kind for one in suggestions), suggestions=suggestions)
        append = Append(
            fold.stream, (event,), e.THE_BOT, self._log.clock(), expected=fold.version, key=f"suggested:{last.seq}"
        )
        await self._log.append(append, done=done)
        for one in suggestions:
            metrics.SUGGESTIONS.labels(one.kind, "made").inc()
        caused = next((r.at for r in events if r.seq == last.seq), None)
        if caused is not None:
            metrics.SUGGESTED.observe(max(0.0, (self._log.clock() - caused) / SECOND))
        return len(jobs)

    async def _suggestions(self, fold: Conversation, events: Sequence[e.Recorded]) -> tuple[e.Suggestion, ...]:
        talk = [r for r in events if isinstance(r.event, e.CustomerSaid)]
        taken = max((r.seq for r in events if isinstance(r.event, e.HandoffTaken)), default=0)
        since = [Said(r.seq, r.event.text, r.event.payload) for r in talk if r.seq > taken]  # type: ignore[attr-defined]
        heard = await ahead(self._listening(), fold, since, returned(events), self._log.clock())
        found = [] if heard.last is not None and heard.last.intent in _TALK else await self._passages(fold, events, talk)
        steps = await self._steps(fold, events, heard.step) if heard.step is not None else []
        return tuple(one for one in ordered(found, steps) if self._may_be_said(fold, one))

    def _listening(self) -> Dialogue:
        """The serving dialogue, which hears each message again with those that follow it."""
        serving = self._dialogue()
        if self._beside is None or self._beside[0] is not serving:
            self._beside = serving, serving.answering(self._answers)
        return self._beside[1]

    async def _passages(
        self, fold: Conversation, events: Sequence[e.Recorded], talk: Sequence[e.Recorded]
    ) -> list[e.Suggestion]:
        read = {r.event.message: r.event.intent for r in events if isinstance(r.event, e.Understood)}
        asked = [
            r.event.text
            for r in talk
            if isinstance(r.event, e.CustomerSaid) and substantive(r.event.text) and read.get(r.seq) not in _TALK
        ]
        if not asked or not isinstance(talk[-1].event, e.CustomerSaid) or not substantive(talk[-1].event.text):
            return []
        language = fold.language or self._dialogue().pack.default_language
        found = await pages(self._knowledge, asked[-SAID:], language, AUDIENCES, PASSAGES)
        return [
            e.Suggestion(
                kind=REPLY if one.sure and one.audience == "customer" else KNOWLEDGE,
                text=one.text, language=language, internal=one.audience != "customer",
                citations=(
                    e.Citation(one.citation.document, one.citation.title, one.citation.version, one.citation.quote),
                ),
            )
            for one in found
        ]  # fmt: skip

    async def _steps(self, fold: Conversation, events: Sequence[e.Recorded], step: Step) -> list[e.Suggestion]:
        language = fold.language or self._dialogue().pack.default_language
        found = []
        if step.ask:
            found.append(e.Suggestion(REPLY, step.ask, language, flow=step.flow, step=step.step))
        if step.ticket is not None:
            ticket = step.ticket
            opened = [r.event for r in events if isinstance(r.event, e.TicketOpened)]
            if all((one.type, one.fields) != (ticket.type, ticket.fields) for one in opened):
                title = said(self._labels().tickets.get(ticket.type), language, ticket.type)
                found.append(
                    e.Suggestion(
                        ACTION, title, language, flow=ticket.flow, step=ticket.step, action=TICKET + ticket.type,
                        arguments=dict(ticket.fields),
                    )
                )  # fmt: skip
        elif step.call is not None:
            call = step.call
            ruling = await self._ruled(fold, call.name, call.arguments)
            if ruling.verdict in (ALLOWED, PROPOSED):
                title = said(self._gateway.named(call.name).title, language, call.name)
                found.append(
                    e.Suggestion(
                        ACTION, title, language, flow=call.flow, step=call.step, action=call.name,
                        arguments=dict(call.arguments),
                    )
                )  # fmt: skip
        return found

    def _may_be_said(self, fold: Conversation, one: e.Suggestion) -> bool:
        violation = check(one.text, self._gateway.rules.said)
        if violation is None:
            return True
        _log.warning("suggestion_stopped", conversation=fold.id, rule=violation.rule, kind=one.kind)
        metrics.SUGGESTIONS.labels(one.kind, "stopped").inc()
        return False

    async def _ruled(self, fold: Conversation, name: str, arguments: Mapping[str, Any]) -> Ruling:
        """What the gate says to an action that this conversation's agent asks for."""
        context = ActionContext(f"{fold.stream}:{fold.version + 1}:{name}", fold.id, fold.contact, fold.language)
        standing = Standing(
            verified=fold.verified, channel=fold.channel, values=fold.slots,
            customer="verified" if fold.verified else "named" if fold.name else "guest",
        )  # fmt: skip
        return await self._gateway.rule(name, dict(arguments), context, standing)

    # What the agent does with it ---------------------------------------------------------------------------------

    async def use(self, id: str, agent: str, sent: str | bool = False) -> e.Suggestion:
        """The agent takes a suggestion; an action is run through the gate, as a person who released it.

        `sent`: the words as they went to the customer, or True where they were edited and are not known. The same use
        again changes nothing. Raises NotFound, Denied, Conflict `settled`.
        """
        fold, one = await self._find(id, agent)
        share, places = difference(one.text, sent) if isinstance(sent, str) and sent else (float(bool(sent)), ())
        used = e.SuggestionUsed(suggestion=id, type=one.kind, agent=agent, edited=share, difference=places)
        if one.kind != ACTION:
            await self._settle(fold, id, agent, (used,))
        elif one.action.startswith(TICKET):
            await self._open(fold, id, one, used)
        else:
            await self._run(fold, id, agent, one, used)
        metrics.SUGGESTIONS.labels(one.kind, "edited" if share else "used").inc()
        return one

    async def _open(self, fold: Conversation, id: str, one: e.Suggestion, used: e.SuggestionUsed) -> None:
        """Opens the ticket in the same commit, so that a click opens one and only one. Raises Invalid."""
        by = e.Actor(e.AGENT, used.agent)
        while True:
            self._owned(fold, used.agent)
            if await self._settled_as(fold, id, e.SuggestionUsed):
                return
            opened = self._tickets.open(
                one.action.removeprefix(TICKET), dict(one.arguments), contact=fold.contact, conversation=fold.id,
                language=fold.language, flow=one.flow, step=one.step, in_reply_to=(),
            )  # fmt: skip
            at = self._log.clock()
            case = Append(f"ticket:{opened.ticket}", (opened,), by, at, expected=0, guard=ANY)
            here = Append(fold.stream, (used, opened), by, at, expected=fold.version, guard=ANY, key=f"settled:{id}")
            try:
                await self._log.append(case, here)
            except Conflict:
                fold = await self._log.conversation(fold.id, fresh=True)
                continue
            return

    async def _run(
        self, fold: Conversation, id: str, agent: str, one: e.Suggestion, used: e.SuggestionUsed
    ) -> None:
        ruling = await self._ruled(fold, one.action, one.arguments)
        action = self._gateway.named(one.action)
        _, seq, _ = place(id) or ("", 0, 0)
        proposed = e.ActionProposed(
            call=f"{fold.stream}:{seq}:{one.action}", name=one.action, interface=action.interface, flow=one.flow,
            step=one.step, level=ruling.level, rules=ruling.rules, undo=action.undo, arguments=dict(one.arguments),
        )  # fmt: skip
        click = e.ActionDecided(call=proposed.call, name=one.action, approved=True, agent=agent)
        if ruling.verdict in (ALLOWED, PROPOSED):
            await self._settle(fold, id, agent, (used, proposed, click))
            return
        # The click stands in the log, and the gate's no after it.
        refused = e.ActionRefused(
            call=proposed.call, name=one.action, interface=action.interface, flow=one.flow, step=one.step,
            rule=ruling.rule, level=ruling.level, arguments=dict(one.arguments),
        )  # fmt: skip
        await self._settle(fold, id, agent, (used, proposed, click, refused))
        raise Denied(spoken(ruling.words, "en") or "The rules do not allow this now.", code="action_refused")

    async def dismiss(self, id: str, agent: str, reason: str = "") -> None:
        """The agent has no use for it. The same again changes nothing. Raises NotFound, Denied, Conflict `settled`."""
        fold, one = await self._find(id, agent)
        reason = reason.replace("\0", "").strip()[:LONGEST_REASON]
        dismissed = e.SuggestionDismissed(suggestion=id, type=one.kind, agent=agent, reason=reason)
        if await self._settle(fold, id, agent, (dismissed,)):
            metrics.SUGGESTIONS.labels(one.kind, "dismissed").inc()

    async def _find(self, id: str, agent: str) -> tuple[Conversation, e.Suggestion]:
        where = place(id)
        if where is None:
            raise NotFound("There is no such suggestion.")
        conversation, seq, number = where
        fold = await self._log.conversation(conversation, fresh=True)  # an erasure may have come from elsewhere
        self._owned(fold, agent)
        recorded = await self._log.read(fold.stream, max(0, seq - 1), 1)
        event = recorded[0].event if recorded else None
        if not isinstance(event, e.Suggested) or not 0 < number <= len(event.suggestions):
            raise NotFound("There is no such suggestion, or it has been erased.")
        return fold, event.suggestions[number - 1]

    @staticmethod
    def _owned(fold: Conversation, agent: str) -> None:
        if fold.mode != HUMAN or fold.assignee != agent:
            raise Denied("This conversation is not yours now.", code="not_yours")

    async def _settle(self, fold: Conversation, id: str, agent: str, events: tuple[e.Event, ...]) -> bool:
        """Commits what became of a suggestion, once; whether this was the time. Raises Conflict `settled` when it was
        settled otherwise."""
        by = e.Actor(e.AGENT, agent)
        while True:
            self._owned(fold, agent)
            append = Append(fold.stream, events, by, self._log.clock(), expected=fold.version, key=f"settled:{id}")
            try:
                (result,) = await self._log.append(append)
            except Conflict:
                fold = await self._log.conversation(fold.id, fresh=True)
                continue
            if result.duplicate:
                await self._settled_as(fold, id, type(events[0]))
            return not result.duplicate

    async def _settled_as(self, fold: Conversation, id: str, kind: type[e.Event]) -> bool:
        """Whether the suggestion was settled already. Raises Conflict `settled` when not by an event of this kind."""
        _, seq, _ = place(id) or ("", 0, 0)
        for recorded in await self._log.read(fold.stream, seq):
            event = recorded.event
            if isinstance(event, e.SuggestionUsed | e.SuggestionDismissed) and event.suggestion == id:
                if not isinstance(event, kind):
                    raise Conflict("This suggestion was settled already.", code="settled")
                return True
        return False

    # Drafts ------------------------------------------------------------------------------------------------------

    async def checked(self, conversation: str, text: str) -> list[dict[str, Any]]:
        """The warnings on a draft, each as a suggestion of kind `warning` with the `quote` that is meant.

        Raises NotFound, Invalid.
        """
        if len(text) > 10_000:
            raise Invalid("A message has at most 10,000 characters; please send it in parts.", code="too_long", field="text")
        fold = await self._log.conversation(conversation)
        events = await self._log.read(fold.stream, max(0, fold.version - TAIL))
        found = warnings(text, fold, events, self._scorecard(), self._gateway.rules.said)
        for one in found:
            metrics.DRAFTS_WARNED.labels(one.code).inc()
        return [_warning(fold, one) for one in found]


def _warning(fold: Conversation, one: Warned) -> dict[str, Any]:
    return {
        "conversation": fold.id, "kind": WARNING, "code": one.code, "text": spoken(TEXTS[one.code], fold.language),
        "quote": one.quote, "citations": [],
    }  # fmt: skip


def frames(recorded: e.Recorded) -> list[dict[str, Any]]:
    """The frames that tell an agent of the suggestions of an event; none for other events."""
    event = recorded.event
    if not isinstance(event, e.Suggested):
        return []
    conversation = recorded.stream.partition(":")[2]
    found = []
    for number, one in enumerate(event.suggestions, start=1):
        frame: dict[str, Any] = {
            "type": "suggestion", "id": identity(conversation, recorded.seq, number), "conversation": conversation,
            "after": event.after, "kind": one.kind, "text": one.text, "language": one.language,
            "citations": [
                {"document": c.document, "title": c.title, "version": c.version, "quote": c.quote} for c in one.citations
            ],
        }  # fmt: skip
        if one.internal:
            frame["internal"] = True
        if one.flow:
            frame |= {"flow": one.flow, "step": one.step}
        if one.action:
            frame |= {"action": one.action, "arguments": one.arguments}
        found.append(frame)
    return found


async def open_frames(log: Log, fold: Conversation) -> list[dict[str, Any]]:
    """The frames of the newest suggestions that are neither settled nor overtaken by the customer's next words."""
    if fold.mode != HUMAN or fold.erased:
        return []
    found: list[dict[str, Any]] = []
    settled: set[str] = set()
    for recorded in await log.read(fold.stream, max(0, fold.version - TAIL)):
        event = recorded.event
        if isinstance(event, e.Suggested):
            found = frames(recorded)
        elif isinstance(event, e.CustomerSaid):
            found = [frame for frame in found if frame["after"] >= recorded.seq]
        elif isinstance(event, e.SuggestionUsed | e.SuggestionDismissed):
            settled.add(event.suggestion)
    return [frame for frame in found if frame["id"] not in settled]
