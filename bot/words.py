"""What a turn says: responses, questions and answers, as events of the turn."""

from collections.abc import Mapping
from typing import Any

from bot.flows.model import Flow
from bot.flows.slots import Slot
from bot.pack import BotPack
from bot.responses import Rendered, asks_confirmation, asks_slot, choice, render
from bot.speech import PHONE, speakable
from core.conversation import Conversation
from core.events import Asks, BotSaid, Choice, Citation, Event

ASK_WHICH = "utter_ask_which"
"""The response that asks which of two things is meant."""


class Words:
    """The speaking half of a draft."""

    def __init__(
        self,
        pack: BotPack,
        conversation: Conversation,
        in_reply_to: tuple[int, ...],
        moments: Mapping[str, Any] | None = None,
    ) -> None:
        self.pack = pack
        self.moments = moments or {}
        self.conversation = conversation
        self.in_reply_to = in_reply_to
        self.language = spoken(pack, conversation)
        self.events: list[Event] = []
        self.stack = list(conversation.stack)
        self.slots = conversation.slots
        self.spoke = False
        self._prompt = 0

    @property
    def known(self) -> dict[str, Any]:
        """What expressions and wordings read: the slots, and what holds at this moment."""
        return {**self.moments, **self.slots}

    @property
    def result(self) -> Mapping[str, Any]:
        """What the last action of the flow on top returned."""
        frame, call = (self.stack[-1] if self.stack else None), self.conversation.call
        if frame is None:
            return {}
        return frame.result or (call.result if call is not None and call.flow == frame.flow else {})

    def has(self, response: str) -> bool:
        """Whether the pack has this response."""
        return response in self.pack.responses

    def rendered(self, response: str, values: Mapping[str, Any] | None = None) -> Rendered:
        """The response in the turn's language. Raises KeyError for one that the pack lacks (see `validate`)."""
        conversation, found = self.conversation, self.pack.responses[response]
        return render(
            found,
            self.language,
            {**self.known, "result": self.result} if values is None else values,
            self.pack.slots,
            conversation.version + len(self.events),
            conversation.last_words,
            conversation.channel,
        )

    def say(
        self, response: str, values: Mapping[str, Any] | None = None, *, flow: str = "", step: str = "",
        failure: bool = False, starters: bool = False,
    ) -> None:  # fmt: skip
        """Says a response; `starters` adds the pack's where the response has no buttons of its own."""
        words = self.rendered(response, values)
        replies = words.quick_replies
        if starters and not replies:
            replies = self.starters()
        self._said(words.text, replies, response=response, flow=flow, step=step, failure=failure)

    def quote(self, text: str, citations: tuple[Citation, ...], flow: str, step: str) -> None:
        """Says what knowledge answered."""
        if self.conversation.channel == PHONE:
            text = speakable(text)
        self._said(text, (), citations=citations, flow=flow, step=step)

    def again(self) -> None:
        """Says the last words again, with what they asked."""
        before = self.conversation
        frame = self.stack[-1] if self.stack else None
        flow, step = (frame.flow, frame.step) if frame else ("", "")
        text = "\n".join(before.last_words)
        self._said(text, (), response=before.last_response, asks=before.asks, flow=flow, step=step)

    def keep_open(self, response: str) -> None:
        """Says something under which the open question stays open, without putting it again."""
        words, before = self.rendered(response), self.conversation
        frame = self.stack[-1] if self.stack else None
        flow, step = (frame.flow, frame.step) if frame else ("", "")
        self._said(words.text, words.quick_replies, response=response, asks=before.asks, flow=flow, step=step)

    def starters(self) -> tuple[Choice, ...]:
        """The pack's starters in the turn's language."""
        return tuple([choice(button, self.language) for button in self.pack.starters])

    def ask(
        self,
        flow: str,
        step: str,
        slot: str,
        response: str,
        resumed: bool = False,
        wanted: Slot | None = None,
    ) -> None:
        """Asks for a slot, or with "" for a confirmation; `resumed`: after something else was dealt with; `wanted`:
        the slot with the choices of the moment.

        These words give way when the turn goes on.
        """
        self.drop_prompt()
        before = len(self.events)
        if resumed and self.has("utter_resume_question"):
            self.say("utter_resume_question", flow=flow, step=step)
        words = self.rendered(response)
        wanted = wanted or self.pack.slots.get(slot)
        if wanted is not None:
            asks = asks_slot(wanted, self.language)
        else:
            asks = Asks(slot, "text") if slot else asks_confirmation(self.language, words.quick_replies)
        self._said(words.text, words.quick_replies, response=response, asks=asks, flow=flow, step=step)
        self._prompt = len(self.events) - before

    def ask_which(self, both: tuple[Flow, Flow]) -> None:
        """Asks which of two things is meant."""
        names = [flow.name.get(self.language) or flow.id for flow in both]
        choices = tuple(Choice(name, f"/{flow.triggers[0]}") for name, flow in zip(names, both, strict=True))
        words = self.rendered(ASK_WHICH, {**self.known, "first": names[0], "second": names[1]})
        self._said(words.text, (), response=ASK_WHICH, asks=Asks("intent", "choice", choices))

    def prompt(self, response: str) -> None:
        """Says something that gives way when the turn goes on."""
        self.drop_prompt()
        before = len(self.events)
        self.say(response)
        self._prompt = len(self.events) - before

    def drop_prompt(self) -> None:
        """Takes the question at the end of the turn back: something after it is dealt with first."""
        if self._prompt:
            del self.events[-self._prompt :]
            self._prompt = 0

    def _said(
        self, text: str, quick_replies: tuple[Choice, ...], *, citations: tuple[Citation, ...] = (),
        asks: Asks | None = None, response: str = "", flow: str = "", step: str = "", failure: bool = False,
    ) -> None:  # fmt: skip
        self._prompt = 0
        self.spoke = True
        self.events.append(
            BotSaid(
                text=text,
                language=self.language,
                in_reply_to=self.in_reply_to,
                quick_replies=quick_replies,
                citations=citations,
                asks=asks,
                response=response,
                flow=flow,
                step=step,
                failure=failure,
            )
        )


def spoken(pack: BotPack, conversation: Conversation) -> str:
    """The conversation's language, where the pack has it."""
    language = conversation.language
    return language if language in pack.languages else pack.default_language
