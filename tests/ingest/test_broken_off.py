"""Reports whose head counts failures that are not in them, or were lost with their end: told green, they would be a lie."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from triage.ingest import Source, collect
from triage.ingest.broken_off import counted_red

TextSource = Callable[[str | bytes], Source]

HEADS: list[tuple[str, str]] = [
    (
        "junit-xml",
        "<testsuites><testsuite name='shop' tests='4' failures='1' errors='1'>"
        "<testcase name='adds' classname='cart'/>\n<testcase name='coun",
    ),
    (
        "nunit-xml",
        "<test-run id='2' testcasecount='2' result='Failed' total='2' passed='1' failed='1'><test-suite type='Assembly' id='1' "
        "name='shop'><test-case id='3' name='adds' fullname='Cart.adds' result='Passed'/>\n<test-case id='4' na",
    ),
    (
        "xunit-net-xml",
        "<assemblies><assembly name='shop.dll' total='2' passed='1' failed='1' errors='0'><collection name='c'>"
        "<test name='Cart.adds' type='Cart' method='adds' result='Pass'/>\n<test name='Cart.cou",
    ),
    (
        "testng-xml",
        "<testng-results skipped='0' failed='1' total='2' passed='1'><suite name='s'><test name='t'><class name='Cart'>"
        "<test-method status='PASS' signature='adds()' name='adds'/>\n<test-method status='FA",
    ),
    (
        "jest-json",
        '{"numFailedTestSuites":0,"numFailedTests":1,"numPassedTests":1,"success":false,"testResults":['
        '{"assertionResults":[{"title":"adds","fullName":"cart adds","ancestorTitles":["cart"],'
        '"status":"passed"},\n{"title":"cou',
    ),
    (
        "ctrf-json",
        '{"results":{"tool":{"name":"jest"},"summary":{"tests":2,"passed":1,"failed":1,"pending":0,"skipped":0,"other":0,'
        '"start":1,"stop":2},"tests":[{"name":"adds","status":"passed","duration":1},\n{"name":"coun',
    ),
    (
        "mocha-json",
        '{"stats":{"suites":1,"tests":2,"passes":1,"pending":0,"failures":1},"tests":['
        + json.dumps({"title": "adds", "fullTitle": "cart adds", "err": {}})
        + ',\n{"title":"coun',
    ),
]


@pytest.mark.parametrize(("format", "text"), HEADS, ids=[format for format, _ in HEADS])
def test_what_the_head_counts_is_red_where_the_rest_is_lost(
    text_source: TextSource, format: str, text: str
) -> None:
    run = collect(text_source(text))
    assert (run.format, run.totals.passed, run.totals.red) == (format, 1, 0)
    assert len(run.failures) == 1 and "counts" in run.failures[0].message
    calm = text
    for red in ("failures='1' errors='1'", "failed='1'", '"numFailedTests":1', '"failed":1', '"failures":1'):
        calm = calm.replace(red, red.replace("1", "0"))
    run = collect(text_source(calm.replace('"success":false', '"success":true')))
    assert (run.totals.passed, run.failures, len(run.warnings)) == (1, (), len(run.warnings) or 1)


def test_a_failure_that_was_read_is_enough(text_source: TextSource) -> None:
    text = (
        "<test-run id='2' total='3' failed='2'><test-suite type='Assembly' id='1' name='shop'>"
        "<test-case id='3' name='adds' result='Failed'><failure><message>no</message></failure></test-case>\n<test-case"
    )
    run = collect(text_source(text))
    assert (run.totals.failed, run.failures) == (1, ())


@pytest.mark.parametrize(
    ("head", "count"),
    [
        ({"failed": "3"}, 3),
        ({"test_cases_failed": "2", "failures": "1"}, 2),
        ({"stats": {"failures": 2}, "tests": [{"failures": 9}]}, 2),
        ({"failed": True, "failures": "many", "errors": [1], "passed": 7}, 0),
    ],
)
def test_what_a_head_counts(head: dict[str, Any], count: int) -> None:
    assert counted_red(head) == count


COMPLETE = {
    "mocha-json": '{"stats":{"suites":1,"tests":2,"passes":1,"pending":0,"failures":1},"tests":[{"title":"adds","fullTitle":"cart adds",'
    '"err":{}}],"pending":[],"failures":[],"passes":[{"title":"adds","fullTitle":"cart adds","err":{}}]}',
    "ctrf-json": '{"results":{"tool":{"name":"jest"},"summary":{"tests":2,"passed":1,"failed":1,"pending":0,"skipped":0,"other":0,'
    '"start":1,"stop":2},"tests":[{"name":"adds","status":"passed","duration":1}]}}',
    "gtest-json": '{"tests":2,"failures":1,"disabled":0,"errors":0,"name":"AllTests","testsuites":[{"name":"Cart","tests":1,"failures":0,'
    '"disabled":0,"errors":0,"testsuite":[{"name":"adds","status":"RUN","result":"COMPLETED","time":"0s","classname":"Cart"}]}]}',
    "xunit-net-xml": '<assemblies><assembly name="shop.dll" total="2" passed="1" failed="1" errors="0"><collection name="c">'
    '<test name="Cart.adds" type="Cart" method="adds" result="Pass"/></collection></assembly></assemblies>',
    "nunit-xml": '<test-results name="shop" total="2" errors="0" failures="1" not-run="0" date="2020-01-01" time="00:00:00">'
    '<test-suite type="Assembly" name="s" success="True"><results><test-case name="adds" executed="True" result="Success" '
    'success="True"/></results></test-suite></test-results>',
}


@pytest.mark.parametrize("format", COMPLETE)
def test_what_the_head_counts_and_nothing_lists(text_source: TextSource, format: str) -> None:
    text = COMPLETE[format]
    run = collect(text_source(text))
    assert (run.format, run.totals.passed, len(run.failures)) == (format, 1, 1)
    assert run.failures[0].message == "the report counts 1 failed, and lists none of them"


def _jest(**more: Any) -> str:
    tests = [{"title": "adds", "fullName": "adds", "ancestorTitles": [], "status": "passed"}]
    files = [{"assertionResults": tests, "name": "/srv/demo/cart.test.js", "status": "passed", "message": ""}]
    return json.dumps(
        {"numFailedTests": 0, "numTotalTests": 1, "success": False, "testResults": files, **more}
    )


def test_jest_did_not_succeed_though_its_tests_did(text_source: TextSource) -> None:
    """It ends with 1 for obsolete snapshots and what is covered too little."""
    obsolete = collect(text_source(_jest(snapshot={"unchecked": 2, "failure": True})))
    covered = collect(text_source(_jest()))
    assert [len(run.failures) for run in (obsolete, covered)] == [1, 1]
    assert "2 snapshots are obsolete" in obsolete.failures[0].message
    assert not collect(text_source(_jest(success=True))).failures


def test_pytest_did_not_succeed_though_its_tests_did(text_source: TextSource) -> None:
    test = {"nodeid": "test_cart.py::test_adds", "outcome": "passed", "call": {"outcome": "passed"}}
    report = {
        "created": 1.0,
        "exitcode": 1,
        "root": "/srv/demo",
        "summary": {"passed": 1, "total": 1},
        "tests": [test],
    }
    run = collect(text_source(json.dumps(report)))
    assert [failure.message for failure in run.failures] == [
        "pytest ended with the exit code 1, and no test failed"
    ]
    assert not collect(text_source(json.dumps(report | {"exitcode": 0}))).failures


LAST_WORDS = {
    "libtest-json": '{"type":"suite","event":"started","test_count":1}\n{"type":"test","event":"started","name":"adds"}\n'
    '{"type":"test","name":"adds","event":"ok"}\n{"type":"suite","event":"ok","passed":1,"failed":0,"ignored":0,"exec_time":0.1}\n',
    "pytest-reportlog": '{"pytest_version":"8","$report_type":"SessionStart"}\n{"nodeid":"test_cart.py::test_adds","outcome":"passed",'
    '"when":"call","duration":0.1,"keywords":{},"$report_type":"TestReport"}\n{"nodeid":"test_cart.py::test_adds","outcome":"passed",'
    '"when":"teardown","duration":0.1,"keywords":{},"$report_type":"TestReport"}\n{"exitstatus":0,"$report_type":"SessionFinish"}\n',
    "bazel-bep": '{"id":{"started":{}},"started":{"uuid":"1","command":"test"}}\n{"id":{"testSummary":{"label":"//shop:cart"}},'
    '"testSummary":{"overallStatus":"PASSED","totalRunCount":1}}\n{"id":{"buildFinished":{}},"finished":{"exitCode":{"name":"SUCCESS"}}}\n',
    "teamcity": "##teamcity[testStarted name='adds']\n##teamcity[testFinished name='adds']\n##teamcity[buildStatus status='SUCCESS' text='x']\n",
    "dart-json": '{"protocolVersion":"0.1.1","runnerVersion":"1","pid":1,"type":"start","time":0}\n{"test":{"id":1,"name":"adds","suiteID":0,'
    '"groupIDs":[],"metadata":{"skip":false}},"type":"testStart","time":1}\n{"testID":1,"result":"success","skipped":false,"hidden":false,'
    '"type":"testDone","time":2}\n{"success":true,"type":"done","time":3}\n',
}
WORSE = [
    ('"suite","event":"ok"', '"suite","event":"failed"'),
    ('"exitstatus":0', '"exitstatus":1'),
    ('"name":"SUCCESS"', '"name":"BUILD_FAILURE"'),
    ("status='SUCCESS'", "status='FAILURE'"),
    ('"success":true', '"success":false'),
]


@pytest.mark.parametrize("format", LAST_WORDS)
def test_the_last_words_of_a_run_count_where_nothing_is_red(text_source: TextSource, format: str) -> None:
    text = LAST_WORDS[format]
    green = collect(text_source(text))
    assert (green.format, green.totals.passed, green.failures) == (format, 1, ())
    for good, bad in WORSE:
        text = text.replace(good, bad)
    red = collect(text_source(text))
    assert (red.totals.passed, len(red.failures)) == (1, 1)
