"""The web chat's own rules: who may begin, continue, rate, close and renew."""

import contextlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from app.inbox import Inbox
from app.lanes import Lanes
from app.log import Log
from app.reactions import TURN
from app.tokens import Tokens
from app.visits import Visits
from bot.dialogue import Dialogue
from channels.widget import WidgetSettings
from contacts.identity import Identity, anonymous_id, contact_id, verify
from core import events as e
from core.conversation import BOT, CLOSED, PREFIX, Conversation
from core.errors import Conflict, Invalid, NotFound, Unauthenticated
from core.ports import ANY, Append
from core.time import DAY, HOUR, iso

CHANNEL = "webchat"
RENEWABLE = 30 * DAY
RATEABLE = 24 * HOUR
ATTRIBUTES_LIMIT = 4_000
"""Bytes of JSON that a page may attach to a conversation."""


class Opened(msgspec.Struct, frozen=True):
    """What the widget keeps; `expires_at` in seconds since the epoch."""

    conversation: str
    token: str
    expires_at: int


class WebChat:
    """Used by the socket and by its HTTP twin alike."""

    def __init__(
        self,
        log: Log,
        inbox: Inbox,
        lanes: Lanes,
        tokens: Tokens,
        dialogue: Callable[[], Dialogue],
        widget_secret: str,
        contact_key: bytes,
        visits: Visits,
        settings: Callable[[], WidgetSettings],
    ) -> None:
        self._log = log
        self.inbox = inbox
        self._lanes = lanes
        self.tokens = tokens
        self._dialogue = dialogue
        self.visits = visits
        self._settings = settings
        self._widget_secret = widget_secret
        self._contact_key = contact_key

    async def open(
        self,
        locale: str | None = None,
        identity: Identity | None = None,
        attributes: dict[str, Any] | None = None,
        continues: str | None = None,
        proof: str | None = None,
        resume: bool = False,
        form: Mapping[str, str] | None = None,
        consent: bool = False,
    ) -> Opened:
        """A new conversation with its greeting. `proof` is the token of the conversation that it continues; `resume`: rather
        the open one that this identity spoke in last, if there is one.

        `form` and `consent` are what the pack's widget asks for before a conversation that continues none.

        Raises Unauthenticated for a false identity, Invalid for too many attributes, a form that does not fit, and consent
        that is missing.
        """
        if attributes and len(msgspec.json.encode(attributes)) > ATTRIBUTES_LIMIT:
            raise Invalid(f"Attributes have at most {ATTRIBUTES_LIMIT} bytes of JSON.", field="attributes")
        dialogue = self._dialogue()
        language = self._language(locale, dialogue)
        name, contact, verified = "", anonymous_id(secrets.token_bytes(15)), False
        earlier = await self._earlier(continues, proof)
        if earlier is not None:
            contact, verified, name = earlier.contact, earlier.verified, earlier.name
        if identity is not None:
            verify(identity, self._widget_secret, self._log.clock())
            contact, verified, name = contact_id(self._contact_key, identity.user_id), True, identity.name or name
            standing = await self.visits.newest(contact) if resume else None
            if standing is not None:
                return self._opened(standing)
        if earlier is None:
            name, asked = self._asked(form or {}, consent, name)
            attributes = {**(attributes or {}), **asked}
        conversation = secrets.token_hex(12)
        started = e.Started(
            channel=CHANNEL,
            language=language,
            contact=contact,
            verified=verified,
            pack=dialogue.pack.hash,
            continues=earlier.id if earlier else None,
            name=name[:200],
            attributes=attributes or {},
        )
        events = (started, dialogue.greeting(language))
        await self._log.append(
            Append(PREFIX + conversation, events, e.THE_CUSTOMER, self._log.clock(), expected=0, guard=ANY)
        )
        return self._opened(conversation)

    def _asked(self, form: Mapping[str, str], consent: bool, name: str) -> tuple[str, dict[str, Any]]:
        """The customer's name, and what is kept of the form and the consent."""
        settings = self._settings()
        if settings.consent and not consent:
            raise Invalid("The customer has to agree first.", code="consent_needed", field="consent")
        answers = settings.answers(form, name)
        kept: dict[str, Any] = {"form": answers} if answers else {}
        if settings.consent:
            kept["consent"] = {"version": settings.consent.version, "at": iso(self._log.clock())}
        return name or settings.named(answers), kept

    @staticmethod
    def _language(locale: str | None, dialogue: Dialogue) -> str:
        wanted = (locale or "").replace("_", "-").split("-")[0].lower()
        return wanted if wanted in dialogue.pack.languages else dialogue.pack.default_language

    async def _earlier(self, continues: str | None, proof: str | None) -> Conversation | None:
        """The conversation that is continued, if the caller was in it; nobody can join somebody else's contact."""
        if not continues or not proof:
            return None
        try:
            if self.tokens.read_widget(proof, expired=True).conversation != continues:
                return None
            return await self._log.conversation(continues)
        except (Unauthenticated, NotFound):
            return None

    def _opened(self, conversation: str) -> Opened:
        token = self.tokens.widget(conversation)
        return Opened(conversation, token, self.tokens.read_widget(token).expires)

    async def renew(self, token: str) -> Opened:
        """A new token for an old one, until 30 days after the last message. Raises Unauthenticated."""
        known = self.tokens.read_widget(token, expired=True)
        fold = await self._log.conversation(known.conversation)
        if self._log.clock() - max(fold.customer_at, fold.started_at) > RENEWABLE:
            raise Unauthenticated("This conversation is too old to be continued; start a new one.", code="token_expired")
        return self._opened(known.conversation)

    async def enter(self, conversation: str, wanted: str) -> Opened:
        """A token for another conversation of the same customer. Raises NotFound."""
        return self._opened(await self.visits.enter(conversation, wanted))

    async def rate(self, conversation: str, score: int, comment: str = "") -> None:
        """1 to 5, while open and 24 hours after closing; a later rating takes the place of the earlier."""
        if not 1 <= score <= 5:
            raise Invalid("A rating is a whole number from 1 to 5.", field="score")
        fold = await self._log.conversation(conversation)
        if fold.mode == CLOSED and self._log.clock() - fold.closed_at > RATEABLE:
            raise Invalid("A rating is taken until 24 hours after the end.", code="too_late")
        rated = e.Rated(score=score, comment=comment[:2000].replace("\0", ""))
        await self._log.append(Append(fold.stream, (rated,), e.THE_CUSTOMER, self._log.clock()))

    async def close(self, conversation: str) -> None:
        """The customer ends it; what was said before is answered first."""
        fold = await self._log.conversation(conversation)
        while fold.mode != CLOSED:
            if fold.mode == BOT and (fold.unanswered or fold.call):
                await self._lanes.idle(fold.stream, TURN)
                fold = await self._log.conversation(conversation, fresh=True)
                if fold.mode == BOT and (fold.unanswered or fold.call):
                    raise Conflict("An answer is still on its way; close again in a moment.", code="busy")
                continue
            closed = Append(
                fold.stream, (e.Closed(by="customer"),), e.THE_CUSTOMER, self._log.clock(), fold.version, ANY
            )
            with contextlib.suppress(Conflict):
                await self._log.append(closed)
            fold = await self._log.conversation(conversation, fresh=True)

    async def seen(self, conversation: str, upto: int) -> None:
        """The customer has read up to this seq."""
        fold = await self._log.conversation(conversation)
        if 0 < upto <= fold.version:
            await self._log.append(Append(fold.stream, (e.Seen(upto=upto),), e.THE_CUSTOMER, self._log.clock()))


