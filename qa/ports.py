"""What the numbers ask of the store."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from qa.model import Facts


class Window(msgspec.Struct, frozen=True):
    """[since, until) in microseconds since the epoch, in `slots` equal parts; `channel` and `language`: "" is any."""

    since: int
    until: int
    slots: int
    channel: str = ""
    language: str = ""


class FactRows(Protocol):
    """Counts what happened, and keeps who was on duty."""

    async def facts(self, window: Window) -> Facts:
        """What is known of the window."""

    async def on_duty(self, present: Mapping[str, str], now: int) -> dict[str, int]:
        """Notes who is there now (agent → state); agent → since when in that state, in microseconds."""
