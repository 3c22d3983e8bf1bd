"""What a probe keeps of what it saw: the telling answer, its telling headers, nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from tests.conftest import serving
from triage.probes import Observation, ProbeError, probe_http
from triage.probes.http import MAX_REQUESTS

_HEADERS = {
    "Retry-After": "58",
    "X-RateLimit-Limit": "3",
    "X-RateLimit-Remaining": "0",
    "RateLimit-Reset": "58",
    "Set-Cookie": "session=hunter2",
    "X-Request-Id": "17",
}


class _Handler(BaseHTTPRequestHandler):
    """Counts requests; ``/burst`` refuses the second and third, ``/socket`` wants a key."""

    seen: list[str | None]
    released: threading.Event

    def do_GET(self) -> None:
        self.seen.append(self.headers.get("Authorization"))
        if self.path == "/burst" and len(self.seen) in (2, 3):
            self._answer(429, **_HEADERS, **{"X-Asked": str(len(self.seen))})
        elif self.path == "/socket" and self.headers.get("Authorization") != "Bearer open":
            self._answer(403, **{"WWW-Authenticate": 'Bearer realm="shop"'})
        elif self.path == "/moved":
            self._answer(302, Location="/burst")
        elif self.path == "/silent":
            self.released.wait()
        elif self.path == "/hangs-up":
            self.connection.close()
        else:
            self._answer(200, Via="1.1 edge")

    def _answer(self, status: int, **headers: str) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """What each request of this test had for credentials."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(_Handler, "seen", [], raising=False)
    return _Handler.seen


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address; whoever still waits for a silent answer is let go at the end."""
    released = threading.Event()
    with serving(type("Handler", (_Handler,), {"released": released})) as address:
        try:
            yield address
        finally:
            released.set()


def test_the_refusal_tells_though_the_last_answer_was_well(server: str, seen: list[str | None]) -> None:
    found = probe_http(f"{server}/burst", 4)
    assert len(seen) == 4
    assert (found.url, found.requests) == (f"{server}/burst", 4)
    assert found.statuses == ((200, 2), (429, 2))
    assert dict(found.headers) == {
        "retry-after": "58",
        "x-ratelimit-limit": "3",
        "x-ratelimit-remaining": "0",
        "ratelimit-reset": "58",
    }, "and nothing that is a secret or says nothing"


def test_where_all_is_well_the_last_answer_tells(server: str) -> None:
    found = probe_http(f"{server}/well", 2)
    assert found.statuses == ((200, 2),)
    assert dict(found.headers) == {"via": "1.1 edge"}


def test_credentials_make_the_difference(server: str, seen: list[str | None]) -> None:
    without = probe_http(f"{server}/socket")
    with_ = probe_http(f"{server}/socket", headers={"Authorization": "Bearer open"})
    assert (without.statuses, with_.statuses) == (((403, 1),), ((200, 1),))
    assert dict(without.headers) == {"www-authenticate": 'Bearer realm="shop"'}
    assert seen == [None, "Bearer open"]


def test_a_redirect_is_an_answer_not_a_way(server: str, seen: list[str | None]) -> None:
    found = probe_http(f"{server}/moved")
    assert found.statuses == ((302, 1),)
    assert dict(found.headers) == {"location": "/burst"}
    assert len(seen) == 1


@pytest.mark.parametrize("path", ["/hangs-up", "/silent"])
def test_no_answer_is_told_with_its_address(server: str, path: str) -> None:
    with pytest.raises(ProbeError) as refused:
        probe_http(server + path, timeout=0.2)
    assert str(refused.value).startswith(f"{server}{path}: ")
    assert str(refused.value).endswith("; check the address and the network")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("value", ["a\nInjected: b", "a\x00b", "caf\u00e9"])
def test_a_header_that_cannot_be_sent_is_not(server: str, seen: list[str | None], value: str) -> None:
    with pytest.raises(ProbeError):
        probe_http(server, headers={"X-Note": value})
    assert seen == []


@pytest.mark.parametrize("requests", [1, MAX_REQUESTS])
def test_as_many_as_asked_for(server: str, seen: list[str | None], requests: int) -> None:
    assert probe_http(server, requests).statuses == ((200, requests),)
    assert len(seen) == requests


def test_too_many_are_refused_before_the_first(server: str, seen: list[str | None]) -> None:
    with pytest.raises(ProbeError, match=f"1 to {MAX_REQUESTS}"):
        probe_http(server, MAX_REQUESTS + 1)
    assert seen == []


def test_one_line_for_a_note() -> None:
    found = Observation("http://h/x", 5, 1.234, ((200, 3), (429, 2)), (("retry-after", "58"),))
    assert (
        found.summary() == "5 requests to http://h/x in 1.23 s: 3 x HTTP 200, 2 x HTTP 429; retry-after: 58"
    )
