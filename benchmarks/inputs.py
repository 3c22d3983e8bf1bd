"""Inputs of the benchmarks: made here, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count, islice
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
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<testsuites><testsuite name="pytest">\n'
_FOOT = "</testsuite></testsuites>\n"


def messages(number: int) -> Iterator[str]:
    """``number`` failure messages of six kinds."""
    chance = random.Random(7)
    for _ in range(number):
        yield chance.choice(_MESSAGES).format(
            a=chance.randrange(256), b=chance.randrange(256), port=chance.randrange(5000, 6000)
        )


def strangers(number: int) -> Iterator[str]:
    """``number`` texts of random words, no two of which are alike but all of one shape."""
    chance = random.Random(7)
    words = [
        "".join(chance.choice("bcdfglmnprstvz") + chance.choice("aeiou") for _ in range(chance.randint(2, 4)))
        for _ in range(1_500)
    ]
    for _ in range(number):
        said = " ".join(chance.choices(words, k=chance.randint(5, 10)))
        yield f"{said} was not ready after {chance.randint(1, 9999)} ms"


def junit(path: Path, size: int) -> int:
    """Write a JUnit XML file of about ``size`` bytes, like those of large suites: of a hundred cases one fails, with a
    long trace and captured logs, and one is skipped. The number of its cases."""
    cases = written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        for case in _large():
            cases += 1
            written += file.write(case)
            if written >= size:
                break
        file.write(_FOOT)
    return cases


def junit_of(path: Path, cases: int) -> None:
    """The same with a given number of cases."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines((_HEAD, *islice(_cases(), cases), _FOOT))


def _cases() -> Iterator[str]:
    chance = random.Random(7)
    texts = messages(1 << 30)
    for number in count(1):
        head = f'<testcase classname="tests.test_{number % 97}" name="test_case[{number}]" time="0.{number % 997:03}"'
        if number % 10:
            yield f"{head} />\n"
        else:
            said = next(texts).replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")
            trace = _TRACE.format(line=chance.randrange(900))
            yield f"{head}><failure message='{said}'>{trace}{said}</failure></testcase>\n"


def _large() -> Iterator[str]:
    chance = random.Random(7)
    texts = messages(1 << 30)
    for number in count(1):
        module, name = (
            f"tests.shop.test_{number // 60 % 97}.TestOrders{number // 20 % 3}",
            f"test_case[{number}-eur]",
        )
        head = f'<testcase classname="{module}" name="{name}" time="0.{number % 997:03}"'
        if number % 100 and number % 100 != 7:
            yield f"{head} />\n"
        elif number % 100:
            yield f'{head}><skipped type="pytest.skip" message="not on this machine">tests/conftest.py:7: not on this machine</skipped></testcase>\n'
        else:
            said = next(texts).replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")
            trace = _TRACE.format(line=chance.randrange(900)) * 3
            log = "".join(f"INFO shop.api request {number + i} served in {i} ms\n" for i in range(30))
            yield (
                f"{head}><failure message='{said}'>{trace}{said}</failure>"
                f"<system-out>{log}</system-out></testcase>\n"
            )


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
