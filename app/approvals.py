"""What people do through the gate: release what the machine prepared, or not, and take back what it did."""

from collections.abc import Callable, Sequence
from typing import Any

from app.log import Log
from app.shapes import action_words
from core import events as e
from core.conversation import PREFIX, Call, Conversation
from core.errors import Conflict, NotFound
from core.ports import Append, Rows
from core.time import iso
from governance.actions import UNDOABLE
from governance.gateway import Gateway
from handoff.words import Labels

LIST_LIMIT = 200


class Approvals:
    """Every step is one append under the conflict rule: two colleagues cannot decide the same thing.

    `labels` are the pack's words for its slots.
    """

    def __init__(self, log: Log, rows: Rows, gateway: Gateway, labels: Callable[[], Labels] = Labels) -> None:
        self._log = log
        self._rows = rows
        self._gateway = gateway
        self._labels = labels

    def catalogue(self) -> list[dict[str, Any]]:
        """The pack's actions in words, for the desk. See `app.shapes.action_words`."""
        labels = self._labels()
        return [action_words(action, labels) for action in self._gateway.all()]

    async def waiting(self) -> list[dict[str, Any]]:
        """What waits for a click, the oldest first, with what it would do."""
        rows = await self._rows.find("approvals", {"status": "waiting"}, "proposed_at", LIST_LIMIT)
        found = []
        for row in rows:
            fold = await self._log.conversation(row["conversation"], fresh=True)  # it may have been erased elsewhere
            proposal = _named(fold.proposals, row["id"])
            if proposal is not None and not proposal.confirmer:  # an erasure leaves nothing that could still be done
                found.append(self.shown(fold, proposal, row["proposed_at"]))
        return found

    async def proposal(self, conversation: str, call: str, proposed_at: int) -> dict[str, Any] | None:
        """One that waits, as it is shown; None when it does not wait any more."""
        fold = await self._log.conversation(conversation)
        proposal = _named(fold.proposals, call)
        if proposal is None or proposal.confirmer:
            return None
        return self.shown(fold, proposal, proposed_at)

    def shown(self, fold: Conversation, proposal: Call, proposed_at: int = 0) -> dict[str, Any]:
        """A proposal as the desk sees it."""
        try:
            words = action_words(self._gateway.named(proposal.name), self._labels())
        except NotFound:  # the pack of today has it no more
            words = {"title": {}, "effect": "", "labels": {}, "amount": None}
        return {
            "call": proposal.call,
            "conversation": fold.id,
            "contact": fold.contact,
            "contact_name": fold.name or None,
            "flow": proposal.flow,
            "name": proposal.name,
            "title": words["title"],
            "interface": proposal.interface,
            "effect": words["effect"],
            "labels": words["labels"],
            "amount": proposal.arguments.get(words["amount"]),
            "level": proposal.level,
            "rules": list(proposal.rules),
            "arguments": proposal.arguments,
            "undoes": proposal.undoes or None,
            "proposed_at": iso(proposed_at) if proposed_at else None,
        }

    async def decide(self, call: str, agent: str, approved: bool, note: str = "") -> None:
        """The click. The same one again changes nothing.

        Raises NotFound, also after an erasure, or Conflict when a colleague was faster.
        """
        row = await self._rows.get("approvals", call)
        if row is None:
            raise NotFound("There is no such proposal.")

        def decided(fold: Conversation) -> Sequence[e.Event]:
            proposal = _named(fold.proposals, call)
            if proposal is None or proposal.confirmer:
                return ()
            return (e.ActionDecided(call=call, name=proposal.name, approved=approved, agent=agent, note=note[:2000]),)

        if await self._change(row["conversation"], agent, decided):
            return
        row = await self._rows.get("approvals", call) or row
        if row["status"] == "waiting":
            raise NotFound("There is nothing left to decide: what this was about has been erased.", code="erased")
        if row["agent"] != agent or row["status"] != ("approved" if approved else "rejected"):
            raise Conflict("This was decided by a colleague already.", code="decided")

    async def undo(self, call: str, agent: str, note: str = "") -> None:
        """Takes back what the machine did. Raises NotFound where there is nothing to take back."""

        def decided(fold: Conversation) -> Sequence[e.Event]:
            done = _named(fold.undoable, call)
            if done is None:
                raise NotFound("There is nothing to take back here: it was not done, or is undone already.")
            if _named(fold.proposals, f"{call}:undo") or _named(fold.acts, f"{call}:undo"):
                return ()
            action = self._gateway.named(done.undo)
            known = {**done.result, **done.arguments, "call": done.call}
            proposed = e.ActionProposed(
                call=f"{call}:undo", name=action.name, interface=action.interface, flow=done.flow, step=done.step,
                level=UNDOABLE, undoes=call, ticket=done.ticket, in_reply_to=done.in_reply_to,
                arguments={name: known[name] for name in action.parameters if name in known},
            )  # fmt: skip
            click = e.ActionDecided(
                call=proposed.call, name=action.name, approved=True, agent=agent, note=note[:2000]
            )
            return (proposed, click)

        stream = call.rpartition(":")[0].rpartition(":")[0]
        if not stream.startswith(PREFIX):
            raise NotFound("There is no such call.")
        await self._change(stream, agent, decided)

    async def _change(
        self, conversation: str, agent: str, decide: Callable[[Conversation], Sequence[e.Event]]
    ) -> bool:
        fold = await self._log.conversation(conversation)
        while True:
            events = tuple(decide(fold))
            if not events:
                return False
            by = e.Actor(e.AGENT, agent)
            try:
                await self._log.append(Append(fold.stream, events, by, self._log.clock(), expected=fold.version))
            except Conflict:
                fold = await self._log.conversation(conversation, fresh=True)
                continue
            return True


def _named(calls: Sequence[Call], call: str) -> Call | None:
    return next((one for one in calls if one.call == call), None)
