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


def test_qt_counts_what_failed_as_blacklisted_though_it_skips_then(text_source: TextSource) -> None:
    """What a black-listed test did before decides, but for an expected failure."""
    function = '<TestFunction name="{0}"><Incident type="{0}" file="" line="0"/><Incident type="skip" file="" line="0"/></TestFunction>'
    text = "".join(map(function.format, ("bxfail", "bxpass", "bfail")))
    run = collect(text_source(f'<TestCase name="tst">{text}</TestCase>'))
    assert [case.outcome.value for case in run.cases] == ["skipped", "xfailed", "xfailed"]


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
            or failure.message.startswith(("should have", "took longer"))
        ):
            continue
        text = failure.trace or failure.message
        here = "\n".join(lines[failure.source_line - 1 : failure.source_line + 12])
        parts = [part.strip("():") for line in text.split("\n")[:2] for part in line.split(" ")]
        words = [part for part in parts if part.isalnum() and len(part) > 2]
        assert not words or any(word in here for word in words), (failure, here)


def test_aunit_names_failed_tests_as_the_others(text_source: TextSource) -> None:
    text = """<?xml version='1.0' encoding='utf-8' ?>
<TestRun elapsed='6.28E-4'>
  <Statistics><Tests>3</Tests><FailuresTotal>2</FailuresTotal><Failures>1</Failures><Errors>1</Errors></Statistics>
  <SuccessfulTests><Test><Name>Till : opens</Name></Test></SuccessfulTests>
  <FailedTests>
    <Test><Name>Till : closes
      </Name><FailureType>Assertion</FailureType><Message>drawer open</Message>
      <Location><File>till-test.adb</File><Line>23</Line></Location></Test>
    <Test><Name>counts</Name><FailureType>Error</FailureType>
      <Exception><Message>CONSTRAINT_ERROR</Message><Information>till.adb:7 range check failed</Information></Exception></Test>
  </FailedTests>
</TestRun>"""
    run = collect(text_source(text))
    opens, closes, counts = run.cases
    assert [case.outcome.value for case in run.cases] == ["passed", "failed", "error"]
    assert (opens.id, closes.id, run.warnings) == ("Till::opens", "Till::closes", ())
    failure = closes.failures[0]
    assert (failure.message, failure.file, failure.line) == ("drawer open", "till-test.adb", 23)
    error = counts.failures[0]
    assert (error.message, error.type) == (
        "CONSTRAINT_ERROR: till.adb:7 range check failed",
        "CONSTRAINT_ERROR",
    )


def test_fpcunit(text_source: TextSource) -> None:
    text = """<?xml version="1.0"?>
<TestResults><TestListing><TestSuite Name=""><TestSuite Name="TTill" ElapsedTime="00:00:00.814">
  <Test Name="Opens" Result="OK" ElapsedTime="00:01:00.121"/>
  <Test Name="Waits" Result="Ignored"><Message>TTill.Waits: later</Message></Test>
  <Test Name="Closes" Result="Failed"><Message>TTill.Closes: drawer</Message>
    <ExceptionClass>EAssertionFailedError</ExceptionClass><ExceptionMessage>drawer open</ExceptionMessage></Test>
  <Test Name="Counts" Result="Error"><ExceptionClass>EDivByZero</ExceptionClass><ExceptionMessage>by zero</ExceptionMessage>
    <SourceUnitName>till.pas</SourceUnitName><LineNumber>51</LineNumber></Test>
</TestSuite></TestSuite></TestListing><TotalElapsedTime>00:00:02.500</TotalElapsedTime>
<DateTimeRan>2010-01-20 15:20:47</DateTimeRan></TestResults>"""
    run = collect(text_source(text))
    opens, waits, closes, counts = run.cases
    assert [case.outcome.value for case in run.cases] == ["passed", "skipped", "failed", "error"]
    assert (run.info.started, run.info.duration, opens.duration) == ("2010-01-20T15:20:47", 2.5, 60.121)
    assert (opens.id, waits.properties) == ("TTill::Opens", (("reason", "TTill.Waits: later"),))
    assert (closes.failures[0].type, closes.failures[0].message) == ("EAssertionFailedError", "drawer open")
    assert (counts.failures[0].file, counts.failures[0].line) == ("till.pas", 51)


def test_gtester(text_source: TextSource) -> None:
    text = """<?xml version="1.0"?>
<gtester><testbinary path="/build/till">
  <testcase path="/till/opens"><message>creaks</message><duration>0.5</duration><status exit-status="0" result="success"/></testcase>
  <testcase path="/till/closes"><error>till.c:73: drawer open</error><status exit-status="-256" result="failed"/></testcase>
  <testcase path="/till/counts"/>
</testbinary><testbinary path="/build/till"><testcase path="/till/waits" skipped="1"/></testbinary></gtester>"""
    opens, closes, counts, waits = collect(text_source(text)).cases
    assert (opens.id, opens.outcome.value, opens.output, opens.duration) == (
        "till::/till/opens",
        "passed",
        "creaks",
        0.5,
    )
    assert (closes.failures[0].message, closes.failures[0].line) == ("till.c:73: drawer open", 73)
    assert (counts.failures[0].message, waits.outcome.value) == ("the program died in this test", "skipped")


def test_catch2_written_by_others(text_source: TextSource) -> None:
    """The result is left to the assertions, or the reason to the text."""
    run = collect(
        text_source(
            '<?xml version="1.0"?><Catch2TestRun name="shop"><TestCase name="shuts"><Expression success="false" type="CHECK">'
            "<Original>lid == 0</Original><Expanded>1 == 0</Expanded></Expression></TestCase>"
            '<TestCase name="opens"><Expression success="true" type="CHECK"><Original>lid</Original></Expression></TestCase>'
            '<TestCase name="rings">no bell in the till\n<OverallResult success="false"/></TestCase></Catch2TestRun>'
        )
    )
    assert [case.outcome.value for case in run.cases] == ["failed", "passed", "failed"]
    assert "lid == 0" in run.cases[0].failures[0].message
    assert run.cases[2].failures[0].message == "no bell in the till"


def test_sonarqubes_report_with_the_outcome_in_an_attribute(text_source: TextSource) -> None:
    cases = "".join(
        f'<testCase name="t" status="{how}"/>' for how in ("success", "Failure", "error", "skipped")
    )
    run = collect(
        text_source(f'<testExecutions version="1"><file path="a.js">{cases}</file></testExecutions>')
    )
    assert [case.outcome.value for case in run.cases] == ["passed", "failed", "error", "skipped"]
    assert run.cases[1].failures[0].message == "Failure without a message"


def test_sonarqubes_generic_report(text_source: TextSource) -> None:
    text = """<?xml version="1.0"?>
<testExecutions version="1"><file path="src/till.test.js">
  <testCase name="opens" duration="1500"/>
  <testCase name="waits" duration="0"><skipped message="later"/></testCase>
  <testCase name="closes" duration="7"><failure message="Error: drawer open"><![CDATA[Error: drawer open
    at close (src/till.js:7:3)]]></failure></testCase>
  <testCase name="counts"><error message="no coins">at till.cpp:9</error></testCase>
</file></testExecutions>"""
    run = collect(text_source(text))
    opens, waits, closes, counts = run.cases
    assert (run.format, opens.id, opens.duration) == ("sonar-xml", "src/till.test.js::opens", 1.5)
    assert [case.outcome.value for case in run.cases] == ["passed", "skipped", "failed", "error"]
    assert waits.properties == (("reason", "later"),)
    failure = closes.failures[0]
    assert (failure.message, failure.file, failure.line, failure.source_line) == (
        "Error: drawer open",
        "src/till.js",
        7,
        5,
    )
    assert (counts.failures[0].message, counts.failures[0].kind) == ("no coins", "error")
    old = collect(text_source(text.replace("testExecutions", "unitTest")))
    assert old.cases == run.cases


def test_what_jenkins_keeps(text_source: TextSource) -> None:
    text = """<?xml version='1.1' encoding='UTF-8'?>
<result plugin="junit@1.60"><suites><suite><name>shop.TillTest</name><cases>
  <case><duration>0.5</duration><className>shop.TillTest</className><testName>opens</testName><skipped>false</skipped>
    <failedSince>0</failedSince></case>
  <case><className>shop.TillTest</className><testName>waits</testName><skipped>true</skipped>
    <skippedMessage>later</skippedMessage></case>
  <case><className>shop.TillTest</className><testName>closes</testName><skipped>false</skipped>
    <errorStackTrace>java.lang.AssertionError: drawer open
\tat shop.TillTest.closes(TillTest.java:9)</errorStackTrace>
    <errorDetails>drawer open</errorDetails><stdout>creaks</stdout></case>
</cases></suite></suites></result>"""
    opens, waits, closes = collect(text_source(text)).cases
    assert (opens.id, opens.outcome.value, opens.duration) == ("shop.TillTest::opens", "passed", 0.5)
    assert (waits.outcome.value, waits.properties) == ("skipped", (("reason", "later"),))
    failure = closes.failures[0]
    assert (failure.message, failure.file, failure.line) == ("drawer open", "TillTest.java", 9)
    assert (failure.source_line, closes.output) == (8, "creaks")


def test_what_jenkins_tells(text_source: TextSource) -> None:
    text = """<testResult _class="hudson.tasks.junit.TestResult"><failCount>1</failCount><passCount>1</passCount><suite>
<case><className>TillTest</className><name>opens</name><skipped>false</skipped><status>FIXED</status></case>
<case><className>TillTest</className><name>closes</name><errorDetails/><status>REGRESSION</status></case></suite></testResult>"""
    opens, closes = collect(text_source(text)).cases
    assert (opens.id, opens.outcome.value) == ("TillTest::opens", "passed")
    assert closes.failures[0].message == "failed without a message"


def test_qt_says_what_the_fatal_error_was_before_it_says_that_there_was_one(text_source: TextSource) -> None:
    text = """<TestCase name="tst"><Environment><QtVersion>6.5.0</QtVersion></Environment>
<TestFunction name="holds">
<Message type="qdebug" file="" line="0"><Description><![CDATA[looking]]></Description></Message>
<Message type="qfatal" file="tst_shelf.cpp" line="12"><Description><![CDATA[ASSERT: "boxes" in file shelf.cpp]]></Description></Message>
<Incident type="fail" file="Unknown file" line="0"><Description><![CDATA[Received a fatal error.]]></Description></Incident>
</TestFunction></TestCase>"""
    [case] = collect(text_source(text)).cases
    assert [failure.message for failure in case.failures] == [
        'ASSERT: "boxes" in file shelf.cpp',
        "Received a fatal error.",
    ]


@pytest.mark.parametrize(
    "report",
    [
        '<Catch2TestRun name="t" catch2-version="3.5"><TestCase name="a"><OverallResult success="true"/></TestCase>'
        '<OverallResultsCases successes="1" failures="2" expectedFailures="0"/></Catch2TestRun>',
        '<TestRun><FailedTests/><SuccessfulTests><Test id="1"><Name>a</Name></Test></SuccessfulTests>'
        "<Statistics><Tests>3</Tests><FailuresTotal>2</FailuresTotal><Errors>0</Errors><Failures>2</Failures>"
        "</Statistics></TestRun>",
    ],
)
def test_totals_that_count_failures_nobody_lists_are_red(text_source: TextSource, report: str) -> None:
    run = collect(text_source(report))
    assert ["count 2 failed, and none of them is listed" in failure.message for failure in run.failures] == [
        True
    ]
    assert run.totals.tests == 1
