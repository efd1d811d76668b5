"""Rows of the read models as clients see them."""

from typing import Any

from core.time import iso
from governance.actions import Action
from handoff.words import Labels
from qa.reasons import explain
from qa.scorecard import Scorecard

LANGUAGES = ("zh", "en")


def _instant(at: int) -> str | None:
    return iso(at) if at else None


def conversation_row(row: dict[str, Any]) -> dict[str, Any]:
    """A line of the desk's lists."""
    return {
        "id": row["id"],
        "channel": row["channel"],
        "language": row["language"],
        "mode": row["mode"],
        "assignee": row["assignee"] or None,
        "contact": row["contact"],
        "contact_name": row["name"],
        "reason": row["reason"] or None,
        "skill": row["skill"] or None,
        "ticket": row["ticket"] or None,
        "disposition": row["disposition"] or None,
        "last_text": row["last_text"],
        "last_by": row["last_by"],
        "last_at": _instant(row["last_at"]),
        "started_at": _instant(row["started_at"]),
        "waiting_since": _instant(row["waiting_since"]),
        "closed_at": _instant(row["closed_at"]),
        "rating": row["rating"],
        "stopped": bool(row["stopped"]),
        "scores": {"bot": row["score_bot"], "person": row["score_person"]},
    }


def scorecard_row(card: dict[str, Any], scorecard: Scorecard) -> dict[str, Any]:
    """A scorecard with the titles and reasons of its findings in words, by language."""
    findings = [
        {
            **finding,
            "title": {language: scorecard.title(finding["check"], language) for language in LANGUAGES},
            "explained": {language: explain(finding.get("reason", ""), language) for language in LANGUAGES},
        }
        for finding in card["findings"]
    ]
    return {**card, "findings": findings}


def ticket_row(row: dict[str, Any]) -> dict[str, Any]:
    """A ticket; `version` goes into `If-Match` of a change."""
    return {
        "number": row["id"],
        "type": row["type"],
        "status": row["status"],
        "contact": row["contact"],
        "conversation": row["conversation"] or None,
        "language": row["language"],
        "skill": row["skill"],
        "phone": row["phone"],
        "fields": row["fields"],
        "merged": row["merged"] or None,
        "version": row["version"],
        "opened_at": _instant(row["opened_at"]),
        "updated_at": _instant(row["updated_at"]),
    }


def action_words(action: Action, labels: Labels) -> dict[str, Any]:
    """What people read of an action. `title`, `labels` and `values` (of choices) are words by language.

    A parameter without a label of its own has that of the slot of the same name; what has no words is left out.
    """
    values = {**action.result, **action.parameters}
    words = {name: value.label or labels.slots.get(name, {}) for name, value in values.items()}
    return {
        "name": action.name,
        "title": action.title,
        "effect": action.effect,
        "executor": action.executor or action.connector,
        "amount": action.amount or None,
        "reversible": action.reversible,
        "labels": {name: found for name, found in words.items() if found},
        "values": {name: labels.values[name] for name in values if labels.values.get(name)},
    }
