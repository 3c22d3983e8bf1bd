"""The lines of a log that tell the failure, most telling first."""

from __future__ import annotations

import io
import random

import pytest

from triage.analysis import extract as module
from triage.analysis.extract import Ranked, extract, rank
from triage.ingest import Source
from triage.ingest.logs import passing
from triage.ingest.logs.passing import File
from triage.ingest.logs.scan import COPIES


def _told(log: str, baseline: str | None = None) -> list[str]:
    found = extract(log.splitlines(), baseline.splitlines() if baseline is not None else None)
    return [line.text.strip() for line in found]


_SURVIVED = (
    "java.io.IOException: the pump is closed\n\tat org.demo.Pump.run(Pump.java:3)\n\tat a.b.C.d(C.java:4)\n"
)


def test_exceptions_that_tests_survive_stand_back() -> None:
    log = "".join(f"{_SURVIVED}quiet\nquiet\n" for _ in range(9)) + (
        "PumpTest > runs() FAILED\n    org.demo.DryError: no water\n        at org.demo.PumpTest.runs(PumpTest.java:9)\n"
    )
    assert _told(log) == [
        "org.demo.DryError: no water",
        "PumpTest > runs() FAILED",
        "at org.demo.PumpTest.runs(PumpTest.java:9)",
    ]


def test_an_exception_counts_where_no_runner_announces_another() -> None:
    assert _told(f"quiet\n{_SURVIVED}")[0] == "java.io.IOException: the pump is closed"


def test_a_step_that_passed_is_quiet() -> None:
    log = (
        "##[group]Run ./wait\nError: not yet\n##[group]Run make\nError: the pump is dry\n"
        "##[error]Process completed with exit code 2.\n"
    )
    assert _told(log) == ["Error: the pump is dry"]


def test_a_goodbye_counts_where_nothing_says_why() -> None:
    goodbye = "npm ERR! code ELIFECYCLE\nnpm ERR! errno 1\nnpm ERR! pump@1.0.0 test: `tape`\nnpm ERR! Exit status 1\n"
    assert _told(f"not ok 2 is wet\n  ---\n  operator: equal\n  ...\n\n{goodbye}")[0] == "not ok 2 is wet"
    assert _told(goodbye)[0] == "npm ERR! code ELIFECYCLE"


def test_values_that_differ_from_run_to_run_are_not_new() -> None:
    line = "ERROR pump {} of org.demo.Pump@{} took {} at 10:00:0{}"
    passed = line.format("8b1a9953-c461-1296-a827-abf8c47804d7", "1b2c3d", "1 m 3 s", 1)
    failed = line.format("f7ff9e8b-7bb2-e09b-7093-5a5d785e0cc5", "4e5f6a", "59 s", 2)
    assert _told(f"{failed}\nERROR the pump is dry\n", f"{passed}\n") == ["ERROR the pump is dry"]


def test_a_failed_test_of_jest_is_told_whole() -> None:
    log = (
        " FAIL  src/pump.test.js\n  ● pump › runs\n\n    expect(received).toBe(expected)\n\n    Expected: 3\n"
        "    Received: 4\n\n      > 4 | expect(pump.run()).toBe(3)\n\n      at src/pump.test.js:4:20\n\nTests: 1 failed\n"
    )
    assert {"● pump › runs", "Expected: 3", "Received: 4"} <= set(_told(log))


def test_an_echo_does_not_stand_above_what_is_new() -> None:
    quiet = "".join(f"step {n} took 3 ms\n" for n in range(20))
    new = "Broken invariant: the ledger does not balance\n  at ledger/sum.cc:88\n"
    told = _told(f"{quiet}{new}{quiet}Finished: FAILURE\n", f"{quiet}Finished: SUCCESS\n")
    assert told == [*(line.strip() for line in new.splitlines()), "Finished: FAILURE"]


def _file(text: str) -> File:
    return File(Source("x.log", lambda: io.BytesIO(text.encode())))


def _strangers(number: int, form: str) -> str:
    """Lines of ``form`` that differ in more than their numbers."""
    words = random.Random(7)
    return "".join(form.format("".join(words.choices("ghjkloprstuvw", k=12))) + "\n" for _ in range(number))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as too large to look at each of its lines."""
    monkeypatch.setattr(passing, "_SMALL", 0)


@pytest.mark.usefixtures("large")
def test_a_large_file_is_told_like_its_lines() -> None:
    quiet = "INFO served {}\n"
    failed = "".join(quiet.format(n) for n in range(500))
    failed += "ERROR: cannot reach the cache\n" + "".join(quiet.format(n) for n in range(500)) + _SURVIVED
    failed += "expected the pump to run\n" + "  - water\n" * 30 + "exit code 3\n"
    passed = failed.replace(_SURVIVED, "").replace("  - water\n", "")
    for baseline in (None, passed, failed, ""):
        lines = extract(failed.splitlines(), None if baseline is None else baseline.splitlines())
        assert rank(_file(failed), None if baseline is None else _file(baseline)) == Ranked(lines)


@pytest.mark.usefixtures("large")
def test_what_is_said_without_end_is_told_some_times_and_at_the_end() -> None:
    known = "".join("quiet\n" * 50 + f"ERROR: lost request {n}\n" for n in range(2_000))
    found = rank(_file("ERROR: no key\n" + known)).lines
    assert {1, 102_001} <= {line.number for line in found}
    assert COPIES < len(found) < 200


@pytest.mark.usefixtures("large")
def test_of_too_many_failures_the_first_and_the_last_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROOM", 100_000)
    found = rank(_file(_strangers(2_000, "ERROR: lost {}\n")))
    numbers = sorted(line.number for line in found.lines)
    assert (numbers[0], numbers[-1]) == (1, 3_999) and len(numbers) < 500
    assert (
        found.left_out == f"{2_000 - len(numbers)} failures between the first and the last ones were left out"
    )


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("form", "baseline", "left_out"),
    [
        ("WARN no {} there", None, "warnings before these"),
        ("served {}", "quiet\n", "new lines before these"),
    ],
)
def test_of_too_many_other_lines_the_last_are_told(
    monkeypatch: pytest.MonkeyPatch, form: str, baseline: str | None, left_out: str
) -> None:
    monkeypatch.setattr(module, "_ROOM", 100_000)
    found = rank(_file(_strangers(2_000, form)), None if baseline is None else _file(baseline))
    numbers = sorted(line.number for line in found.lines)
    assert numbers == list(range(numbers[0], 2_001)) and 50 < len(numbers) < 500
    assert found.left_out == f"{numbers[0] - 1} {left_out} were left out"
