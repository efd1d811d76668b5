"""The operations over HTTP. Reads are GET; writes are POST and carry an Idempotency-Key."""

from collections.abc import Callable
from datetime import date, time
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from packs.telecom.backoffice import billing, callbacks, customers, network, plans, shapes, visits
from packs.telecom.backoffice.catalogue import Kind, Service
from packs.telecom.backoffice.shapes import AppointmentId, CustomerId, Key, LineId, Month, PlanId
from packs.telecom.backoffice.store import Request, Session, Store

IdempotencyKey = Annotated[Key, Header(alias="Idempotency-Key")]
PhoneQuery = Annotated[shapes.Phone, Query()]
District = Annotated[str, Query(min_length=1, max_length=60, description="id, or name in either language")]
Days = Annotated[int, Query(ge=1, le=28)]
ClockQuery = Annotated[str | None, Query(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:MM")]
Answers = dict[int | str, dict[str, Any]]

TITLES = {
    400: "The Idempotency-Key is missing (`key_missing`).",
    401: "The bearer token is missing or wrong (`unauthorized`).",
    404: "What is named does not exist.",
    409: "It is not possible as things stand; the code says why.",
    422: "The request is not understood (`invalid_request`), or its key was used for another one (`key_reused`).",
    429: "Too often (`too_many_codes`).",
}


def _failures(*statuses: int) -> Answers:
    return {
        status: {"model": shapes.Failure, "description": TITLES[status]}
        for status in sorted((401, 422, *statuses))
    }


READ = _failures()
LOOK_UP = _failures(404)
CHECK = _failures(404, 409)
WRITE = _failures(400, 404, 409)


class _Writes:
    """Does a write once and answers with what is kept for its key."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(
        self,
        key: str,
        operation: str,
        target: str,
        body: BaseModel | None,
        work: Callable[[Session], BaseModel],
    ) -> Response:
        """`target` is what the operation acts on."""
        said = body.model_dump_json().encode() if body else b""
        answer = self._store.once(Request(key, operation, target, said), work)
        headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
        return Response(answer.body, answer.status, headers, "application/json")


def router(store: Store, route_class: type[APIRoute], dependencies: list[Any]) -> APIRouter:
    """All operations over one store."""
    whole = APIRouter(route_class=route_class, dependencies=dependencies)
    write = _Writes(store)
    _customers(whole, store, write)
    _plans(whole, store, write)
    _network(whole, store, write)
    _visits(whole, store, write)
    return whole


def _customers(api: APIRouter, store: Store, write: _Writes) -> None:
    @api.get("/customers", operation_id="find_customer", responses=LOOK_UP, tags=["customers"])
    async def find_customer(phone: PhoneQuery) -> shapes.Customer:
        """Who has a phone number, with the lines of that customer."""
        return store.read(lambda s: customers.find(s, phone))

    @api.get("/customers/{customer_id}/lines", operation_id="list_lines", responses=LOOK_UP, tags=["customers"])
    async def list_lines(customer_id: CustomerId, kind: Kind | None = None) -> shapes.Lines:
        """The lines of a customer, all or those of a kind."""
        return store.read(lambda s: customers.listed(s, customer_id, kind))

    @api.get("/lines/{line_id}", operation_id="get_line", responses=LOOK_UP, tags=["lines"])
    async def get_line(line_id: LineId) -> shapes.Line:
        """One line."""
        return store.read(lambda s: customers.get_line(s, line_id))

    @api.get("/customers/{customer_id}/bills", operation_id="list_bills", responses=LOOK_UP, tags=["bills"])
    async def list_bills(customer_id: CustomerId) -> shapes.Bills:
        """The bills of the last six months."""
        return store.read(lambda s: billing.listed(s, customer_id))

    @api.get(
        "/customers/{customer_id}/bills/{month}",
        operation_id="explain_bill",
        responses=LOOK_UP,
        tags=["bills"],
    )
    async def explain_bill(customer_id: CustomerId, month: Month) -> shapes.BillExplained:
        """One bill (`YYYY-MM` or `latest`): its items, and what changed against the month before."""
        return store.read(lambda s: billing.explained(s, customer_id, month))

    @api.post(
        "/verification/codes", operation_id="send_code", response_model=shapes.CodeSent, tags=["verification"],
        responses=_failures(400, 429),
    )  # fmt: skip
    async def send_code(body: shapes.SendCode, key: IdempotencyKey) -> Response:
        """Sends a one-time code, good for 5 minutes, to a customer's mobile number; 10 an hour at most."""
        return write(
            key, "send_code", customers.digits(body.phone), body, lambda s: customers.send_code(s, body.phone)
        )

    @api.post(
        "/verification", operation_id="verify_customer", response_model=shapes.Verification, tags=["verification"],
        responses=_failures(400),
    )  # fmt: skip
    async def verify_customer(body: shapes.Verify, key: IdempotencyKey) -> Response:
        """Checks the end of the ID number or a code. Five failures within an hour lock the number."""
        return write(
            key, "verify_customer", customers.digits(body.phone), body,
            lambda s: customers.verify(s, body.phone, body.last4, body.code),
        )  # fmt: skip


def _plans(api: APIRouter, store: Store, write: _Writes) -> None:
    @api.get("/plans", operation_id="list_plans", responses=LOOK_UP, tags=["plans"])
    async def list_plans(
        service: Service | None = None, line_id: Annotated[LineId | None, Query()] = None
    ) -> shapes.Plans:
        """All plans, those of a service, or those that a line can change to now."""
        return store.read(lambda s: plans.listed(s, service, line_id))

    @api.get(
        "/lines/{line_id}/plan-change", operation_id="preview_plan_change", responses=CHECK, tags=["plans"]
    )
    async def preview_plan_change(line_id: LineId, plan_id: PlanId) -> shapes.PlanChange:
        """What a change of plan would cost and when it would start; refused as the change would be."""
        return store.read(lambda s: plans.preview(s, line_id, plan_id))

    @api.post(
        "/lines/{line_id}/plan-change", operation_id="change_plan", response_model=shapes.PlanChanged,
        responses=WRITE, tags=["plans"],
    )  # fmt: skip
    async def change_plan(line_id: LineId, body: shapes.ChangePlan, key: IdempotencyKey) -> Response:
        """Orders a change of plan."""
        return write(key, "change_plan", line_id, body, lambda s: plans.change(s, line_id, body.plan_id, body.price))


def _network(api: APIRouter, store: Store, write: _Writes) -> None:
    @api.get("/outages", operation_id="outage_by_district", responses=LOOK_UP, tags=["network"])
    async def outage_by_district(district: District, service: Kind | None = None) -> shapes.Outages:
        """What is down in a district, and what is planned."""
        return store.read(lambda s: network.outages(s, district, service))

    @api.get("/lines/{line_id}/diagnosis", operation_id="line_diagnosis", responses=LOOK_UP, tags=["lines"])
    async def line_diagnosis(line_id: LineId) -> shapes.Diagnosed:
        """Tests a line from the exchange."""
        return store.read(lambda s: network.diagnosed(s, line_id))

    @api.post(
        "/lines/{line_id}/restart-port", operation_id="restart_port", response_model=shapes.Restarted,
        responses=WRITE, tags=["lines"],
    )  # fmt: skip
    async def restart_port(line_id: LineId, key: IdempotencyKey) -> Response:
        """Restarts the port of a fibre line; refused with `line_locked` for a locked one."""
        return write(key, "restart_port", line_id, None, lambda s: network.restart_port(s, line_id))

    @api.post(
        "/lines/{line_id}/suspend", operation_id="suspend_line", response_model=shapes.LineState,
        responses=WRITE, tags=["lines"],
    )  # fmt: skip
    async def suspend_line(line_id: LineId, body: shapes.Suspend, key: IdempotencyKey) -> Response:
        """Blocks a lost or stolen SIM; undone by `resume_line`."""
        return write(key, "suspend_line", line_id, body, lambda s: network.suspend(s, line_id, body.reason))

    @api.post(
        "/lines/{line_id}/resume", operation_id="resume_line", response_model=shapes.LineState,
        responses=WRITE, tags=["lines"],
    )  # fmt: skip
    async def resume_line(line_id: LineId, key: IdempotencyKey) -> Response:
        """Unblocks a SIM that was found."""
        return write(key, "resume_line", line_id, None, lambda s: network.resume(s, line_id))


def _visits(api: APIRouter, store: Store, write: _Writes) -> None:
    @api.get("/appointment-slots", operation_id="list_appointment_slots", responses=LOOK_UP, tags=["visits"])
    async def list_appointment_slots(
        district: District, first: Annotated[date | None, Query(alias="from")] = None, days: Days = 7,
        contract: bool = True,
    ) -> shapes.Slots:
        """Two-hour windows with room, from tomorrow at the earliest, and what an installation costs."""
        return store.read(lambda s: visits.slots(s, district, first, days, contract))

    @api.post(
        "/appointments", operation_id="book_appointment", response_model=shapes.Appointment,
        responses=WRITE, tags=["visits"],
    )  # fmt: skip
    async def book_appointment(body: shapes.Book, key: IdempotencyKey) -> Response:
        """Takes a place in a window; undone by `cancel_appointment`."""
        return write(
            key, "book_appointment", body.slot_id, body,
            lambda s: visits.book(s, body.slot_id, body.phone, body.kind, body.plan_id, body.address, body.contract),
        )  # fmt: skip

    @api.post(
        "/appointments/{appointment_id}/cancel", operation_id="cancel_appointment", response_model=shapes.Cancelled,
        responses=WRITE, tags=["visits"],
    )  # fmt: skip
    async def cancel_appointment(
        appointment_id: AppointmentId, body: shapes.Cancel, key: IdempotencyKey
    ) -> Response:
        """Gives the place back; less than 4 hours ahead the next visit costs 30 yuan."""
        return write(
            key,
            "cancel_appointment",
            appointment_id,
            body,
            lambda s: visits.cancel(s, appointment_id, body.phone),
        )

    @api.get("/callbacks/window", operation_id="callback_window", responses=READ, tags=["visits"])
    async def callback_window(
        day: date | None = None, at: ClockQuery = None, part: callbacks.Part | None = None
    ) -> shapes.CallbackWindow:
        """When somebody could call: as soon as possible, at a time, or in a part of a day; today where no day is
        given."""
        return store.read(lambda s: callbacks.window(s, day, time.fromisoformat(at) if at else None, part))

    @api.post(
        "/callbacks", operation_id="register_callback", response_model=shapes.Callback, tags=["visits"],
        responses=_failures(400, 409),
    )  # fmt: skip
    async def register_callback(body: shapes.RegisterCallback, key: IdempotencyKey) -> Response:
        """Notes that somebody calls a number, at a time or as soon as people are there."""
        return write(
            key, "register_callback", customers.digits(body.phone), body,
            lambda s: callbacks.call_back(s, body.phone, body.topic, body.at),
        )  # fmt: skip
