"""The beginning of a stream as a stream: a file that grows is read as far as it went when it was named."""

from __future__ import annotations

import io
from typing import BinaryIO


class Begin(io.RawIOBase):
    """The next bytes of a stream, and no more than ``size`` of them."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        super().__init__()
        self._stream, self._size, self._at = stream, size, 0
        self._start = stream.tell() if stream.seekable() else 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        self._stream.seek(self._start + self._at)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants its Buffer protocol
        data = self._stream.read(max(0, min(len(buffer), self._size - self._at)))
        self._at += len(data)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
