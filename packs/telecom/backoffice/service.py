"""The service as one application: its operations, who may call them, and one shape for every failure."""

import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from packs.telecom.backoffice import faults, routes
from packs.telecom.backoffice.shapes import Failure, Fault
from packs.telecom.backoffice.store import Refused, Store

_bearer = HTTPBearer(auto_error=False)


def application(store: Store, token: str = "", test_switches: bool = False) -> FastAPI:
    """All routes over one store. Without a token everybody on this machine may call."""
    app = FastAPI(
        title="Skybridge back office",
        version="1.0.0",
        description="Customers, lines, plans, bills, outages and visits of a telecom operator that does not exist.",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )

    async def authorized(given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
        said = given.credentials if given else ""
        if token and not secrets.compare_digest(said.encode(), token.encode()):
            raise Refused(401, "unauthorized", "Send the token of this service as `Authorization: Bearer …`.")

    switches = faults.Faults()
    app.include_router(routes.router(store, faults.route_class(switches), [Depends(authorized)]))
    if test_switches:
        app.include_router(faults.routes(store, switches), dependencies=[Depends(authorized)])

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    return app


def _failure(status: int, code: str, message: str) -> Response:
    return JSONResponse(Failure(error=Fault(code=code, message=message)).model_dump(), status)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return Response(error.body(), error.status, media_type="application/json")


async def _invalid(_: Request, error: Exception) -> Response:
    """422, and 400 for a write without a key. The values that were sent are not repeated."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    if first["type"] == "missing" and place == ["header", "Idempotency-Key"]:
        return _failure(
            400, "key_missing", "Every write carries the header Idempotency-Key, a new one for each act."
        )
    return _failure(422, "invalid_request", f"{'.'.join(place)}: {first['msg']}")


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "path_unknown", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    response = _failure(error.status_code, code, str(error.detail))
    response.headers.update(error.headers or {})
    return response
