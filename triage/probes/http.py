"""A burst of requests, to see a status and the headers that explain it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from triage.model import TriageError

MAX_REQUESTS = 50
_TELLING = ("retry-after", "server", "via", "www-authenticate", "sec-websocket-protocol", "location")


class ProbeError(TriageError):
    """The probe could not be made: says to which address and why."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen."""

    url: str
    requests: int
    seconds: float
    statuses: tuple[tuple[int, int], ...]
    """(status, how often), the lowest status first."""
    headers: tuple[tuple[str, str], ...]
    """Telling headers of the last answer that was not 2xx, else of the last one."""

    def summary(self) -> str:
        """One line for a note."""
        seen = ", ".join(f"{count} x HTTP {status}" for status, count in self.statuses)
        told = "".join(f"; {name}: {value}" for name, value in self.headers)
        return f"{self.requests} requests to {self.url} in {self.seconds:.2f} s: {seen}{told}"


def probe_http(
    url: str, requests: int = 1, headers: Mapping[str, str] | None = None, timeout: float = 10.0
) -> Observation:
    """Send ``requests`` GETs one after the other and say what came back.

    Raises:
        ProbeError: no answer, or more than ``MAX_REQUESTS`` asked for.
    """
    if not 1 <= requests <= MAX_REQUESTS:
        raise ProbeError(f"a probe sends 1 to {MAX_REQUESTS} requests, not {requests}")
    statuses: Counter[int] = Counter()
    telling: httpx.Response | None = None
    start = time.perf_counter()
    try:
        with httpx.Client(timeout=timeout, headers=dict(headers or {})) as client:
            for _ in range(requests):
                response = client.get(url)
                statuses[response.status_code] += 1
                if telling is None or not response.is_success or telling.is_success:
                    telling = response
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ProbeError(
            f"{url}: {error or type(error).__name__}; check the address and the network"
        ) from None
    shown = (
        ()
        if telling is None
        else tuple(
            (name, value)
            for name, value in telling.headers.items()
            if name in _TELLING or "ratelimit" in name
        )
    )
    return Observation(url, requests, time.perf_counter() - start, tuple(sorted(statuses.items())), shown)
