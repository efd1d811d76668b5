"""What a desk is told when it opens: the frame `ready`."""

from typing import Any

from app.shapes import conversation_row
from app.wiring import System
from handoff.ports import AgentState
from store.settled import User


async def snapshot(system: System, user: User, mine: list[dict[str, Any]], state: AgentState) -> dict[str, Any]:
    """Who the agent is and how, what they serve (`mine`: rows), who waits, and the pack's words for all of it."""
    labels, users = system.pack.labels, await system.users.list()
    return {
        "type": "ready",
        "agent": {"name": user.name, "display": user.display, "role": user.role},
        "mine": [conversation_row(row) for row in mine],
        **await system.line.opening(),
        "presence": {"state": state.state, "capacity": state.capacity},
        "file_limit": system.files.limit,
        "ticket_types": _ticket_types(system),
        # The reason behind a turn is told in the pack's words for flows, slots and values.
        "labels": {"flows": labels.flows, "slots": labels.slots, "values": labels.values, "skills": system.pack.routing.skills},
        "approvals": await system.approvals.waiting(),
        "actions": system.approvals.catalogue(),
        **system.wraps.choices(),
        "wrapping": await system.wraps.of(user.name),
        "mentions": await system.mentions.waiting(user.name),
        "drafts": await system.drafts.of(user.name),
        "people": {one.name: one.display for one in users},
        "colleagues": [one.name for one in users if one.active and one.name != user.name],
    }


def _ticket_types(system: System) -> list[dict[str, Any]]:
    return [
        {
            "type": kind.id,
            "name": kind.name,
            "fields": [
                {"name": field.name, "label": field.label, "required": field.required} for field in kind.fields.values()
            ],
            "statuses": kind.statuses,
        }
        for kind in system.pack.tickets.types.values()
    ]
