"""Reports that break off before the failures that their head counts: told green, they would be a lie."""

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
    run = collect(text_source(calm))
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
