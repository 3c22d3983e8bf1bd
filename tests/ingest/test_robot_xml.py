"""Robot Framework's output.xml beyond what the recordings of versions 3 to 7 show."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import DATA, source_of
from triage.ingest import Source, collect

TextSource = Callable[[str | bytes], Source]

OLD = """<robot generated="20120101 10:00:00.000" generator="Robot 2.7.1 (Python 2.7.2 on linux2)"><suite source="/s/a.txt" name="A"><doc></doc>
<metadata></metadata><kw type="setup" name="BuiltIn.Log" timeout=""><status status="PASS" endtime="20120101 10:00:00.002" starttime="20120101 10:00:00.001"></status></kw>
<test name="Pays" timeout=""><doc>about</doc><tags><tag>owner-ines</tag></tags><kw type="kw" name="Ask"><doc></doc><kw type="for" name="x"><kw type="foritem" name="1">
<kw type="kw" name="Fail"><msg timestamp="20120101 10:00:00.003" level="FAIL">429</msg><msg level="DEBUG">Traceback (most recent call last):
  File "/lib/shop.py", line 7, in ask
    raise Error</msg><status status="FAIL"></status></kw><status status="FAIL"></status></kw><status status="FAIL"></status></kw><status status="FAIL"></status></kw>
<status status="FAIL" endtime="20120101 10:00:01.500" critical="no" starttime="20120101 10:00:00.000">429</status></test>
<test name="Later"><status status="NOT_RUN"></status></test>
<status status="FAIL"></status></suite>
<statistics><total><stat fail="0" pass="0">Critical Tests</stat><stat fail="1" pass="0">All Tests</stat></total></statistics></robot>"""


def test_version_2(text_source: TextSource) -> None:
    run = collect(text_source(OLD))
    pays, later = run.cases
    assert (pays.suite, pays.file, pays.duration, pays.outcome.value) == ("A", "/s/a.txt", 1.5, "failed")
    assert dict(pays.properties) == {
        "doc": "about",
        "keyword": "Ask > x > 1 > Fail",
        "tag": "owner-ines",
        "critical": "no",
    }
    [failure] = pays.failures
    assert (failure.message, failure.file, failure.line, failure.source_line) == ("429", "/lib/shop.py", 7, 4)
    assert later.outcome.value == "skipped"
    assert run.warnings == ()


def test_a_tear_down_of_the_suite_fails_what_had_passed_but_not_what_was_skipped(
    text_source: TextSource,
) -> None:
    suite = (
        '<suite name="{0}"><test name="t"><status status="PASS"/></test><test name="s"><status status="SKIP">off</status></test>'
        '{1}<status status="FAIL"/></suite>'
    )
    torn = '<kw name="Stop" type="TEARDOWN"><status status="FAIL">lock held</status></kw>'
    # All in one line: places cannot tell the suites apart.
    inner = suite.format("In", torn) + suite.format("Other", "")
    text = '<robot generator="{0} 7.0 (x)"><suite name="Out">' + inner + "</suite></robot>"
    robot = collect(text_source(text.format("Robot")))
    assert [case.outcome.value for case in robot.cases] == ["failed", "skipped", "passed", "skipped"]
    assert robot.cases[0].failures[0].message == "Parent suite teardown failed: lock held"
    # Before Robot 7 the keyword does not say why.
    old = text.replace(">lock held</status></kw>", "/></kw>").replace(
        '<status status="FAIL"/></suite>',
        '<status status="FAIL">Suite teardown failed:\nlock held</status></suite>',
    )
    assert collect(text_source(old.format("Robot"))).cases[0].failures == robot.cases[0].failures
    # Rebot has applied it already, or a later pass has replaced it.
    rebot = collect(text_source(text.format("Rebot")))
    assert [case.outcome.value for case in rebot.cases] == ["passed", "skipped", "passed", "skipped"]


def test_merged_runs_of_old_versions(text_source: TextSource) -> None:
    merged = "*HTML* Re-executed test has been merged.&lt;hr&gt;New status: PASS&lt;br&gt;New message: &lt;hr&gt;Old status: FAIL&lt;br&gt;Old message: cold &amp;lt; warm"
    text = (
        '<robot generator="Rebot 3.0 (x)"><suite name="A"><test name="t"><status status="PASS">'
        f"{merged}</status></test></suite></robot>"
    )
    [case] = collect(text_source(text)).cases
    assert case.flaky
    assert [failure.message for failure in case.failures] == ["cold < warm"]


def test_a_process_that_died_died_in_a_test() -> None:
    data = (DATA / "recorded" / "robot" / "rf-7.1.xml").read_bytes()
    import io

    cut = data[: data.index(b'name="Raises An Exception"') + 200]
    run = collect(Source("cut", lambda: io.BytesIO(cut)))
    assert (run.cases[-1].name, run.cases[-1].outcome.value) == ("Raises An Exception", "error")
    assert "broken XML" in run.warnings[-1].text
    whole = collect(source_of(DATA / "recorded" / "robot" / "rf-7.1.xml"))
    assert [case.name for case in run.cases] == [case.name for case in whole.cases][: len(run.cases)]


def test_tests_that_are_in_other_files(text_source: TextSource) -> None:
    text = (
        '<robot generator="Robot 7.0 (x)"><suite name="A"><suite src="output-001.xml" name="B"><status status="FAIL"/></suite>'
        '</suite><statistics><total><stat pass="2" fail="1" skip="0">All Tests</stat></total></statistics></robot>'
    )
    run = collect(text_source(text))
    assert (run.totals.tests, run.totals.failed) == (3, 1)
    assert "in other files" in run.failures[0].message
    assert "output-001.xml" in run.warnings[0].text


def test_a_suite_without_the_element_around_it(text_source: TextSource) -> None:
    text = '<suite id="s1" name="A" source="/a.robot"><test name="t"><status status="PASS" start="x" elapsed="0.5"/></test></suite>'
    run = collect(text_source(text))
    assert (run.format, [case.duration for case in run.cases]) == ("robot-xml", [0.5])
