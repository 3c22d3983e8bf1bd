"""The bytes of a log, from anywhere, for several threads.

Read, not mapped: a file that somebody cuts off while it is mapped ends the program with SIGBUS, and logs are cut off
while they are looked at. What is read is not held, so gigabytes need no memory.
"""

from __future__ import annotations

import io
import os
from threading import Lock
from typing import BinaryIO


class Data:
    """A stream that can be read at any place, and appended to while it is."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._lock = stream, Lock()
        self.trouble = ""
        """Why something could not be read, if it could not: a disk that is gone."""

    def size(self) -> int:
        """Bytes that are there now."""
        with self._lock:
            return 0 if self._stream.closed else self._stream.seek(0, io.SEEK_END)

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from ``start`` to before ``stop``; fewer where the stream ends before, or was closed meanwhile."""
        with self._lock:
            data = b""
            try:
                if not self._stream.closed and stop > start:
                    self._stream.seek(start)
                    data = self._stream.read(stop - start) or b""
                    while 0 < len(data) < stop - start and (
                        more := self._stream.read(stop - start - len(data))
                    ):
                        data += more
            except OSError as error:
                self.trouble = error.strerror or str(error)
            return data

    def append(self, data: bytes) -> None:
        """Put ``data`` behind what is there."""
        with self._lock:
            if not self._stream.closed:
                self._stream.seek(0, io.SEEK_END)
                self._stream.write(data)

    def identity(self) -> tuple[int, int] | None:
        """Device and number of the file that is read; None for what is none."""
        try:
            found = os.fstat(self._stream.fileno())
        except (OSError, ValueError):
            return None
        return found.st_dev, found.st_ino

    def close(self) -> None:
        with self._lock:
            self._stream.close()
