"""Which colleagues have a conversation open at their desks, and who of them is writing.

Passing frames, never events, among the desks of one process, as all that is typed: a look ends with the socket, or when its
desk shows something else.
"""

from collections.abc import Callable

from app.hub import Hub, Signal
from store.settled import User


def _topic(conversation: str) -> str:
    return f"looking:{conversation}"


class Looking:
    """Who looks at what in this process."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._desks: dict[str, dict[Look, User]] = {}

    def at(self, conversation: str) -> list[dict[str, str]]:
        """Everybody who has it open, each once, as `{"agent", "name"}`; who came first stands first."""
        users = {user.name: user for user in self._desks.get(conversation, {}).values()}
        return [{"agent": user.name, "name": user.display} for user in users.values()]

    def change(self, look: "Look", user: User, before: str, after: str) -> None:
        """A desk turns from one conversation to another ("": none); all who look at either hear of it."""
        if before:
            desks = self._desks.get(before, {})
            desks.pop(look, None)
            if not desks:
                self._desks.pop(before, None)
            self._tell(before)
        if after:
            self._desks.setdefault(after, {})[look] = user
            self._tell(after)

    def _tell(self, conversation: str) -> None:
        self.hub.signal(_topic(conversation), {"type": "colleagues", "conversation": conversation, "people": self.at(conversation)})


class Look:
    """What one desk has open. `push` sends a frame to it."""

    def __init__(self, looking: Looking, user: User, push: Callable[[Signal], None]) -> None:
        self._looking, self._user, self._push = looking, user, push
        self._at = ""

    def turn(self, conversation: str) -> None:
        """The desk shows another conversation now; "" for none."""
        if conversation == self._at:
            return
        before, self._at = self._at, conversation
        hub = self._looking.hub
        if before:
            hub.unlisten_signals(_topic(before), self._heard)
        if conversation:
            hub.listen_signals(_topic(conversation), self._heard)
        self._looking.change(self, self._user, before, conversation)

    def typing(self, conversation: str, kind: str) -> None:
        """This agent writes a `kind` of words (reply or note): colleagues who look at the conversation see it."""
        frame = {
            "type": "typing", "by": "agent", "conversation": conversation, "agent": self._user.name,
            "name": self._user.display, "kind": kind,
        }  # fmt: skip
        self._looking.hub.signal(_topic(conversation), frame)

    def _heard(self, frame: Signal) -> None:
        if frame.get("agent") != self._user.name:  # nobody is warned of themselves
            self._push(frame)
