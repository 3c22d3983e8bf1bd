"""JUnit XML as its writers disagree on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import FRESH, SAMPLES, manifest, source_of
from triage.ingest import IngestError, Source, collect
from triage.model import CaseResult, Outcome, Run

TextSource = Callable[[str | bytes], Source]

SUREFIRE = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="shop.OrdersIT" time="1,204.5" tests="5"
  errors="1" skipped="1" failures="1" timestamp="2026-03-02T02:00:00">
  <properties><property name="java.version" value="21.0.2"/></properties>
  <testcase name="lists" classname="shop.OrdersIT" time="0.5"/>
  <testcase name="pays" classname="shop.OrdersIT" time="2">
    <failure message="expected: &lt;200&gt; but was: &lt;429&gt;" type="org.opentest4j.AssertionFailedError"><![CDATA[
org.opentest4j.AssertionFailedError: expected: <200> but was: <429>
	at org.junit.jupiter.api.Assertions.fail(Assertions.java:1)
	at shop.OrdersIT.pays(OrdersIT.java:42)
]]></failure>
    <rerunFailure message="expected: &lt;200&gt; but was: &lt;503&gt;" type="org.opentest4j.AssertionFailedError">
      <stackTrace>at shop.OrdersIT.pays(OrdersIT.java:42)</stackTrace>
    </rerunFailure>
    <system-out>calling /v1/orders</system-out>
  </testcase>
  <testcase name="waits" classname="shop.OrdersIT" time="3">
    <flakyError message="connection reset" type="java.net.SocketException">at shop.OrdersIT.waits(OrdersIT.java:50)</flakyError>
  </testcase>
  <testcase name="boots" classname="shop.OrdersIT"><error type="java.lang.NullPointerException">java.lang.NullPointerException
	at shop.OrdersIT.boots(OrdersIT.java:7)</error></testcase>
  <testcase name="later" classname="shop.OrdersIT"><skipped message="not on CI"/></testcase>
</testsuite>
"""


def by_name(run: Run) -> dict[str, CaseResult]:
    return {case.name: case for case in run.cases}


def test_surefire_with_retries(text_source: TextSource) -> None:
    run = collect(text_source(SUREFIRE))
    totals = run.totals
    assert (totals.tests, totals.passed, totals.failed, totals.errors, totals.skipped, totals.flaky) == (
        5,
        2,
        1,
        1,
        1,
        1,
    )
    assert (run.info.duration, run.info.started) == (1204.5, "2026-03-02T02:00:00")
    assert ("java.version", "21.0.2") in run.info.properties
    cases = by_name(run)
    pays = cases["pays"]
    assert (pays.suite, pays.attempts, pays.output) == ("shop.OrdersIT", 2, "calling /v1/orders")
    assert [failure.message for failure in pays.failures] == [
        "expected: <200> but was: <429>",
        "expected: <200> but was: <503>",
    ]
    assert (pays.failures[0].file, pays.failures[0].line) == ("OrdersIT.java", 42)
    assert cases["waits"].flaky and cases["waits"].failures[0].kind == "error"
    assert cases["boots"].outcome is Outcome.ERROR
    assert run.warnings == ()


def test_nested_suites_several_failures_and_wrong_counts(text_source: TextSource) -> None:
    run = collect(
        text_source(
            '<testsuites tests="9"><testsuite name="outer"><testsuite name="inner" file="t/a.php">'
            '<testcase name="a"><failure message="first"/><failure message="second"/><error message="third"/></testcase>'
            '<testcase name="b" status="disabled"/></testsuite></testsuite></testsuites>'
        )
    )
    a, b = run.cases
    assert (a.suite, a.file, a.outcome) == ("inner", "t/a.php", Outcome.ERROR)
    assert [failure.message for failure in a.failures] == ["first", "second", "third"]
    assert b.outcome is Outcome.SKIPPED
    assert [warn.text for warn in run.warnings] == [
        "the head speaks of 9 tests, 2 are listed: those were counted"
    ]


def test_an_error_of_the_suite_is_not_lost(text_source: TextSource) -> None:
    run = collect(
        text_source('<testsuite name="s"><error message="no database" type="SetUpError"/></testsuite>')
    )
    assert [failure.headline for failure in run.failures] == ["SetUpError: no database"]


def test_what_xml_forbids_and_runners_write(text_source: TextSource) -> None:
    text = '<testsuite name="s"><testcase name="a"><failure message="&#x1b;[31mred&#x0;">\x1b[31mred\x01\x1b[0m</failure></testcase></testsuite>'
    [case] = collect(text_source(text)).cases
    assert case.failures[0].message and "\x1b" not in case.failures[0].message + case.failures[0].trace


@pytest.mark.parametrize("cut", range(262_120, 262_160, 3))
def test_escapes_across_a_chunk(text_source: TextSource, cut: int) -> None:
    """What is cleaned away may lie across the border of two reads."""
    head = '<testsuite name="s"><testcase name="a"><failure message="m">'
    text = head + "x" * (cut - len(head)) + "&#x1B;[31mred&#27;" + "</failure></testcase></testsuite>"
    [case] = collect(text_source(text)).cases
    assert case.failures[0].trace.endswith("x?[31mred?") or "\x1b" not in case.failures[0].trace
    assert len(case.failures[0].trace) > 262_000


def test_what_was_complete_before_a_break_is_kept(text_source: TextSource) -> None:
    whole = collect(text_source(SUREFIRE))
    run = collect(text_source(SUREFIRE[: SUREFIRE.index('<testcase name="boots"')]))
    assert [case.name for case in run.cases] == [case.name for case in whole.cases][:3]
    assert "broken XML" in run.warnings[-1].text
    with pytest.raises(IngestError, match="nothing could be read"):
        collect(text_source(SUREFIRE[:200]))


def test_heads_that_are_right_are_not_doubted() -> None:
    """jest-junit lists a suite that did not run as one more test than its head counts."""
    doubted = {
        entry["path"]
        for directory in (FRESH, SAMPLES)
        for entry in manifest(directory)
        if entry["format"] == "junit-xml" and not entry["expected"].get("error")
        if any("the head" in warn.text for warn in collect(source_of(directory / entry["path"])).warnings)
    }
    assert doubted <= {"jest/junit.xml"}
