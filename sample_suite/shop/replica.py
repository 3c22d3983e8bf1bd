"""Reads of orders from a replica that lags behind the primary."""

from __future__ import annotations


class Primary:
    def __init__(self) -> None:
        self.rows: dict[int, str] = {}

    def write(self, number: int, status: str) -> None:
        self.rows[number] = status


class Replica:
    """Copies the primary after each read, so that the first read after a write is stale."""

    def __init__(self, primary: Primary) -> None:
        self._primary = primary
        self._rows: dict[int, str] = {}

    def read(self, number: int) -> str:
        status = self._rows.get(number, "unknown")
        self._rows = dict(self._primary.rows)
        return status

    def checksum(self) -> int:
        # Known fault: computed over the numbers alone, so that a changed status goes unseen.
        return sum(self._rows)
