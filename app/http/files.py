"""Files in the chat over HTTP: up by multipart, down by a link that is good for one file and one minute."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import BaseModel

from app.http.accounts import signed_in
from app.http.edge import bearer, refusals
from app.http.multipart import OVERHEAD, Upload
from app.http.work import Id
from app.wiring import System
from channels.content import PICTURES
from core.conversation import HUMAN
from core.errors import Denied
from core.time import SECOND, iso
from store.settled import User

_HEADERS = {
    # Nobody but the one who holds the link; and a document that a browser insists on showing can do nothing.
    "cache-control": "private, no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}

File = Annotated[str, InPath(min_length=1, max_length=64)]


class FileOut(BaseModel):
    """`file` goes into `files` of a message; `name` and `type` as others will see them, `size` in bytes."""

    file: str
    name: str
    type: str
    size: int


class Link(BaseModel):
    """`url` is relative to the service; `expires_at` ISO 8601."""

    url: str
    expires_at: str


def larger(system: System) -> Callable[[str], int | None]:
    """Which paths take a larger body than all others, and how large in bytes."""
    limit = system.files.limit + OVERHEAD

    def of(path: str) -> int | None:
        agents = path.startswith("/api/v1/conversations/") and path.endswith("/files")
        return limit if agents or path == "/api/v1/webchat/files" else None

    return of


async def _received(system: System, conversation: str, by: str, request: Request) -> dict[str, Any]:
    upload = Upload(request)
    file = await system.files.receive(conversation, by, await upload.begin(), upload.chunks())
    return {"file": file.file, "name": file.name, "type": file.type, "size": file.size}


async def _link(system: System, conversation: str, file: str) -> dict[str, str]:
    url, expires = await system.files.link(conversation, file)
    return {"url": url, "expires_at": iso(expires * SECOND)}


def routes(system: System) -> APIRouter:
    """`/webchat/files`, `/conversations/{id}/files`, `/files`."""
    router = APIRouter(prefix="/api/v1", tags=["files"])
    agent = signed_in(system, "agent")

    @router.post(
        "/webchat/files", status_code=201, response_model=FileOut, responses=refusals(401, 403, 404, 415, 507), openapi_extra=_BODY
    )
    async def upload(request: Request) -> Any:
        """A file of the customer; it is seen once a message refers to it, and gone after a day if none does."""
        conversation = system.tokens.read_widget(bearer(request)).conversation
        await system.log.conversation(conversation)
        return await _received(system, conversation, "", request)

    @router.post("/webchat/files/{file}/link", response_model=Link, responses=refusals(401, 404))
    async def customers_link(request: Request, file: File) -> Any:
        """Where the customer can fetch a file of the conversation, for a minute."""
        return await _link(system, system.tokens.read_widget(bearer(request)).conversation, file)

    @router.post(
        "/conversations/{id}/files", status_code=201, response_model=FileOut, responses=refusals(401, 403, 404, 415, 507),
        openapi_extra=_BODY,
    )  # fmt: skip
    async def agents_upload(id: Id, request: Request, user: User = agent) -> Any:
        """A file of the agent who serves the conversation."""
        fold = await system.log.conversation(id)
        if fold.mode != HUMAN or fold.assignee != user.name:
            raise Denied("This conversation is not yours now.", code="not_yours")
        return await _received(system, fold.id, user.name, request)

    @router.post("/conversations/{id}/files/{file}/link", response_model=Link, responses=refusals(401, 403, 404))
    async def agents_link(id: Id, file: File, user: User = agent) -> Any:
        """Where a service person can fetch a file of a conversation, for a minute."""
        return await _link(system, id, file)

    @router.get(
        "/files/{file}", response_class=Response, responses={200: {"content": {"*/*": {}}}, **refusals(403, 404)}
    )  # fmt: skip
    async def fetch(
        file: File,
        expires: Annotated[int, Query(ge=0, le=2**40)],
        signature: Annotated[str, Query(max_length=64, pattern="^[0-9a-f]*$")],
    ) -> Response:
        """The bytes. Only pictures are shown in a page; everything else is saved."""
        found = await system.files.fetch(file, expires, signature)
        place = "inline" if found.type in PICTURES else "attachment"
        return FileResponse(
            found.path, media_type=found.type, filename=found.name, content_disposition_type=place, headers=_HEADERS
        )

    return router
