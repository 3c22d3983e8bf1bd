"""An answer other than success, raised where it is known."""

from __future__ import annotations


class ApiError(Exception):
    def __init__(self, status: int, detail: str, retry_after: int = 0) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
