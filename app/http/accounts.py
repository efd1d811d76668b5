"""Signing in and out, and the users' own list."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.http.edge import bearer, refusals
from app.wiring import System
from core.errors import TooMany
from store.settled import User

Text = Annotated[str, StringConstraints(max_length=200)]


class Body(BaseModel):
    """Bodies take what they know and refuse other types."""

    model_config = ConfigDict(strict=True)


class Credentials(Body):
    username: Text
    password: Text


class Refresh(Body):
    refresh_token: Annotated[str, StringConstraints(max_length=4000)]


class NewPassword(Body):
    old: Text
    new: Text


class TokenPair(BaseModel):
    """`expires_in` in seconds, for the access token."""

    access_token: str
    refresh_token: str
    expires_in: int
    role: str


class UserOut(BaseModel):
    username: str
    display: str
    role: str
    skills: list[str]
    languages: list[str]
    active: bool


class NewUser(Body):
    username: Text
    password: Text
    role: Literal["agent", "supervisor", "admin"] = "agent"
    display: Text = ""
    skills: Annotated[list[Text], Field(max_length=50)] = []
    languages: Annotated[list[Text], Field(max_length=10)] = []


class ChangedUser(Body):
    """Fields that are left out stay as they are."""

    username: Text
    password: Text | None = None
    role: Literal["agent", "supervisor", "admin"] | None = None
    display: Text | None = None
    skills: Annotated[list[Text], Field(max_length=50)] | None = None
    languages: Annotated[list[Text], Field(max_length=10)] | None = None
    active: bool | None = None


class UserList(BaseModel):
    items: list[UserOut]
    next: str | None = None


SIGN_INS_PER_MINUTE = 30


def shown(user: User) -> dict[str, Any]:
    """A user without the password."""
    return {
        "username": user.name,
        "display": user.display,
        "role": user.role,
        "skills": list(user.skills),
        "languages": list(user.languages),
        "active": user.active,
    }


def signed_in(system: System, role: str) -> Any:
    """A dependency: the user of the request, who has at least this role."""

    async def who(request: Request) -> User:
        return await system.users.who(bearer(request), role)

    return Depends(who)


def routes(system: System) -> APIRouter:
    """`/auth` and `/users`."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/auth/token", response_model=TokenPair, responses=refusals(401), tags=["auth"])
    async def token(body: Credentials) -> Any:
        """Signs in."""
        if not await system.limits.allow(f"sign-in:{body.username}", SIGN_INS_PER_MINUTE):
            raise TooMany("Too many attempts for this user; wait a minute.")
        return msgspec.structs.asdict(await system.users.sign_in(body.username, body.password))

    @router.post("/auth/refresh", response_model=TokenPair, responses=refusals(401), tags=["auth"])
    async def refresh(body: Refresh) -> Any:
        """A new pair for a refresh token."""
        return msgspec.structs.asdict(await system.users.refresh(body.refresh_token))

    @router.post("/auth/logout", status_code=204, responses=refusals(401, 403), tags=["auth"])
    async def logout(user: User = signed_in(system, "agent")) -> Response:
        """Ends all sign-ins of the user."""
        await system.users.sign_out(user)
        return Response(status_code=204)

    @router.post("/auth/password", status_code=204, responses=refusals(401, 403), tags=["auth"])
    async def password(body: NewPassword, user: User = signed_in(system, "agent")) -> Response:
        """Changes the own password and ends the other sign-ins."""
        await system.users.change_password(user, body.old, body.new)
        return Response(status_code=204)

    @router.get("/users", response_model=UserList, responses=refusals(401, 403), tags=["users"])
    async def users(user: User = signed_in(system, "admin")) -> Any:
        """All users."""
        return {"items": [shown(one) for one in await system.users.list()], "next": None}

    @router.post("/users", status_code=201, response_model=UserOut, responses=refusals(401, 403, 409), tags=["users"])
    async def add(body: NewUser, user: User = signed_in(system, "admin")) -> Any:
        """A new user."""
        added = await system.users.add(
            body.username, body.role, body.password, body.display, tuple(body.skills), tuple(body.languages)
        )
        return shown(added)

    @router.patch("/users", response_model=UserOut, responses=refusals(401, 403, 404), tags=["users"])
    async def change(body: ChangedUser, user: User = signed_in(system, "admin")) -> Any:
        """Changes a user; a new password, role or activity ends the user's sign-ins. Who is switched off serves nobody any more."""
        changes = body.model_dump(exclude_none=True, exclude={"username"})
        for name in ("skills", "languages"):
            if name in changes:
                changes[name] = tuple(changes[name])
        changed = await system.users.change(body.username, **changes)
        if not changed.active:
            await system.passing.gone(changed.name)
        return shown(changed)

    return router
