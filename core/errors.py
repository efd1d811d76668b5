"""Errors that reach a person. Each has a code that programs hold on to and a sentence that people can act on."""


class SwitchboardError(Exception):
    """Base of every error that an edge may show as it is.

    `code` is stable and goes to programs; the message goes to people; `status` is the HTTP status that fits.
    """

    code = "internal"
    status = 500

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class Invalid(SwitchboardError):
    """What came from outside does not fit its description."""

    code = "invalid"
    status = 422


class NotFound(SwitchboardError):
    """The thing that was named does not exist, or not for the one who asks."""

    code = "not_found"
    status = 404


class Denied(SwitchboardError):
    """Known, but not allowed."""

    code = "forbidden"
    status = 403


class Unauthenticated(SwitchboardError):
    """Not known: no token, a wrong one, or one that is over."""

    code = "unauthenticated"
    status = 401


class Conflict(SwitchboardError):
    """Somebody else decided first: the version that the caller expected is no longer the latest."""

    code = "conflict"
    status = 409


class LeaseLost(SwitchboardError):
    """A job was taken over by another process; what this one decided about it is void."""

    code = "lease_lost"
    status = 409


class Unavailable(SwitchboardError):
    """The service cannot keep its promise now (disk full, database gone); nothing was acknowledged."""

    code = "unavailable"
    status = 503


class TooMany(SwitchboardError):
    """A limit on rate or size was reached."""

    code = "too_many_requests"
    status = 429


class ConfigurationError(SwitchboardError):
    """A setting, a folder, a port or a database is wrong; the message names it. Ends the command with exit code 1."""

    code = "configuration"


class PackMistake(SwitchboardError):
    """A mistake in a pack: file (relative to the pack), line (from 1), what is wrong and how to mend it."""

    code = "pack"

    def __init__(self, file: str, line: int, message: str, mend: str) -> None:
        super().__init__(f"{file}:{line}: {message} → {mend}")
        self.file = file
        self.line = line
        self.what = message
        self.mend = mend
