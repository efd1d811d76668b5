"""What agents write for one another over the desk's socket."""

import time

from app.http.desk_frames import Note, WrapUp
from app.wiring import System


async def noted(system: System, frame: Note, agent: str) -> int:
    """A note, a question to a colleague, or an answer; its seq. Raises SwitchboardError."""
    id = frame.id or f"{time.time_ns()}"
    if frame.to is not None:
        return await system.asking.ask(frame.conversation, agent, id, frame.text, frame.to)
    if frame.thread:
        return await system.asking.answer(frame.conversation, agent, id, frame.text, frame.thread)
    called = await system.mentions.of(frame.text, agent)
    return await system.people.note(frame.conversation, agent, id, frame.text, called)


async def wrapped(system: System, frame: WrapUp, agent: str) -> None:
    """How a conversation ended, with a note where there is something to say. Raises SwitchboardError."""
    called = await system.mentions.of(frame.note, agent)
    await system.wraps.finish(frame.conversation, agent, frame.disposition, frame.note, called)
