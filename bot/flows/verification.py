"""Who is this: a pack's verification, settings in `pack.yml` made into a flow like any other.

It asks for the phone on the account, has a code sent, and lets another system check the customer's answer. The number
of tries is limited; after them, and when a system does not answer, a person takes over.
"""

from collections.abc import Collection
from typing import Final

import msgspec

from bot.flows.expressions import Expression, compile_expression
from bot.flows.model import (
    ACTION,
    BRANCH,
    COLLECT,
    END,
    HANDOFF,
    RESPOND,
    VERIFIED,
    Arm,
    Flow,
    Step,
    make_flow,
)
from core.yamlfile import Node

PREFIX: Final = "verify_"
VERIFIED_AS: Final = "verified_as"
"""The slot that holds whose account it is."""

INTRODUCTION, WRONG, FAILED = "utter_verification", "utter_verification_wrong", "utter_verification_failed"


class Verification(msgspec.Struct, frozen=True):
    """`phone` and `code` are slots, `send` and `check` actions; `limit` tries before a person of `skill` takes over."""

    name: str
    phone: str
    code: str
    send: str
    check: str
    limit: int
    skill: str
    file: str
    line: int


def verification(name: str) -> str:
    """The id of the flow that a `verify` step runs."""
    return PREFIX + name


def parse_verification(root: Node) -> dict[str, Verification]:
    """Reads `verification:` of pack.yml: settings by name, or those of `account` alone. Raises PackMistake."""
    node = root.get("verification")
    if node is None:
        return {}
    named = {"account": node} if node.get("check") is not None else node.mapping()
    return {name: _settings(name, child) for name, child in named.items()}


def _settings(name: str, node: Node) -> Verification:
    node.only("send", "check", "phone", "code", "limit", "skill")

    def text(key: str, default: str) -> str:
        child = node.get(key)
        return child.text() if child else default

    limit = node.get("limit")
    return Verification(
        name,
        text("phone", "account_phone"),
        text("code", "verification_code"),
        text("send", ""),
        node.require("check").text(),
        limit.whole(1, 5) if limit else 3,
        text("skill", ""),
        node.file,
        node.line,
    )


def make_flows(
    settings: dict[str, Verification],
    flows: dict[str, Flow],
    responses: Collection[str],
    languages: tuple[str, ...],
) -> dict[str, Flow]:
    """A flow for each verification. Raises PackMistake where the pack has one of that id."""
    made = {}
    for given in settings.values():
        id = verification(given.name)
        if id in flows:
            where = Node(None, flows[id].line, flows[id].file)
            raise where.mistake(f"`{id}` is the verification of pack.yml", "give the flow another id")
        titles = {"zh": "身份核验", "en": "Verification"}
        name = {language: titles[language] for language in languages}
        steps = _steps(given, INTRODUCTION in responses)
        made[id] = make_flow(id, steps, file=given.file, line=given.line, name=name, made=True)
    return made


def _steps(given: Verification, introduced: bool) -> list[Step]:
    def step(id: str, kind: str, name: str = "", **more: object) -> Step:
        return Step(id=id, kind=kind, name=name, file=given.file, line=given.line, **more)  # type: ignore[arg-type]

    known: dict[str, Expression] = {"phone": compile_expression(given.phone)}
    both = known | {"code": compile_expression(given.code)}
    steps = [step("introduction", RESPOND, INTRODUCTION)] if introduced else []
    steps.append(step("phone", COLLECT, given.phone))
    if given.send:
        steps.append(step("send", ACTION, given.send, values=known, targets={"failure": "unavailable"}))
    for attempt in range(1, given.limit + 1):
        last = attempt == given.limit
        arm = Arm(compile_expression("result.verified"), "verified", given.line)
        wrong = "failed" if last else f"wrong_{attempt}"
        steps += [
            step(f"code_{attempt}", COLLECT, given.code, ask_first=True),
            step(f"check_{attempt}", ACTION, given.check, values=both, targets={"failure": "unavailable"}),
            step(f"judge_{attempt}", BRANCH, arms=(arm, Arm(None, wrong, given.line))),
        ]
        if not last:
            steps.append(step(f"wrong_{attempt}", RESPOND, WRONG))
    account = {"account": compile_expression("result.account")}
    return [
        *steps,
        step("failed", RESPOND, FAILED),
        step("person", HANDOFF, given.skill, reason="verification"),
        step("unavailable", RESPOND, "utter_failure", next="person"),
        step("verified", VERIFIED, given.name, values=account),
        step("done", END, "completed"),
    ]
