"""Signed tokens (JWT, HS256, RFC 7519). A token is shown in a header or a first frame, never in an address."""

import secrets
import time
from collections.abc import Callable
from typing import Any

import jwt
import msgspec

from core.errors import Unauthenticated

WIDGET_SECONDS = 24 * 3600
ACCESS_SECONDS = 15 * 60
REFRESH_SECONDS = 12 * 3600
ASSIST_SECONDS = 15 * 60

_WIDGET, _ACCESS, _REFRESH, _ASSIST = "widget", "access", "refresh", "assist"


class WidgetToken(msgspec.Struct, frozen=True):
    """A customer's right to one conversation; `expires` in seconds since the epoch."""

    conversation: str
    expires: int


class AgentToken(msgspec.Struct, frozen=True):
    """Who is signed in. `epoch` counts sign-outs: a token of an earlier one is void."""

    name: str
    role: str
    epoch: int
    expires: int


class AssistToken(msgspec.Struct, frozen=True):
    """An agent's right to see and use the suggestions of one conversation; `epoch` as in `AgentToken`."""

    name: str
    conversation: str
    epoch: int
    expires: int


class Tokens:
    """Signs and reads. `now` gives seconds since the epoch."""

    def __init__(self, key: str, now: Callable[[], float] = time.time) -> None:
        self._key = key
        self._now = now

    def _sign(self, use: str, seconds: int, **claims: Any) -> str:
        expires = int(self._now()) + seconds
        return jwt.encode({"use": use, "exp": expires, "jti": secrets.token_hex(8), **claims}, self._key, "HS256")

    def _read(self, token: str, use: str, expired: bool = False) -> dict[str, Any]:
        try:
            options: Any = {"verify_exp": False, "require": ["exp"]}
            claims: dict[str, Any] = jwt.decode(token, self._key, algorithms=["HS256"], options=options)
        except jwt.PyJWTError:
            raise Unauthenticated("The token is not valid.", code="token_invalid") from None
        if claims.get("use") != use:
            raise Unauthenticated("The token is for another purpose.", code="token_invalid")
        if not expired and claims["exp"] <= self._now():
            raise Unauthenticated("The token is over; renew it.", code="token_expired")
        return claims

    def widget(self, conversation: str) -> str:
        """A token for the widget, good for a day."""
        return self._sign(_WIDGET, WIDGET_SECONDS, sub=conversation)

    def read_widget(self, token: str, expired: bool = False) -> WidgetToken:
        """`expired`: accept one that is over (to renew it). Raises Unauthenticated."""
        claims = self._read(token, _WIDGET, expired)
        return WidgetToken(claims["sub"], claims["exp"])

    def assist(self, name: str, conversation: str, epoch: int) -> str:
        """A token for the panel of suggestions on somebody else's page, good for a quarter of an hour."""
        return self._sign(_ASSIST, ASSIST_SECONDS, sub=name, conversation=conversation, epoch=epoch)

    def read_assist(self, token: str) -> AssistToken:
        """Raises Unauthenticated."""
        claims = self._read(token, _ASSIST)
        return AssistToken(claims["sub"], claims["conversation"], claims["epoch"], claims["exp"])

    def pair(self, name: str, role: str, epoch: int) -> tuple[str, str]:
        """Access and refresh token of a user."""
        claims = {"sub": name, "role": role, "epoch": epoch}
        return self._sign(_ACCESS, ACCESS_SECONDS, **claims), self._sign(_REFRESH, REFRESH_SECONDS, **claims)

    def read_access(self, token: str) -> AgentToken:
        """Raises Unauthenticated."""
        return self._agent(self._read(token, _ACCESS))

    def read_refresh(self, token: str) -> AgentToken:
        """Raises Unauthenticated."""
        return self._agent(self._read(token, _REFRESH))

    @staticmethod
    def _agent(claims: dict[str, Any]) -> AgentToken:
        return AgentToken(claims["sub"], claims["role"], claims["epoch"], claims["exp"])
