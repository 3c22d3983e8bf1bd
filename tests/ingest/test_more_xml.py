"""Android's compatibility suites, Xcode's property lists, JMeter and embUnit: written by hand from what their writers do."""

from __future__ import annotations

import pytest

from tests.ingest.made import case, counts, headlines, run_of
from triage.ingest import IngestError


def test_a_compatibility_suite_has_modules() -> None:
    run = run_of(
        """
        <?xml version='1.0' encoding='UTF-8' standalone='no'?><?xml-stylesheet type="text/xsl" href="x.xsl"?>
        <Result start="1700000000000" end="1700000060000" suite_name="CTS" suite_version="14">
        <Summary pass="9" failed="1" modules_done="1" modules_total="2" />
        <Module name="CtsPumpTests" abi="arm64-v8a" done="true" pass="1" total_tests="4">
         <TestCase name="android.pump.PumpTest">
          <Test result="pass" name="opens" />
          <Test result="fail" name="closes">
           <Failure message="java.lang.IllegalStateException: stuck&#13;">
            <StackTrace>java.lang.IllegalStateException: stuck
        at android.pump.PumpTest.closes(PumpTest.java:7)
        </StackTrace></Failure></Test>
          <Test result="ASSUMPTION_FAILURE" name="needs_water" />
          <Test result="IGNORED" name="old" skipped="true" />
         </TestCase></Module>
        <Module name="CtsValveTests" abi="x86" done="false"><Reason message="device went away" /></Module>
        </Result>
        """
    )
    assert (run.format, counts(run)) == ("tradefed-xml", (4, 1, 1, 0, 2))
    (failure,) = case(run, "closes").failures
    assert (failure.type, failure.file, failure.line, failure.source_line) == (
        "java.lang.IllegalStateException",
        "PumpTest.java",
        7,
        9,
    )
    assert headlines(run) == ["CtsValveTests: device went away"]
    assert run.info.duration == 60
    assert "9 passed and 1 failed, 1 and 1 are listed" in run.warnings[0].text


def test_an_old_compatibility_suite_has_packages() -> None:
    run = run_of(
        """
        <TestResult starttime="Mon Jan 02 10:00:00 CET 2012"><Summary failed="1" notExecuted="1" timeout="1" pass="0"/>
        <TestPackage name="CtsPump"><TestSuite name="android"><TestSuite name="pump"><TestCase name="PumpTest">
        <Test name="opens" result="timeout"/><Test name="closes" result="fail"><FailedScene message="no water">
        <StackTrace>at PumpTest.java</StackTrace></FailedScene></Test><Test name="rests" result="notExecuted"/>
        </TestCase></TestSuite></TestSuite></TestPackage></TestResult>
        """
    )
    assert (run.format, counts(run)) == ("tradefed-xml", (3, 0, 1, 1, 1))
    assert case(run, "closes").id == "android.pump.PumpTest::closes"
    assert case(run, "closes").failures[0].message == "no water"


def _plist(target: str) -> str:
    head = '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://x/p.dtd"><plist><dict>'
    return f"{head}<key>TestableSummaries</key><array><dict>{target}</dict></array></dict></plist>"


def _pair(**values: str) -> str:
    return "".join(f"<key>{key}</key><string>{value}</string>" for key, value in values.items())


def test_a_property_list_of_xcode_tells_tests_by_their_status() -> None:
    failure = f"<key>FailureSummaries</key><array><dict>{_pair(FileName='/a/Pump.swift', Message='XCTAssertTrue failed')}<key>LineNumber</key><integer>9</integer></dict></array>"
    tests = "".join(
        f"<dict>{more}{_pair(TestIdentifier=f'PumpTests/{name}()', TestName=f'{name}()', TestStatus=status)}</dict>"
        for name, status, more in (
            ("a", "Success", "<key>Duration</key><real>0.5</real>"),
            ("b", "Failure", failure),
            ("c", "Expected Failure", ""),
            ("d", "Failure", ""),
        )
    )
    crashed = f"<key>FailureSummaries</key><array><dict>{_pair(Message='the runner crashed')}</dict></array>"
    groups = f"<dict><key>Subtests</key><array>{tests}</array>{_pair(TestName='PumpTests')}</dict>"
    run = run_of(_plist(f"{crashed}{_pair(TargetName='Pumps')}<key>Tests</key><array>{groups}</array>"))
    assert (run.format, counts(run)) == ("xcode-plist", (4, 1, 2, 0, 1))
    assert (case(run, "a()").suite, case(run, "a()").duration) == ("PumpTests", 0.5)
    (told,) = case(run, "b()").failures
    assert (told.message, told.file, told.line) == ("XCTAssertTrue failed", "/a/Pump.swift", 9)
    assert headlines(run) == ["the runner crashed"]


def test_any_other_property_list_is_refused() -> None:
    with pytest.raises(IngestError, match="unknown format"):
        run_of(
            "<?xml version='1.0'?><plist version='1.0'><dict><key>a</key><string>b</string></dict></plist>"
        )


def test_a_sample_of_jmeter_is_a_test_and_those_inside_say_why() -> None:
    run = run_of(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testResults version="1.2">
        <httpSample t="250" ts="1700000000000" s="true" lb="Home" rc="200" rm="OK" tn="Users 1-1"/>
        <sample t="900" s="false" lb="Pay" rc="" rm="Number of failing samples : 1" tn="Users 1-2">
          <httpSample t="5" s="true" lb="card" rc="200" rm="OK" tn="Users 1-2"/>
          <httpSample t="8" s="false" lb="bank" rc="500" rm="Bank closed" tn="Users 1-2">
            <assertionResult><name>is open</name><failure>true</failure><error>false</error>
            <failureMessage>expected to be open</failureMessage></assertionResult>
          </httpSample>
        </sample>
        <sampleResult timeStamp="1700000000000" threadName="Users 1-3" label="Old" time="7" responseMessage="Gone" responseCode="410" success="false"/>
        """
    )
    assert (run.format, counts(run)) == ("jmeter-xml", (3, 1, 2, 0, 0))
    assert (case(run, "Home").suite, case(run, "Home").duration) == ("Users", 0.25)
    (failure,) = case(run, "Pay").failures
    assert (failure.message, failure.trace, failure.source_line) == (
        "expected to be open",
        "500 Bank closed",
        8,
    )
    assert case(run, "Old").failures[0].message == "410 Gone"
    assert "ends too early" in run.warnings[-1].text


def test_embunit_has_an_element_for_each_suite() -> None:
    run = run_of(
        """
        <?xml version="1.0" standalone='yes' ?>
        <TestRun><PumpTest><Test id="1"><Name>opens</Name></Test>
        <FailedTest id="2"><Name>closes</Name><Location><File>pump.c</File><Line>4</Line></Location>
        <Message>exp 1 was 0</Message></FailedTest></PumpTest>
        <Statistics><Tests>2</Tests><Failures>1</Failures></Statistics></TestRun>
        """
    )
    assert (run.format, counts(run)) == ("cppunit-xml", (2, 1, 1, 0, 0))
    assert case(run, "closes").id == "PumpTest::closes"
    assert case(run, "closes").failures[0].line == 4


@pytest.mark.parametrize(
    "text",
    [
        '<testng-results total="5" passed="3" failed="1" skipped="1"><suite name="s"/></testng-results>',
        '<test-run total="5" passed="3" failed="1" skipped="1"><test-suite type="Assembly" name="a"/></test-run>',
        '<assemblies><assembly name="a" total="3" passed="3" failed="0" skipped="0"/>'
        '<assembly name="b" total="2" passed="0" failed="1" skipped="1"/></assemblies>',
        '<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><ResultSummary outcome="Failed">'
        '<Counters total="5" executed="4" passed="3" failed="1"/></ResultSummary></TestRun>',
    ],
)
def test_a_report_that_only_counts_is_taken_at_its_word(text: str) -> None:
    run = run_of(text)
    assert counts(run) == (5, 3, 1, 0, 1)
    assert headlines(run) == ["1 failed, and none of them is listed"]
    assert run.warnings == ()


def test_ctest_is_known_by_its_structure_whoever_wrote_it() -> None:
    run = run_of(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Site BuildName="nightly" Generator="pump-writer 2.0">
        <Testing><StartTestTime>1700000000</StartTestTime>
        <TestList><Test>./opens</Test><Test>./closes</Test></TestList>
        <Test Status="passed"><Name>opens</Name></Test>
        <Test Status="failed"><Name>closes</Name><Results>
        <NamedMeasurement type="text/string" name="Exit Code"><Value>SEGFAULT</Value></NamedMeasurement>
        </Results></Test>
        </Testing></Site>
        """
    )
    assert (run.format, run.totals.passed, run.totals.failed) == ("ctest-xml", 1, 1)
    assert run.cases[1].failures[0].message == "SEGFAULT"


def test_a_site_without_tests_is_none_of_ctest() -> None:
    with pytest.raises(IngestError, match="the root <Site>"):
        run_of('<Site Generator="pump-writer"><Page><Title>Test</Title></Page></Site>')


def test_a_summary_of_failsafe_counts_and_says_what_broke() -> None:
    run = run_of(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <failsafe-summary result="254" timeout="true">
            <completed>4</completed><errors>1</errors><failures>1</failures><skipped>1</skipped><flakes>1</flakes>
            <failureMessage>org.apache.maven.surefire.booter.SurefireBooterForkException: The forked VM terminated
        \tat org.apache.maven.Fork.run(Fork.java:3)</failureMessage>
        </failsafe-summary>
        """
    )
    assert (run.format, counts(run), run.totals.flaky) == ("failsafe-xml", (4, 1, 1, 1, 1), 1)
    fork, timeout = run.failures
    assert (fork.type.rpartition(".")[2], fork.line) == ("SurefireBooterForkException", 3)
    assert timeout.headline == "the tests did not end in time"


_PARASOFT = """<?xml version="1.0"?>
<ResultsSession time="03/02/26 10:00:00" toolName="C++test" toolVer="9.0">
  <ExecutedTestsDetails><Total name="Passed / Total" pass="1" fail="%d"><Project name="shop" pass="1" fail="1">
    <TestSuite name="tests" pass="1" fail="1" id="s1">
      <Test id="CPP://1" name="Door::rings" pass="1" fail="0" time="0:00:01.500"/>
      <Test id="CPP://2" name="Door::opens" pass="0" fail="1" time="0:00:00.000"/>
      <Test id="CPP://3" name="Door::waits" pass="0" fail="0"/>
    </TestSuite></Project></Total></ExecutedTestsDetails>
  <Exec><ExecViols>
    <ExecViol cat="6" testId="CPP://1" testName="Door::rings" ln="4" locFile="/shop/door.cxx">
      <Thr><ThrPart clName="Outcome" detMsg="Outcome: int bell =3"/></Thr></ExecViol>
    <ExecViol cat="0" testId="CPP://2" testName="Door::opens" ln="18" locFile="/shop/door.cxx">
      <Thr><ThrPart clName="Uncaught exception" detMsg="the key does not fit">
        <Trace fileName="/shop/door.cxx" ln="18"/></ThrPart></Thr></ExecViol>
  </ExecViols></Exec>
</ResultsSession>
"""


def test_parasoft_tells_why_behind_the_tests() -> None:
    run = run_of(_PARASOFT % 1)
    assert run.format == "parasoft-xml"
    assert {case.name: case.outcome.value for case in run.cases} == {
        "rings": "passed",
        "opens": "failed",
        "waits": "skipped",
    }
    (failure,) = next(case for case in run.cases if case.name == "opens").failures
    assert (failure.message, failure.file, failure.line) == ("the key does not fit", "/shop/door.cxx", 18)


def test_parasoft_before_version_9_only_counts() -> None:
    head = '<ResultsSession toolName="C++test"><Exec time="0:00:08"><Summary><Projects>'
    tail = "</Projects></Summary></Exec></ResultsSession>"
    green = run_of(f'{head}<Project name="a" pass="2" fail="0" testCases="2"/>{tail}')
    assert (green.totals.tests, green.totals.passed, green.failures) == (2, 2, ())
    red = run_of(f'{head}<Project name="a" pass="1" fail="2" testCases="3"/>{tail}')
    assert (red.totals.failed, [failure.headline for failure in red.failures]) == (
        2,
        ["2 failed, and none of them is listed"],
    )
