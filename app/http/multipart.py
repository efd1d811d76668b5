"""The one file of a multipart body (RFC 7578), handed on as it comes in."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from core.errors import Invalid

STALL_SECONDS = 30.0
"""How long a sender may be silent in the middle of a file."""
OVERHEAD = 64 * 1024
"""Bytes of a body beside its file."""


class _Parts:
    """What the parser has come upon since it was asked last."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.over = self.ended = False
        self.data: list[bytes] = []
        self._field, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._inside = False

    def on_part_begin(self) -> None:
        self._headers, self._inside = {}, False

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        name = options.get(b"filename")
        if name is None:
            return  # another field of a form
        if self.name is not None:
            raise Invalid("Send one file in each request.", field="file")
        self.name, self._inside = name.decode("utf-8", "replace"), True

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self.data.append(data[start:end])

    def on_part_end(self) -> None:
        self.over = self.over or self._inside

    def on_end(self) -> None:
        self.ended = True

    def callbacks(self) -> Any:
        """By the names that the parser calls."""
        return {name: getattr(self, name) for name in dir(self) if name.startswith("on_")}


class Upload:
    """The file of a request: `name` once begun, then its bytes. Raises Invalid for what is no such body."""

    def __init__(self, request: Request) -> None:
        kind, options = parse_options_header(request.headers.get("content-type"))
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise Invalid("Send the file as multipart/form-data, in the field `file`.", field="file")
        self._parts = _Parts()
        self._body = request.stream()
        try:
            self._parser = MultipartParser(boundary, self._parts.callbacks())
        except FormParserError as error:
            raise Invalid(f"The body cannot be read: {error}.", field="file") from None

    async def begin(self) -> str:
        """The file's name as its sender gives it."""
        while self._parts.name is None:
            if not await self._more():
                raise Invalid("Send the file as multipart/form-data, in the field `file`.", field="file")
        return self._parts.name

    async def chunks(self) -> AsyncIterator[bytes]:
        """The file's bytes; ends only when the whole body has come."""
        while True:
            for chunk in self._parts.data:
                yield chunk
            self._parts.data = []
            if not await self._more():
                break
        if not (self._parts.over and self._parts.ended):
            raise Invalid("The upload broke off; send the file again.", code="broken_off", field="file")

    async def _more(self) -> bool:
        try:
            async with asyncio.timeout(STALL_SECONDS):
                chunk = await anext(self._body, None)
            if chunk is None:
                return False
            self._parser.write(chunk)
        except (ClientDisconnect, TimeoutError):
            raise Invalid("The upload broke off; send the file again.", code="broken_off", field="file") from None
        except FormParserError as error:
            raise Invalid(f"The body cannot be read: {error}.", field="file") from None
        return True
