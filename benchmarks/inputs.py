"""Inputs of the benchmarks: made here, the same every time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

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


_NOUNS = (
    "cart", "order", "user", "tenant", "price", "basket", "invoice", "quota", "feed", "socket", "token", "lease",
    "worker", "queue", "cache", "index", "shard", "page",
)  # fmt: skip
_TYPES = (
    "AssertionError", "TypeError", "KeyError", "TimeoutError", "ValueError", "java.lang.IllegalStateException",
    "java.net.ConnectException", "org.postgresql.util.PSQLException", "System.NullReferenceException", "httpx.ReadTimeout",
)  # fmt: skip
_SAID = (
    "is missing", "was not accepted", "did not answer in {n} ms", "has no lease {n}", "returned status {status}",
    "is {n} instead of {m}", "could not be parsed at {n}", "is locked by {id}", "exceeded the limit of {n}",
)  # fmt: skip


def sentences() -> Iterator[str]:
    """Messages of about 100 characters, of some hundred kinds, with ids, numbers, durations and statuses."""
    chance = random.Random(7)
    while True:
        yield (
            f"{chance.choice(_TYPES)}: {chance.choice(_NOUNS)} {_said(chance, chance.choice((429, 403, 500)))} after"
            f" {chance.randrange(10_000)} ms; request {_id(chance)} of tenant {chance.randrange(10**6)}"
        )


def reports(number: int, causes: int) -> Iterator[tuple[str, int]]:
    """``number`` long reports, each with the number of its cause: a headline, and before, behind or around it the dump of
    a request, a diff and a trace, in which nothing is alike."""
    chance = random.Random(7)
    kinds: dict[tuple[str, ...], int] = {}
    while len(kinds) < causes:
        noun, of = chance.sample(_NOUNS, 2)
        kinds.setdefault(
            (chance.choice(_TYPES), noun, of, chance.choice(_SAID), chance.choice(("429", "403"))), len(kinds)
        )
    for kind, cause in chance.choices(list(kinds.items()), k=number):
        type_, noun, of, said, status = kind
        headline = f"{type_}: {noun} of {of} {_filled(said, chance, status)}\n"
        yield _report(headline, chance), cause


def _report(headline: str, chance: random.Random) -> str:
    values = "".join(f'  "{chance.choice(_NOUNS)}_{at}": "{_id(chance)}",\n' for at in range(18))
    request = f"POST https://api.example.com/v1/{chance.choice(_NOUNS)}/{chance.randrange(9999)} HTTP/1.1\n{{\n{values}}}\n"
    changed = "".join(
        f"{chance.choice('-+ ')}   {chance.choice(_NOUNS)}: {chance.randrange(10**6)},\n" for _ in range(25)
    )
    diff = f"- Expected\n+ Received\n{changed}"
    stack = "".join(
        f"    at {chance.choice(_NOUNS)} (/srv/app/{chance.choice(_NOUNS)}.js:{chance.randrange(900)}:{chance.randrange(80)})\n"
        for _ in range(20)
    )
    traceback = "".join(
        f'  File "/srv/app/{chance.choice(_NOUNS)}/run.py", line {chance.randrange(900)}, in {chance.choice(_NOUNS)}\n'
        f"    return {chance.choice(_NOUNS)}({chance.choice(_NOUNS)})\n"
        for _ in range(15)
    )
    return chance.choice(
        (
            headline + diff + request + stack,
            request + "Traceback (most recent call last):\n" + traceback + headline,
            headline + stack + request + diff,
            diff + request + headline + stack,
        )
    )


def code_pairs() -> Iterator[tuple[str, str]]:
    """Pairs of messages that are alike but for a status, an errno, an exit code or an exception class."""
    for forms, codes in (
        (_STATUS_FORMS, (("429", "403"), ("500", "503"), ("404", "401"))),
        (_ERRNO_FORMS, (("ECONNREFUSED", "ECONNRESET"), ("ENOSPC", "EACCES"), ("ETIMEDOUT", "EPIPE"))),
        (_EXIT_FORMS, (("1", "137"), ("139", "143"), ("2", "127"))),
        (_CLASS_FORMS, (("ValueError", "TypeError"), ("java.io.IOException", "java.io.EOFException"))),
    ):
        for form in forms:
            for one, other in codes:
                yield form.format(one), form.format(other)


_STATUS_FORMS = (
    "Request failed with status code {}", "HTTP {} from the upstream", "expected 200 but got {}", "response status: {}",
    "assert {} == 200", "unexpected status {} of GET /v1/orders", "upstream returned {}", "HTTP/1.1 {} in 3 ms",
)  # fmt: skip
_ERRNO_FORMS = ("connect {} 127.0.0.1:5432", "Error: {}: open '/tmp/lock'", "write {}")
_EXIT_FORMS = (
    "Process finished with exit code {}", "command terminated with exit code {}", "[Errno {}] not done",
    "child killed by signal {}", "exit status {}", "make: *** [all] Error {}", "returncode={}",
)  # fmt: skip
_CLASS_FORMS = ("{}: bad input", "Caused by: {}: gone", "(thrown: {}) while it ran")


def _said(chance: random.Random, status: int) -> str:
    return _filled(chance.choice(_SAID), chance, str(status))


def _filled(said: str, chance: random.Random, status: str) -> str:
    return said.format(n=chance.randrange(10**5), m=chance.randrange(10**5), status=status, id=_id(chance))


def _id(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128)))


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


def quiet_log(path: Path, size: int, errors: int = 2_000) -> None:
    """Write a service log of about ``size`` bytes in which one line of ``errors`` is an error; none, if that is 0."""
    texts = messages(1 << 30)
    with path.open("w", encoding="utf-8") as file:
        written, number = 0, 0
        while written < size:
            number += 1
            stamp = f"2026-03-02T02:{number // 6000 % 60:02}:{number // 100 % 60:02}.{number % 1000:03}Z"
            said = (
                f"INFO shop.api request {number} served in {number % 37} ms for tenant t-{number % 4000:04}"
            )
            if errors and not number % errors:
                said = f"ERROR shop.api request {number} broke: {next(texts)}"
            written += file.write(f"{stamp} {said}\n")


FIRST_WORD, LAST_WORD = "TheFirstOfAll", "NeedleAtTheEnd"


def dated_log(path: Path, size: int) -> None:
    """A log of about ``size`` bytes whose stamps go on, an error with its stack in 2,000 lines; its first and last lines
    have ``FIRST_WORD`` and ``LAST_WORD``."""
    chance = random.Random(7)
    begin = datetime(2026, 3, 4, tzinfo=UTC)
    with path.open("w") as out:
        out.write(f"{begin:%Y-%m-%d %H:%M:%S}.000 INFO  [worker-0] {FIRST_WORD}\n")
        for second in count(1):
            stamp = f"{begin + timedelta(seconds=second):%Y-%m-%d %H:%M:%S}"
            out.writelines(
                f"{stamp}.{n:03} INFO  [worker-{n % 9}] request {chance.randrange(1 << 32):08x} served in {n} ms\n"
                for n in range(0, 1_000, 2)
            )
            if second % 4 == 0:
                out.write(
                    f"{stamp}.999 ERROR [worker-1] order {second} failed: refused\n{_TRACE.format(line=second)}"
                )
                if out.tell() > size:
                    break
        out.write(f"{stamp}.999 FATAL [worker-1] bye {LAST_WORD}\n")


def playwright(path: Path, size: int) -> None:
    """Write a report of Playwright of about ``size`` bytes; of twenty tests one fails."""
    texts = messages(1 << 30)
    with path.open("w", encoding="utf-8") as file:
        written = file.write('{"config": {"rootDir": "/srv/e2e", "projects": []}, "suites": [')
        for number in count():
            written += file.write("," if number else "")
            specs = [_spec(number * 200 + index, texts) for index in range(200)]
            name = f"suite{number}.spec.ts"
            written += file.write(
                json.dumps({"title": name, "file": name, "line": 0, "column": 0, "specs": specs})
            )
            if written >= size:
                break
        file.write('], "errors": [], "stats": {"startTime": "2026-03-02T02:00:00.000Z", "duration": 1000}}')


def _spec(number: int, texts: Iterator[str]) -> dict[str, object]:
    ok = number % 20 != 0
    result: dict[str, object] = {
        "status": "passed" if ok else "failed",
        "duration": number % 97,
        "retry": 0,
        "errors": [],
    }
    if not ok:
        result["errors"] = [
            {
                "message": f"Error: {next(texts)}",
                "stack": f"Error\n    at total (/srv/e2e/a.ts:{number % 300}:5)\n" * 4,
            }
        ]
    test = {
        "expectedStatus": "passed",
        "projectName": "chromium",
        "results": [result],
        "status": "expected" if ok else "unexpected",
    }
    return {
        "title": f"case {number} of the cart",
        "ok": ok,
        "tests": [test],
        "file": "a.spec.ts",
        "line": number % 300,
    }


def small_reports(root: Path, files: int) -> None:
    """Write ``files`` small JUnit XML files into a hundred directories; of ten one has a failure."""
    for number in range(files):
        folder = root / f"module{number % 100}"
        folder.mkdir(parents=True, exist_ok=True)
        why = (
            "<failure message='expected 1 but was 2'>at shop.Cart.add(Cart.java:12)</failure>"
            if not number % 10
            else ""
        )
        cases = "".join(
            f'<testcase classname="shop.Cart{number}Test" name="case{i}" time="0.01"/>' for i in range(4)
        )
        (folder / f"TEST-{number}.xml").write_text(
            f'<?xml version="1.0"?>\n<testsuite name="shop.Cart{number}Test" tests="5" failures="{int(bool(why))}">{cases}'
            f'<testcase classname="shop.Cart{number}Test" name="last" time="0.01">{why}</testcase></testsuite>\n'
        )


_KINDS = 2_000


def nightly_reports(root: Path, runs: int) -> None:
    """``runs`` JUnit files of 1,000 tests that failed, each with one of ``_KINDS`` kinds of message, a number and a trace."""
    root.mkdir()
    chance = random.Random(7)
    kinds = list(islice(_sentences_of_words(chance), _KINDS))
    for run in range(runs):
        with (root / f"nightly-{run:03}.xml").open("w", encoding="utf-8") as file:
            file.write(
                f'<testsuite name="nightly" timestamp="2026-{run // 28 % 12 + 1:02}-{run % 28 + 1:02}T02:00:00">'
            )
            for case in range(1_000):
                said = f"{chance.choice(kinds)} after {chance.randrange(10**6)} ms"
                file.write(
                    f'<testcase classname="t.m{case % 50}" name="t{(run * 7 + case) % 3000}" file="t/m{case % 50}.py">'
                    f"<failure message={quoteattr(said)}>Traceback (most recent call last):\n"
                    f'  File "t/m{case % 50}.py", line {case}, in t\nValueError: {escape(said)}</failure></testcase>\n'
                )
            file.write("</testsuite>")


def _sentences_of_words(chance: random.Random) -> Iterator[str]:
    """Sentences that no two words make alike."""
    words = [
        "".join(chance.choice("bdfglmnprst") + chance.choice("aeiou") for _ in range(3)) for _ in range(60)
    ]
    seen: set[str] = set()
    while True:
        said = "the {} {} cannot {} its {} {}".format(*chance.sample(words, 5))
        if said not in seen:
            seen.add(said)
            yield said


def failing_reports(root: Path, files: int, cases: int) -> None:
    """``files`` JUnit files of ``cases`` cases each, all of which failed: the same tests, some hundred kinds of failure."""
    root.mkdir()
    texts = sentences()
    for number in range(files):
        with (root / f"report-{number:05}.xml").open("w", encoding="utf-8") as file:
            file.write(f'<testsuite name="s{number}">')
            file.writelines(
                f'<testcase classname="t.m{case % 97}" name="t{case}" time="0.1"><failure message={quoteattr(said)}>'
                f"{escape(said)}</failure></testcase>\n"
                for case, said in enumerate(islice(texts, cases))
            )
            file.write("</testsuite>")


def allure(root: Path, results: int) -> None:
    """Write a directory of Allure results; of ten one is red."""
    root.mkdir(parents=True)
    for number in range(results):
        red = not number % 10
        result: dict[str, object] = {
            "uuid": f"{number:032x}", "historyId": f"{number:032x}", "name": f"case {number}", "fullName": f"shop.cart#case_{number}",
            "status": "failed" if red else "passed", "start": 1_772_416_800_000 + number, "stop": 1_772_416_800_009 + number,
            "labels": [{"name": "suite", "value": f"suite {number % 50}"}], "steps": [],
        }  # fmt: skip
        if red:
            result["statusDetails"] = {
                "message": "expected 1 but was 2",
                "trace": "at shop.Cart.add(Cart.java:12)",
            }
        (root / f"{number:032x}-result.json").write_text(json.dumps(result))


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
