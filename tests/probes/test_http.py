"""Probes against a server on the loopback."""

from __future__ import annotations

import http.server
from collections.abc import Iterator

import pytest

from tests.conftest import serving
from triage.probes import ProbeError, probe_http


class _Limiter(http.server.BaseHTTPRequestHandler):
    """Answers three requests, then refuses; lets nobody in without a key under ``/locked``."""

    seen = 0

    def do_GET(self) -> None:
        type(self).seen += 1
        if self.path == "/locked":
            self.send_response(200 if self.headers.get("X-Key") == "open" else 403)
        elif self.seen > 3:
            self.send_response(429)
            self.send_header("Retry-After", "58")
            self.send_header("X-RateLimit-Limit", "3")
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with serving(type("Limiter", (_Limiter,), {"seen": 0})) as address:
        yield address


def test_a_burst_shows_the_limit_and_its_headers(server: str) -> None:
    seen = probe_http(server, 5)
    assert seen.statuses == ((200, 3), (429, 2))
    assert dict(seen.headers)["retry-after"] == "58"
    assert dict(seen.headers)["x-ratelimit-limit"] == "3"
    assert "3 x HTTP 200, 2 x HTTP 429" in seen.summary()


def test_with_and_without_credentials(server: str) -> None:
    assert probe_http(f"{server}/locked").statuses == ((403, 1),)
    assert probe_http(f"{server}/locked", headers={"X-Key": "open"}).statuses == ((200, 1),)


@pytest.mark.parametrize("requests", [0, -1, 51])
def test_no_more_than_a_burst(server: str, requests: int) -> None:
    with pytest.raises(ProbeError, match="1 to 50 requests"):
        probe_http(server, requests)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "ftp://127.0.0.1", "nonsense", "http://[::1"])
def test_nobody_answers(url: str) -> None:
    with pytest.raises(ProbeError, match=r"check the address"):
        probe_http(url)
