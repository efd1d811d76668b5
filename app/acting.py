"""Between the dialogue and the gate: what a turn wants done is ruled before it is committed, and what it wants said is
looked at before anybody hears it."""

import time
from collections.abc import Callable, Mapping, Sequence

import msgspec
import structlog
from msgspec.structs import replace

from app.context import Group
from app.log import Log
from app.usage import CONTACT
from bot.dialogue import Dialogue, Turn
from bot.flows.model import CONFIRM, Flow
from core import conversation as conversations
from core import events as e
from core.conversation import BOT, Call, Conversation
from core.errors import NotFound
from core.ports import ActionContext, Append
from governance.actions import HANDOFF
from governance.gateway import FAILED, Gateway
from governance.said import Screen
from governance.standing import ALLOWED, ARGUMENT, LEFT, PROPOSED, WORDS, Allowance, Ruling, Standing, spoken
from tickets.acts import entry

END, ACT, AGAIN = "end", "act", "again"
"""After the commit: the turn is over; the call is made; the dialogue goes on."""


class Judged(msgspec.Struct, frozen=True):
    """What to commit, and what follows (END, ACT or AGAIN). `taken` commits with the events: what the call takes of
    its contact's day. It raises Conflict when another call was committed there since this was ruled."""

    events: tuple[e.Event, ...]
    then: str = END
    taken: tuple[Append, ...] = ()


_log = structlog.get_logger()


class Acting:
    """`dialogue` gives the one that serves now, `group` the contacts that are one person."""

    def __init__(self, log: Log, gateway: Gateway, dialogue: Callable[[], Dialogue], group: Group) -> None:
        self._log = log
        self.gateway = gateway
        self._group = group
        self._dialogue = dialogue
        self._unconfirmed: dict[str, frozenset[tuple[str, str]]] = {}
        self._screen = Screen(())

    # Before the commit --------------------------------------------------------------------------------------------

    async def judged(self, fold: Conversation, turn: Turn) -> Judged:
        """The turn's events as the gate lets them pass, and what follows their commit."""
        if not turn.act or not turn.events:
            return Judged(turn.events, ACT if turn.act else END)
        *before, called = turn.events
        assert isinstance(called, e.ActionCalled)
        then = foreseen(fold, before, self._log.clock())
        context = ActionContext(called.call, fold.id, fold.contact, then.language)
        ruling = await self.gateway.rule(called.name, called.arguments, context, self._standing(then, before, called))
        if ruling.verdict == ALLOWED:
            undo = self.gateway.named(called.name).undo
            called = replace(called, level=ruling.level, rules=ruling.rules, undo=undo)
            called, taken = self._taken(called, fold, ruling.allowance)
            return Judged((*before, called), ACT, taken)
        _log.info("action_held", conversation=fold.id, action=called.name, verdict=ruling.verdict, rule=ruling.rule)
        if ruling.verdict == PROPOSED:
            words = self._words(then, "utter_action_proposed", WORDS["proposed"], called.in_reply_to)
            return Judged((*before, self._proposal(called, ruling), words))
        refused = e.ActionRefused(
            call=called.call, name=called.name, interface=called.interface, flow=called.flow, step=called.step,
            rule=ruling.rule, level=ruling.level, in_reply_to=called.in_reply_to, arguments=called.arguments,
        )  # fmt: skip
        if ruling.verdict == LEFT:
            return Judged((*before, refused, *self._handed(then, called.in_reply_to, "utter_action_person", ruling.words)))
        if ruling.rule.startswith(ARGUMENT):
            return Judged((*before, refused), AGAIN)
        return Judged((*before, refused, self._no(then, refused, ruling.words)), AGAIN)

    def _no(self, fold: Conversation, refused: e.ActionRefused, words: Mapping[str, str]) -> e.BotSaid:
        """Tells the customer why not; the flow's own words follow."""
        said = self._words(fold, f"utter_refused_{refused.rule}", words, refused.in_reply_to)
        return replace(said, more=True, flow=refused.flow, step=refused.step)

    def _taken(
        self, called: e.ActionCalled, fold: Conversation, allowance: Allowance | None
    ) -> tuple[e.ActionCalled, tuple[Append, ...]]:
        """The call, and beside it what it takes of its contact's day."""
        if allowance is None:
            return called, ()
        stream = CONTACT + fold.contact
        taken = e.AllowanceTaken(call=called.call, action=called.name, amount=allowance.amount)
        append = Append(
            stream, (taken,), e.THE_BOT, self._log.clock(), expected=allowance.version, key=f"taken:{called.call}"
        )
        return replace(called, allowance=stream), (append,)

    def _proposal(self, called: e.ActionCalled, ruling: Ruling) -> e.ActionProposed:
        return e.ActionProposed(
            call=called.call, name=called.name, interface=called.interface, flow=called.flow, step=called.step,
            level=ruling.level, rules=ruling.rules, undo=self.gateway.named(called.name).undo,
            in_reply_to=called.in_reply_to, ticket=called.ticket, arguments=called.arguments,
        )  # fmt: skip

    def _standing(self, fold: Conversation, before: Sequence[e.Event], called: e.ActionCalled) -> Standing:
        read = [event.confidence for event in before if isinstance(event, e.Understood) and event.intent]
        return Standing(
            verified=fold.verified,
            confirmed=(called.flow, called.step) not in self._asked_nobody(),
            channel=fold.channel,
            customer="verified" if fold.verified else "named" if fold.name else "guest",
            confidence=min(read, default=None),
            values=fold.slots,
        )

    def _asked_nobody(self) -> frozenset[tuple[str, str]]:
        """Steps that can be reached without a yes to a confirm step of their flow."""
        pack = self._dialogue().pack
        if pack.hash not in self._unconfirmed:
            found = {(flow.id, step) for flow in pack.flows.values() for step in _without_yes(flow)}
            self._unconfirmed = {pack.hash: frozenset(found)}
        return self._unconfirmed[pack.hash]

    def fallen(self, fold: Conversation) -> Judged | None:
        """What the action's own settings say after it did not go well; None: the flow's branch is all there is."""
        call = fold.awaited
        if fold.mode != BOT or call is None:
            return None
        if call.outcome == "rejected" and fold.last_response != "utter_action_rejected":
            said = self._words(fold, "utter_action_rejected", WORDS["rejected"], call.in_reply_to)
            return Judged((replace(said, more=True, response="utter_action_rejected"),), AGAIN)
        if call.outcome == "unknown":
            return Judged(self._handed(fold, call.in_reply_to, "utter_action_unknown", WORDS["unknown"]))
        if call.outcome != FAILED:
            return None
        try:
            action = self.gateway.named(call.name)
        except NotFound:
            return None
        if action.fallback == HANDOFF:
            return Judged(self._handed(fold, call.in_reply_to, action.sorry or "utter_failure", {}))
        if action.sorry and fold.last_response != action.sorry:
            said = self._words(fold, action.sorry, {}, call.in_reply_to)
            return Judged((replace(said, more=True, flow=call.flow, step=call.step),), AGAIN)
        return None

    def _handed(
        self, fold: Conversation, in_reply_to: tuple[int, ...], response: str, words: Mapping[str, str]
    ) -> tuple[e.Event, ...]:
        """Words of this matter, and a person."""
        said = self._words(fold, response, words or WORDS["unknown"], in_reply_to)
        events: list[e.Event] = [said]
        for event in self._dialogue().apology(fold, in_reply_to):
            if isinstance(event, e.HandoffAsked):
                event = replace(event, reason="action")
            if not isinstance(event, e.BotSaid):
                events.append(event)
        return tuple(events)

    def _words(
        self, fold: Conversation, response: str, words: Mapping[str, str], in_reply_to: tuple[int, ...]
    ) -> e.BotSaid:
        """The pack's response where it has one, else the words that come with the matter."""
        dialogue = self._dialogue()
        if response in dialogue.pack.responses:
            return replace(dialogue.said(fold, response), in_reply_to=in_reply_to)
        language = fold.language or dialogue.pack.default_language
        return e.BotSaid(text=spoken(words, language), language=language, in_reply_to=in_reply_to, response=response)

    def screened(self, fold: Conversation, events: Sequence[e.Event]) -> tuple[e.Event, ...]:
        """Words that a rule forbids give way to safe ones, with a person offered."""
        if not self.gateway.rules.said:
            return tuple(events)
        if self._screen.sayings is not self.gateway.rules.said:
            self._screen = Screen(self.gateway.rules.said)
        passed: list[e.Event] = []
        for event in events:
            if not isinstance(event, e.BotSaid):
                passed.append(event)
                continue
            shown = "\n".join((event.text, *(choice.title for choice in event.quick_replies)))
            violation = self._screen.check(shown)
            if violation is None:
                passed.append(event)
                continue
            _log.warning("answer_stopped", conversation=fold.id, rule=violation.rule)
            passed += self._instead(fold, event, violation.rule, violation.instead)
        return tuple(passed)

    def _instead(
        self, fold: Conversation, said: e.BotSaid, rule: str, words: Mapping[str, str]
    ) -> tuple[e.Event, e.Event]:
        stopped = e.AnswerStopped(
            rule=rule, language=said.language, response=said.response, flow=said.flow, step=said.step,
            in_reply_to=said.in_reply_to, text=said.text,
        )  # fmt: skip
        response = "" if words else "utter_answer_stopped"
        safe = self._words(replace(fold, language=said.language), response, words or WORDS["stopped"], ())
        person = e.Choice(spoken(WORDS["person"], said.language), "/ask_person")
        return stopped, replace(
            said, text=safe.text, response="utter_answer_stopped", quick_replies=safe.quick_replies or (person,),
            citations=(), cards=(),
        )  # fmt: skip

    # The call ------------------------------------------------------------------------------------------------------

    async def perform(self, fold: Conversation, call: Call, again: bool) -> None:
        """Calls, or, where an earlier process called and is gone, finds out what became of it."""
        started = time.perf_counter()
        context = ActionContext(call.call, fold.id, fold.contact, fold.language)
        self._log.hub.signal(fold.stream, {"type": "typing", "by": "bot"})
        ask = self.gateway.again if again else self.gateway.call
        answer = await ask(call.name, call.arguments, context)
        event = e.ActionReturned(
            call=call.call,
            name=call.name,
            outcome=answer.outcome,
            result=answer.result,
            error=answer.error,
            milliseconds=round((time.perf_counter() - started) * 1000),
        )
        # The answer stands whatever else was said meanwhile; only a second answer to the same call must not count.
        key = f"returned:{call.call}"
        by = e.Actor(e.MACHINE, self.gateway.executor(call.name))
        appends = [Append(fold.stream, (event,), by, self._log.clock(), key=key)]
        if call.allowance and answer.outcome == FAILED:
            returned = e.AllowanceReturned(call=call.call)
            appends.append(Append(call.allowance, (returned,), by, self._log.clock(), key=key))
        if call.ticket and not fold.erased:
            appends += await entry(
                self._log, fold, call, event, by, self._log.clock(), await self._group(fold.contact)
            )
        await self._log.append(*appends)

    async def release(self, fold: Conversation, proposal: Call) -> None:
        """Makes the call that a person released; the note that it begins is committed first.

        The day's limits are looked at again: others may have used them up while this one waited. Raises Conflict.
        """
        limit, allowance = await self.gateway.day(proposal.name, proposal.arguments, fold.contact)
        if limit and not proposal.undoes:  # what was done can always be taken back
            await self._append_released(fold, proposal, self._over(fold, proposal, limit))
            return
        called = e.ActionCalled(
            call=proposal.call, name=proposal.name, interface=proposal.interface, flow=proposal.flow,
            step=proposal.step, in_reply_to=proposal.in_reply_to, level=proposal.level, rules=proposal.rules,
            confirmer=proposal.confirmer, undo=proposal.undo, undoes=proposal.undoes,
            ticket=proposal.ticket, arguments=proposal.arguments,
        )  # fmt: skip
        called, taken = self._taken(called, fold, allowance)
        if await self._append_released(fold, proposal, (called,), taken):
            await self.perform(fold, replace(proposal, allowance=called.allowance), again=False)

    async def _append_released(
        self, fold: Conversation, proposal: Call, events: tuple[e.Event, ...], beside: tuple[Append, ...] = ()
    ) -> bool:
        """Whether this was the first time."""
        key = f"released:{proposal.call}"
        append = Append(fold.stream, events, e.THE_BOT, self._log.clock(), expected=fold.version, key=key)
        done, *_ = await self._log.append(append, *beside)
        return not done.duplicate

    def _over(self, fold: Conversation, proposal: Call, limit: str) -> tuple[e.Event, ...]:
        """A released call that a limit of the day stops, and the words for it where the flow goes on."""
        refused = e.ActionRefused(
            call=proposal.call, name=proposal.name, interface=proposal.interface, flow=proposal.flow,
            step=proposal.step, rule=limit, level=proposal.level, in_reply_to=proposal.in_reply_to,
            arguments=proposal.arguments,
        )  # fmt: skip
        then = foreseen(fold, (refused,), self._log.clock())
        if then.call is None or then.call.call != proposal.call:
            return (refused,)
        return refused, self._no(then, refused, WORDS[limit])


def foreseen(fold: Conversation, events: Sequence[e.Event], at: int) -> Conversation:
    """The fold as it will be once these events are committed; `at` in microseconds since the epoch."""
    places = enumerate(events, fold.version + 1)
    return conversations.fold(fold, [e.Recorded(fold.stream, seq, at, e.THE_BOT, event) for seq, event in places])


def _without_yes(flow: Flow) -> set[str]:
    """Steps of a flow that a walk reaches which never takes the yes of a confirm step."""
    seen: set[str] = set()
    ahead = [flow.first]
    while ahead:
        step = flow.steps.get(ahead.pop())
        if step is None or step.id in seen:
            continue
        seen.add(step.id)
        ahead += [target for way, target in step.ways() if not (step.kind == CONFIRM and way == "yes")]
    return seen
