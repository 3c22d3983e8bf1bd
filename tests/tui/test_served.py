"""The screen in a browser: what ``textual serve`` does, over the web socket that its page opens."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.conftest import SAMPLES
from triage.ingest.text import strip_ansi

_SERVE = (
    "import sys; from textual_serve.server import Server;"
    "Server(sys.argv[1], host='127.0.0.1', port=int(sys.argv[2])).serve()"
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = f"{sys.executable} -m triage --db {tmp_path / 'triage.db'} {SAMPLES}"
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVE, command, str(port)],
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
