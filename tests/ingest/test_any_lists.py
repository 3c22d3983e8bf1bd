"""Lists of tests that no runner's own reader knows: JSON and tables, by the names that people give their columns."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.made import case, counts, headlines, run_of
from triage.ingest import IngestError
from triage.model import Run


def read(document: Any) -> Run:
    return run_of(json.dumps(document, indent=1))


def test_avocado() -> None:
    def test(number: int, status: str, why: str = "<unknown>") -> dict[str, Any]:
        return {
            "id": f"{number}-pump.py",
            "status": status,
            "fail_reason": why,
            "time": 0.5,
            "whiteboard": "",
        }

    run = read({
        "job_id": "4f", "pass": 2, "errors": 0, "total": 5,
        "tests": [test(1, "PASS"), test(2, "FAIL", "valve stuck"), test(3, "CANCEL", "no valve"), test(4, "WARN"),
                  test(5, "INTERRUPTED", "Timeout reached")],
    })  # fmt: skip
    assert (run.format, counts(run)) == ("test-list", (5, 2, 1, 1, 1))
    assert case(run, "2-pump.py").failures[0].message == "valve stuck"
    assert case(run, "2-pump.py").failures[0].source_line


def test_twister_suites_that_did_not_build_are_failures_of_the_run() -> None:
    def suite(name: str, status: str, reason: str, *cases: tuple[str, str]) -> dict[str, Any]:
        rows = [{"identifier": i, "status": s, "reason": reason, "execution_time": "0.1"} for i, s in cases]
        return {"name": name, "platform": "qemu", "status": status, "reason": reason, "testcases": rows}

    run = read({"environment": {"os": "posix"}, "testsuites": [
        suite("kernel/pipe", "failed", "pipe is clogged", ("pipe.open", "passed"), ("pipe.drain", "failed")),
        suite("kernel/tank", "error", "Build failure", ("tank.fill", "blocked")),
        suite("kernel/none", "filtered", "other board", ("none.a", "filtered")),
    ]})  # fmt: skip
    assert counts(run) == (4, 1, 1, 0, 2)
    assert case(run, "pipe.drain").suite == "kernel/pipe"
    assert headlines(run) == ["kernel/tank: Build failure"]


def test_kirk_tells_why_in_its_log() -> None:
    run = read({"results": [
        {"test_fqn": "open01", "status": "pass", "test": {"log": "open01.c:3: TPASS: fine", "duration": 0.2}},
        {"test_fqn": "open02", "status": "fail", "test": {"log": "a\nopen02.c:9: TFAIL: no such pump\nSummary"}},
        {"test_fqn": "open03", "status": "brok", "test": {"log": "open03.c:9: TBROK: no disk"}},
        {"test_fqn": "open04", "status": "conf", "test": {"log": "open04.c:9: TCONF: old kernel"}},
    ], "stats": {"passed": 1, "failed": 1}})  # fmt: skip
    assert counts(run) == (4, 1, 1, 1, 1)
    assert case(run, "open02").failures[0].message == "open02.c:9: TFAIL: no such pump"


def test_forge_names_tests_by_key() -> None:
    test = {"status": "Success", "reason": None, "logs": [], "kind": {"Unit": {"gas": 3}}}
    tests = {"test_Fill()": test, "test_Drain()": {**test, "status": "Failure", "reason": "2 != 1"}}
    run = read({"test/Tank.t.sol:TankTest": {"duration": "2ms", "test_results": tests, "warnings": []}})
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "test_Drain()").suite == "test/Tank.t.sol:TankTest"


def test_steps_of_a_test_are_no_tests() -> None:
    steps = [{"name": "given", "status": "passed"}, {"name": "then", "status": "failed", "message": "leaks"}]
    run = read({"scenarios": [{"name": "drains", "status": "failed", "message": "leaks", "steps": steps}]})
    assert counts(run) == (1, 0, 1, 0, 0)


def test_a_list_of_the_failed_ones_repeats() -> None:
    failed = {"title": "drains", "result": "failed", "error": {"message": "leaks", "stack": "Error: leaks"}}
    run = read({"tests": [{"title": "fills", "result": "passed"}, failed], "failed": [failed]})
    assert counts(run) == (2, 1, 1, 0, 0)


def test_a_report_in_json_lines() -> None:
    run = run_of(
        """
        {"test": "fills", "passed": true, "seconds": 0.5}
        {"test": "drains", "passed": false, "error": "leaks at the joint"}
        """
    )
    assert (run.format, counts(run)) == ("test-list", (2, 1, 1, 0, 0))


@pytest.mark.parametrize(
    "document",
    [
        {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "lint", "rules": []}},
                                       "results": [{"ruleId": "x", "level": "error", "message": {"text": "no"}}]}]},
        [{"filePath": "a.test.js", "messages": [{"ruleId": "x", "severity": 2, "message": "test is bad"}]}],
        {"files": {"a.ts": {"mutants": [{"id": "1", "mutatorName": "x", "status": "Timeout"}]}}},
        {"jobs": [{"name": "build", "status": "completed", "conclusion": "failure"}]},
        {"items": [{"name": "db", "status": "ok"}, {"name": "queue", "status": "error"}]},
    ],
)  # fmt: skip
def test_what_is_no_list_of_tests(document: Any) -> None:
    with pytest.raises(IngestError, match="unknown format"):
        read(document)
    with pytest.raises(IngestError, match="unknown format"):
        run_of(json.dumps(document))


def test_a_table_of_samples() -> None:
    run = run_of(
        """
        timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,failureMessage
        1502870600000,120,Open,200,OK,Group 1-1,true,
        1502870600000,90,Fill,503,Service Unavailable,Group 1-1,false,
        1502870600000,90,Drain,200,OK,Group 1-1,false,"expected a drop
        got a flood"
        1502870600000,90,Close,500,Oops,Group 1-1,false,
        """
    )
    assert (run.format, counts(run)) == ("test-table", (4, 1, 3, 0, 0))
    assert [case.failures[0].source_line for case in run.cases[1:]] == [3, 4, 6]
    assert case(run, "Fill").failures[0].message == "503 Service Unavailable"
    assert case(run, "Drain").failures[0].message == "expected a drop\ngot a flood"
    assert case(run, "Open").duration == 0.12


def test_samples_as_xml() -> None:
    run = run_of(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testResults version="1.2">
        <httpSample t="1392" s="true" lb="Open" rc="200" rm="OK" tn="Pump 1-1">
          <httpSample t="170" s="true" lb="/style.css" rc="200" rm="OK" tn="Pump 1-1"/>
        </httpSample>
        <httpSample t="20" s="false" lb="Fill" rc="200" rm="OK" tn="Pump 1-1">
          <assertionResult><name>Wet</name><failure>true</failure><error>false</error>
            <failureMessage>expected water</failureMessage></assertionResult>
        </httpSample>
        <sample t="3" s="false" lb="Tour" rc="" rm="failing samples : 1" tn="Pump 1-1">
          <httpSample t="3" s="false" lb="Drain" rc="503" rm="Service Unavailable" tn="Pump 1-1"/>
        </sample>
        </testResults>
        """
    )
    assert (run.format, counts(run)) == ("jmeter-xml", (3, 1, 2, 0, 0))
    assert case(run, "Open").duration == 1.392
    assert [case.failures[0].headline for case in run.cases[1:]] == [
        "expected water",
        "503 Service Unavailable",
    ]
    assert [case.failures[0].source_line for case in run.cases[1:]] == [8, 11]


def test_a_table_with_other_columns() -> None:
    run = run_of('"ID";"Title";"Status";"Comment"\n"C1";"fills";"Passed";""\n"C2";"drains";"Untested";""\n')
    assert counts(run) == (2, 1, 0, 0, 1)


def test_ginkgo() -> None:
    def spec(name: str, state: str, kind: str = "It", **more: Any) -> dict[str, Any]:
        return {
            "ContainerHierarchyTexts": ["tank"],
            "LeafNodeType": kind,
            "LeafNodeText": name,
            "State": state,
        } | more

    def broken(message: str, **more: Any) -> dict[str, Any]:
        at = {"FileName": "/src/tank_test.go", "LineNumber": 7, "FullStackTrace": "/src/tank_test.go:7 +0x1"}
        return {"Message": message, "Location": at, "FailureNodeType": "It"} | more

    again = {"State": "failed", "Failure": broken("slow at first")}
    run = read([{
        "SuiteDescription": "Pump", "SuiteSucceeded": False, "RunTime": 1_500_000_000,
        "SpecReports": [
            spec("", "passed", "BeforeSuite"),
            spec("fills", "passed", NumAttempts=2, AdditionalFailures=[again]),
            spec("drains", "failed", Failure=broken("Expected\n 1\nto equal\n 2")),
            spec("bursts", "panicked", Failure=broken("Test Panicked", ForwardedPanic="nil map")),
            spec("waits", "pending"),
            spec("", "failed", "AfterSuite", Failure=broken("still wet", FailureNodeType="AfterSuite")),
        ],
    }])  # fmt: skip
    assert (run.format, counts(run), run.totals.flaky) == ("ginkgo-json", (4, 1, 1, 1, 1), 1)
    assert headlines(run) == ["[AfterSuite] still wet"]
    assert case(run, "drains").suite == "Pump > tank"
    assert (case(run, "drains").failures[0].file, case(run, "drains").failures[0].line) == (
        "/src/tank_test.go",
        7,
    )
    assert case(run, "bursts").failures[0].headline == "Test Panicked: nil map"


def test_a_ginkgo_suite_that_did_not_compile() -> None:
    run = read([{"SuiteDescription": "", "SuitePath": "/src", "SuiteSucceeded": False, "SpecReports": None,
                 "SpecialSuiteFailureReasons": ["Failed to compile pump:\n\n./pump.go:3: undefined: x"]}])  # fmt: skip
    assert headlines(run) == ["Failed to compile pump:"]


def test_a_table_with_suites_and_steps_among_its_tests() -> None:
    run = run_of(
        """
        Suite/Test/Step Name,Browser,Start time,Duration,Status
        Test Suites/Smoke,Chrome 90,2021-05-01 10:00:00,1m - 0.1s,FAILED
        Test Cases/Fill,Chrome 90,2021-05-01 10:00:00,20.1s,PASSED
        openTank,Chrome 90,2021-05-01 10:00:00,2s,PASSED
        Test Cases/Drain,Chrome 90,2021-05-01 10:00:20,39.9s,FAILED
        """
    )
    assert (run.format, counts(run), run.warnings) == ("test-table", (2, 1, 1, 0, 0), ())
    assert case(run, "Test Cases/Fill").duration == 20.1


def test_a_table_of_requests_and_how_often_they_failed() -> None:
    run = run_of(
        """
        Type,Name,Request Count,Failure Count,Median Response Time
        GET,/tank,100,2,10
        GET,/pump,50,0,10
        ,Aggregated,150,2,10
        """
    )
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "/tank").failures[0].message == "2 of 100 requests failed"


def test_why_a_test_failed_may_only_stand_in_a_step() -> None:
    steps = [
        {"itemType": "step", "result": {"status": "passed"}},
        {
            "itemType": "step",
            "result": {"status": "failed", "errorMessage": "3 drops", "stackTrace": "at a.js:1"},
        },
    ]
    scenarios = [
        {"scenarioHeading": "drains", "executionStatus": "failed", "items": steps},
        {"scenarioHeading": "fills", "executionStatus": "passed", "items": steps[:1]},
    ]
    spec = {"specHeading": "Tank", "executionStatus": "failed", "scenarios": scenarios}
    run = read({"projectName": "demo", "executionStatus": "failed", "specResults": [spec]})
    assert counts(run) == (2, 1, 1, 0, 0)
    [why] = case(run, "drains").failures
    assert (why.message, why.trace, case(run, "drains").suite) == ("3 drops", "at a.js:1", "Tank")


def test_tries_that_are_told_beside_the_last_one() -> None:
    def attempt(kind: str, **more: str) -> dict[str, Any]:
        return {"durationInNanoseconds": 1, "status": {"kind": kind, **more}}

    place = {"file": "tank.rb", "line": 3}
    run = read({"framework": {"kind": "RSpec"}, "summary": {"status": {"kind": "failed"}}, "tests": [
        {"name": "fills", "location": place, "attempt": attempt("successful"),
         "pastAttempts": [attempt("failed", message="dry")]},
        {"name": "drains", "location": place, "attempt": attempt("timedOut", message="too slow")},
        {"name": "waits", "location": place, "attempt": attempt("todo")},
    ]})  # fmt: skip
    assert (counts(run), run.totals.flaky) == ((3, 1, 0, 1, 1), 1)
    assert [failure.message for case in run.cases for failure in case.failures] == ["dry", "too slow"]
    assert (case(run, "drains").file, case(run, "drains").line) == ("tank.rb", 3)


def test_scenarios_that_only_say_whether_they_failed() -> None:
    run = read({"name": "tank", "failedCount": 1, "scenarioResults": [
        {"name": "fills", "failed": False, "stepResults": [{"result": {"status": "passed"}}]},
        {"name": "drains", "failed": True, "error": "status code was: 500", "line": 9},
    ]})  # fmt: skip
    assert counts(run) == (2, 1, 1, 0, 0)


def test_suites_that_broke_around_their_tests() -> None:
    cases = [
        {"status": "success", "name": "fills", "classname": "Tank", "execution_time": 5},
        {
            "status": "failed",
            "name": "drains",
            "classname": "Tank",
            "system_output": "Failure/Error: 3 drops\nx",
        },
    ]
    suites = [{"name": "unit", "suite_error": None, "test_cases": cases},
              {"name": "e2e", "suite_error": "data cannot be parsed", "test_cases": []}]  # fmt: skip
    run = read({"total_time": 5, "total_count": 2, "test_suites": suites})
    assert (counts(run), headlines(run)) == ((2, 1, 1, 0, 0), ["data cannot be parsed"])
    assert case(run, "drains").failures[0].message == "Failure/Error: 3 drops"


def test_a_result_that_is_true_or_false() -> None:
    rows = [
        {"test_name": "fills", "status": True, "test_steps": []},
        {"test_name": "drains", "status": False},
    ]
    assert counts(read({"test_run_id": "A", "test_cases": rows})) == (2, 1, 1, 0, 0)


def test_commas_behind_last_elements() -> None:
    run = run_of(
        '{"tests": [\n {"name": "fills", "status": "passed",},\n {"name": "a,]", "status": "failed",},\n],}\n'
    )
    assert [case.name for case in run.cases] == ["fills", "a,]"]


def test_what_specflow_and_reqnroll_tell_of_scenarios() -> None:
    def scenario(title: str, status: str, error: str | None = None) -> dict[str, Any]:
        steps = [{"Duration": "00:00:00.1", "Status": status, "Error": error}]
        return {"FeatureTitle": "Tank", "ScenarioTitle": title, "Status": status, "StepResults": steps}

    run = read({"nodes": [], "ExecutionResults": [
        scenario("fills", "OK"), scenario("drains", "TestError", "3 drops"), scenario("bursts", "UndefinedStep"),
    ]})  # fmt: skip
    assert counts(run) == (3, 1, 1, 1, 0)
    assert (case(run, "drains").suite, case(run, "drains").failures[0].message) == ("Tank", "3 drops")


def test_rows_of_one_id_are_tries_and_phases() -> None:
    """As pytest-csv writes reruns, and tear-downs that broke; samples of one label are each a test."""
    run = run_of(
        """
        id,name,status,message
        t.py::test_flips,test_flips,failed,first
        t.py::test_flips,test_flips,passed,
        t.py::test_packs,test_packs,passed,
        t.py::test_packs,test_packs,error,locked
        t.py::test_other,test_other,passed,
        """
    )
    assert counts(run) == (3, 2, 0, 1, 0)
    assert run.totals.flaky == 1
    packs = case(run, "test_packs")
    assert (packs.attempts, [failure.message for failure in packs.failures]) == (1, ["locked"])
    samples = run_of("""
        id,name,status
        7,pays,passed
        7,pays,failed
        """)
    assert counts(samples) == (2, 1, 1, 0, 0)


def test_a_suite_without_tests_is_no_test() -> None:
    """As Jasmine's results tell suites that only hold suites."""
    spec = {"description": "fills", "status": "passed"}
    run = read({
        "suite1": {"description": "tank", "status": "passed", "specs": []},
        "suite2": {"description": "tank when empty", "status": "passed", "specs": [spec]},
        "suite3": {"description": "pump", "status": "failed", "message": "afterAll: 3 drops", "specs": []},
    })  # fmt: skip
    assert counts(run) == (1, 1, 0, 0, 0)
    assert headlines(run) == ["pump: afterAll: 3 drops"]


def test_rows_of_salesforce_and_of_a_check_that_only_warns() -> None:
    """As CumulusCI writes tests of Apex, and people's own scripts checks of addresses."""
    run = read([
        {"ClassName": "TankTest", "Method": "fills", "Outcome": "Pass", "Message": None, "StackTrace": None},
        {"ClassName": "TankTest", "Method": "drains", "Outcome": "Fail", "Message": "3 drops", "StackTrace": "Class.TankTest"},
    ])  # fmt: skip
    assert [(one.suite, one.name) for one in run.cases] == [("TankTest", "fills"), ("TankTest", "drains")]
    assert case(run, "drains").failures[0].message == "3 drops"
    checks = read([
        {"name": "pumps", "method": "GET", "status": 200, "result": "PASS", "failure_type": "NONE"},
        {"name": "tanks", "method": "GET", "status": 200, "result": "WARNING", "failure_type": "SLOW"},
        {"name": " valves", "method": "GET", "status": 405, "result": "FAIL", "failure_type": "STATUS ERROR"},
    ])  # fmt: skip
    assert counts(checks) == (3, 2, 1, 0, 0)
    assert case(checks, "valves").failures[0].message == "STATUS ERROR"
    bare = read({"tests": [{"test_name": " valves", "status": "fail"}]})
    assert case(bare, "valves").failures[0].source_line == 4


def test_a_table_whose_results_are_words_of_their_own() -> None:
    run = run_of(
        """
        Test,Left,Right,Result
        T1,PASS,PASS,PASS
        T2,FAIL,PASS,LEFT_FAIL
        T3,FAIL,FAIL,BOTH_FAIL
        T4,-,-,NOT PASSED
        """
    )
    assert counts(run) == (3, 1, 2, 0, 0)
    assert [warning.text for warning in run.warnings] == ["1 rows tell no known result and are left out"]
    sheet = run_of(
        """
        Test Case ID ,Description ,Expected Results ,Actual Results ,Pass/Fail
        T1 ,fills ,7 ,7,Pass
        T2 ,drains ,5 ,4,Fail
        """
    )
    assert counts(sheet) == (2, 1, 1, 0, 0)


def test_tests_by_name_among_groups_of_steps() -> None:
    """As LAVA tells of a job: what failed may not be left out for standing among objects of another kind."""
    steps = {"fetch": {"result": "pass", "duration": "0.4"}, "unpack": {"result": "pass", "duration": "2.0"}}
    job = {
        "validate": {"result": "pass"},
        "download": steps,
        "boot": {"result": "pass", "duration": "20.1"},
        "job": {"result": "fail", "error_msg": "boot timed out after 90 seconds", "error_type": "Test"},
    }
    run = read({"lava": job, "0_test_pump": {"fills": {"result": "pass"}, "drains": {"result": "fail"}}})
    assert counts(run) == (7, 5, 2, 0, 0)
    assert case(run, "job").failures[0].message == "boot timed out after 90 seconds"


def test_a_result_and_what_was_expected_of_it() -> None:
    """What Protractor's reporters write; expectations are no tests."""
    expected = {"matcherName": "toBe", "message": "Expected 1 to be 2.", "passed": False, "stack": "Error: x"}
    specs = [
        {"description": "fills", "status": "failed", "failedExpectations": [expected]},
        {"description": "drains", "status": "passed", "failedExpectations": [], "passedExpectations": [{"passed": True}]},
    ]  # fmt: skip
    run = run_of(f"let results = 1;\nregisterResult({json.dumps(specs)});\n")
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "fills").failures[0].message == "Expected 1 to be 2."
    rows = [
        {"description": "fills|pump", "passed": False, "message": "Expected 1 to be 2.", "browserLogs": []},
        {"description": "drains|pump", "passed": True, "message": "Passed.", "browserLogs": []},
    ]
    assert counts(read(rows)) == (2, 1, 1, 0, 0)


def test_a_table_of_what_failed_alone() -> None:
    run = run_of(
        """
        Method,Name,Error,Occurrences
        GET,/tank,HTTPError('401 Client Error'),71
        GET,/pump,"ConnectionError('closed, early')",1
        """
    )
    assert counts(run) == (2, 0, 2, 0, 0)
    assert case(run, "/tank").failures[0].message == "HTTPError('401 Client Error')"
