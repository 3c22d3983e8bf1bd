"""The bytes of a log, from anywhere, for several threads.

Read, not mapped: a file that somebody cuts off while it is mapped ends the program with SIGBUS, and logs are cut off
while they are looked at. What is read is not held, so gigabytes need no memory.
"""

from __future__ import annotations

import io
from threading import Lock
from typing import BinaryIO


class Data:
    """A stream that can be read at any place, and appended to while it is."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._lock = stream, Lock()

    def size(self) -> int:
        """Bytes that are there now."""
        with self._lock:
            return self._stream.seek(0, io.SEEK_END)

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from ``start`` to before ``stop``; fewer where the stream ends before."""
        with self._lock:
            self._stream.seek(start)
            data = self._stream.read(max(0, stop - start)) or b""
            while 0 < len(data) < stop - start and (more := self._stream.read(stop - start - len(data))):
                data += more
            return data

    def append(self, data: bytes) -> None:
        """Put ``data`` behind what is there."""
        with self._lock:
            self._stream.seek(0, io.SEEK_END)
            self._stream.write(data)

    def close(self) -> None:
        with self._lock:
            self._stream.close()
