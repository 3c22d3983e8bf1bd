"""The lines of a log that tell the failure, most telling first."""

from __future__ import annotations

from triage.analysis.extract import extract


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
