"""A URL to local bytes."""

from __future__ import annotations

import io
from functools import partial

import httpx

from triage.ingest import IngestError, Source
from triage.ingest.redact import redact

TIMEOUT = 20.0
"""Seconds to connect, and between two chunks."""
MAX_BYTES = 256 << 20


def fetch(url: str, *, limit: int = MAX_BYTES, timeout: float = TIMEOUT) -> Source:
    """The body behind ``url``, in memory.

    Raises:
        IngestError: not reachable, a status other than 2xx, or more than ``limit`` bytes.
    """
    body = bytearray()
    # Messages and the store name the source; a password in the address stays out of them.
    name = redact(url)
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=timeout) as response:
            if not response.is_success:
                raise IngestError(
                    f"{name}: the server answered {response.status_code} {response.reason_phrase}; {_advice(response.status_code)}"
                )
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > limit:
                    raise IngestError(f"{name}: more than {limit >> 20} MiB; download it and name the file")
    except httpx.TimeoutException:
        raise IngestError(
            f"{name}: no answer within {timeout:g} s; try again or download it yourself"
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        raise IngestError(
            f"{name}: {error or type(error).__name__}; check the address and the network"
        ) from None
    return Source(name, partial(io.BytesIO, bytes(body)))


def _advice(status: int) -> str:
    if status in (401, 403):
        return "it wants credentials: download it with your browser or CI client and name the file"
    return "try again later" if status == 429 or status >= 500 else "check the address"
