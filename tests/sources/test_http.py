"""A URL as a source: what comes back, and how each refusal is told; on the loopback only."""

from __future__ import annotations

import gzip
import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from tests.conftest import SAMPLES, serving
from triage.ingest import IngestError, Source
from triage.sources import resolve
from triage.sources.http import fetch

REPORT = (SAMPLES / "nightly-1-api.xml").read_bytes()


def _zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, REPORT)
    return packed.getvalue()


_BODIES = {
    "/report.xml": REPORT,
    "/report.xml.gz": gzip.compress(REPORT),
    "/without-a-name": gzip.compress(REPORT),
    "/artifacts.zip": _zip("a.xml", "b.xml"),
    "/broken.zip": _zip("a.xml")[:20],
}
_STATUSES = {"/unauthorized": 401, "/forbidden": 403, "/gone": 404, "/limited": 429, "/down": 503}
_MOVED = {
    "/moved": "/moved-again",
    "/moved-again": "/report.xml",
    "/loop": "/loop",
    "/away": "ftp://127.0.0.1/x",
}


class _Handler(BaseHTTPRequestHandler):
    released: threading.Event

    def do_GET(self) -> None:
        if self.path in _MOVED:
            self._head(302, 0, Location=_MOVED[self.path])
        elif self.path in _STATUSES:
            self._head(_STATUSES[self.path], 0)
        elif self.path == "/encoded":
            body = gzip.compress(REPORT)
            self._head(200, len(body), **{"Content-Encoding": "gzip"})
            self.wfile.write(body)
        elif self.path == "/not-encoded":
            self._head(200, len(REPORT), **{"Content-Encoding": "gzip"})
            self.wfile.write(REPORT)
        elif self.path == "/cut":
            self._head(200, len(REPORT) + 1)
            self.wfile.write(REPORT)
        elif self.path == "/silent":
            self.released.wait()
        elif self.path == "/stalls":
            self._head(200, 100)
            self.wfile.write(b"<testsuite>")
            self.wfile.flush()
            self.released.wait()
        elif self.path == "/endless":
            self._head(200, None)
            try:
                while not self.released.is_set():
                    self.wfile.write(b"ERROR: once more\n" * 1000)
            except OSError:
                pass
        else:
            body = _BODIES[self.path]
            self._head(200, len(body))
            self.wfile.write(body)

    def _head(self, status: int, length: int | None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address; whoever still waits for a silent answer is let go at the end."""
    released = threading.Event()
    with serving(type("Handler", (_Handler,), {"released": released})) as address:
        try:
            yield address
        finally:
            released.set()


def _bytes(source: Source) -> bytes:
    with source.open() as stream:
        return stream.read()


@pytest.mark.parametrize("path", ["/report.xml", "/moved", "/encoded"])
def test_the_body_is_the_source(server: str, path: str) -> None:
    source = fetch(server + path)
    assert source.name == server + path, "messages name what the person named, not where it led"
    assert _bytes(source) == REPORT
    assert _bytes(source) == REPORT, "a source can be read again"


@pytest.mark.parametrize("path", ["/report.xml.gz", "/without-a-name"])
def test_packed_bodies_are_seen_through(server: str, path: str) -> None:
    [source] = resolve([server + path])
    assert isinstance(source, Source)
    assert (source.name, _bytes(source)) == (server + path, REPORT)


def test_members_of_an_archive_are_named_behind_the_url(server: str) -> None:
    found = list(resolve([f"{server}/artifacts.zip"]))
    assert [source.name for source in found if isinstance(source, Source)] == [
        f"{server}/artifacts.zip!a.xml",
        f"{server}/artifacts.zip!b.xml",
    ]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/gone", "404 Not Found; check the address"),
        ("/unauthorized", "401 Unauthorized; it wants credentials"),
        ("/forbidden", "403 Forbidden; it wants credentials"),
        ("/limited", "429 Too Many Requests; try again later"),
        ("/down", "503 Service Unavailable; try again later"),
        ("/loop", "check the address"),
        ("/away", "check the address"),
        ("/cut", "check the address and the network"),
        ("/not-encoded", "check the address and the network"),
    ],
)
def test_each_refusal_says_what_to_do(server: str, path: str, told: str) -> None:
    with pytest.raises(IngestError) as refused:
        fetch(server + path)
    assert str(refused.value).startswith(f"{server}{path}: ")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("path", ["/silent", "/stalls"])
def test_silence_is_not_waited_for(server: str, path: str) -> None:
    """Before the first byte and in the middle of the body alike."""
    with pytest.raises(IngestError, match=r"no answer within 0\.2 s; try again or download it yourself"):
        fetch(server + path, timeout=0.2)


def test_a_limit_for_the_body(server: str) -> None:
    assert _bytes(fetch(f"{server}/report.xml", limit=len(REPORT))) == REPORT
    with pytest.raises(IngestError, match="more than 0 MiB; download it and name the file"):
        fetch(f"{server}/report.xml", limit=len(REPORT) - 1)


@pytest.mark.parametrize("limit", [1 << 20, 3 << 20])
def test_a_body_without_an_end_is_left(server: str, limit: int) -> None:
    with pytest.raises(IngestError, match=f"more than {limit >> 20} MiB"):
        fetch(f"{server}/endless", limit=limit)


def test_the_limit_is_that_of_the_unpacked_body(server: str) -> None:
    """Few bytes on the wire may become many."""
    with pytest.raises(IngestError, match="more than"):
        fetch(f"{server}/encoded", limit=len(REPORT) - 1)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        address = f"http://127.0.0.1:{closed_soon.getsockname()[1]}"
    with pytest.raises(IngestError, match=r"refused; check the address and the network"):
        fetch(f"{address}/report.xml")


def test_one_bad_address_does_not_stop_the_others(server: str) -> None:
    names = [f"{server}/gone", f"{server}/report.xml", f"{server}/broken.zip", f"{server}/moved"]
    found = list(resolve(names))
    assert [isinstance(item, Source) for item in found] == [False, True, False, True]
    for name, item in zip(names, found, strict=True):
        assert (item.name if isinstance(item, Source) else str(item).partition(": ")[0]) == name


def test_a_password_in_the_address_is_not_repeated(server: str) -> None:
    """Messages end up in the logs of a pipeline."""
    address = server.replace("://", "://bob:hunter2@")
    assert _bytes(fetch(f"{address}/report.xml")) == REPORT
    with pytest.raises(IngestError) as refused:
        fetch(f"{address}/gone")
    assert "hunter2" not in str(refused.value)
    assert "404" in str(refused.value)
