"""Switches that make the service behave as outside systems do on bad days. Nothing here runs without --test-switches."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import AfterValidator, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from packs.telecom.backoffice import data
from packs.telecom.backoffice.dates import moment
from packs.telecom.backoffice.shapes import Failure, Fault, Shape
from packs.telecom.backoffice.store import Refused, Session, Store

Mode = Literal["none", "slow", "hang", "down", "closed", "wrong", "twice"]

NONSENSE = b'{"status": "OK", "payload": [null, {"0": "\xef\xbf\xbd"}], "code": -1}'


class Switch(Shape):
    """`none`: as it should be. `slow`: does the work, answers after `seconds`. `hang`: does the work, never answers.
    `down`: does nothing, answers 503. `closed`: does nothing, closes the connection inside an answer. `wrong`: does the
    work, answers 200 with JSON of another shape. `twice`: does the work, answers with the document two times over.

    For one operation or, without `operation`, for all; for the next `times` requests, or until it is switched.
    """

    mode: Mode
    operation: str | None = None
    seconds: Annotated[float, Field(ge=0, le=600)] = 2.0
    times: Annotated[int, Field(ge=1)] | None = None


class Moment(Shape):
    """`now` is an ISO 8601 time; without an offset it is the operator's."""

    now: Annotated[datetime, AfterValidator(lambda given: moment(given.isoformat()))]


@dataclass
class _Set:
    switch: Switch
    left: int | None


class Faults:
    """The switches as they stand. One for an operation comes before the one for all."""

    def __init__(self) -> None:
        self._set: dict[str | None, _Set] = {}

    def turn(self, switch: Switch) -> None:
        """Sets a switch; `none` without an operation clears every one."""
        if switch.mode == "none" and switch.operation is None:
            self._set.clear()
        elif switch.mode == "none":
            self._set.pop(switch.operation, None)
        else:
            self._set[switch.operation] = _Set(switch, switch.times)

    def take(self, operation: str | None) -> Switch | None:
        """What applies to a request that has come in."""
        for name in (operation, None):
            found = self._set.get(name)
            if found is None:
                continue
            if found.left is not None:
                found.left -= 1
                if found.left == 0:
                    del self._set[name]
            return found.switch
        return None


class CutOff(Response):
    """An answer that breaks off: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promises more bytes than come."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"', "more_body": True})


def route_class(faults: Faults) -> type[APIRoute]:
    """Routes that look at the switches before and after their work."""

    class Switched(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def switched(request: Request) -> Response:
                switch = faults.take(self.operation_id)
                if switch is None:
                    return await handle(request)
                if switch.mode == "down":
                    body = Failure(
                        error=Fault(code="unavailable", message="The service is down for maintenance.")
                    )
                    return JSONResponse(body.model_dump(), 503)
                if switch.mode == "closed":
                    return CutOff()
                try:
                    response = await handle(request)
                except Refused as refusal:
                    response = Response(refusal.body(), refusal.status, media_type="application/json")
                await _delay(switch, request)
                return _spoiled(switch, response)

            return switched

    return Switched


async def _delay(switch: Switch, request: Request) -> None:
    if switch.mode == "slow":
        await asyncio.sleep(switch.seconds)
    elif switch.mode == "hang":
        while (await request.receive())["type"] != "http.disconnect":
            continue


def _spoiled(switch: Switch, response: Response) -> Response:
    if switch.mode == "wrong":
        return Response(NONSENSE, 200, media_type="application/json")
    if switch.mode == "twice":
        return Response(bytes(response.body) * 2, response.status_code, media_type="application/json")
    return response


def routes(store: Store, faults: Faults) -> APIRouter:
    """What tests set and look at."""
    router = APIRouter(prefix="/_test", include_in_schema=False)

    @router.post("/faults")
    async def turn(switch: Switch) -> Switch:
        faults.turn(switch)
        return switch

    @router.post("/clock")
    async def clock(at: Moment) -> Moment:
        store.stand_at(at.now)
        return at

    @router.post("/reset")
    async def reset(at: Moment) -> Moment:
        store.stand_at(at.now)
        store.empty()
        store.write(data.seed)
        faults.turn(Switch(mode="none"))
        return at

    @router.get("/keys")
    async def keys() -> dict[str, dict[str, Any]]:
        return store.read(_keys)

    @router.get("/effects")
    async def effects() -> list[dict[str, Any]]:
        return store.read(lambda s: [dict(row) for row in s.all("SELECT * FROM effects ORDER BY number")])

    @router.get("/codes")
    async def codes() -> list[dict[str, Any]]:
        found = "SELECT phone, code, sent, used FROM codes ORDER BY number"
        return store.read(lambda s: [dict(row) for row in s.all(found)])

    return router


def _keys(session: Session) -> dict[str, dict[str, Any]]:
    rows = session.all(
        "SELECT k.key, k.operation, k.status, k.requests, count(e.number) AS executions"
        " FROM keys k LEFT JOIN effects e USING (key) GROUP BY k.key ORDER BY k.key"
    )
    return {
        row["key"]: {name: row[name] for name in ("operation", "status", "requests", "executions")}
        for row in rows
    }
