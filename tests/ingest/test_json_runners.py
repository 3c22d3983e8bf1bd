"""JSON of runners that no recording has: each shape is that of its documentation or its reporter's source."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from triage.ingest import Source, collect
from triage.model import Outcome, Run

Read = Callable[..., Run]
P, F, E, S = Outcome.PASSED, Outcome.FAILED, Outcome.ERROR, Outcome.SKIPPED


@pytest.fixture
def read(text_source: Callable[[str | bytes], Source]) -> Read:
    def collected(*documents: Any) -> Run:
        said = (d if isinstance(d, str) else json.dumps(d, separators=(",", ":")) for d in documents)
        return collect(text_source("\n".join(said)))

    return collected


def told(run: Run) -> list[tuple[str, str, Outcome]]:
    return [(case.suite, case.name, case.outcome) for case in run.cases]


def test_testcafe(read: Read) -> None:
    error = (
        "The specified selector does not match any element.\n\nBrowser: Chrome 120\n\n   3 |test('x')\n"
        " > 4 |  .click('#pay');\n\n   at <anonymous> (/shop/till.js:4:8)"
    )
    tests = [
        {
            "name": "opens",
            "meta": {"owner": "ann"},
            "errs": [],
            "durationMs": 1500,
            "unstable": True,
            "skipped": False,
        },
        {"name": "pays", "meta": {}, "errs": [error], "durationMs": 20, "unstable": False, "skipped": False},
        {"name": "waits", "meta": {}, "errs": [], "durationMs": 0, "unstable": False, "skipped": True},
    ]
    run = read({
        "startTime": "2026-03-02T02:00:00.000Z", "endTime": "2026-03-02T02:00:09.000Z", "userAgents": ["Chrome 120"],
        "passed": 1, "total": 3, "skipped": 1, "warnings": ["slow"],
        "fixtures": [{"name": "till", "path": "/shop/till.js", "meta": {}, "tests": tests}],
    })  # fmt: skip
    assert (run.format, told(run)) == (
        "testcafe-json", [("till", "opens", P), ("till", "pays", F), ("till", "waits", S)]
    )  # fmt: skip
    opens, pays, _ = run.cases
    assert (opens.flaky, opens.duration, opens.properties) == (True, 1.5, (("owner", "ann"),))
    [failure] = pays.failures
    assert failure.message == "The specified selector does not match any element."
    assert (failure.file, failure.line) == ("/shop/till.js", 4)


def test_karma(read: Read) -> None:
    results = [
        {"description": "opens", "suite": ["till"], "success": True, "skipped": False, "time": 3, "log": []},
        {"description": "sums", "suite": ["till", "sum"], "success": False, "skipped": False, "time": 3,
         "log": ["Expected 1 to be 2.\n    at f (till.js:3:1)"]},
        {"description": "waits", "suite": [], "success": True, "skipped": True, "time": 0, "log": []},
    ]  # fmt: skip
    summary = {"success": 1, "failed": 1, "skipped": 1, "error": False, "disconnected": True, "exitCode": 1}
    run = read({"browsers": {"1": {"name": "Chrome 120"}}, "result": {"1": results}, "summary": summary})
    assert (run.format, told(run)) == (
        "karma-json", [("till", "opens", P), ("till > sum", "sums", F), ("", "waits", S)]
    )  # fmt: skip
    assert "lost its connection" in run.failures[0].message


@pytest.mark.parametrize("dialect", ["export", "handle"])
def test_k6(read: Read, dialect: str) -> None:
    good = {"name": "is 200", "path": "::is 200", "passes": 10, "fails": 0}
    bad = {"name": "is fast", "path": "::pay::is fast", "passes": 6, "fails": 4}
    if dialect == "export":
        root = {
            "name": "",
            "checks": {"is 200": good},
            "groups": {"pay": {"name": "pay", "checks": {"is fast": bad}}},
        }
        spent = {"avg": 210.5, "p(95)": 400, "thresholds": {"p(95)<300": True, "avg<300": False}}
    else:
        root = {"name": "", "checks": [good], "groups": [{"name": "pay", "checks": [bad], "groups": []}]}
        kept = {"p(95)<300": {"ok": False}, "avg<300": {"ok": True}}
        spent = {"type": "trend", "values": {"avg": 210.5, "p(95)": 400}, "thresholds": kept}
    run = read(
        {"root_group": root, "metrics": {"http_req_duration": spent, "checks": {"passes": 16, "fails": 4}}}
    )
    assert (run.format, sorted(told(run))) == ("k6-json", [
        ("", "is 200", P), ("pay", "is fast", F),
        ("thresholds", "http_req_duration: avg<300", P), ("thresholds", "http_req_duration: p(95)<300", F),
    ])  # fmt: skip
    messages = [f.message for case in run.cases for f in case.failures]
    assert messages[0] == "4 of 10 times: is fast" and "p(95) 400" in messages[1]


def test_webdriverio(read: Read) -> None:
    tests = [
        {"name": "opens", "duration": 1200, "state": "passed"},
        {"name": "pays", "duration": 3, "state": "failed", "errorType": "AssertionError", "error": "no card",
         "standardError": "AssertionError: no card\n    at Context.<anonymous> (/shop/till.e2e.js:9:5)"},
        {"name": "waits", "duration": 0, "state": "skipped"},
    ]  # fmt: skip
    hooks = [{"title": '"after all" hook', "state": "failed", "error": "no browser"}]
    run = read({
        "start": "2026-03-02T02:00:00.000Z", "end": "x", "capabilities": {"browserName": "chrome"},
        "framework": "mocha", "suites": [{"name": "till", "tests": tests, "hooks": hooks}],
        "specs": ["file:///shop/till.e2e.js"], "state": {"passed": 1, "failed": 1, "skipped": 1},
    })  # fmt: skip
    assert (run.format, told(run)) == (
        "wdio-json",
        [("till", "opens", P), ("till", "pays", F), ("till", "waits", S)],
    )
    [failure] = run.cases[1].failures
    assert (run.cases[1].file, failure.type, failure.line) == ("/shop/till.e2e.js", "AssertionError", 9)
    assert [f.message for f in run.failures] == ["no browser"] and not run.warnings


def test_nightwatch(read: Read) -> None:
    bad = {"name": "NightwatchAssertError", "message": "Testing if <#pay> is there", "failure": 'Expected "found"',
           "stackTrace": "    at Object.pays (/shop/till.js:8:6)", "fullMsg": "Testing if <#pay> is there"}  # fmt: skip
    completed = {
        "opens": {"timeMs": 800, "assertions": [{"message": "ok", "failure": False}], "passed": 1, "errors": 0,
                  "failed": 0, "skipped": 0, "status": "pass"},
        "pays": {"time": "0.5", "assertions": [bad], "passed": 0, "errors": 0, "failed": 1, "status": "fail"},
        "breaks": {"timeMs": 1, "assertions": [], "errors": 1, "failed": 0, "status": "fail",
                   "lastError": {"name": "TypeError", "message": "till is not a function"}},
    }  # fmt: skip
    module = {"reportPrefix": "", "skipped": ["waits"], "modulePath": "/shop/till.js", "completed": completed}
    run = read(
        {"report": {"passed": 1, "failed": 1, "errors": 1, "errmessages": [], "modules": {"till": module}}}
    )
    assert (run.format, told(run)) == ("nightwatch-json", [
        ("till", "opens", P), ("till", "pays", F), ("till", "breaks", E), ("till", "waits", S)
    ])  # fmt: skip
    assert [case.duration for case in run.cases[:2]] == [0.8, 0.5]
    assert 'Expected "found"' in run.cases[1].failures[0].message and run.cases[1].failures[0].line == 8
    assert run.cases[2].failures[0].type == "TypeError"


def test_xcresult(read: Read) -> None:
    def node(kind: str, name: str, *children: Any, **more: Any) -> dict[str, Any]:
        return {"nodeType": kind, "name": name, "children": list(children), **more}

    why = 'TillTests.swift:12: XCTAssertEqual failed: ("1") is not equal to ("2")'
    cases = [
        node("Test Case", "testOpens()", result="Passed", duration="1m 2,5s"),
        node("Test Case", "testPays()", node("Failure Message", why), result="Failed", durationInSeconds=0.25),
        node("Test Case", "testWaits()", node("Skip Message", "no card"), result="Skipped"),
        node("Test Case", "testRounds()", result="Expected Failure"),
        node("Test Case", "testRetries()", node("Repetition", "First Run", node("Failure Message", why), result="Failed"),
             node("Repetition", "Retry 1", result="Passed"), result="Passed"),
    ]  # fmt: skip
    bundle = node("Unit test bundle", "ShopTests", node("Test Suite", "TillTests", *cases))
    run = read({"devices": [{"deviceName": "iPhone 16"}], "testNodes": [node("Test Plan", "Shop", bundle)]})
    assert (run.format, [case.outcome for case in run.cases]) == (
        "xcresult-json",
        [P, F, S, Outcome.XFAILED, P],
    )
    assert {case.suite for case in run.cases} == {"ShopTests > TillTests"}
    opens, pays, waits, _, retried = run.cases
    assert (opens.duration, pays.duration, waits.properties) == (62.5, 0.25, (("reason", "no card"),))
    assert (pays.failures[0].file, pays.failures[0].line) == ("TillTests.swift", 12)
    assert retried.flaky and retried.attempts == 2


def test_xcresult_that_was_asked_to_repeat_a_test(read: Read) -> None:
    runs = [{"nodeType": "Repetition", "name": f"Run {n}", "result": "Passed"} for n in (1, 2)]
    why = {"nodeType": "Failure Message", "name": "Test skipped - no card", "result": "Skipped"}
    cases = [
        {"nodeType": "Test Case", "name": "testOpens()", "result": "Passed", "children": runs},
        {"nodeType": "Test Case", "name": "testWaits()", "result": "Skipped", "children": [why]},
    ]
    run = read({"testNodes": [{"nodeType": "Test Suite", "name": "TillTests", "children": cases}]})
    opens, waits = run.cases
    assert (opens.outcome, opens.flaky) == (P, False)
    assert waits.properties == (("reason", "Test skipped - no card"),)


def test_xcresult_details_of_one_test(read: Read) -> None:
    broke = {"nodeType": "Test Case Run", "name": "failed - the till is shut", "result": "Failed"}
    run = read({
        "testIdentifier": "TillTests/testRetries()", "testName": "testRetries()", "testResult": "Passed",
        "testRuns": [
            {"nodeType": "Repetition", "name": "First Run", "result": "Failed", "children": [broke]},
            {"nodeType": "Repetition", "name": "Retry 1", "result": "Passed"},
        ],
    })  # fmt: skip
    assert (run.format, told(run)) == ("xcresult-json", [("TillTests", "testRetries()", P)])
    assert run.cases[0].flaky and run.cases[0].failures[0].message == "failed - the till is shut"


def test_xcresult_summary(read: Read) -> None:
    failure = {
        "testName": "testPays()",
        "targetName": "ShopTests",
        "failureText": "TillTests.swift:12: no card",
    }
    run = read({
        "title": "Test - Shop", "totalTestCount": 9, "passedTests": 6, "failedTests": 1, "skippedTests": 1,
        "expectedFailures": 1, "startTime": 100.5, "finishTime": 103.0, "testFailures": [failure],
    })  # fmt: skip
    totals = run.totals
    assert (totals.tests, totals.passed, totals.failed, totals.skipped, totals.xfailed) == (9, 6, 1, 1, 1)
    assert (run.info.duration, run.cases[0].failures[0].message) == (2.5, "no card")


def test_apex(read: Read) -> None:
    def test(name: str, outcome: str, **more: Any) -> dict[str, Any]:
        return {
            "MethodName": name,
            "Outcome": outcome,
            "ApexClass": {"Name": "TillTest"},
            "RunTime": 40,
            **more,
        }

    tests = [
        test("opens", "Pass"),
        test("pays", "Fail", Message="System.AssertException: no card", StackTrace="Class.TillTest.pays: line 9, column 1"),
        test("builds", "CompileFail"),
        test("waits", "Skip"),
    ]  # fmt: skip
    run = read(
        {"status": 0, "result": {"summary": {"testsRan": 4, "testTotalTime": "26480 ms"}, "tests": tests}}
    )
    assert (run.format, [case.outcome for case in run.cases], run.info.duration) == (
        "apex-json",
        [P, F, E, S],
        26.48,
    )
    [failure] = run.cases[1].failures
    assert (failure.type, failure.file, failure.line) == ("System.AssertException", "Class.TillTest.pays", 9)


def test_unreal(read: Read) -> None:
    def entry(kind: str, said: str, line: int = -1) -> dict[str, Any]:
        return {
            "event": {"type": kind, "message": said},
            "filename": "Till.cpp" if line > 0 else "",
            "lineNumber": line,
        }

    def test(state: str, *entries: Any) -> dict[str, Any]:
        return {"testDisplayName": f"is {state}", "fullTestPath": f"Shop.Till.is {state}", "state": state,
                "duration": 0.5, "entries": list(entries)}  # fmt: skip

    tests = [
        test("Success", entry("Warning", "slow")), test("Fail", entry("Info", "a"), entry("Error", "1 is not 2", 7)),
        test("NotRun"), test("InProcess"),
    ]  # fmt: skip
    run = read({"devices": [], "succeeded": 0, "succeededWithWarnings": 1, "failed": 1, "notRun": 1, "inProcess": 1,
                "totalDuration": 2.0, "tests": tests})  # fmt: skip
    assert (run.format, told(run)) == ("unreal-json", [
        ("Shop.Till", "is Success", P), ("Shop.Till", "is Fail", F), ("Shop.Till", "is NotRun", S),
        ("Shop.Till", "is InProcess", E),
    ])  # fmt: skip
    [failure] = run.cases[1].failures
    assert (failure.message, failure.file, failure.line, run.warnings) == ("1 is not 2", "Till.cpp", 7, ())


def test_bazel(read: Read) -> None:
    def result(label: str, status: str, attempt: int = 1, shard: int = 1) -> dict[str, Any]:
        return {"id": {"testResult": {"label": label, "run": 1, "shard": shard, "attempt": attempt}},
                "testResult": {"status": status, "testAttemptDurationMillis": "1500"}}  # fmt: skip

    def summary(label: str, status: str, **more: Any) -> dict[str, Any]:
        return {"id": {"testSummary": {"label": label}}, "testSummary": {"overallStatus": status, **more}}

    run = read(
        {"id": {"started": {}}, "started": {"startTimeMillis": "1700000000000", "buildToolVersion": "7.1.0"}},
        {"id": {"progress": {}}, "progress": {"stderr": "==== Test output for //shop:pays:\nno card\n=====\n"}},
        result("//shop:opens", "PASSED"), summary("//shop:opens", "PASSED", attemptCount=1),
        result("//shop:pays", "FAILED"), summary("//shop:pays", "FAILED"),
        result("//shop:flaps", "FAILED"), result("//shop:flaps", "PASSED", 2), summary("//shop:flaps", "FLAKY", attemptCount=2),
        summary("//shop:builds", "FAILED_TO_BUILD"),
        result("//shop:shards", "FAILED", shard=1), result("//shop:shards", "PASSED", shard=2),
        {"id": {"targetCompleted": {"label": "//shop:x"}}, "aborted": {"reason": "ANALYSIS_FAILURE", "description": "no rule"}},
        {"id": {"actionCompleted": {"label": "//shop:lib"}}, "action": {"type": "CppCompile", "exitCode": 1}},
        {"id": {"buildFinished": {}}, "finished": {"exitCode": {"name": "TESTS_FAILED", "code": 3}}},
    )  # fmt: skip
    assert (run.format, [(case.name, case.outcome, case.attempts) for case in run.cases]) == ("bazel-bep", [
        ("opens", P, 1), ("pays", F, 1), ("flaps", P, 2), ("builds", E, 1), ("shards", F, 1)
    ])  # fmt: skip
    assert (run.cases[0].suite, run.cases[0].duration, run.totals.flaky) == ("//shop", 1.5, 1)
    assert "no card" in run.cases[1].output
    assert ["no rule" in f.message or "CppCompile" in f.message for f in run.failures] == [True, True]
    assert not run.warnings


def test_catch2(read: Read) -> None:
    def test(name: str, *asserts: Any, **counts: int) -> dict[str, Any]:
        section = {"kind": "section", "name": "when open", "path": list(asserts)}
        place = {"filename": "till.cpp", "line": 3}
        return {"test-info": {"name": name, "tags": ["fast"], "source-location": place},
                "runs": [{"run-idx": 0, "path": [section]}], "totals": {"assertions": counts}}  # fmt: skip

    def check(ok: bool) -> dict[str, Any]:
        return {"kind": "assertion", "status": ok, "source-location": {"filename": "till.cpp", "line": 9}}

    tests = [
        test("opens", check(True), passed=1, failed=0), test("pays", check(True), check(False), passed=1, failed=1),
        test("may fail", check(False), **{"failed": 0, "fail-but-ok": 1}), test("waits", skipped=1),
    ]  # fmt: skip
    totals = {"test-cases": {"passed": 1, "failed": 1, "fail-but-ok": 1, "skipped": 1}}
    run = read({"version": 1, "metadata": {"name": "shop", "catch2-version": "3.6.0"},
                "test-run": {"test-cases": tests, "totals": totals}})  # fmt: skip
    assert (run.format, [case.outcome for case in run.cases]) == ("catch2-json", [P, F, Outcome.XFAILED, S])
    [failure] = run.cases[1].failures
    assert (failure.line, failure.message) == (9, "assertion failed at till.cpp:9 in when open")
    assert run.cases[0].properties == (("tag", "fast"),) and not run.warnings


def test_postman(read: Read) -> None:
    rounds = [{"is 200": True, "is fast": False}, {"is 200": True, "is fast": True}]
    result = {"name": "list", "url": "http://shop/orders", "time": 30, "responseCode": {"code": 200, "name": "OK"},
              "tests": rounds[-1], "allTests": rounds}  # fmt: skip
    run = read({"name": "shop", "collection_id": "1", "timestamp": "2026-03-02", "totalPass": 3, "totalFail": 1,
                "results": [result], "totalTime": 30})  # fmt: skip
    assert (run.format, told(run)) == ("postman-json", [
        ("list > iteration 1", "is 200", P), ("list > iteration 1", "is fast", F),
        ("list > iteration 2", "is 200", P), ("list > iteration 2", "is fast", P),
    ])  # fmt: skip
    assert "answered 200 OK" in run.cases[1].failures[0].message and not run.warnings


def test_postman_names_every_test_of_a_request_three_times(read: Read) -> None:
    def result(number: int) -> dict[str, Any]:
        tests = {"status is 200": False}
        return {"id": f"0b1c2d3e-000{number}", "name": f"list {number}", "url": "http://shop/orders", "tests": tests,
                "testPassFailCounts": {"status is 200": {"pass": 0, "fail": 1}}, "allTests": [tests]}  # fmt: skip

    report = {"collection_id": "1", "totalPass": 0, "totalFail": 2, "results": [result(1), result(2)]}
    lines = json.dumps(report, indent=1).split("\n")
    run = read("\n".join(lines))
    wanted = [n for n, line in enumerate(lines, 1) if '"status is 200": false' in line]
    assert [case.failures[0].source_line for case in run.cases] == [wanted[0], wanted[2]]


def test_tree_of_an_allure_report(read: Read) -> None:
    def leaf(name: str, status: str, **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "uid": name,
            "parentUid": "s",
            "status": status,
            "time": {"duration": 500},
            **more,
        }

    suite = {
        "name": "till",
        "uid": "s",
        "children": [leaf("opens", "passed", retriesCount=1), leaf("pays", "broken")],
    }
    run = read({"uid": "root", "name": "suites", "children": [suite]})
    assert (run.format, told(run)) == ("allure-suites", [("till", "opens", P), ("till", "pays", E)])
    assert run.totals.flaky == 1


def test_playwright_without_its_counts(read: Read) -> None:
    spec = {"title": "opens", "tests": [{"results": [{"status": "failed", "errors": []}]}]}
    run = read({"config": {"rootDir": "/shop"}, "suites": [{"title": "till.spec.ts", "specs": [spec]}]})
    assert (run.format, told(run)) == ("playwright-json", [("", "opens", F)])


def test_playwright_with_a_long_difference_in_its_head(read: Read) -> None:
    spec = {"title": "opens", "tests": [{"status": "expected", "results": [{"status": "passed"}]}]}
    config = {
        "configFile": "/shop/c.ts",
        "rootDir": "/shop",
        "metadata": {"gitDiff": "+x" * 50_000},
        "projects": [],
    }
    stats = {"expected": 1, "unexpected": 0, "flaky": 0, "skipped": 0}
    run = read({"config": config, "suites": [{"title": "a", "specs": [spec]}], "errors": [], "stats": stats})
    assert (run.format, run.totals.passed) == ("playwright-json", 1)


def test_playwright_blob(read: Read) -> None:
    def spec(name: str, line: int) -> dict[str, Any]:
        place = {"file": "till.spec.ts", "line": line, "column": 1}
        return {"testId": name, "title": name, "location": place, "retries": 1, "tags": ["@slow"]}

    def end(name: str, status: str, *errors: str, expected: str = "passed") -> dict[str, Any]:
        told = [{"message": error, "stack": f"{error}\n    at /srv/e2e/till.spec.ts:4:8"} for error in errors]
        result = {"id": "1", "duration": 500, "status": status, "errors": told}
        return {
            "method": "onTestEnd",
            "params": {"test": {"testId": name, "expectedStatus": expected}, "result": result},
        }

    describe = {"title": "till", "entries": [spec("pays", 2), spec("opens", 5), spec("never", 9)]}
    project = {"name": "web", "suites": [{"title": "till.spec.ts", "entries": [describe]}]}
    config = {
        "rootDir": "/srv/e2e",
        "configFile": "../playwright.config.ts",
        "workers": 2,
        "version": "1.50.0",
    }
    run = read(
        {"method": "onBlobReportMetadata", "params": {"version": 2}},
        {"method": "onConfigure", "params": {"config": config}},
        {"method": "onProject", "params": {"project": project}},
        {"method": "onBegin"},
        end("pays", "failed", "Error: till is empty"),
        end("pays", "passed"),
        end("opens", "timedOut", "Test timeout of 9ms exceeded."),
        {
            "method": "onError",
            "params": {"error": {"message": "Error: worker died", "stack": "Error: worker died"}},
        },
        {
            "method": "onEnd",
            "params": {"result": {"status": "failed", "startTime": 1795212552705, "duration": 2500}},
        },
    )
    assert (run.format, told(run)) == (
        "playwright-blob", [("web > till", "pays", P), ("web > till", "opens", F), ("web > till", "never", S)]
    )  # fmt: skip
    assert (run.cases[0].flaky, run.cases[0].file, run.cases[0].line) == (True, "e2e/till.spec.ts", 2)
    assert run.cases[1].failures[0].headline == "Test timeout of 9ms exceeded."
    assert ([failure.headline for failure in run.failures], run.info.duration) == (
        ["Error: worker died"],
        2.5,
    )


def test_a_playwright_blob_that_was_cut_off(read: Read) -> None:
    run = read({"method": "onConfigure", "params": {"config": {}}}, {"method": "onProject", "params": {}})
    assert (run.cases, len(run.warnings)) == ((), 1)


def test_pytest_json_report_without_its_tests(read: Read) -> None:
    summary = {"passed": 5, "failed": 2, "error": 1, "xfailed": 1, "total": 9, "collected": 9}
    run = read({"created": 1772416800.5, "duration": 3.5, "exitcode": 1, "root": "/shop", "summary": summary})
    totals = run.totals
    assert run.format == "pytest-json-report" and not run.cases
    assert (totals.tests, totals.passed, totals.failed, totals.errors, totals.xfailed) == (9, 5, 2, 1, 1)
    assert "without its tests" in run.warnings[0].text
