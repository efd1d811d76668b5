"""What the service takes and answers, as it stands in its OpenAPI document. Amounts are yuan, times UTC+8."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from packs.telecom.backoffice.catalogue import Kind, Part, Service, Text

CustomerId = Annotated[str, StringConstraints(pattern=r"^C[0-9]{4}$")]
LineId = Annotated[str, StringConstraints(pattern=r"^L[0-9]{4}-[0-9]$")]
PlanId = Annotated[str, StringConstraints(pattern=r"^(mobile|senior|fibre|bundle)-[0-9]{2,4}$")]
SlotId = Annotated[str, StringConstraints(pattern=r"^[a-z]{3,20}-20[0-9]{6}-[0-9]{4}$")]
AppointmentId = Annotated[str, StringConstraints(pattern=r"^A[0-9]{6}$")]
Month = Annotated[str, StringConstraints(pattern=r"^(latest|20[0-9]{2}-(0[1-9]|1[0-2]))$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,200}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{4,20}$")]
Note = Annotated[str, StringConstraints(max_length=500)]
Reason = Literal["lost", "stolen"]
Diagnosis = Literal["ok", "no_signal", "router_offline", "fibre_fault"]
Yuan = Annotated[
    float,
    PlainSerializer(lambda yuan: int(yuan) if yuan == int(yuan) else round(yuan, 2), return_type=Any),
    WithJsonSchema({"type": "number"}),
]


def yuan(fen: int) -> float:
    """Fen as yuan."""
    return fen / 100


class Shape(BaseModel):
    """Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Fault(Shape):
    """What went wrong: a code for programs, a sentence for people."""

    code: str
    message: str


class Failure(Shape):
    """Every answer that is no success."""

    error: Fault


class Words(Shape):
    """One text in both languages."""

    zh: str
    en: str


class Option(Shape):
    """One of several to choose from; `synonyms` are what people call it besides its title."""

    value: str
    title: Words
    synonyms: list[str] = []


def words(text: Text) -> Words:
    """A text of the catalogue as it is answered."""
    return Words(zh=text.zh, en=text.en)


class Line(Shape):
    """`number`: phone number or broadband account. `locked`: under review by the fraud team, nothing is changed on it.

    `reason` of a suspension: lost, stolen or debt. `fee` is the line's own monthly fee; 0 where a bundle or the
    broadband line covers it. `next_plan_id` and `next_plan_from`: a plan change that was ordered and has not begun.
    """

    line_id: str
    customer_id: str
    kind: Kind
    number: str
    title: Words
    status: Literal["active", "suspended"]
    reason: Literal["lost", "stolen", "debt"] | None
    locked: bool
    plan_id: str | None
    plan: Words | None
    fee: Yuan
    contract_until: date | None
    next_plan_id: str | None
    next_plan_from: date | None


class Customer(Shape):
    """`locked`: too many failed verifications within an hour. The `*_line_id` name the first line of a kind."""

    customer_id: str
    name: str = Field(description="masked, as in 王*")
    language: Literal["zh", "en"]
    district: str
    district_title: Words
    locked: bool
    mobile_line_id: str | None
    broadband_line_id: str | None
    lines: list[Line]


class Lines(Shape):
    """The lines of a customer to choose from; `line_id` where there is exactly one. `district` is that of the account."""

    customer_id: str
    district: str
    count: int
    line_id: str | None
    choices: list[Option]
    lines: list[Line]


class Outage(Shape):
    """`starts` and `ends` as announced."""

    outage_id: str
    kind: Literal["fault", "planned"]
    services: list[Kind]
    starts: datetime
    ends: datetime
    message: Words


class Outages(Shape):
    """`active`: something is down there now; `message` and `until` are of that, or of the next planned work, or null."""

    district: str
    title: Words
    active: bool
    planned: bool
    message: Words | None
    until: datetime | None
    outages: list[Outage]


class Plan(Shape):
    """`in_shop`: sold in shops only. `minutes` and `data_gb` a month, `speed_mbps` down; 0 = not part of the plan."""

    plan_id: str
    service: Service
    title: Words
    price: Yuan
    data_gb: int
    minutes: int
    speed_mbps: int
    tv: bool
    in_shop: bool


class Plans(Shape):
    """From small to large within each service; `choices` without those sold in shops only."""

    count: int
    choices: list[Option]
    plans: list[Plan]


class PlanChange(Shape):
    """Prices a month for all that the new plan covers; `difference` = new − old; `lines` lists all that are changed."""

    line_id: str
    lines: list[str]
    old_plan_id: str
    new_plan_id: str
    old_plan: Words
    new_plan: Words
    old_price: Yuan
    new_price: Yuan
    difference: Yuan
    effective: date
    starts: Words
    visit_needed: bool
    summary: Words


class PlanChanged(PlanChange):
    """A change that was ordered."""

    change_id: str


class Bill(Shape):
    """`month` is the one covered; `overdue` after the due date without payment."""

    bill_id: str
    month: str
    title: Words
    total: Yuan
    issued: date
    due: date
    status: Literal["paid", "open", "overdue"]


class Bills(Shape):
    """The newest first, six at most; `unpaid` is the sum of those open or overdue."""

    customer_id: str
    unpaid: Yuan
    count: int
    choices: list[Option]
    bills: list[Bill]


class BillItem(Shape):
    """One line of a bill; credits are negative."""

    code: str
    part: Part
    title: Words
    amount: Yuan


class BillChange(Shape):
    """An item that differs from the month before; 0 where it is absent. The largest difference first."""

    code: str
    title: Words
    before: Yuan
    now: Yuan
    difference: Yuan
    why: Words


class BillExplained(Bill):
    """`previous_total` and `difference` are null for the oldest bill. `parts`: the items in a sentence; `explanation`:
    the total and what changed; `payment`: whether it is paid, or until when it is to be."""

    items: list[BillItem]
    previous_total: Yuan | None
    difference: Yuan | None
    changes: list[BillChange]
    explanation: Words
    parts: Words
    payment: Words


class Slot(Shape):
    """A two-hour window; `within_promise`: inside the promised working days for an installation."""

    slot_id: str
    title: Words
    starts: datetime
    ends: datetime
    free: int
    within_promise: bool


class Slots(Shape):
    """Windows with room, in order; `promised_until` is the last day of the promise if ordered today. `fee`: of an
    installation, with or without a contract as asked."""

    district: str
    title: Words
    promised_until: date
    fee: Yuan
    count: int
    choices: list[Option]
    slots: list[Slot]


class Appointment(Shape):
    """A visit. `fee`: of the installation."""

    appointment_id: str
    slot_id: str
    kind: Literal["installation", "repair"]
    title: Words
    starts: datetime
    ends: datetime
    fee: Yuan


class Cancelled(Shape):
    """`late`: less than 4 hours ahead, so that the next visit costs `next_visit_fee`."""

    appointment_id: str
    late: bool
    next_visit_fee: Yuan


class LineState(Shape):
    """A line after it was suspended or resumed; the monthly fee goes on while it is blocked."""

    line_id: str
    number: str
    status: Literal["active", "suspended"]
    reason: Reason | None
    at: datetime
    works_within_minutes: int | None


class Diagnosed(Shape):
    """`outage_id`: the known outage that explains the result."""

    line_id: str
    result: Diagnosis
    checked: datetime
    outage_id: str | None
    advice: Words


class Restarted(Shape):
    """A port that was restarted; `result` is what a diagnosis finds once it is back."""

    line_id: str
    at: datetime
    back_within_minutes: int
    result: Diagnosis


class Callback(Shape):
    """Somebody calls between `starts` and `ends`."""

    callback_id: str
    starts: datetime
    ends: datetime
    title: Words


class CallbackWindow(Shape):
    """`at`: what a call is registered with, null for as soon as possible. `reason`: why it is not possible."""

    possible: bool
    at: datetime | None
    title: Words | None
    reason: Words | None


class CodeSent(Shape):
    """The code goes by text to the number itself, where it is one of a customer; the answer is the same where not."""

    sent_to: str
    expires: datetime


class Verification(Shape):
    """`customer_id` and `account`, which is the same, only when verified; `locked_until` when too many tries failed,
    whatever the last one was."""

    verified: bool
    customer_id: str | None
    account: str | None
    tries_left: int
    locked: bool
    locked_until: datetime | None


class ChangePlan(Shape):
    """The plan that is wanted, and the monthly price that the customer agreed to."""

    plan_id: PlanId
    price: Annotated[float, Field(ge=0, le=100_000)] | None = None


class Book(Shape):
    """`contract`: for 12 months, which makes the installation free."""

    slot_id: SlotId
    phone: Phone
    kind: Literal["installation", "repair"] = "installation"
    plan_id: PlanId | None = None
    address: Note = ""
    contract: bool = True


class Cancel(Shape):
    """The phone number that the visit was booked with."""

    phone: Phone


class Suspend(Shape):
    """Why."""

    reason: Reason = "lost"


class RegisterCallback(Shape):
    """`at`: from when on, within the hours of people; without it as soon as somebody is there."""

    phone: Phone
    topic: Note = ""
    at: AwareDatetime | None = None


class SendCode(Shape):
    """A customer's mobile number."""

    phone: Phone


class Verify(Shape):
    """Either the last four characters of the ID number or a code that was sent; `code` takes both."""

    phone: Phone
    last4: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}[0-9Xx]$")] | None = None
    code: Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|[0-9]{3}[0-9Xx])$")] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Verify":
        if (self.last4 is None) == (self.code is None):
            raise ValueError("give last4 or code, one of them")
        return self
