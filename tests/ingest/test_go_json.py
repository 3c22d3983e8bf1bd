"""What ``go test -json`` tells by its events where the lines of ``-v`` do not."""

from __future__ import annotations

import json
from typing import Any

from tests.ingest.made import run_of
from triage.model import Outcome

PACKAGE = "demo.org/pump"


def events(*told: dict[str, Any]) -> str:
    """A stream of events of one package."""
    whole = ({"Action": "output", "Package": PACKAGE} | event for event in told)
    return "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in whole)


def said(test: str, *lines: str) -> list[dict[str, Any]]:
    """Events of a test that prints ``lines``."""
    return [{"Action": "run", "Test": test}, *({"Test": test, "Output": line} for line in lines)]


def test_a_result_behind_half_a_line_is_a_result() -> None:
    run = run_of(
        events(
            *said("TestOpen", "=== RUN   TestOpen\n", "opening", "--- PASS: TestOpen (0.10s)\n"),
            {"Action": "pass", "Test": "TestOpen", "Elapsed": 0.1},
            *said("TestShut", "=== RUN   TestShut\n", "    pump_test.go:9: still open\n", "shutting"),
            {"Test": "TestShut", "Output": "--- FAIL: TestShut (0.20s)\n"},
            {"Action": "fail", "Test": "TestShut", "Elapsed": 0.2},
            {"Output": "FAIL\n"},
            {"Output": f"FAIL\t{PACKAGE}\t0.3s\n"},
            {"Action": "fail", "Elapsed": 0.3},
        )
    )
    assert [(case.name, case.outcome) for case in run.cases] == [
        ("TestOpen", Outcome.PASSED),
        ("TestShut", Outcome.FAILED),
    ]
    assert run.cases[1].failures[0].message.startswith("still open")
    assert not run.warnings


def test_events_without_output_tell_enough() -> None:
    run = run_of(
        events(
            {"Action": "run", "Test": "TestOpen"},
            {"Action": "skip", "Test": "TestOpen", "Elapsed": 0},
            {"Action": "run", "Test": "TestShut"},
            {"Action": "fail", "Test": "TestShut", "Elapsed": 0.5},
            {"Action": "fail", "Elapsed": 1.5},
        )
    )
    assert [(case.outcome, case.duration, case.suite) for case in run.cases] == [
        (Outcome.SKIPPED, 0, PACKAGE),
        (Outcome.FAILED, 0.5, PACKAGE),
    ]


def test_a_benchmark_has_no_result_line() -> None:
    run = run_of(
        events(
            *said("BenchmarkPump", "=== RUN   BenchmarkPump\n", "BenchmarkPump-8   \t 1269\t   91.3 ns/op\n"),
            {"Output": f"ok  \t{PACKAGE}\t1.2s\n"},
            {"Output": "panic: pump exploded"},
        )
    )
    assert [case.outcome for case in run.cases] == [Outcome.PASSED]
    assert [failure.message for failure in run.failures] == ["panic: pump exploded"]


def test_what_broke_the_build_stands_with_its_package() -> None:
    built = {"Action": "build-output", "ImportPath": f"{PACKAGE}.test"}
    run = run_of(
        events(
            built | {"Output": f"# {PACKAGE}\n"},
            built | {"Output": "pump_test.go:3:1: expected ';', found pump\n"},
            {"Action": "build-fail", "ImportPath": f"{PACKAGE}.test"},
            {"Action": "start"},
            {"Output": f"FAIL\t{PACKAGE} [setup failed]\n"},
            {"Action": "fail", "Elapsed": 0, "FailedBuild": f"{PACKAGE}.test"},
        ).replace(f'"Package":"{PACKAGE}","ImportPath"', '"ImportPath"')
    )
    assert [failure.message for failure in run.failures] == ["pump_test.go:3:1: expected ';', found pump"]
    assert not run.warnings


def test_logs_of_old_versions_are_indented_by_tabs() -> None:
    run = run_of(
        "=== RUN   TestPump\n=== RUN   TestPump/dry\n--- FAIL: TestPump (0.13s)\n"
        "    --- FAIL: TestPump/dry (0.13s)\n    \tpump_test.go:20: ran dry\n=== RUN   TestValve\n"
        "--- FAIL: TestValve (0.01s)\n\tvalve_test.go:4: stuck\nFAIL\nFAIL\tdemo.org/pump\t0.151s\n"
    )
    assert {case.name: [f.message for f in case.failures] for case in run.cases} == {
        "TestPump": [],
        "TestPump/dry": ["ran dry"],
        "TestValve": ["stuck"],
    }


def test_what_the_compiler_says_between_the_events_stands_with_its_package() -> None:
    run = run_of(
        f"# {PACKAGE} [{PACKAGE}.test]\n./pump_test.go:7:2: undefined: Pump\n"
        + events({"Output": f"FAIL\t{PACKAGE} [build failed]\n"}, {"Action": "fail", "Elapsed": 0})
    )
    assert [failure.message for failure in run.failures] == ["./pump_test.go:7:2: undefined: Pump"]
    assert not run.warnings


TWO = events(
    *said("TestOpen", "--- PASS: TestOpen (0.00s)\n"),
    {"Action": "pass", "Test": "TestOpen", "Elapsed": 0},
    *said("TestClose", "    pump_test.go:5: boom\n"),
    {"Action": "fail", "Test": "TestClose", "Elapsed": 0.1},
)


def test_a_last_event_without_its_newline_is_whole() -> None:
    whole, run = run_of(TWO), run_of(TWO.rstrip("\n"))
    assert run == whole
    assert {case.name: case.outcome for case in run.cases} == {
        "TestOpen": Outcome.PASSED,
        "TestClose": Outcome.FAILED,
    }


def test_a_last_event_that_is_cut_is_told_and_the_others_are_read() -> None:
    closed = TWO + events({"Output": f"FAIL\t{PACKAGE}\t0.1s\n"}, {"Action": "fail", "Elapsed": 0.1})
    run = run_of(closed[:-20])
    assert [(case.name, case.outcome) for case in run.cases][:1] == [("TestOpen", Outcome.PASSED)]
    assert [(warning.text, warning.line) for warning in run.warnings] == [
        ("an event breaks off here: what it says is lost", closed.count("\n"))
    ]
    assert run_of(TWO[:-20]).cases[0].outcome is Outcome.PASSED
    assert run_of(TWO[:-20]).warnings


def ran(test: str, word: str, *lines: str) -> list[dict[str, Any]]:
    """Events of one run of a test."""
    told = [f"=== RUN   {test}\n", *lines, f"--- {word.upper()}: {test} (0.10s)\n"]
    return [*said(test, *told), {"Action": word, "Test": test, "Elapsed": 0.1}]


def ended(word: str) -> list[dict[str, Any]]:
    """Events of the end of the package."""
    line = f"ok  \t{PACKAGE}\t0.3s\n" if word == "pass" else f"FAIL\t{PACKAGE}\t0.3s\n"
    return [{"Output": line}, {"Action": word, "Elapsed": 0.3}]


def test_what_gotestsum_runs_again_is_a_try_of_the_same_test() -> None:
    run = run_of(
        events(
            *ran("TestOpen", "pass"),
            *ran("TestShut", "fail", "    pump_test.go:9: still open\n"),
            *ran("TestDrain", "fail", "    pump_test.go:20: still full\n"),
            *ended("fail"),
            *ran("TestShut", "pass"),
            *ran("TestDrain", "fail", "    pump_test.go:20: still full\n"),
            *ended("fail"),
        )
    )
    assert [(case.name, case.outcome, case.attempts, len(case.failures)) for case in run.cases] == [
        ("TestOpen", Outcome.PASSED, 1, 0),
        ("TestShut", Outcome.PASSED, 2, 1),
        ("TestDrain", Outcome.FAILED, 2, 2),
    ]
    assert not run.failures


def test_a_test_that_is_asked_for_twice_failed_if_it_failed_once() -> None:
    run = run_of(
        events(
            *ran("TestOpen", "pass"),
            *ran("TestShut", "fail", "    pump_test.go:9: still open\n"),
            *ran("TestOpen", "pass"),
            *ran("TestShut", "pass"),
            *ended("fail"),
        )
    )
    assert [(case.name, case.outcome, case.attempts) for case in run.cases] == [
        ("TestOpen", Outcome.PASSED, 1),
        ("TestShut", Outcome.FAILED, 2),
    ]
    assert [failure.message for failure in run.cases[1].failures] == ["still open"]
    assert not run.failures


def test_a_test_whose_end_is_told_behind_that_of_its_package_is_one_test() -> None:
    """Go 1.11 gives the last line of a package that panicked to the test that was running."""
    run = run_of(
        events(
            *said(
                "TestFill",
                "=== RUN   TestFill\n",
                "panic: no water [recovered]\n",
                "\tpanic: no water\n",
                "\n",
                "goroutine 11 [running]:\n",
                f"{PACKAGE}_test.TestFill(0xc0000a0b00)\n",
                "\t/src/pump/fill_test.go:44 +0x7a\n",
                f"FAIL\t{PACKAGE}\t0.016s\n",
            ),
            {"Action": "fail", "Test": "TestFill", "Elapsed": 0.016},
        )
    )
    (case,) = run.cases
    assert (case.suite, case.name, [failure.headline for failure in case.failures]) == (
        PACKAGE,
        "TestFill",
        ["panic: no water"],
    )


def test_a_build_that_failed_without_a_word_is_red() -> None:
    run = run_of(events({"Action": "build-fail"}))
    assert [failure.message for failure in run.failures] == [f"the build of {PACKAGE} failed"]


def test_a_compiler_that_is_killed_says_so_without_a_heading() -> None:
    """The stream may end there: no event of the package follows."""
    built = {"Action": "build-output", "ImportPath": f"{PACKAGE}.test"}
    run = run_of(
        events(
            built | {"Output": "go tool compile: signal: killed\n"},
            {"Action": "build-fail", "ImportPath": f"{PACKAGE}.test"},
        ).replace(f'"Package":"{PACKAGE}","ImportPath"', '"ImportPath"')
    )
    assert [failure.message for failure in run.failures] == ["go tool compile: signal: killed"]
