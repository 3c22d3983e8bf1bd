"""CI wrappers: what they put before the lines is taken off, the numbers stay, and logs of other kinds stay whole."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import partial

import pytest

from tests.conftest import FRESH
from tests.ingest.consoles import case, counts, made
from triage.ingest import Source, collect
from triage.ingest.lines import clean
from triage.ingest.wrappers import wrapper_of
from triage.model import Run

PYTEST = (FRESH / "pytest" / "console-ci.txt").read_text("utf-8")

WRAP = {
    "github": lambda n, s: f"2026-03-02T02:00:{n % 60:02}.1234567Z {s}",
    "gh run view": lambda n, s: f"test (3.11)\tRun tests\t2026-03-02T02:00:{n % 60:02}.1234567Z {s}",
    "gitlab": lambda n, s: f"2026-03-02T02:00:{n % 60:02}.123456Z 01O {s}",
    "jenkins timestamper": lambda n, s: f"[2026-03-02T02:00:{n % 60:02}.123Z] {s}",
    "jenkins page": lambda n, s: f"02:00:{n % 60:02}  {s}",
    "teamcity": lambda n, s: f"[02:00:{n % 60:02}] :\t [Step 2/3] {s}",
    "docker compose": lambda n, s: f"tests-1  | {s}",
    "act": lambda n, s: f"[CI/test]   | {s}",
    "docker logs -t": lambda n, s: f"2026-03-02T02:00:{n % 60:02}.123456789Z {s}",
    "buildkite": lambda n, s: f"\x1b_bk;t=16094{n:08}\x07{s}",
    "ts": lambda n, s: f"Mar  2 02:00:{n % 60:02} {s}",
    "ts with a format": lambda n, s: f"[2026-03-02 02:00:{n % 60:02}.123456] {s}",
    "ts -s %.s": lambda n, s: f"{n}.123456 {s}",
    "foreman": lambda n, s: f"02:00:{n % 60:02} tests.1 | {s}",
    "concurrently": lambda n, s: f"[tests] {s}",
    "gitlab-ci-local": lambda n, s: f"tests > {s}",
    "gitlab-ci-local --timestamps": lambda n, s: f"[02:00:{n % 60:02} 1.23 ms] tests > {s}",
    "two of them": lambda n, s: f"2026-03-02T02:00:{n % 60:02}.1234567Z tests-1  | {s}",
}


def _source(text: str) -> Source:
    return Source("ci.log", lambda: io.BytesIO(text.encode()))


@pytest.mark.parametrize("system", WRAP)
def test_the_inner_format_is_read(system: str) -> None:
    """Totals, failures and their lines are those of the same output without the wrapper."""
    wrapped = "\n".join(WRAP[system](n, line) for n, line in enumerate(PYTEST.split("\n"), 1))
    plain, run = (collect(_source(text)) for text in (PYTEST, wrapped))
    assert (run.format, run.totals) == (plain.format, plain.totals)
    assert run.cases == plain.cases


def test_the_commands_of_ci_systems_are_taken_off() -> None:
    lines = ["section_start:1560896352:test[collapsed=true]", "travis_fold:start:script", "ok"]
    assert list(clean(lines)) == ["", "", "ok"]


@pytest.mark.parametrize(
    "lines",
    [
        ["2026-03-02T02:00:00Z INFO shop served", "2026-03-02T02:00:01Z ERROR shop broke"],
        ["[02:00:00] starting", "[02:00:01] ready"],
        ["a | b | c", "plain", "text"],
        ["2026-03-02 02:00:00,123 INFO shop served", "2026-03-02 02:00:01,456 ERROR shop broke"],
        [f"[{'ERROR' if n % 3 else 'INFO'}] step {n} of the build" for n in range(9)],
        [f"[{'main' if n % 3 else 'pool-1-thread-2'}] INFO shop.Cart - box {n}" for n in range(9)],
        [f"[gw{n % 2}] [ {n}0%] PASSED tests/test_cart.py::test_{n}" for n in range(9)],
    ],
)
def test_a_loggers_own_stamps_stay(lines: list[str]) -> None:
    assert list(clean(lines)) == lines


@pytest.mark.parametrize(
    "prefix",
    [
        "Feb 16 13:47:0{n} node-1 kubelet[11348]: ",
        "2024-02-16T13:47:0{n}+01:00 node-1 kubelet: ",
        "[  159.12177{n}] cloud-init[805]: ",
        "0|pump  | ",
    ],
)
def test_a_console_that_many_write_to_is_peeled(prefix: str) -> None:
    said = [
        "started",
        "panic: dry",
        "",
        "goroutine 1 [running]:",
        "main.main()",
        "\t/srv/main.go:3 +0x1d",
        "x",
    ]
    lines = [prefix.format(n=number) + line for number, line in enumerate(said)]
    wrapper = wrapper_of(lines)
    assert [wrapper.peel(line) for line in lines] == said


def test_consoles_of_several_packages_in_each_others_lines() -> None:
    run = made(
        """
        web:test: PASS ./cart.test.js
        api:test: FAIL ./price.test.js
        web:test: Test Suites: 1 passed, 1 total
        api:test:   ● adds up
        web:test: Tests:       2 passed, 2 total
        api:test:
        api:test:     expect(received).toBe(expected)
        web:test: Time:        1 s
        api:test:
        api:test: Test Suites: 1 failed, 1 total
        api:test: Tests:       1 failed, 1 passed, 2 total
        api:test: Time:        2 s
        """,
        "jest-console",
    )
    assert counts(run) == (4, 3, 1, 0, 0)
    failure = case(run, "adds up").failures[0]
    assert (failure.message, failure.source_line) == ("expect(received).toBe(expected)", 7)
    assert not run.warnings


def test_pytest_beside_a_database() -> None:
    run = made(
        """
        tests-1  | ============================= test session starts ==============================
        db-1     | LOG:  ready
        tests-1  | =================================== FAILURES ===================================
        tests-1  | __________________________________ test_total __________________________________
        db-1     | ERROR:  relation "cart" does not exist
        tests-1  | E   assert 1 == 2
        tests-1  |
        db-1     | E   LOG: checkpoint
        tests-1  | tests/test_cart.py:4: AssertionError
        tests-1  | =========================== short test summary info ============================
        db-1     | LOG:  bye
        tests-1  | FAILED tests/test_cart.py::test_total - assert 1 == 2
        tests-1  | ============================== 1 failed in 0.01s ===============================
        tests-1 exited with code 1
        """,
        "pytest-console",
    )
    assert counts(run) == (1, 0, 1, 0, 0)
    assert [f.message for f in case(run, "test_total").failures] == ["assert 1 == 2"]


def test_each_of_several_voices_is_read_by_its_own_runner() -> None:
    run = made(
        """
        02:00:01 web.1  |   Cart
        02:00:01 unit.1 | ============================= test session starts ==============================
        02:00:01 web.1  |     \u2714 adds
        02:00:01 web.1  |     1) counts
        02:00:01 unit.1 | =========================== short test summary info ============================
        02:00:01 unit.1 | FAILED tests/test_cart.py::test_total - assert 1 == 2
        02:00:01 web.1  |   1 passing (5ms)
        02:00:01 web.1  |   1 failing
        02:00:01 unit.1 | ========================= 1 failed, 2 passed in 0.01s ==========================
        02:00:01 web.1  |   1) Cart
        02:00:01 web.1  |        counts:
        02:00:01 web.1  |      Error: 11 of 12 boxes
        """,
        "pytest-console",
    )
    assert counts(run) == (5, 3, 2, 0, 0)
    assert case(run, "test_total").failures[0].source_line == 6
    failure = case(run, "counts").failures[0]
    assert (failure.message, failure.source_line) == ("Error: 11 of 12 boxes", 12)
    assert any("mocha-console" in warning.text for warning in run.warnings)


def test_packages_of_lerna_are_told_apart() -> None:
    text = """
        lerna notice cli v6.6.2
        lerna info Executing command in 2 packages: "npm run test"
        @plant/pump: FAIL src/pump.test.js
        @plant/pump:   ● fills
        @plant/valve: PASS src/valve.test.js
        @plant/pump:     a tank that leaks
        @plant/valve: Tests:       1 passed, 1 total
        @plant/pump:       at fill (src/pump.test.js:4:13)
        @plant/pump: Tests:       1 failed, 1 total
        @plant/pump: Time:        1.2 s
        @plant/valve: Time:        1.1 s
"""
    run = made(text, "jest-console")
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "fills").failures[0].headline == "a tank that leaks"


@pytest.mark.parametrize("wrap", WRAP.values(), ids=WRAP)
def test_a_document_that_a_job_prints_is_peeled(wrap: Callable[[int, str], str]) -> None:
    tests = [f'{{"name": "adds {n}", "status": "passed", "duration": 1}},' for n in range(20)]
    tests.append('{"name": "counts", "status": "failed", "duration": 1,\n"message": "no boxes"}')
    head = '{\n "results": {\n"tool": {"name": "jest"},\n"summary": {"tests": 21, "passed": 20, "failed": 1,\n"pending": 0, "skipped": 0, "other": 0, "start": 1, "stop": 2},'
    report = "\n".join((head, '"tests": [', *tests, "]", "}", "}"))
    cases = [f'<test-case id="{n}" name="adds {n}" result="Passed"/>' for n in range(20)]
    cases.append(
        '<test-case id="99" name="counts" result="Failed">\n<failure>\n<message>no\nboxes</message>\n</failure>\n</test-case>'
    )
    head = '<?xml version="1.0"?>\n<test-run id="2" total="21" failed="1">\n<test-suite type="Assembly" id="1" name="shop">'
    xml = "\n".join((head, *cases, "</test-suite>", "</test-run>"))
    for text, format, message in ((report, "ctrf-json", "no boxes"), (xml, "nunit-xml", "no\nboxes")):
        data = "\n".join(wrap(n, s) for n, s in enumerate(text.split("\n"))).encode()
        run = collect(Source("job.log", partial(io.BytesIO, data)))
        assert (run.format, run.totals.passed, run.totals.failed) == (format, 20, 1)
        assert run.cases[-1].failures[0].message == message
        assert run.warnings == ()


STAMPED = {
    "GitHub Actions": WRAP["github"],
    "Jenkins": WRAP["jenkins timestamper"],
    "Jenkins, from the page": WRAP["jenkins page"],
    "docker compose": WRAP["docker compose"],
    "Buildkite": WRAP["buildkite"],
}


def _stamped(who: str, text: str) -> Run:
    lines = "\n".join(STAMPED[who](i, line) for i, line in enumerate(text.rstrip("\n").split("\n")))
    return collect(Source("ci.log", lambda: io.BytesIO(lines.encode())))


@pytest.mark.parametrize("who", STAMPED)
def test_a_json_document_that_was_printed_is_read_without_stamps(who: str) -> None:
    report = {
        "stats": {"suites": 1, "tests": 1, "passes": 0, "pending": 0, "failures": 1},
        "tests": [{"title": "adds", "fullTitle": "cart adds", "err": {"message": "1 is not 2"}}],
        "pending": [],
        "failures": [{"title": "adds", "fullTitle": "cart adds", "err": {"message": "1 is not 2"}}],
        "passes": [],
    }
    run = _stamped(who, f"npm warn old\n{json.dumps(report, indent=2)}")
    assert run.format == "mocha-json"
    assert run.totals.failed == run.totals.tests == 1


@pytest.mark.parametrize("who", [who for who in STAMPED if who != "Buildkite"])
def test_a_junit_file_that_was_printed_has_no_stamps_in_its_messages(who: str) -> None:
    run = _stamped(
        who,
        '<?xml version="1.0"?>\n<testsuite name="cart" tests="1" failures="1">\n<testcase classname="cart" name="adds">\n'
        '<failure message="first\nsecond">first\nsecond\nthird</failure>\n</testcase>\n</testsuite>\n',
    )
    failure = run.cases[0].failures[0]
    assert "02:00" not in f"{failure.message}{failure.trace}"
    assert "tests-1" not in f"{failure.message}{failure.trace}"


@pytest.mark.parametrize("who", STAMPED)
def test_a_few_lines_are_enough(who: str) -> None:
    run = _stamped(
        who, "Error: Config file 'shop.yml' does not exist.\nmake: *** No rule to make target 'x'.  Stop."
    )
    assert [failure.message for failure in run.failures][:1] == [
        "Error: Config file 'shop.yml' does not exist."
    ]


@pytest.mark.parametrize("who", STAMPED)
def test_long_stacks_are_one_failure(who: str) -> None:
    frames = "\n".join(f"    #{i} 0x{i:x} in shop::pay({i}) /srv/demo/shop.cpp:{i}:3" for i in range(30))
    log = f"==5==ERROR: AddressSanitizer: SEGV on unknown address 0x14\n{frames}\n\nSUMMARY: AddressSanitizer: SEGV /srv/demo/shop.cpp:3\n==5==ABORTING\n"
    assert len(_stamped(who, log).failures) == 1


@pytest.mark.parametrize("who", STAMPED)
def test_findings_of_ruff_are_told_one_by_one(who: str) -> None:
    found = "\n".join(
        f"F821 Undefined name `lamp{i}`\n  --> shop/a.py:{i}:7\n   |\n{i} | print(lamp{i})\n   | ^^^\n   |\n"
        for i in range(10, 15)
    )
    assert len(_stamped(who, found).failures) == 5


@pytest.mark.parametrize("who", STAMPED)
def test_a_box_of_rich_is_one_failure(who: str) -> None:
    head = "╭───────────────────── Traceback (most recent call last) ──────────────────────╮\n"
    locals_ = "│ │ cart = 3   │                                                               │\n" * 20
    log = f"{head}{locals_}╰──╯\nZeroDivisionError: none\n\nDuring handling of the above exception, another exception occurred:\n\n"
    log += f"{head}{locals_}╰──╯\nValueError: cart is empty\n"
    assert [failure.message for failure in _stamped(who, log).failures] == ["ValueError: cart is empty"]


@pytest.mark.parametrize(
    "log",
    [
        "web-1  | TypeError: no lamp\n",
        "web_1  | TypeError: no lamp\n",
        "Attaching to web-1\nweb-1  | TypeError: no lamp\nweb-1 exited with code 1\n",
        "web-1  | TypeError: no lamp\ndb-1   | ready\n",
    ],
)
def test_a_few_lines_of_compose(log: str) -> None:
    run = collect(Source("ci.log", lambda: io.BytesIO(log.encode())))
    assert [failure.message for failure in run.failures] == ["TypeError: no lamp"]
