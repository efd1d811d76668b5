"""The service people's accounts: names, roles, passwords, sign-in."""

import asyncio
import re
import secrets
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.tokens import AgentToken, AssistToken, Tokens
from core.errors import Conflict, Denied, Invalid, NotFound, Unauthenticated
from core.time import Clock
from store.settled import User, UserRows

ROLES = ("agent", "supervisor", "admin")
"""Each may do what the ones before it may."""
PASSWORD_LENGTH = (10, 200)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}\Z")


class SignedIn(msgspec.Struct, frozen=True):
    """A pair of tokens; `expires_in` in seconds, for the access token."""

    access_token: str
    refresh_token: str
    expires_in: int
    role: str


def _unmatched(hasher: PasswordHasher) -> str:
    """A hash that takes as long to check as any other and that no password has, made without the time of hashing."""
    salt, digest = (b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32))
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


class Users:
    """Passwords are hashed with Argon2id (RFC 9106) in a thread, never on the event loop."""

    def __init__(self, rows: UserRows, tokens: Tokens, clock: Clock) -> None:
        self._rows = rows
        self._tokens = tokens
        self._clock = clock
        self._hasher = PasswordHasher()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="password")
        self._nobody = _unmatched(self._hasher)

    def close(self) -> None:
        """Ends the thread."""
        self._threads.shutdown(wait=False)

    async def _hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def _fits(self, hashed: str, password: str) -> bool:
        def verify() -> bool:
            try:
                return self._hasher.verify(hashed, password)
            except (VerificationError, InvalidHashError):
                return False

        return await asyncio.get_running_loop().run_in_executor(self._threads, verify)

    @staticmethod
    def _check(name: str, role: str, password: str) -> None:
        if not _NAME.match(name):
            raise Invalid("A user name has 1 to 63 of a-z 0-9 . _ - and begins with a letter or digit.", field="username")
        if role not in ROLES:
            raise Invalid(f"A role is one of {', '.join(ROLES)}.", field="role")
        Users._check_password(password)

    @staticmethod
    def _check_password(password: str) -> None:
        if not PASSWORD_LENGTH[0] <= len(password) <= PASSWORD_LENGTH[1]:
            raise Invalid(f"A password has {PASSWORD_LENGTH[0]} to {PASSWORD_LENGTH[1]} characters.", field="password")

    async def add(
        self,
        name: str,
        role: str,
        password: str,
        display: str = "",
        skills: tuple[str, ...] = (),
        languages: tuple[str, ...] = (),
    ) -> User:
        """A new user. `skills` and `languages` empty: all. Raises Invalid, Conflict."""
        self._check(name, role, password)
        user = User(name, display or name, role, await self._hash(password), skills, languages, True, 0, self._clock())
        if not await self._rows.add(user):
            raise Conflict(f"There is a user {name} already.", code="exists")
        return user

    async def change(self, name: str, **changes: object) -> User:
        """Changes display, role, skills, languages, active or password. Raises NotFound, Invalid."""
        user = await self.get(name)
        if "role" in changes and changes["role"] not in ROLES:
            raise Invalid(f"A role is one of {', '.join(ROLES)}.", field="role")
        if "password" in changes:
            password = str(changes.pop("password"))
            self._check_password(password)
            changes["password"] = await self._hash(password)
        if {"password", "active", "role"} & changes.keys():
            changes["epoch"] = user.epoch + 1  # whoever is signed in has to sign in again
        changed = msgspec.structs.replace(user, **changes)
        await self._rows.change(changed)
        return changed

    async def get(self, name: str) -> User:
        """Raises NotFound."""
        user = await self._rows.get(name)
        if user is None:
            raise NotFound(f"There is no user {name}.")
        return user

    async def works(self, name: str) -> bool | None:
        """Whether a user is active; None when there is none of this name."""
        user = await self._rows.get(name)
        return None if user is None else user.active

    async def list(self) -> list[User]:
        """All users by name."""
        return await self._rows.list()

    async def sign_in(self, name: str, password: str) -> SignedIn:
        """Takes the same time for a wrong name as for a wrong password. Raises Unauthenticated."""
        user = await self._rows.get(name)
        known = user is not None and user.active
        fits = await self._fits(user.password if user and known else self._nobody, password)
        if user is None or not (known and fits):
            raise Unauthenticated("User name or password is wrong.", code="wrong_credentials")
        return self._issue(user)

    def _issue(self, user: User) -> SignedIn:
        access, refresh = self._tokens.pair(user.name, user.role, user.epoch)
        return SignedIn(access, refresh, 15 * 60, user.role)

    async def _current(self, token: AgentToken | AssistToken) -> User:
        user = await self._rows.get(token.name)
        if user is None or not user.active or user.epoch != token.epoch:
            raise Unauthenticated("This sign-in has ended; sign in again.", code="token_expired")
        return user

    async def refresh(self, token: str) -> SignedIn:
        """A new pair for a refresh token. Raises Unauthenticated."""
        return self._issue(await self._current(self._tokens.read_refresh(token)))

    async def sign_out(self, user: User) -> None:
        """Ends all sign-ins of the user."""
        await self._rows.change(msgspec.structs.replace(user, epoch=user.epoch + 1))

    async def change_password(self, user: User, old: str, new: str) -> None:
        """Raises Denied when `old` is wrong, Invalid when `new` is too short."""
        if not await self._fits(user.password, old):
            raise Denied("The present password is wrong.", code="wrong_credentials")
        await self.change(user.name, password=new)

    async def who(self, token: str, role: str = "agent") -> User:
        """The user of an access token. Raises Unauthenticated, or Denied when the role does not reach."""
        user = await self._current(self._tokens.read_access(token))
        if ROLES.index(user.role) < ROLES.index(role):
            raise Denied(f"This needs the role {role}.")
        return user

    async def helped(self, token: str) -> tuple[User, AssistToken]:
        """The agent of a panel's token, and what it is for. Raises Unauthenticated."""
        read = self._tokens.read_assist(token)
        return await self._current(read), read

    async def ensure_admin(self, password: str) -> str | None:
        """Makes `admin` when nobody is there; returns the generated password, to be shown once."""
        if await self._rows.list():
            return None
        chosen = password or secrets.token_urlsafe(12)
        await self.add("admin", "admin", chosen, display="Admin")
        return None if password else chosen
