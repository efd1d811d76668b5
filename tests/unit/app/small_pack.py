"""A small business over the demonstration back office, in which every kind of way out of a step exists once."""

from pathlib import Path

import yaml

from bot.flows.verification import FAILED, INTRODUCTION, WRONG
from bot.validate import REQUIRED

FILES = {
    "pack.yml": """
id: small
name: {zh: 小店, en: Shop}
languages: [zh, en]
default_language: en
greeting: utter_greet
silence: {ask_after_minutes: 10, close_after_minutes: 20}
verification: {check: check_identity, limit: 2}
""",
    "routing.yml": "skills: {general: {name: {zh: 客服, en: Service}}}\ndefault_skill: general\noffer_seconds: 30\ncapacity: 3\n",
    "tickets.yml": """
types:
  note:
    name: {zh: 记录, en: Note}
    prefix: N
    fields: {why: {label: {zh: 原因, en: Reason}, required: true}}
    statuses: {open: {zh: 已登记, en: registered}}
    promise: {zh: 一天内回复, en: An answer within a day}
    skill: general
""",
    "scorecard.yml": "checks: []\n",
    "slots.yml": """
slots:
  line: {type: text, label: {zh: 线路, en: Line}}
  why: {type: text, label: {zh: 原因, en: Reason}}
  at: {type: date_time, label: {zh: 时间, en: Time}, entity: date_time}
  account_phone: {type: phone, label: {zh: 电话, en: Phone}, entity: phone}
  verification_code: {type: text, label: {zh: 验证码, en: Code}}
""",
    "nlu/en.yml": """
nlu:
  - intent: suspend
    examples: |
      - block my SIM
      - suspend the line
      - my phone was stolen
      - stop my number
      - I lost my card
      - please block the line
      - 停机
      - 手机丢了
      - 挂失号码
      - 停用线路
  - intent: callback
    examples: |
      - call me back
      - a callback please
      - ring me later
      - phone me tomorrow
      - can you call me
      - 回电
      - 给我回电话
      - 打电话给我
      - 稍后联系我
      - 预约回电
  - intent: out_of_scope
    examples: |
      - when is your shop open
      - where are you
      - what is the weather like
      - who won the match
      - hm
      - well then
      - 今天天气怎么样
      - 你们几点开门
      - 谁赢了比赛
      - 嗯
""",
    "connectors.yml": "connectors: {office: {demonstration: packs.telecom.backoffice, document: /openapi.json}}\n",
    "actions.yml": """
actions:
  check_identity:
    interface: "http:office/verify_customer"
    effect: read
    parameters: {phone: phone, code: text}
    result: {verified: bool, account: text}
  line_state:
    interface: "http:office/get_line"
    effect: read
    parameters: {line_id: text}
    result: {status: text}
  suspend_line:
    interface: "http:office/suspend_line"
    effect: write
    level: 3
    parameters: {line_id: text}
    result: {status: text}
    limits: {per_day: 1}
    rules: [no_landlines]
  call_back:
    interface: "http:office/register_callback"
    effect: write
    level: 2
    parameters: {phone: phone}
    result: {starts: text}
""",
    "rules.yml": """
rules:
  - id: no_landlines
    actions: [suspend_line]
    when: "line_id == 'L1001-3'"
    refuse: {zh: 这条线路不能停机。, en: This line cannot be blocked.}
""",
    "knowledge/en/opening.md": """---
title: Opening hours
version: "2026-09"
language: en
audience: customer
updated: 2026-09-01
---
## When we are there

Our shop is open from eight to ten, every day of the week.
""",
    "flows/all.yml": """
flows:
  suspend:
    name: {zh: 停机, en: Block a line}
    nlu_trigger: [{intent: suspend}]
    escalate: [{when: "line == 'L6666-6'", skill: general}]
    steps:
      - {id: line, collect: line, limit: 2, rejections: [{if: "line == 'L0000-0'", utter: utter_no_line}]}
      - {id: who, verify: account}
      - {id: sure, confirm: utter_sure, yes: act, no: why}
      - {id: act, action: suspend_line, arguments: {line_id: line}, success: told, failure: sorry}
      - {id: told, respond: utter_suspended, next: done}
      - {id: sorry, respond: utter_sorry, next: done}
      - {id: why, call: ask_why, failure: person}
      - {id: done, end: completed}
      - {id: person, handoff: general, reason: unhappy}
  ask_why:
    name: {zh: 原因, en: Reason}
    steps:
      - {id: why, collect: why, limit: 2}
      - {id: judge, branch: [{if: "why == 'the price'", then: lost}, {else: note}]}
      - {id: note, ticket: note, fields: {why: why}}
      - {id: kept, end: completed}
      - {id: lost, end: failed}
  callback:
    name: {zh: 回电, en: Callback}
    nlu_trigger: [{intent: callback}]
    steps:
      - {id: at, collect: at, limit: 2}
      - {id: book, action: call_back, arguments: {phone: "'13800000101'"}, success: booked, failure: not_booked}
      - {id: booked, respond: utter_booked, next: done}
      - {id: not_booked, respond: utter_sorry}
      - {id: done, end: completed}
""",
}

WORDS = (
    *REQUIRED, "utter_greet", INTRODUCTION, WRONG, FAILED, "utter_no_line", "utter_sure", "utter_suspended", "utter_sorry",
    "utter_booked", "utter_ask_line", "utter_ask_why", "utter_ask_at", "utter_ask_account_phone",
    "utter_ask_verification_code",
)  # fmt: skip

TESTS = """
tests:
  - name: Blocked after a verification
    language: en
    actions: {check_identity: {result: {verified: true, account: C1001}}}
    steps:
      - {bot: utter_greet}
      - {user: block my SIM}
      - {bot: utter_ask_line}
      - {user: L0000-0}
      - {bot: utter_no_line}
      - {user: L1001-1}
      - {bot: utter_ask_account_phone}
      - {user: "13800000101"}
      - {user: "123456"}
      - {bot: utter_sure}
      - {slots: {line: L1001-1, verified_as: C1001}}
      - {press: /affirm}
      - {action: suspend_line}
      - {bot: {contains: suspended.en}}
      - {ends: completed}
      - {not: {ticket: note}}
      - {press: /suspend}
      - {user: L1001-1}
      - {press: /affirm}
      - {refused: "limit:per_day"}

  - name: A customer who came verified, and a rule
    language: en
    identity: {user_id: u-1, name: Ada}
    channel: phone
    steps:
      - {user: block my SIM}
      - {user: L1001-3}
      - {bot: utter_sure}
      - {press: /affirm}
      - {refused: no_landlines}
      - {bot: {contains: cannot be blocked}}
      - {bot: utter_sorry}
      - {not: {action: suspend_line}}

  - name: The outside is as it was before the first test
    language: en
    identity: {user_id: u-1}
    now: 2026-10-02T10:00
    steps:
      - {press: /suspend}
      - {user: L1001-1}
      - {press: /affirm}
      - {action: suspend_line}

  - name: Nobody answers outside
    language: zh
    identity: {user_id: u-1}
    outside: unreachable
    steps:
      - {press: /suspend}
      - {user: L1001-1}
      - {press: /affirm}
      - {action: {name: suspend_line, outcome: failed}}
      - {bot: utter_sorry}

  - name: Not known what became of it
    language: en
    identity: {user_id: u-1}
    actions: {suspend_line: {outcome: unknown}}
    steps:
      - {press: /suspend}
      - {user: L1001-1}
      - {press: /affirm}
      - {action: {name: suspend_line, outcome: unknown}}
      - {handoff: action}

  - name: A code that is wrong twice
    language: en
    actions: {check_identity: {result: {verified: false}}}
    steps:
      - {press: /suspend}
      - {user: L1001-1}
      - {user: "13800000101"}
      - {user: "123456"}
      - {bot: utter_verification_wrong}
      - {user: "654321"}
      - {handoff: verification}
      - {ends: handed_over}

  - name: Changed their mind
    language: en
    identity: {user_id: u-1}
    steps:
      - {press: /suspend}
      - {user: L1001-1}
      - {press: /deny}
      - {bot: utter_ask_why}
      - {user: I found it again}
      - {ticket: note}
      - {slots: {line: null}}

  - name: Too dear
    language: en
    identity: {user_id: u-1}
    steps:
      - {press: /suspend}
      - {user: L1001-1}
      - {press: /deny}
      - {user: the price}
      - {handoff: unhappy}

  - name: Somebody has to look at this line
    language: en
    identity: {user_id: u-1}
    steps:
      - {press: /suspend}
      - {user: L6666-6}
      - {handoff: escalated}

  - name: Called back, after a click
    language: en
    steps:
      - {user: call me back}
      - {bot: utter_ask_at}
      - {user: tomorrow at 3 pm}
      - {slots: {at: {date: "2026-09-02", time: "15:00"}}}
      - {action: {name: call_back, outcome: proposed}}
      - {bot: utter_action_proposed}
      - {approve: call_back}
      - {action: call_back}
      - {bot: utter_booked}

  - name: Not called back
    language: en
    now: "2027-03-05T09:00:00+08:00"
    steps:
      - {user: call me back}
      - {user: tomorrow at 3 pm}
      - {slots: {at: {date: "2027-03-06", time: "15:00"}}}
      - {reject: call_back}
      - {bot: utter_sorry}

  - name: Silence
    language: en
    steps:
      - {user: "when is your shop open?"}
      - {cites: opening}
      - {wait: {minutes: 9}}
      - {not: {bot: utter_silence}}
      - {wait: {minutes: 1}}
      - {bot: utter_silence}
      - {wait: {hours: 1}}
      - {bot: utter_closed_silence}

  - name: No answer at all
    language: en
    steps: [{press: /suspend}, {press: /deny}, {press: /deny}, {handoff: limit}]

  - name: No time at all
    language: en
    steps: [{press: /callback}, {press: /deny}, {press: /deny}, {handoff: limit}]

  - name: No reason at all
    language: en
    identity: {user_id: u-1}
    steps: [{press: /suspend}, {user: L1001-1}, {press: /deny}, {press: /deny}, {press: /deny}, {handoff: limit}]
"""


def write(folder: Path, **others: str) -> Path:
    """The pack in `folder`; `others` are test files in the place of its own, by name."""
    responses = {name: [{"text": {"zh": f"{name}.zh", "en": f"{name.removeprefix('utter_')}.en"}}] for name in WORDS}
    words = yaml.safe_dump({"responses": responses}, allow_unicode=True)
    tests = {f"tests/{name}.yml": text for name, text in (others or {"all": TESTS}).items()}
    for path, text in {**FILES, "responses/all.yml": words, **tests}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder
