"""xUnit.net's XML, versions 1 to 3."""

from __future__ import annotations

from collections.abc import Callable

from triage.ingest import Source, collect

TextSource = Callable[[str | bytes], Source]


def test_version_2_with_errors_outside_of_tests(text_source: TextSource) -> None:
    text = """<assemblies timestamp="06/15/2024 18:09:29"><assembly name="/x/A.dll" test-framework="xUnit.net 2.3" run-date="2024-06-15"
  run-time="18:07:56" total="4" passed="1" failed="1" skipped="1" errors="1" not-run="1">
  <errors><error type="test-collection-cleanup" name="c"><failure exception-type="System.TimeoutException">
    <message><![CDATA[System.TimeoutException : the broker did not stop]]></message><stack-trace>at F.Dispose()</stack-trace>
  </failure></error><error type="fatal" name="bare"/></errors>
  <collection name="c"><test name="N.C.Adds(a: 1, b: &quot;x.y&quot;)" type="N.C" method="Adds" time="0.5" result="Fail">
    <traits><trait name="Category" value="slow"/><trait name="Owner" value="ines"/></traits><output>asked</output>
    <failure exception-type="Xunit.Sdk.EqualException"><message>Assert.Equal() Failure</message>
    <stack-trace><![CDATA[   at N.C.Adds() in /src/C.cs:line 12]]></stack-trace></failure></test>
  <test name="Any words. At all." type="N.C" method="B" result="Pass"/>
  <test name="N.C.Off" type="N.C" method="Off" result="Skip"><reason><![CDATA[later]]></reason></test>
  <test name="N.C.ByHand" type="N.C" method="ByHand" result="NotRun" source-file="C.cs" source-line="9"/>
  </collection></assembly></assemblies>"""
    run = collect(text_source(text))
    assert (run.totals.tests, run.totals.passed, run.totals.failed, run.totals.skipped) == (4, 1, 1, 2)
    adds, words, off, by_hand = run.cases
    assert (adds.suite, adds.name, adds.output) == ("N.C", 'Adds(a: 1, b: "x.y")', "asked")
    assert adds.properties == (("category", "slow"), ("owner", "ines"))
    assert (adds.failures[0].type, adds.failures[0].file, adds.failures[0].line) == (
        "Xunit.Sdk.EqualException",
        "/src/C.cs",
        12,
    )
    assert adds.failures[0].source_line == 9
    assert words.name == "Any words. At all."
    assert off.properties == (("reason", "later"),)
    assert (by_hand.file, by_hand.line) == ("C.cs", 9)
    broker, bare = run.failures
    assert (broker.type, broker.kind) == ("System.TimeoutException", "error")
    assert bare.message == "fatal bare"
    assert run.warnings == ()


def test_version_1_with_a_fixture_that_breaks(text_source: TextSource) -> None:
    text = """<assembly name="A.dll" run-date="2012-01-14" run-time="10:21:10" total="1" passed="1" failed="0" test-framework="xUnit.net 1.9">
  <class name="N.C" total="1"><failure exception-type="System.Exception"><message>System.Exception : fixture</message></failure>
  <test name="N.C.A" type="N.C" method="A" result="Pass" time="0.153"/></class></assembly>"""
    run = collect(text_source(text))
    assert [(case.suite, case.name, case.duration) for case in run.cases] == [("N.C", "A", 0.153)]
    assert [failure.message for failure in run.failures] == ["System.Exception : fixture"]
    assert run.info.started == "2012-01-14T10:21:10"


def test_a_failure_that_was_only_printed(text_source: TextSource) -> None:
    text = """<assemblies timestamp="1"><assembly name="x" total="2"><collection name="c">
  <test name="counts" type="Cart" result="Fail"><output><![CDATA[TypeError: 11 of 12 boxes
    at cart.js:3]]></output></test><test name="reads" type="Cart" result="Fail"><output/></test>
  </collection></assembly></assemblies>"""
    counts, reads = collect(text_source(text)).cases
    assert (counts.failures[0].message, counts.failures[0].type) == ("TypeError: 11 of 12 boxes", "TypeError")
    assert counts.failures[0].source_line == 2
    assert reads.failures[0].message == "failed"
