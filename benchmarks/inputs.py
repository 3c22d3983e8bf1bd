"""Inputs of the benchmarks: made here, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

_MESSAGES = (
    "httpx.HTTPStatusError: Client error '429 Too Many Requests' for url 'http://10.0.{a}.{b}:8931/v1/quota'",
    "AssertionError: assert {a}.{b} == 17.85",
    "sqlite3.IntegrityError: NOT NULL constraint failed: orders.status",
    "TimeoutError: replica {a} did not answer within 30 s",
    "KeyError: 'sku-{a}-{b}'",
    "ConnectionRefusedError: [Errno 111] warehouse db at 127.0.0.1:{port} refused the connection",
)
_TRACE = '  File "/srv/app/shop/client.py", line {line}, in get\n    return self._http.get(url)\n' * 12


def messages(count: int) -> Iterator[str]:
    """``count`` failure messages of six kinds."""
    chance = random.Random(7)
    for _ in range(count):
        yield chance.choice(_MESSAGES).format(
            a=chance.randrange(256), b=chance.randrange(256), port=chance.randrange(5000, 6000)
        )


def junit(path: Path, size: int) -> int:
    """Write a JUnit XML file of about ``size`` bytes; every tenth case fails. The number of its cases."""
    chance = random.Random(7)
    texts = messages(1 << 30)
    cases = written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<testsuites><testsuite name="pytest">\n')
        while written < size:
            cases += 1
            head = f'<testcase classname="tests.test_{cases % 97}" name="test_case[{cases}]" time="0.{cases % 997:03}"'
            if cases % 10:
                line = f"{head} />\n"
            else:
                said = next(texts).replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")
                trace = _TRACE.format(line=chance.randrange(900))
                line = f"{head}><failure message='{said}'>{trace}{said}</failure></testcase>\n"
            written += file.write(line)
        file.write("</testsuite></testsuites>\n")
    return cases


def log(path: Path, lines: int) -> None:
    """Write a service log in which every fiftieth line is an error."""
    texts = messages(1 << 30)
    with path.open("w", encoding="utf-8") as file:
        for number in range(lines):
            stamp = f"2026-03-02T02:{number // 6000 % 60:02}:{number // 100 % 60:02}.{number % 1000:03}Z"
            if number % 50:
                file.write(f"{stamp} INFO shop.api request {number} served in {number % 37} ms\n")
            else:
                file.write(f"{stamp} ERROR shop.api request {number} broke: {next(texts)}\n")
