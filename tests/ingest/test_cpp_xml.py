"""Boost.Test, Catch2, doctest, CppUnit, CUnit, Check and Qt Test beyond what their recordings show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import DATA, source_of
from triage.ingest import Source, collect

TextSource = Callable[[str | bytes], Source]

CATCH3 = """<?xml version="1.0" encoding="UTF-8"?>
<Catch2TestRun name="shop" rng-seed="17" xml-format-version="3" catch2-version="3.5.0">
  <TestCase name="waits" tags="[stock][slow]" filename="a.cpp" line="5">
    <Skip filename="a.cpp" line="6">
      no stock on this machine
    </Skip>
    <OverallResult success="true" skips="1"/>
  </TestCase>
  <TestCase name="crashes" filename="a.cpp" line="9">
    <Section name="deep" filename="a.cpp" line="10"><FatalErrorCondition filename="a.cpp" line="11">
      SIGSEGV - Segmentation violation signal
    </FatalErrorCondition></Section>
    <OverallResult success="false" skips="0"><StdErr>aaah</StdErr></OverallResult>
  </TestCase>
  <OverallResults successes="0" failures="1" expectedFailures="0" skips="1"/>
  <OverallResultsCases successes="0" failures="1" expectedFailures="0" skips="1"/>
</Catch2TestRun>"""


def test_catch2_version_3(text_source: TextSource) -> None:
    run = collect(text_source(CATCH3))
    waits, crashes = run.cases
    assert waits.outcome.value == "skipped"
    assert waits.properties == (("tag", "stock"), ("tag", "slow"), ("reason", "no stock on this machine"))
    assert (crashes.outcome.value, crashes.output) == ("failed", "aaah")
    [failure] = crashes.failures
    assert (failure.kind, failure.line, failure.source_line) == ("error", 11, 10)
    assert failure.message == "SIGSEGV - Segmentation violation signal"
    assert run.warnings == ()


def test_catch2_checks_that_may_fail(text_source: TextSource) -> None:
    text = CATCH3.replace(
        "<Skip", '<Expression success="false" type="CHECK_NOFAIL"><Original>a</Original></Expression><Skip'
    )
    waits, _ = collect(text_source(text)).cases
    assert (waits.outcome.value, waits.failures) == ("skipped", ())
    text = CATCH3.replace("[slow]", "[!mayfail]").replace("<Skip", "<Failure").replace("</Skip", "</Failure")
    waits, _ = collect(text_source(text)).cases
    assert (waits.outcome.value, waits.failures[0].message) == ("xfailed", "no stock on this machine")


@pytest.mark.parametrize(
    ("path", "mark", "name"),
    [
        ("catch2/catch2.xml", b"<Exception", "boots"),
        ("doctest/doctest.xml", b"<Exception crash", "boots"),
        ("boost/log.xml", b"</FatalError>", "requires_stock"),
        ("qtest/qtest.xml", b"asking the bank", "pays"),
    ],
)
def test_a_process_that_died_died_in_a_test(path: str, mark: bytes, name: str) -> None:
    import io

    data = (DATA / "recorded" / path).read_bytes()
    cut = data[: data.index(mark) + len(mark)]
    run = collect(Source("cut", lambda: io.BytesIO(cut)))
    [last] = [case for case in run.cases if case.outcome.value == "error"]
    assert last.name == name
    assert last.failures[-1].message == "the run was stopped in this test"
    assert "broken XML" in run.warnings[-1].text


def test_boost_suites_that_are_skipped_whole(text_source: TextSource) -> None:
    text = '<TestLog><TestSuite name="m"><TestSuite name="ts1" skipped="yes" reason="precondition failed"/><TestCase name="a" skipped="yes" reason="r"/></TestSuite></TestLog>'
    run = collect(text_source(text))
    assert [case.outcome.value for case in run.cases] == ["skipped"]
    assert "ts1 was skipped" in run.warnings[0].text


def test_boost_tests_of_one_name_all_count(text_source: TextSource) -> None:
    text = '<TestLog><TestSuite name="m"><TestCase name="a"/><TestCase name="a"><Error file="a.cpp" line="3">no</Error></TestCase></TestSuite></TestLog>'
    assert [case.outcome.value for case in collect(text_source(text)).cases] == ["passed", "failed"]


def test_cppunit_of_a_namespace_and_wrong_statistics(text_source: TextSource) -> None:
    text = (
        "<TestRun><FailedTests/><SuccessfulTests><Test id='1'><Name>shop::Orders::lists</Name></Test></SuccessfulTests>"
        "<Statistics><Tests>3</Tests><FailuresTotal>0</FailuresTotal><Errors>0</Errors><Failures>0</Failures></Statistics></TestRun>"
    )
    run = collect(text_source(text))
    assert [(case.suite, case.name) for case in run.cases] == [("shop::Orders", "lists")]
    assert "3 tests, 1 are listed" in run.warnings[0].text


def test_cunit_of_groups(text_source: TextSource) -> None:
    """CUnit 1 has groups where version 2 has suites."""
    text = (
        "<CUNIT_TEST_RUN_REPORT><CUNIT_RUN_GROUP_SUCCESS><GROUP_NAME> g </GROUP_NAME><CUNIT_RUN_TEST_RECORD>"
        "<CUNIT_RUN_TEST_FAILURE><TEST_NAME> t </TEST_NAME><CONDITION> x </CONDITION></CUNIT_RUN_TEST_FAILURE>"
        "</CUNIT_RUN_TEST_RECORD></CUNIT_RUN_GROUP_SUCCESS></CUNIT_TEST_RUN_REPORT>"
    )
    [case] = collect(text_source(text)).cases
    assert (case.suite, case.name, case.outcome.value) == ("g", "t", "failed")


def test_qt_rows_of_early_and_late_versions(text_source: TextSource) -> None:
    text = """<TestCase name="tst"><Environment><QtVersion>6.5.0</QtVersion></Environment>
<TestFunction name="rows"><Incident type="skip" file="a.cpp" line="3"><DataTag><![CDATA[one]]></DataTag><Description>off</Description></Incident>
<Message type="qdebug"><DataTag><![CDATA[two]]></DataTag><Description>told</Description></Message>
<Incident type="bxfail" file="a.cpp" line="3"><DataTag><![CDATA[two]]></DataTag><Description>known</Description></Incident>
<Incident type="pass"><DataTag><![CDATA[three]]></DataTag></Incident><Duration msecs="1,567"/></TestFunction></TestCase>"""
    run = collect(text_source(text))
    assert [(case.name, case.outcome.value) for case in run.cases] == [
        ("rows(one)", "skipped"),
        ("rows(two)", "xfailed"),
        ("rows(three)", "passed"),
    ]
    assert run.cases[1].output == "qdebug: told"


def test_googletest_of_early_versions(text_source: TextSource) -> None:
    text = (
        '<testsuites><testsuite name="S"><testcase name="a" status="run" result="skipped" classname="S"/>'
        '<testcase name="b" status="notrun" result="suppressed" classname="S"/><testcase name="c" status="run" classname="S"/>'
        "</testsuite></testsuites>"
    )
    assert [case.outcome.value for case in collect(text_source(text)).cases] == [
        "skipped",
        "skipped",
        "passed",
    ]


@pytest.mark.parametrize(
    "path", sorted((DATA / "recorded").glob("*/*.xml")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_failures_begin_where_they_say(path: Path) -> None:
    """The line of the file shows the beginning of the trace, or of the message."""
    source = source_of(path)
    lines = list(source.lines())
    run = collect(source)
    assert run.cases or run.failures
    for failure in [failure for case in run.cases for failure in case.failures]:
        if (
            not failure.source_line
            or "without" in failure.message
            or failure.message.startswith("should have")
        ):
            continue
        text = failure.trace or failure.message
        here = "\n".join(lines[failure.source_line - 1 : failure.source_line + 12])
        words = [
            word
            for line in text.split("\n")[:2]
            for word in line.split(" ")
            if word.isalnum() and len(word) > 2
        ]
        assert not words or any(word in here for word in words), (failure, here)
