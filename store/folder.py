"""Bytes of files in a folder, each below its id. Any number of processes on one machine may share it."""

import contextlib
import mmap
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from channels.ports import Buffer, Piece

_STEP = 1 << 20
DRAFTS = "coming"
"""The folder of what is not whole yet."""


class Folder:
    """Implements `channels.ports.FileBytes`. A draft is written beside the files and moved to its place when it is whole
    and on disk; its name begins with the instant at which it was begun."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, at: int) -> "FolderDraft":
        """See `channels.ports.FileBytes`."""
        drafts = self._folder / DRAFTS
        drafts.mkdir(parents=True, exist_ok=True)
        return FolderDraft(self, drafts / f"{at}-{secrets.token_hex(8)}")

    def place(self, file: str) -> Path:
        """Where a file has to be. `file` is an id that this program has made."""
        return self._folder / file[:2] / file

    def path(self, file: str) -> Path | None:
        """See `channels.ports.FileBytes`."""
        path = self.place(file)
        return path if path.is_file() else None

    def remove(self, file: str) -> None:
        """See `channels.ports.FileBytes`."""
        self.place(file).unlink(missing_ok=True)

    def older(self, before: int) -> list[str]:
        """See `channels.ports.FileBytes`."""
        found = []
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                if path.parent.name == DRAFTS:
                    if int(path.name.partition("-")[0]) < before:
                        path.unlink()
                elif path.stat().st_mtime_ns // 1000 < before:
                    found.append(path.name)
        return found

    def free(self) -> int:
        """See `channels.ports.FileBytes`."""
        there = next((path for path in (self._folder, *self._folder.parents) if path.is_dir()), Path())
        return shutil.disk_usage(there).free


class FolderDraft:
    """Implements `channels.ports.Draft`."""

    def __init__(self, folder: Folder, path: Path) -> None:
        self._folder = folder
        self._path = path
        self._file: BinaryIO = path.open("x+b", buffering=0)
        self._map: mmap.mmap | None = None

    def write(self, chunk: bytes) -> None:
        """See `channels.ports.Draft`."""
        left = memoryview(chunk)
        while left:
            left = left[self._file.write(left) or 0 :]

    def view(self) -> Buffer:
        """See `channels.ports.Draft`."""
        if not os.fstat(self._file.fileno()).st_size:
            return b""
        self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return self._map

    def settle(self, file: str, pieces: Sequence[Piece], at: int) -> int:
        """See `channels.ports.Draft`."""
        if pieces:
            self._copy(pieces)
        size = os.fstat(self._file.fileno()).st_size
        os.fsync(self._file.fileno())
        place = self._folder.place(file)
        place.parent.mkdir(exist_ok=True)
        os.utime(self._path, ns=(at * 1000, at * 1000))
        self._close()
        self._path.replace(place)
        for folder in (place.parent, place.parent.parent):
            _settle_folder(folder)
        return size

    def _copy(self, pieces: Sequence[Piece]) -> None:
        """The pieces into a file of their own, which takes the place of what came in."""
        source, path = self._file, self._path
        self._path = path.with_name(f"{path.name}-clean")
        try:
            self._file = self._path.open("x+b", buffering=0)
            for piece in pieces:
                if isinstance(piece, bytes):
                    self.write(piece)
                    continue
                source.seek(piece[0])
                left = piece[1] - piece[0]
                while left and (chunk := source.read(min(left, _STEP))):
                    self.write(chunk)
                    left -= len(chunk)
        finally:
            source.close()
            path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._map is not None:
            self._map.close()
            self._map = None
        self._file.close()

    def drop(self) -> None:
        """See `channels.ports.Draft`."""
        self._close()
        self._path.unlink(missing_ok=True)


def _settle_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
