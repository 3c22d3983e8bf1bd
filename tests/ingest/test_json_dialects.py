"""Dialects of JSON reports that no recording has: older versions, other writers, broken set-ups."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from triage.ingest import Source, collect
from triage.model import Outcome, Run

TextSource = Callable[[str | bytes], Source]


@pytest.fixture
def read(text_source: TextSource) -> Callable[..., Run]:
    def collected(*documents: Any, joint: str = "\n") -> Run:
        said = (d if isinstance(d, str) else json.dumps(d, separators=(",", ":")) for d in documents)
        return collect(text_source(joint.join(said)))

    return collected


Read = Callable[..., Run]


def outcomes(run: Run) -> dict[str, Outcome]:
    return {case.name: case.outcome for case in run.cases}


# Mochawesome


def suite(**more: Any) -> dict[str, Any]:
    return {"title": "till", "tests": [], "suites": [], "beforeHooks": [], "afterHooks": [], **more}


def awesome(root: dict[str, Any], **stats: Any) -> dict[str, Any]:
    return {"stats": {"suites": 1, "tests": 1, "failures": 0, "passPercent": None, **stats}, **root}


def test_mochawesome_of_version_1_has_one_root_and_coloured_stacks(read: Read) -> None:
    stack = 'AssertionError: <span class="x">7</span> &lt; 6<br>    at Context.f (test/a.js:10:20)'
    test = {
        "title": "sums",
        "fail": True,
        "err": {"message": "7 < 6", "name": "AssertionError", "stack": stack},
    }
    run = read(awesome({"suites": suite(root=True, title="", suites=[suite(tests=[test])])}))
    [case] = run.cases
    assert (run.format, case.suite, case.failures[0].line) == ("mochawesome-json", "till", 10)
    assert "7 < 6\n    at Context.f" in case.failures[0].trace


def test_mochawesome_hooks_and_tests_that_they_kept_from_running(read: Read) -> None:
    hook = {"title": '"before each" hook', "isHook": True, "fail": True, "err": {"estack": "Error: no key"}}
    tests = [
        {"title": "a", "pass": False, "fail": False, "pending": False, "skipped": True, "state": None},
        {"title": "b", "pending": True, "state": "pending"},
    ]
    run = read(awesome({"results": [suite(tests=tests, beforeHooks=[hook])]}, tests=1, testsRegistered=2))
    assert (run.totals.skipped, run.totals.red, run.warnings) == (2, 0, ())
    assert run.failures[0].message == "Error: no key", "version 2 has only the stack"


def test_mochawesome_without_any_test(read: Read) -> None:
    run = read(awesome({"results": [False]}, tests=0))
    assert (run.totals.tests, run.warnings) == (0, ())


# Mocha


def test_mocha_of_old_tells_errors_only_among_the_failures(read: Read) -> None:
    ok, red = {"title": "opens", "fullTitle": "till opens"}, {"title": "sums", "fullTitle": "till sums"}
    run = read(
        {
            "stats": {"tests": 2, "passes": 1, "pending": 0},
            "tests": [ok, red],
            "failures": [red],
            "passes": [ok],
        }
    )
    assert outcomes(run) == {"opens": Outcome.PASSED, "sums": Outcome.FAILED}


def test_cypress_prints_a_mocha_report_for_each_spec_file(read: Read) -> None:
    def report(name: str) -> str:
        test = {"title": name, "fullTitle": f"till {name}", "err": {}, "duration": 1}
        stats = {"tests": 1, "passes": 1, "pending": 0, "failures": 0}
        return json.dumps(
            {"stats": stats, "tests": [test], "pending": [], "failures": [], "passes": [test]}, indent=2
        )

    run = read(
        "  (Run Starting)\n  Running: a.cy.js",
        report("a"),
        "  Running: b.cy.js",
        report("b"),
        "  (Run Finished)",
    )
    assert (run.format, sorted(outcomes(run)), run.warnings) == ("mocha-json", ["a", "b"], ())


# Cypress


def test_cypress_tries_and_errors(read: Read) -> None:
    attempts = [
        {"state": "failed", "error": {"name": "Error", "message": "busy", "stack": "    at f (a.cy.js:3:1)"}},
        {"state": "passed", "error": None},
    ]
    tests = [
        {"title": ["till", "opens"], "state": "passed", "attempts": attempts, "displayError": None},
        {"title": ["till", "sums"], "state": "failed", "attempts": [{"state": "failed"}], "duration": 40,
         "displayError": "AssertionError: expected 1 to equal 2\n    at Context.eval (a.cy.js:9:3)"},
        {"title": ["waits"], "state": "pending", "attempts": []},
        {"title": ["stops"], "state": "skipped", "attempts": []},
    ]  # fmt: skip
    runs = [
        {"spec": {"relative": "cypress/e2e/a.cy.js"}, "tests": tests, "error": None},
        {"spec": {"relative": "b.cy.js"}, "tests": None, "error": "Webpack Compilation Error\n./b.cy.js"},
    ]
    run = read(
        {"totalTests": 4, "totalFailed": 1, "cypressVersion": "13.6.0", "browserName": "chrome", "runs": runs}
    )
    assert run.format == "cypress-json"
    assert (run.totals.passed, run.totals.flaky, run.totals.failed, run.totals.skipped) == (1, 1, 1, 2)
    opens, sums = run.cases[:2]
    assert (opens.suite, opens.file, opens.attempts) == ("till", "cypress/e2e/a.cy.js", 2)
    assert (opens.failures[0].message, opens.failures[0].line) == ("busy", 3)
    assert (sums.failures[0].type, sums.failures[0].line, sums.duration) == ("AssertionError", 9, 0.04)
    assert "Webpack" in run.failures[0].message


def test_cypress_that_did_not_start(read: Read) -> None:
    run = read(
        {
            "status": "failed",
            "failures": 1,
            "message": "Could not find Cypress",
            "runs": [],
            "totalTests": 0,
            "totalFailed": 0,
        }
    )
    assert [f.message for f in run.failures] == ["Could not find Cypress"]


# Jest


def test_jest_as_a_results_processor_is_given_it(read: Read) -> None:
    test = {
        "title": "opens",
        "status": "failed",
        "failureMessages": ["Error: no"],
        "ancestorTitles": ["till"],
    }
    broken = {"testFilePath": "b.test.js", "testResults": [], "testExecError": {"message": "SyntaxError: x"}}
    files = [{"testFilePath": "a.test.js", "testResults": [test], "perfStats": {"end": 3000}}, broken]
    run = read({"numFailedTestSuites": 2, "numTotalTests": 1, "startTime": 1000, "testResults": files})
    assert (run.cases[0].file, run.info.duration, run.failures[0].message) == (
        "a.test.js",
        2.0,
        "SyntaxError: x",
    )


@pytest.mark.parametrize("head", [{}, {"numTotalTests": 0, "numPassedTests": 0}])
def test_jest_whose_files_all_broke(read: Read, head: dict[str, Any]) -> None:
    file = {
        "testFilePath": "/till/a.test.ts",
        "testResults": [],
        "testExecError": {"message": "no lamp", "stack": ""},
    }
    run = read({**head, "testResults": [file]})
    assert (run.cases, [failure.message for failure in run.failures]) == ((), ["no lamp"])


def test_jest_file_that_is_red_without_a_red_test(read: Read) -> None:
    test = {"title": "opens", "status": "passed", "failureMessages": []}
    file = {"name": "a.test.js", "status": "failed", "message": "", "assertionResults": [test]}
    run = read({"numFailedTestSuites": 1, "numTotalTests": 1, "testResults": [file]})
    assert run.totals.red == 0 and "a.test.js failed outside its tests" in run.failures[0].message


def test_jest_with_the_reason_in_a_message(read: Read) -> None:
    test = {"fullName": "till opens", "status": "failed", "message": "Error: no key"}
    run = read({"numFailedTestSuites": 1, "numTotalTests": 1, "testResults": [{"assertionResults": [test]}]})
    assert [failure.message for failure in run.cases[0].failures] == ["Error: no key"]


# Playwright


def test_playwright_cut_down_to_its_results(read: Read) -> None:
    specs = [
        {"title": how, "tests": [{"results": [{"status": how}]}]} for how in ("passed", "failed", "skipped")
    ]
    run = read({"suites": [{"title": "a.spec.ts", "specs": specs, "suites": []}]})
    assert run.format == "playwright-json"
    assert [case.outcome.value for case in run.cases] == ["passed", "failed", "skipped"]


def test_playwright_before_it_had_a_status(read: Read) -> None:
    def spec(name: str, *states: str) -> dict[str, Any]:
        results = [{"status": state, "duration": 1} for state in states]
        return {"title": name, "ok": True, "tests": [{"results": results, "projectName": ""}]}

    specs = [spec("a", "failed", "passed"), spec("b", "timedOut"), spec("c", "skipped"), spec("d")]
    run = read({"suites": [{"title": "a.spec.ts", "specs": specs}]})
    assert run.format == "playwright-json"
    assert (run.totals.flaky, run.totals.failed, run.totals.skipped) == (1, 1, 2)


# libtest


def test_nextest_tells_each_try(read: Read) -> None:
    def event(name: str, what: str, **more: Any) -> dict[str, Any]:
        return {"type": "test", "event": what, "name": name, **more}

    run = read(
        {"type": "suite", "event": "started", "test_count": 2, "nextest": {"crate": "shop", "test_binary": "shop"}},
        event("shop::shop$till::opens", "started"),
        event("shop::shop$till::opens", "failed", stdout="thread 'x' panicked at src/a.rs:3:4:\nbusy\n"),
        event("shop::shop$till::opens#2", "started"),
        event("shop::shop$till::opens#2", "ok", exec_time=0.2),
        event("shop::shop$slow", "timeout"),
        {"type": "suite", "event": "failed", "passed": 1, "failed": 2, "ignored": 0, "measured": 0},
    )  # fmt: skip
    assert [(c.suite, c.name, c.outcome, c.attempts) for c in run.cases] == [
        ("shop::shop", "till::opens", Outcome.PASSED, 2), ("shop::shop", "slow", Outcome.FAILED, 1)
    ]  # fmt: skip
    assert run.cases[0].failures[0].message == "busy"


def test_libtest_that_was_killed(read: Read) -> None:
    run = read(
        '{ "type": "suite", "event": "started", "test_count": 2 }',
        '{ "type": "test", "event": "started", "name": "hangs" }',
        '{ "type": "test", "event": "timeout", "name": "hangs" }',
    )
    assert outcomes(run) == {"hangs": Outcome.ERROR}
    assert "no end" in run.warnings[0].text


def test_a_runner_that_keeps_what_tests_say_on_standard_error(read: Read) -> None:
    said = "thread 'adds' panicked at src/sum.rs:9:5:\nthe till is empty\n"
    run = read(
        {"type": "suite", "event": "started", "test_count": 1},
        {"type": "test", "event": "failed", "name": "adds", "stdout": "adding\n", "stderr": said},
        {"type": "suite", "event": "failed", "passed": 0, "failed": 1, "ignored": 0, "measured": 0},
    )
    [failure] = run.cases[0].failures
    assert (failure.message, failure.file) == ("the till is empty", "src/sum.rs")


def test_a_panic_before_rust_1_73_said_its_place_last(read: Read) -> None:
    said = "thread 'adds' panicked at 'assertion failed: `(left == right)`\n  left: `4`,\n right: `5`', src/sum.rs:12:9\nnote: run with"
    run = read(
        {"type": "suite", "event": "started", "test_count": 1},
        {"type": "test", "event": "failed", "name": "adds", "stdout": said},
        {"type": "suite", "event": "failed", "passed": 0, "failed": 1, "ignored": 0, "measured": 0},
    )
    [failure] = run.cases[0].failures
    assert failure.message == "assertion failed: `(left == right)`\n  left: `4`,\n right: `5`"
    assert (failure.file, failure.line) == ("src/sum.rs", 12)


def test_same_names_in_two_crates_are_two_tests(read: Read) -> None:
    one = '{ "type": "test", "name": "works", "event": "ok" }'
    began = '{ "type": "suite", "event": "started", "test_count": 1 }'
    over = '{ "type": "suite", "event": "ok", "passed": 1, "failed": 0, "ignored": 0, "measured": 0 }'
    assert read(began, one, over, began, one, over).totals.passed == 2


# Cucumber


def test_messages_of_a_run_that_was_stopped(read: Read) -> None:
    run = read(
        {
            "meta": {
                "protocolVersion": "24.0.0",
                "implementation": {"name": "cucumber-jvm", "version": "7.15"},
            }
        },
        {"pickle": {"id": "p", "name": "pays", "uri": "a.feature", "astNodeIds": ["n"], "steps": []}},
        {"testCase": {"id": "c", "pickleId": "p", "testSteps": []}},
        {"testCaseStarted": {"id": "s", "testCaseId": "c", "attempt": 0}},
        '{"testStepFinished": {"testCaseSta',
    )
    assert outcomes(run) == {"pays": Outcome.ERROR}
    assert len(run.warnings) == 2


def test_messages_of_versions_that_do_not_say_what_is_tried_again(read: Read) -> None:
    def tried(id: str, status: str) -> list[Any]:
        result = {"status": status, "duration": {"seconds": "1", "nanos": 500_000_000}, "message": "no card"}
        return [
            {"testCaseStarted": {"id": id, "testCaseId": "c"}},
            {"testStepFinished": {"testCaseStartedId": id, "testStepId": "s", "testStepResult": result}},
            {"testCaseFinished": {"testCaseStartedId": id}},
        ]

    run = read(
        {"meta": {"protocolVersion": "13.0.0"}},
        {"pickle": {"id": "p", "name": "pays", "uri": "a.feature", "steps": [{"id": "q", "text": "I pay"}]}},
        {"testCase": {"id": "c", "pickleId": "p", "testSteps": [{"id": "s", "pickleStepId": "q"}]}},
        *tried("1", "FAILED"), *tried("2", "PASSED"), {"testRunFinished": {"success": True}},
    )  # fmt: skip
    [case] = run.cases
    assert (case.name, case.outcome, case.attempts, case.duration) == ("pays", Outcome.PASSED, 2, 3.0)


def test_messages_of_features_that_do_not_parse_and_hooks_around_the_run(read: Read) -> None:
    run = read(
        {"meta": {"protocolVersion": "24.0.0"}},
        {
            "parseError": {
                "source": {"uri": "a.feature", "location": {"line": 3}},
                "message": "(3:1): expected",
            }
        },
        {"testRunHookFinished": {"result": {"status": "FAILED", "message": "Error: no server"}}},
        {"testRunFinished": {"success": False}},
    )
    assert [(f.kind, f.file, f.line, f.message) for f in run.failures] == [
        ("error", "a.feature", 3, "(3:1): expected"), ("error", None, None, "Error: no server")
    ]  # fmt: skip


# RSpec


def test_rspec_runs_one_after_another_between_other_output(read: Read) -> None:
    def report(name: str, status: str) -> dict[str, Any]:
        example = {"description": name, "full_description": f"till {name}", "status": status}
        return {"version": "3.13.0", "examples": [example], "summary": {"example_count": 1}}

    run = read(
        "Run options: include {}", report("opens", "passed"), report("waits", "pending"), "Coverage 9%"
    )
    assert outcomes(run) == {"opens": Outcome.PASSED, "waits": Outcome.SKIPPED}
    joint = read(report("opens", "passed"), report("waits", "pending"), joint="")
    assert outcomes(joint) == outcomes(run)


# TAP, and Mocha's stream


def test_events_of_mocha_that_share_a_line(read: Read) -> None:
    stream = '["start",{"total":1}]\nadding ... ["pass",{"title":"a","fullTitle":"till a"}]\n["end",{"tests":1,"failures":0}]'
    run = read(f'{stream}["fail",{{"title":"plan","fullTitle":"plan","err":"2 of 3"}}]')
    assert (run.format, run.totals.passed, run.totals.failed) == ("mocha-json-stream", 1, 1)


def test_mocha_stream_without_its_end(read: Read) -> None:
    run = read('["start",{"total":2}]', '["pass",{"title":"a","fullTitle":"till a","duration":3}]')
    assert outcomes(run) == {"a": Outcome.PASSED} and "stopped or crashed" in run.warnings[0].text


def test_the_dialect_of_the_linux_kernel(read: Read) -> None:
    run = read(
        "KTAP version 1", "1..2", "  KTAP version 1", "  1..3", "    # clock: EXPECTATION FAILED at clock.c:7",
        "    not ok 1 ticks", "    ok 2 tocks", "  not ok 1 clock", "  ok 2 alarm # SKIP no hardware",
        "  ok 3 leap # XFAIL known", "not ok 1 time", "ok 2 other",
    )  # fmt: skip
    assert run.format == "tap"
    assert [(case.suite, case.name, case.outcome) for case in run.cases] == [
        ("time > clock", "ticks", Outcome.FAILED),
        ("time > clock", "tocks", Outcome.PASSED),
        ("time", "alarm", Outcome.SKIPPED),
        ("time", "leap", Outcome.XFAILED),
        ("", "other", Outcome.PASSED),
    ]


def test_comments_that_head_results_and_such_that_explain_them(read: Read) -> None:
    run = read(
        "TAP version 13", "# till", "ok 1 opens", "not ok 2 sums", "# expected 1", "# got 2", "# end", "1..2"
    )
    assert [case.suite for case in run.cases] == ["till", "till"]
    assert run.cases[1].failures[0].message.startswith("expected 1\ngot 2")


# What real reports brought


def test_a_hook_of_cucumber_without_a_message_is_told_by_its_place(read: Read) -> None:
    hook = {"result": {"status": "failed", "duration": 3}, "match": {"location": "Till.open()"}}
    step = {"keyword": "Given ", "name": "a till", "result": {"status": "skipped"}}
    scenario = {"keyword": "Scenario", "name": "opens", "before": [hook], "steps": [step], "type": "scenario"}
    run = read([{"keyword": "Feature", "name": "Till", "uri": "till.feature", "elements": [scenario]}])
    assert [failure.message for failure in run.cases[0].failures] == ["hook Till.open() failed"]


def test_a_traceback_of_behave_is_told_by_its_exception(read: Read) -> None:
    told = [
        "Traceback (most recent call last):",
        '  File "s.py", line 3, in step',
        "    f()",
        "TillError: shut",
        "more",
    ]
    step = {
        "keyword": "When",
        "name": "it opens",
        "result": {
            "status": "failed",
            "duration": 0.1,
            "error_message": [*told, "", "Captured stdout:", "x"],
        },
    }
    scenario = {
        "keyword": "Scenario",
        "name": "opens",
        "status": "failed",
        "steps": [step],
        "type": "scenario",
    }
    feature = {"keyword": "Feature", "name": "Till", "location": "till.feature:1", "elements": [scenario]}
    for document in ([feature], {"features": [feature]}):
        [failure] = read(document).cases[0].failures
        assert (failure.type, failure.message, failure.line) == ("TillError", "TillError: shut\nmore", 3)


def test_testcafe_does_not_count_what_it_skips(read: Read) -> None:
    tests = [{"name": "a", "errs": [], "durationMs": 1}, {"name": "b", "errs": [], "skipped": True}]
    head = {
        "startTime": "2016-07-13T10:31:48.000Z",
        "userAgents": ["Chrome"],
        "passed": 1,
        "total": 1,
        "skipped": 1,
    }
    run = read({**head, "fixtures": [{"name": "till", "path": "till.js", "tests": tests}]})
    assert (run.totals.passed, run.totals.skipped, run.warnings) == (1, 1, ())


def test_rspec_of_which_nothing_loaded(read: Read) -> None:
    said = "An error occurred while loading ./spec/till_spec.rb.\nNameError: uninitialized constant Till\n"
    summary = {"duration": 0.1, "example_count": 0, "failure_count": 0, "errors_outside_of_examples_count": 1}
    run = read({"examples": [], "summary": summary, "messages": [said]})
    assert ["uninitialized constant Till" in failure.message for failure in run.failures] == [True]


def test_rspec_says_what_broke_outside_of_examples_in_whatever_words(read: Read) -> None:
    summary = {"duration": 0.1, "example_count": 0, "failure_count": 0, "errors_outside_of_examples_count": 1}
    run = read({"examples": [], "summary": summary, "messages": ["Run options: none", "the till is locked"]})
    assert [failure.message for failure in run.failures] == ["the till is locked"]


def test_dots_inside_a_text_of_tap_do_not_end_its_block(read: Read) -> None:
    run = read(
        "TAP version 13\n1..2\nok 1 - a\n  ---\n  raw: |\n      not ok 7 - told\n      ...\n      ok 8\n  ...\n"
        "not ok 2 - b\n  ---\n  message: never ended\n"
    )
    assert [case.name for case in run.cases] == ["a", "b"]
    run = read("TAP version 13\n1..2\nok 1 - a\n  ---\n  raw: |\n    open\nnot ok 2 - b\n")
    assert outcomes(run) == {"a": Outcome.PASSED, "b": Outcome.FAILED}


def test_what_prove_says_of_a_file_is_no_test_of_tap(read: Read) -> None:
    assert len(read("ok 1 - a\nok 2 - b\n1..2\nok\n").cases) == 2
    assert len(read("1..2\nok\nok\n").cases) == 2


def test_tap_as_loosely_as_the_specification_lets_it_be_written(read: Read) -> None:
    run = read(
        "TAP version 13\n1..7\nok-a\nok 2-b\nnot ok 3 c\nok - # skip d\nok-# SKIPPED e\n"
        "skip 6 Chrome 90 - f\nok 7 - 2nd\n"
    )
    assert [(case.name, case.outcome.value) for case in run.cases] == [
        ("a", "passed"),
        ("b", "passed"),
        ("c", "failed"),
        ("test 4", "skipped"),
        ("test 5", "skipped"),
        ("Chrome 90 - f", "skipped"),
        ("2nd", "passed"),
    ]


def test_the_kernel_tells_why_before_it_tells_what(read: Read) -> None:
    stamped = "".join(
        f"[    0.0616{number:02}] {line}\n"
        for number, line in enumerate(
            (
                "KTAP version 1",
                "1..1",
                "    KTAP version 1",
                "    # Subtest: till",
                "    1..2",
                "    ok 1 till_opens",
                "    # till_shuts: EXPECTATION FAILED at lib/till.c:29",
                "    Expected shut == 1, but",
                "        shut == 0 (0x0)",
                "    not ok 2 till_shuts",
                "# till: pass:1 fail:1 skip:0 total:2",
                "not ok 1 till",
            )
        )
    )
    run = read(stamped)
    assert outcomes(run) == {"till_opens": Outcome.PASSED, "till_shuts": Outcome.FAILED}
    assert "EXPECTATION FAILED at lib/till.c:29" in run.cases[1].failures[0].message


def test_a_difference_of_one_line_is_one_sentence(read: Read) -> None:
    diff = "  diff: |\n    --- expected\n    +++ actual\n    @@ -1,1 +1,1 @@\n    -43\n    +42\n"
    tape = "  operator: equal\n  expected: 43\n  actual: 42\n"
    qunit = "  message: failed\n  actual  : 42\n  expected: 43\n"
    told = [
        read(f"TAP version 13\nnot ok 1 - a\n  ---\n{block}  ...\n1..1\n").cases[0].failures[0].headline
        for block in (diff, tape, qunit)
    ]
    assert told == [
        "expected: 43, actual: 42",
        "operator: equal, expected: 43, actual: 42",
        "expected: 43, actual: 42",
    ]


EVENTS = [
    [{"Action": "run", "Package": "shop", "Test": "TestPay"},
     {"Action": "output", "Package": "shop", "Test": "TestPay", "Output": "    pay_test.go:3: broke\n"},
     {"Action": "fail", "Package": "shop", "Test": "TestPay", "Elapsed": 0.1},
     {"Action": "fail", "Package": "shop", "Elapsed": 0.1}],
    [{"type": "suite", "event": "started", "test_count": 1},
     {"type": "test", "event": "started", "name": "pay"},
     {"type": "test", "name": "pay", "event": "failed", "stdout": "thread 'pay' panicked at src/pay.rs:3:5:\nbroke\n"},
     {"type": "suite", "event": "failed", "passed": 0, "failed": 1, "ignored": 0, "measured": 0, "filtered_out": 0}],
    [{"id": {"started": {}}, "children": [], "started": {"uuid": "1"}},
     {"id": {"testResult": {"label": "//shop:pay", "run": 1, "shard": 1, "attempt": 1}},
      "testResult": {"status": "FAILED", "testAttemptDurationMillis": "43"}},
     {"id": {"testSummary": {"label": "//shop:pay"}}, "testSummary": {"overallStatus": "FAILED"}},
     {"id": {"buildFinished": {}}, "finished": {"exitCode": {"name": "TESTS_FAILED", "code": 3}}}],
]  # fmt: skip


@pytest.mark.parametrize("events", EVENTS)
@pytest.mark.parametrize("indent", [None, 2])
def test_events_that_were_spread_over_lines_for_people(
    text_source: Callable[[str], Source], events: list[dict[str, Any]], indent: int | None
) -> None:
    run = collect(text_source("\n".join(json.dumps(event, indent=indent) for event in events) + "\n"))
    assert [case.outcome for case in run.cases] == [Outcome.FAILED]


def test_a_scenario_that_is_run_again(text_source: Callable[[str], Source]) -> None:
    def scenario(status: str, line: int = 3) -> dict[str, Any]:
        step = {"keyword": "When ", "name": "I pay", "result": {"status": status, "duration": 5}}
        if status == "failed":
            step["result"] = {"status": status, "error_message": "AssertionError: no money"}
        told = {"id": "till;pays", "line": line, "name": "pays", "keyword": "Scenario", "type": "scenario"}
        return told | {"steps": [step]}

    def read(*scenarios: dict[str, Any]) -> list[tuple[Outcome, int, int]]:
        feature = {"uri": "till.feature", "keyword": "Feature", "name": "till", "elements": list(scenarios)}
        run = collect(text_source(json.dumps([feature])))
        return [(case.outcome, case.attempts, len(case.failures)) for case in run.cases]

    assert read(scenario("failed"), scenario("passed")) == [(Outcome.PASSED, 2, 1)]
    assert read(scenario("failed"), scenario("failed")) == [(Outcome.FAILED, 2, 2)]
    assert read(scenario("passed"), scenario("failed")) == [(Outcome.PASSED, 1, 0), (Outcome.FAILED, 1, 1)]
    assert len(read(scenario("failed"), scenario("passed", line=9))) == 2


def test_a_feature_without_scenarios(read: Read) -> None:
    run = read(
        [{"id": "till", "keyword": "Feature", "line": 1, "name": "till", "tags": [], "uri": "till.feature"}]
    )
    assert (run.format, run.cases, run.failures) == ("cucumber-json", (), ())


def test_steps_behind_a_failed_one_are_not_why_it_failed(read: Read) -> None:
    def step(name: str, status: str, **more: str) -> dict[str, Any]:
        return {"keyword": "Given ", "name": name, "result": {"status": status, "duration": 1, **more}}

    failed = step("it opens", "failed", error_message="AssertionError: shut")
    scenarios = [
        {"keyword": "Scenario", "name": name, "type": "scenario", "steps": steps}
        for name, steps in {
            "opens": [failed, step("it rings", "undefined"), step("it shuts", "skipped")],
            "rings": [step("it rings", "undefined"), step("it shuts", "skipped")],
        }.items()
    ]
    run = read([{"keyword": "Feature", "name": "Till", "uri": "till.feature", "elements": scenarios}])
    assert outcomes(run) == {"opens": Outcome.FAILED, "rings": Outcome.ERROR}


def test_mocha_before_it_listed_its_tests(read: Read) -> None:
    def test(title: str, **more: Any) -> dict[str, Any]:
        return {"title": title, "fullTitle": f"till {title}", "duration": 1, **more}

    stats = {
        "suites": 1,
        "tests": 3,
        "passes": 1,
        "pending": 1,
        "failures": 1,
        "start": "2014-03-01T10:00:00Z",
    }
    run = read(
        {
            "stats": {**stats, "end": "2014-03-01T10:00:01Z", "duration": 9},
            "failures": [
                test("opens", err={"message": "shut"}),
                test('"after all" hook', err={"message": "no key"}),
            ],
            "passes": [test("sums")],
            "skipped": [test("rings")],
        }
    )
    assert outcomes(run) == {"sums": Outcome.PASSED, "opens": Outcome.FAILED, "rings": Outcome.SKIPPED}
    assert [case.failures[0].message for case in run.cases if case.failures] == ["shut"]
    assert [failure.message for failure in run.failures] == ["no key"]


# What nobody lists, and words that nobody knows


def _feature(ended: str, **more: Any) -> list[dict[str, Any]]:
    step = {"keyword": "Given ", "name": "a door", "result": {"status": ended}}
    element = {"type": "scenario", "keyword": "Scenario", "name": "opens", "id": "f;opens", "steps": [step]}
    return [{"uri": "door.feature", "keyword": "Feature", "name": "Door", "elements": [element], **more}]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("timedout", Outcome.ERROR),
        ("broken", Outcome.ERROR),
        ("unknown", Outcome.SKIPPED),
        ("untested", Outcome.SKIPPED),
    ],
)
def test_cucumber_in_words_of_others(read: Read, status: str, outcome: Outcome) -> None:
    assert outcomes(read(_feature(status))) == {"opens": outcome}


def test_a_feature_of_behave_that_failed_besides_its_scenarios(read: Read) -> None:
    run = read(_feature("passed", status="failed"))
    assert outcomes(run) == {"opens": Outcome.PASSED}
    assert ["the feature 'Door' ended as 'failed'" in failure.message for failure in run.failures] == [True]
    assert read(_feature("failed", status="failed")).failures == ()
    assert read(_feature("passed", status="passed")).failures == ()


def test_a_test_that_ctrf_calls_broken(read: Read) -> None:
    summary = {
        "tests": 1,
        "passed": 0,
        "failed": 0,
        "pending": 0,
        "skipped": 0,
        "other": 1,
        "start": 0,
        "stop": 1,
    }
    tests = [{"name": "opens", "status": "broken", "duration": 1}]
    run = read({"results": {"tool": {"name": "door"}, "summary": summary, "tests": tests}})
    assert outcomes(run) == {"opens": Outcome.ERROR}


@pytest.mark.parametrize(
    ("status", "outcome"), [("interrupted", Outcome.ERROR), ("skipped", Outcome.SKIPPED)]
)
def test_what_playwright_interrupted_is_not_skipped(read: Read, status: str, outcome: Outcome) -> None:
    result = {"status": status, "duration": 5, "errors": [], "retry": 0}
    test = {"expectedStatus": "passed", "projectName": "", "results": [result], "status": "skipped"}
    spec = {"title": "opens", "ok": True, "tests": [test], "file": "door.ts", "line": 1}
    run = read(
        {
            "config": {"rootDir": "/srv/demo", "version": "1.50.0"},
            "suites": [{"title": "door.ts", "file": "door.ts", "specs": [spec]}],
            "errors": [],
            "stats": {"expected": 0, "unexpected": 0, "flaky": 0, "skipped": 1},
        }
    )
    assert outcomes(run) == {"opens": outcome}


def test_a_suite_of_robot_that_failed_and_none_of_its_tests(read: Read) -> None:
    tests = [{"name": "opens", "status": "PASS", "elapsed_time": 1}]
    suite = {"name": "Door", "status": "FAIL", "message": "", "tests": tests, "elapsed_time": 1}
    run = read({"generator": "Robot 7.2", "suite": suite})
    assert [failure.message for failure in run.failures] == ["the suite 'Door' failed, and none of its tests"]
