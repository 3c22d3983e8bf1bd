"""NUnit 2 and 3, as NUnit and those who write its format disagree."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import DATA, source_of
from triage.ingest import Source, collect
from triage.model import Outcome

TextSource = Callable[[str | bytes], Source]


def run_of(cases: str, *, head: str = 'result="Passed" total="1"', suite: str = 'result="Passed"') -> str:
    return (
        f'<test-run id="2" {head} start-time="2024-01-01 10:00:00Z" duration="1.5">'
        f'<test-suite type="Assembly" name="A.dll" fullname="/x/A.dll"><test-suite type="TestFixture" name="F(1)" '
        f'fullname="N.F(1)" classname="N.F" {suite}>{cases}</test-suite></test-suite></test-run>'
    )


@pytest.mark.parametrize(
    ("result", "outcome", "kind"),
    [
        ('result="Passed"', Outcome.PASSED, None),
        ('result="Warning"', Outcome.PASSED, None),
        ('result="Failed"', Outcome.FAILED, "failure"),
        ('result="Failed(Child)"', Outcome.FAILED, "failure"),
        ('result="Failed" label="Error"', Outcome.FAILED, "error"),
        ('result="Failed" label="Cancelled"', Outcome.FAILED, "error"),
        ('result="Inconclusive"', Outcome.SKIPPED, None),
        ('result="Skipped" label="Ignored"', Outcome.SKIPPED, None),
        ('result="Skipped" label="Explicit"', Outcome.SKIPPED, None),
    ],
)
def test_outcomes_of_version_3(
    text_source: TextSource, result: str, outcome: Outcome, kind: str | None
) -> None:
    text = run_of(
        f'<test-case name="T" fullname="N.F(1).T" {result}><failure><message>m</message></failure></test-case>'
    )
    [case] = collect(text_source(text)).cases
    assert case.outcome is outcome
    assert [failure.kind for failure in case.failures] == ([kind] if kind else [])


def test_a_list_of_tests_is_no_run(text_source: TextSource) -> None:
    """What ``nunit3-console --explore`` writes."""
    [case] = collect(text_source(run_of('<test-case name="T" fullname="N.F.T" runstate="Runnable"/>'))).cases
    assert case.outcome is Outcome.SKIPPED


def test_names_properties_and_the_place_of_a_failure(text_source: TextSource) -> None:
    text = run_of(
        '<test-case name="T(1,&quot;a.b&quot;)" fullname="N.F(1).T(1,&quot;a.b&quot;)" classname="N.F" result="Failed" '
        'duration="0.25"><properties><property name="Category" value="slow"/><property name="Description" value="d"/>'
        '<property name="_PID" value="1"/></properties><failure><message><![CDATA[\n  System.Exception : x]]></message>\n'
        "<stack-trace><![CDATA[   bei N.F.T() in C:\\a b\\F.cs:Zeile 3.]]></stack-trace></failure>"
        "<output>told</output></test-case>",
        head='result="Failed" total="1"',
    )
    run = collect(text_source(text))
    [case] = run.cases
    assert (case.suite, case.name, case.duration, case.output) == ("N.F(1)", 'T(1,"a.b")', 0.25, "told")
    assert case.properties == (("category", "slow"), ("description", "d"))
    [failure] = case.failures
    assert (failure.type, failure.file, failure.line) == ("System.Exception", "C:\\a b\\F.cs", 3)
    assert failure.source_line == 3
    assert (run.info.started, run.info.duration) == ("2024-01-01 10:00:00Z", 1.5)
    assert run.failures == () and run.warnings == ()


def test_several_assertions_are_several_failures(text_source: TextSource) -> None:
    text = run_of(
        '<test-case name="T" fullname="N.F(1).T" result="Failed"><failure><message>Multiple failures: 1) one 2) two</message>'
        '</failure><assertions><assertion result="Failed"><message>one</message></assertion><assertion result="Passed"/>'
        '<assertion result="Failed"><message>two</message></assertion></assertions></test-case>'
    )
    [case] = collect(text_source(text)).cases
    assert [failure.message for failure in case.failures] == ["one", "two"]


def test_a_fixture_that_breaks_is_told_once(text_source: TextSource) -> None:
    own = "<failure><message>OneTimeTearDown : System.Exception : lock</message></failure>"
    text = run_of(
        own + '<test-case name="T" fullname="N.F(1).T" result="Passed"/>',
        head='result="Failed" total="1"',
        suite='result="Failed" site="TearDown"',
    )
    run = collect(text_source(text))
    assert [failure.type for failure in run.failures] == ["System.Exception"]
    assert run.totals.passed == 1
    echo = run_of(
        "<failure><message>One or more child tests had errors</message></failure>"
        '<test-case name="T" fullname="N.F(1).T" result="Failed"><failure><message>m</message></failure></test-case>',
        head='result="Failed" total="1"',
        suite='result="Failed" site="Child"',
    )
    assert collect(text_source(echo)).failures == ()


def test_an_assembly_that_cannot_be_loaded_is_no_green_run(text_source: TextSource) -> None:
    text = (
        '<test-run result="Failed" total="0"><test-suite type="Assembly" name="A.dll" runstate="NotRunnable" result="Failed" '
        'label="Invalid"><reason><message>File not found: A.dll</message></reason></test-suite></test-run>'
    )
    assert [f.message for f in collect(text_source(text)).failures] == ["File not found: A.dll"]
    silent = '<test-run result="Failed" total="0" failed="0"></test-run>'
    assert "none of its tests says why" in collect(text_source(silent)).failures[0].message


def test_version_2_without_results_in_words(text_source: TextSource) -> None:
    text = """<test-results name='x' total='2' failures='1' not-run='1' date='2007-10-31' time='21:30:07'>
  <test-suite name='N.F' success='False'><results>
    <test-case name='N.F.Good' executed='True' success='True' time='0.1'/>
    <test-case name='N.F.Bad("a.b")' executed='True' success='False'><failure><message>no</message><stack-trace/></failure></test-case>
    <test-case name='N.F.Off' executed='False'><reason><message>later</message></reason></test-case>
  </results></test-suite></test-results>"""
    run = collect(text_source(text))
    assert [(case.suite, case.name, case.outcome.value) for case in run.cases] == [
        ("N.F", "Good", "passed"),
        ("N.F", 'Bad("a.b")', "failed"),
        ("N.F", "Off", "skipped"),
    ]
    assert run.info.started == "2007-10-31T21:30:07"
    assert run.failures == () and run.warnings == ()


def test_a_report_without_a_result_is_red_and_a_list_of_tests_is_none(text_source: TextSource) -> None:
    """The engine threw, or ``--explore`` listed what could be run."""
    thrown = collect(text_source('<test-run start-time="2026-11-22 04:17:22Z"><command-line/></test-run>'))
    assert ["has no result" in failure.message for failure in thrown.failures] == [True]
    suite = '<test-suite type="Assembly" name="Cart.dll" testcasecount="0" runstate="NotRunnable"/>'
    assert not collect(text_source(f'<test-run id="2" testcasecount="0">{suite}</test-run>')).failures


def test_wrong_counts_are_told(text_source: TextSource) -> None:
    text = run_of('<test-case name="T" result="Passed"/>', head='result="Passed" total="9"')
    [warn] = collect(text_source(text)).warnings
    assert "9 tests, 1 are listed" in warn.text


def test_names_with_spaces(text_source: TextSource) -> None:
    """Pester names tests in sentences."""
    text = (
        '<test-results name="Pester" total="1" not-run="0"><test-suite type="TestFixture" name="The shop" result="Success">'
        '<results><test-case name="The shop.pays. At once." result="Success" executed="True"/></results></test-suite></test-results>'
    )
    [case] = collect(text_source(text)).cases
    assert (case.suite, case.name) == ("The shop", "pays. At once.")


def test_what_pytest_nunit_writes(text_source: TextSource) -> None:
    """Whole ids as names, and an empty failure in every case."""
    empty = "<failure><message/><stack-trace/></failure><reason><message/></reason>"
    case = '<test-case name="t/test_a.py::TestA::test_{0}" classname="TestA" result="{1}">{2}</test-case>'
    skipped = "<failure><message>Skipped: no stock</message></failure><reason><message/></reason>"
    text = run_of(
        case.format("a", "Passed", empty)
        + case.format("b[x.y]", "Failed", empty)
        + case.format("c", "Skipped", skipped),
        head='result="Passed" total="3"',
    )
    a, b, c = collect(text_source(text)).cases
    assert (a.file, a.suite, a.name, a.failures) == ("t/test_a.py", "TestA", "test_a", ())
    assert (b.name, b.failures[0].message) == ("test_b[x.y]", "ended as 'Failed' without a message")
    assert c.properties == (("reason", "Skipped: no stock"),)


def test_a_part_of_a_report(text_source: TextSource) -> None:
    case = '<test-case name="Shop.Cart.Pays" executed="True" success="True" time="0.5"/>'
    run = collect(
        text_source(f'<test-suite type="TestFixture" executed="True"><results>{case}</results></test-suite>')
    )
    assert (run.format, [one.id for one in run.cases]) == ("nunit-xml", ["Shop.Cart::Pays"])


def test_several_failures_of_one_test(text_source: TextSource) -> None:
    """As jasmine-reporters write it, in version 2; a section of pytest in version 3 is escaped twice."""
    text = """<test-results name="r" total="2" failures="2"><test-suite name="S" success="false"><results>
<test-case name="a" executed="true" success="false">
<failure><message>11 of 12 boxes</message><stack-trace>at a.js:3</stack-trace></failure>
<failure><message>no lid</message><stack-trace>at a.js:4</stack-trace></failure></test-case>
<test-case name="b" executed="true" success="false"><failure><message><![CDATA[self = &lt;C&gt;

&gt;   assert 11 &lt; 3, "too many"
E   AssertionError: too many &amp; heavy

a.py:3: AssertionError]]></message><stack-trace>None</stack-trace></failure></test-case>
</results></test-suite></test-results>"""
    a, b = collect(text_source(text)).cases
    assert [failure.message for failure in a.failures] == ["11 of 12 boxes", "no lid"]
    [failure] = b.failures
    assert (failure.message, failure.type) == ("AssertionError: too many & heavy", "AssertionError")
    assert failure.trace.startswith("self = <C>")
    assert failure.source_line == 5


def test_what_a_suite_says_twice_is_told_once() -> None:
    run = collect(source_of(DATA / "recorded" / "nunit" / "nunitlite-nunit2.xml"))
    assert [failure.message for failure in run.failures] == [
        "System.InvalidOperationException : database is not there",
        "TearDown : System.InvalidOperationException : cannot close",
        "Method has non-void return value, but no result is expected",
        "No suitable constructor was found",
    ]
    run = collect(source_of(DATA / "recorded" / "nunit" / "nunitlite-nunit3.xml"))
    assert [failure.message for failure in run.failures] == [
        "System.InvalidOperationException : database is not there",
        "TearDown : System.InvalidOperationException : cannot close",
    ]
    assert "OpenDatabase" in run.failures[0].trace
