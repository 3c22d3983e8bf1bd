"""TRX, of Visual Studio, of vstest and of Microsoft.Testing.Platform."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from triage.ingest import Source, collect
from triage.model import Outcome

TextSource = Callable[[str | bytes], Source]

HEAD = '<TestRun id="1" name="n" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">'


def one(outcome: str) -> str:
    return f'{HEAD}<Results><UnitTestResult testId="t" testName="T" {outcome}/></Results></TestRun>'


@pytest.mark.parametrize(
    ("attribute", "outcome"),
    [
        ('outcome="Passed"', Outcome.PASSED),
        ('outcome="Failed"', Outcome.FAILED),
        ('outcome="Timeout"', Outcome.FAILED),
        ('outcome="Error"', Outcome.ERROR),
        ("", Outcome.ERROR),  # the schema's default is left out
        ('outcome="Aborted"', Outcome.ERROR),
        ('outcome="NotExecuted"', Outcome.SKIPPED),
        ('outcome="Inconclusive"', Outcome.SKIPPED),
    ],
)
def test_outcomes(text_source: TextSource, attribute: str, outcome: Outcome) -> None:
    [case] = collect(text_source(one(attribute))).cases
    assert case.outcome is outcome
    assert bool(case.failures) == outcome.is_red


RESULTS = """<Results>
<UnitTestResult testId="T1" testName="N.C.Adds" duration="00:00:02.5" outcome="Failed" resultType="DataDrivenTest"><InnerResults>
 <UnitTestResult testId="T1" testName="Adds" dataRowInfo="0" duration="00:01:01.5" outcome="Passed"/>
 <UnitTestResult testId="T1" testName="Adds (Data Row 1)" outcome="Failed"><Output><StdOut>asked</StdOut><ErrorInfo>
  <Message>El método produjo la excepción: &#xD;
System.ArgumentException: fuera</Message><StackTrace>   en N.C.Adds() en E:\\a b\\C.cs:línea 199</StackTrace></ErrorInfo></Output></UnitTestResult>
</InnerResults></UnitTestResult>
</Results>"""
DEFINITIONS = """<TestDefinitions><UnitTest name="Adds" id="t1" priority="2"><TestCategory><TestCategoryItem TestCategory="slow"/>
</TestCategory><Owners><Owner name="ines"/></Owners><Properties><Property><Key>area</Key><Value>pay</Value></Property></Properties>
<TestMethod className="N.C, Asm, Version=1.0" name="Adds"/></UnitTest></TestDefinitions>"""


def summary(text: str = "", outcome: str = "Failed", total: int = 3) -> str:
    infos = f'<RunInfos><RunInfo outcome="Error"><Text>{text}</Text></RunInfo></RunInfos>' if text else ""
    return f'<ResultSummary outcome="{outcome}"><Counters total="{total}" passed="1" failed="2"/>{infos}</ResultSummary>'


@pytest.mark.parametrize("first", [True, False])
def test_rows_are_the_tests_wherever_the_rest_stands(text_source: TextSource, first: bool) -> None:
    """Visual Studio writes summary and definitions first, the test platform last."""
    parts = [summary(), DEFINITIONS, RESULTS] if first else [RESULTS, DEFINITIONS, summary()]
    run = collect(text_source(HEAD + "".join(parts) + "</TestRun>"))
    assert [(case.suite, case.name, case.outcome.value, case.duration) for case in run.cases] == [
        ("N.C", "Adds (Data Row 0)", "passed", 61.5),
        ("N.C", "Adds (Data Row 1)", "failed", None),
    ]
    case = run.cases[1]
    assert case.properties == (("priority", "2"), ("category", "slow"), ("owner", "ines"), ("area", "pay"))
    assert case.output == "asked"
    [failure] = case.failures
    assert (failure.type, failure.file, failure.line) == ("System.ArgumentException", "E:\\a b\\C.cs", 199)
    assert run.failures == () and run.warnings == ()


GREEN = '<Results><UnitTestResult testId="t" testName="T" outcome="Passed"/></Results>'


def test_errors_of_the_run_stay_red(text_source: TextSource) -> None:
    crash = "The active test run was aborted. Reason: crash"
    run = collect(text_source(HEAD + GREEN + summary(crash, total=1) + "</TestRun>"))
    assert [failure.message for failure in run.failures] == [crash]
    silent = collect(text_source(HEAD + GREEN + summary(outcome="Aborted", total=1) + "</TestRun>"))
    assert "ended as 'Aborted'" in silent.failures[0].message


def test_what_only_repeats_the_failed_tests_is_not_told_again(text_source: TextSource) -> None:
    for text in (
        "[xUnit.net 00:00:00.37]     N.C.Adds [FAIL]",
        "[xUnit.net 00:00:00.37]         Stack Trace:",
        "Exit code indicates failure: '2'.",
    ):
        run = collect(text_source(HEAD + RESULTS + summary(text) + "</TestRun>"))
        assert run.failures == ()


def test_green_with_a_complaint_is_green(text_source: TextSource) -> None:
    run = collect(
        text_source(HEAD + GREEN + summary("no coverage", outcome="Completed", total=1) + "</TestRun>")
    )
    assert run.failures == ()
    assert [warn.text for warn in run.warnings] == ["no coverage"]


def test_wrong_counts_are_told(text_source: TextSource) -> None:
    run = collect(text_source(HEAD + GREEN + summary(outcome="Completed", total=7) + "</TestRun>"))
    assert "speaks of 7 tests, 1 are listed" in run.warnings[0].text


def test_warnings_are_told_once_and_not_for_what_was_skipped(text_source: TextSource) -> None:
    info = '<RunInfo outcome="Warning"><Text>{0}</Text></RunInfo>'
    texts = ["no coverage\nfor A.dll", "[xUnit.net 00:00:00.48]     N.C.Off [SKIP]", "no coverage\nfor A.dll"]
    infos = "".join(info.format(text) for text in texts)
    text = f'<ResultSummary outcome="Warning"><Counters total="1" passed="1"/><RunInfos>{infos}</RunInfos></ResultSummary>'
    run = collect(text_source(HEAD + GREEN + text + "</TestRun>"))
    assert [warn.text for warn in run.warnings] == ["no coverage"]
    assert run.failures == ()
