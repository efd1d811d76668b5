"""What a socket answers to the frames about suggestions."""

from typing import Any

from app.assist import Assist
from app.http.desk_frames import Dismiss, Help, Use


async def helped(assist: Assist, frame: Help, agent: str) -> dict[str, Any]:
    """Does what the frame says as the agent, and gives the frame that answers it. Raises SwitchboardError."""
    if isinstance(frame, Use):
        await assist.use(frame.suggestion, agent, frame.edited)
        return {"type": "settled", "suggestion": frame.suggestion, "as": "used"}
    if isinstance(frame, Dismiss):
        await assist.dismiss(frame.suggestion, agent, frame.reason)
        return {"type": "settled", "suggestion": frame.suggestion, "as": "dismissed"}
    found = await assist.checked(frame.conversation, frame.text)
    return {"type": "draft_checked", "id": frame.id, "conversation": frame.conversation, "warnings": found}
