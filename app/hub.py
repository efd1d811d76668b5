"""Who listens to which stream in this process. Called after the commit, in the order of the commits."""

from collections.abc import Callable, Sequence
from typing import Any

import structlog

from core.events import Recorded

Listener = Callable[[Sequence[Recorded]], None]
Signal = dict[str, Any]
"""A passing frame (typing, queue position): never kept, never replayed."""

_log = structlog.get_logger()


class Hub:
    """Fan-out. A listener is quick and does not wait: it puts frames into a buffer."""

    def __init__(self) -> None:
        self._streams: dict[str, list[Listener]] = {}
        self._all: list[Listener] = []
        self._signals: dict[str, list[Callable[[Signal], None]]] = {}

    def listen(self, stream: str, listener: Listener) -> None:
        """From now on `listener` gets the events of the stream."""
        self._streams.setdefault(stream, []).append(listener)

    def unlisten(self, stream: str, listener: Listener) -> None:
        """The end of that; unknown listeners are ignored."""
        listeners = self._streams.get(stream, [])
        if listener in listeners:
            listeners.remove(listener)
        if not listeners:
            self._streams.pop(stream, None)

    def listen_all(self, listener: Listener) -> None:
        """Gets the events of all streams (the desk)."""
        self._all.append(listener)

    def unlisten_all(self, listener: Listener) -> None:
        """The end of that."""
        if listener in self._all:
            self._all.remove(listener)

    def listened(self) -> list[str]:
        """The streams that somebody listens to."""
        return list(self._streams)

    def has_desk(self) -> bool:
        """Whether anybody here listens to everything."""
        return bool(self._all)

    def publish(self, events: Sequence[Recorded]) -> None:
        """Tells the listeners of the stream (all of one stream, in order). A listener's mistake stays its own."""
        listeners = [*self._streams.get(events[0].stream, ()), *self._all]
        for listener in listeners:
            try:
                listener(events)
            except Exception:
                _log.exception("listener_failed", stream=events[0].stream)

    def listen_signals(self, topic: str, listener: Callable[[Signal], None]) -> None:
        """Passing frames of a stream, or of another topic such as `desk`."""
        self._signals.setdefault(topic, []).append(listener)

    def unlisten_signals(self, topic: str, listener: Callable[[Signal], None]) -> None:
        """The end of that."""
        listeners = self._signals.get(topic, [])
        if listener in listeners:
            listeners.remove(listener)
        if not listeners:
            self._signals.pop(topic, None)

    def signal(self, topic: str, frame: Signal) -> None:
        """Passes a frame on to whoever listens now."""
        for listener in list(self._signals.get(topic, ())):
            listener(frame)
