"""The screen in a browser: over the web socket that its page opens, and in a real Chromium."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from tests.conftest import SAMPLES
from triage.escapes import strip_ansi
from triage.tui.served import _only_own

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    db = tmp_path / "triage.db"
    server = subprocess.Popen(
        [sys.executable, "-m", "triage", "serve", "--port", str(port), "--db", str(db), str(SAMPLES)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ},
    )
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait()


async def test_clusters_and_typing_in_a_browser(served: str) -> None:
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        socket_ = None
        while socket_ is None:
            try:
                socket_ = await session.ws_connect(f"{served}/ws?width=100&height=30")
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0)  # the server is not up yet
        drawn = ""
        for keys, text in (
            ("", "HTTP 429: rate limit"),
            ("w", "because"),
            ("one key for all", "one key for all"),
        ):
            if keys:
                await socket_.send_str(json.dumps(["stdin", keys]))
            while text not in strip_ansi(drawn):
                message = await socket_.receive()
                assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT)
                if message.type is aiohttp.WSMsgType.BINARY:
                    drawn += message.data.decode("utf-8", "replace")
        await socket_.close()


_ASKED = [
    ({}, True),
    ({"Origin": "{served}"}, True),
    ({"Origin": "http://localhost:{port}"}, True),
    ({"Origin": "http://elsewhere.example"}, False),
    ({"Origin": "http://127.0.0.1:1"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "http://[half"}, False),
    ({"Host": "elsewhere.example:{port}"}, False),
    ({"Host": "elsewhere.example:{port}", "Origin": "http://elsewhere.example:{port}"}, False),
]


async def test_only_its_own_page_is_served(served: str) -> None:
    """A page of another site, open in the same browser, could type commands of a shell."""
    port = served.rpartition(":")[2]
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        await _page_of(session, served)
        for headers, is_own in _ASKED:
            sent = {name: value.format(served=served, port=port) for name, value in headers.items()}
            async with session.get(served, headers=sent) as page:
                assert page.status == (200 if is_own else 403), headers
            opening = session.ws_connect(f"{served}/ws?width=100&height=30", headers=sent)
            if is_own:
                async with opening as socket_:
                    assert (await socket_.receive()).type is not aiohttp.WSMsgType.ERROR
            else:
                with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                    await opening


@pytest.mark.parametrize(
    ("host", "origin", "is_own"),
    [
        ("ci-box:8000", "http://ci-box:8000", True),
        ("192.0.2.7:8000", "http://192.0.2.7:8000", True),
        ("192.0.2.7:8000", None, True),
        ("192.0.2.7:8000", "http://elsewhere.example", False),
        ("ci-box:8000", "http://ci-box:9000", False),
    ],
)
async def test_who_serves_others_serves_them_by_any_name_but_no_foreign_page(
    host: str, origin: str | None, is_own: bool
) -> None:
    async def page(request: web.Request) -> web.StreamResponse:
        return web.Response(text="page")

    headers = {"Host": host, **({"Origin": origin} if origin else {})}
    asked = _only_own(here_only=False)(make_mocked_request("GET", "/ws", headers=headers), page)
    if is_own:
        assert (await asked).status == 200
    else:
        with pytest.raises(web.HTTPForbidden):
            await asked


async def _page_of(session: aiohttp.ClientSession, served: str) -> str:
    while True:
        try:
            async with session.get(served) as page:
                return await page.text()
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0)  # the server is not up yet


async def test_the_page_asks_no_other_machine_for_anything(served: str) -> None:
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        said = await _page_of(session, served)
    assert "Start again" in said
    assert re.findall(r"(?:https?|wss?)://[^/\"]+", said) == ["ws://${location.host}"]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
async def test_an_answer_typed_in_chromium_is_stored(served: str, tmp_path: Path) -> None:
    """Driven by its own protocol: keys go in as a person's do, and what was typed is in the database."""
    assert CHROMIUM is not None
    profile = tmp_path / "profile"
    browser = await asyncio.create_subprocess_exec(
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1200,700",
        f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60), aiohttp.ClientSession() as session:
            opened = profile / "DevToolsActivePort"
            while not opened.is_file() or len(opened.read_text().split()) < 2:
                await asyncio.sleep(0)
            port = opened.read_text().split()[0]
            await _page_of(session, served)
            async with session.put(f"http://127.0.0.1:{port}/json/new?{served}") as made:
                page = await session.ws_connect((await made.json())["webSocketDebuggerUrl"])
            while not await _value(page, "document.body?.classList.contains('-first-byte')"):
                await asyncio.sleep(0)
            typed = "one key for all workers"
            db = tmp_path / "triage.db"
            await _until_stored(db, "SELECT count(*) FROM clusters")
            while not await _value(page, "document.activeElement.className === 'xterm-helper-textarea'"):
                await asyncio.sleep(0)  # nobody clicks first
            while not _count(db, "SELECT count(*) FROM investigations"):
                await _key(page, "w")  # until the list is there
                await asyncio.sleep(0.2)
            for letter in typed:
                await _key(page, letter)
            await _until_stored(db, f"SELECT count(*) FROM whys WHERE answer LIKE '%{typed}'")
    finally:
        browser.terminate()
        await browser.wait()


_Page = aiohttp.ClientWebSocketResponse


async def _call(page: _Page, method: str, **arguments: object) -> dict[str, Any]:
    await page.send_json({"id": 1, "method": method, "params": arguments})
    while True:
        answer: dict[str, Any] = await page.receive_json()
        if answer.get("id") == 1:
            assert "error" not in answer, answer
            return answer["result"]  # type: ignore[no-any-return]


async def _value(page: _Page, expression: str) -> object:
    return (await _call(page, "Runtime.evaluate", expression=expression))["result"].get("value")


async def _key(page: _Page, key: str) -> None:
    for kind, text in (("keyDown", key), ("keyUp", "")):
        code = ord(key.upper())
        await _call(page, "Input.dispatchKeyEvent", type=kind, key=key, text=text, windowsVirtualKeyCode=code)


def _count(db: Path, query: str) -> int:
    try:
        with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as connection:
            return int(connection.execute(query).fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # not made yet


async def _until_stored(db: Path, query: str) -> None:
    while not _count(db, query):
        await asyncio.sleep(0.01)
