"""JUnit XML of runners that are not recorded: written by hand from what their writers do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ingest.made import run_of
from triage.ingest import IngestError, Source, collect
from triage.ingest.runners.junit_values import moment, seconds
from triage.model import Outcome, Run

TextSource = Callable[[str | bytes], Source]


def counts(run: Run) -> tuple[int, ...]:
    """Tests, passed, failed, errors, skipped, flaky; expected failures among the skipped."""
    t = run.totals
    return (t.tests, t.passed + t.xpassed, t.failed, t.errors, t.skipped + t.xfailed, t.flaky)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            '<testsuite name="a"><testcase name="x"/></testsuite>', (1, 1, 0, 0, 0, 0), id="no counts"
        ),
        pytest.param('<testcase name="x"><failure/></testcase>', (1, 0, 1, 0, 0, 0), id="root testcase"),
        pytest.param("<testsuites/>", (0, 0, 0, 0, 0, 0), id="no suites"),
        pytest.param(
            '<j:testsuite xmlns:j="urn:x"><j:testcase name="x"><j:error/></j:testcase></j:testsuite>',
            (1, 0, 0, 1, 0, 0),
            id="namespace",
        ),
        pytest.param(
            '<testsuite name="a"><testcase name="x"><skipped message="TEST_CASE tagged with !mayfail"/>'
            "<error>FAILED</error></testcase></testsuite>",
            (1, 0, 0, 0, 1, 0),
            id="Catch2, thrown where it may fail",
        ),
        pytest.param(
            '<testrun name="r" tests="2"><testsuite name="s"><testcase name="x"/>'
            '<testcase name="y" ignored="true"/></testsuite></testrun>',
            (2, 1, 0, 0, 1, 0),
            id="Eclipse",
        ),
        pytest.param(
            '<testsuite tests="3" errors="7" failures="1" name="T"><properties>'
            '<property value="5.15.2" name="QTestVersion"/></properties><testcase result="pass" name="a"/>'
            '<testcase result="fail" name="b"><failure message="m" result="fail"/></testcase>'
            '<testcase result="skip" name="c"/></testsuite>',
            (3, 1, 1, 0, 1, 0),
            id="Qt 5",
        ),
        pytest.param(
            '<testsuite name="s"><testcase name="a" status="failed"/><testcase name="b" status="errored"/>'
            '<testcase name="c" status="pending"/><testcase name="d" status="run"/></testsuite>',
            (4, 1, 1, 1, 1, 0),
            id="status alone",
        ),
        pytest.param(
            '<testsuite name="s" tests="1" warnings="1"><testcase name="a"><warning type="W">old</warning></testcase></testsuite>',
            (1, 1, 0, 0, 0, 0),
            id="PHPUnit warning",
        ),
        pytest.param(
            '<testsuite name="s"><testcase name="a"><flakyFailure message="m"/></testcase>'
            '<testcase name="b"><failure message="m"/><rerunFailure message="n"/></testcase></testsuite>',
            (2, 1, 1, 0, 0, 1),
            id="nextest retries",
        ),
        pytest.param(
            '<testsuite name="s" tests="2" failures="1"><testcase name="a"><rerunFailure message="m"/><rerunError/>'
            '</testcase><testcase name="b"><failure message="m"/></testcase></testsuite>',
            (2, 1, 1, 0, 0, 1),
            id="reruns, and no failure that stayed",
        ),
        pytest.param(
            '<testsuite name="s"><testcase name="a"><testcase name="b"><failure message="m"/></testcase></testcase></testsuite>',
            (2, 1, 1, 0, 0, 0),
            id="case within a case",
        ),
    ],
)
def test_counted(text_source: TextSource, told: str, expected: tuple[int, ...]) -> None:
    run = collect(text_source(told))
    assert run.format == "junit-xml"
    assert counts(run) == expected
    assert run.failures == ()


A = '<testcase name="a" classname="c" time="1"/>'
A_FAILED = '<testcase name="a" classname="c" time="1"><failure message="m"/></testcase>'
B = '<testcase name="b" classname="c"/>'
SUREFIRE = '<testsuite xmlns:x="urn:y" x:noNamespaceSchemaLocation="surefire-test-report.xsd">'


@pytest.mark.parametrize(
    ("head", "cases", "expected"),
    [
        pytest.param('<testsuite name="s">', A_FAILED + B + A, (2, 2, 0, 0, 0, 1), id="retried later"),
        pytest.param('<testsuite name="s">', A_FAILED + A_FAILED + A, (1, 1, 0, 0, 0, 1), id="retried twice"),
        pytest.param('<testsuite name="s">', A_FAILED * 3, (3, 0, 3, 0, 0, 0), id="findings of a linter"),
        pytest.param('<testsuite name="s">', A * 3, (3, 3, 0, 0, 0, 0), id="parametrised"),
        pytest.param('<testsuite name="s">', A + A_FAILED, (2, 1, 1, 0, 0, 0), id="fails after a pass"),
        pytest.param('<testsuite name="jest tests">', A_FAILED + A, (2, 1, 1, 0, 0, 0), id="one title twice"),
        pytest.param('<testsuite name="pytest">', A + B + A, (2, 2, 0, 0, 0, 1), id="pytest reruns"),
        pytest.param(
            '<testsuite name="s"><properties><property name="go.version" value="go1.22"/></properties>',
            A_FAILED + A_FAILED + B,
            (2, 1, 1, 0, 0, 0),
            id="gotestsum --rerun-fails",
        ),
        pytest.param(
            '<testsuite xmlns:x="urn:y" x:noNamespaceSchemaLocation="surefire-test-report.xsd">',
            A_FAILED + A,
            (2, 1, 1, 0, 0, 0),
            id="Surefire tells reruns inside",
        ),
        pytest.param(
            SUREFIRE,
            A_FAILED + A_FAILED.replace("failure", "error") + A,
            (2, 1, 0, 1, 0, 0),
            id="its tear-down broke too",
        ),
        pytest.param(SUREFIRE, A_FAILED + B + A_FAILED, (3, 1, 2, 0, 0, 0), id="Surefire's rows of data"),
    ],
)
def test_equal_names(text_source: TextSource, head: str, cases: str, expected: tuple[int, ...]) -> None:
    assert counts(collect(text_source(f"<testsuites>{head}{cases}</testsuite></testsuites>"))) == expected


def test_equal_names_in_two_suites_are_two_tests(text_source: TextSource) -> None:
    """Playwright runs one file in several browsers."""
    suite = '<testsuite name="cart.spec.ts" hostname="{}">{}</testsuite>'
    text = f"<testsuites>{suite.format('chromium', A_FAILED)}{suite.format('webkit', A)}</testsuites>"
    assert counts(collect(text_source(text))) == (2, 1, 1, 0, 0, 0)


def test_numbered_repetitions(text_source: TextSource) -> None:
    """Xcode's, as trainer writes them."""
    case = '<testcase name="a" classname="c">{}<properties><property name="repetition" value="Repetition {} of 2"/></properties></testcase>'
    text = (
        '<testsuite name="s">'
        + case.format('<failure message="m"/>', 1)
        + case.format('<failure message="n"/>', 2)
    )
    [one] = collect(text_source(f"{text}</testsuite>")).cases
    assert (one.outcome, one.attempts, [f.message for f in one.failures]) == (Outcome.FAILED, 2, ["m", "n"])


def test_copies_of_a_repetition_are_one_test(text_source: TextSource) -> None:
    """An argument of a parametrised test is written once for each repetition of the whole test."""
    case = '<testcase name="{}" classname="c">{}<properties><property name="repetition" value="{}"/></properties></testcase>'
    red = '<failure message="m"/>'
    cases = [("a", "", "First Run"), ("a", "", "First Run"), ("b", red, "First Run"), ("b", "", "Retry 1")]
    cases += [("c", "", "Repetition 1 of 2"), ("c", "", "Repetition 2 of 2"), ("b", "", "Retry 1")]
    run = collect(text_source(f"<testsuite>{''.join(case.format(*each) for each in cases)}</testsuite>"))
    assert [(one.name, one.outcome, one.attempts) for one in run.cases] == [
        ("a", Outcome.PASSED, 1),
        ("b", Outcome.PASSED, 2),
        ("c", Outcome.PASSED, 1),
    ]


def test_a_case_that_the_file_breaks_off_in_keeps_its_failure(text_source: TextSource) -> None:
    whole = (
        '<testsuite name="s"><testcase name="a"><failure message="m">why</failure>'
        "<system-out><![CDATA[printed"
    )
    for end in (len(whole), whole.index("printed"), whole.index("</failure>")):
        run = collect(text_source(whole[:end]))
        [one] = run.cases
        assert (one.outcome, one.failures[0].message) == (Outcome.FAILED, "m")
        assert "ends too early" in run.warnings[-1].text
    with pytest.raises(IngestError, match="nothing could be read"):
        collect(text_source('<testsuite name="s"><testcase name="a"><system-out>printed'))


def test_a_trace_in_the_attribute_is_read_as_a_trace(text_source: TextSource) -> None:
    trace = "Traceback (most recent call last):&#10;  File &quot;t.py&quot;, line 3, in t&#10;    x()&#10;ValueError: no&#10;"
    text = f'<testsuite><testcase name="t"><failure message="{trace}"/></testcase></testsuite>'
    failure = collect(text_source(text)).cases[0].failures[0]
    assert (failure.type, failure.message, failure.file, failure.line) == (
        "ValueError",
        "ValueError: no",
        "t.py",
        3,
    )


def test_the_step_that_cucumber_stopped_at(text_source: TextSource) -> None:
    steps = "Given v1.2 of the till........passed\nWhen it opens. ..{}\nThen it is open...........skipped\n"
    for how in ("undefined", "pending", "ambiguous", "failed"):
        said = f"<system-out><![CDATA[\n{steps.format('.....' + how)}]]></system-out>"
        text = f'<testsuite name="Cucumber"><testcase name="t"><failure/>{said}</testcase></testsuite>'
        [failure] = collect(text_source(text)).cases[0].failures
        assert failure.message.startswith(f"{how}: When it opens")


def test_an_empty_failure_beside_an_error(text_source: TextSource) -> None:
    text = '<testsuite><testcase name="t">{}<system-err>Error: other</system-err></testcase></testsuite>'
    [one] = collect(text_source(text.format('<failure/><error message="Error: gone"/>'))).cases
    assert (one.outcome, [failure.message for failure in one.failures]) == (Outcome.ERROR, ["Error: gone"])
    [one] = collect(text_source(text.format("<failure/><error/>"))).cases
    assert [failure.message for failure in one.failures] == ["Error: other"]


def test_a_report_that_only_counts(text_source: TextSource) -> None:
    suites = '<testsuite name="a" tests="6" failures="1" skipped="2"/><testsuite name="b" tests="1"/>'
    run = collect(text_source(f"<testsuites>{suites}</testsuites>"))
    assert (run.cases, run.info.totals_stand) == ((), True)
    assert (run.totals.tests, run.totals.passed, run.totals.failed, run.totals.skipped) == (7, 4, 1, 2)
    run = collect(
        text_source(f'<testsuites>{suites}<testsuite name="c"><testcase name="t"/></testsuite></testsuites>')
    )
    assert (run.totals.tests, run.info.totals_stand) == (1, False)


def test_red_heads_without_a_red_case_are_told(text_source: TextSource) -> None:
    run = collect(
        text_source(
            '<testsuites tests="1" errors="1"><testsuite name="karma" tests="1" errors="1"><testcase name="x"/>'
            "<system-err>loading\nReferenceError: till is not defined\n</system-err></testsuite></testsuites>"
        )
    )
    [failure] = run.failures
    assert failure.message.startswith("ReferenceError: till is not defined")
    assert "karma" in failure.message
    assert counts(run) == (1, 1, 0, 0, 0, 0)


def test_a_flaky_case_explains_a_red_head(text_source: TextSource) -> None:
    text = f'<testsuite name="s" tests="2" failures="1">{A_FAILED}{A}</testsuite>'
    assert collect(text_source(text)).failures == ()


def test_bazel_tells_the_reason_in_the_output_of_the_suite(text_source: TextSource) -> None:
    run = collect(
        text_source(
            '<testsuites><testsuite name="cart" tests="1" failures="0" errors="1">'
            '<testcase name="cart" status="run" duration="2" time="2"><error message="exited with error code 1"></error>'
            "</testcase><system-out><![CDATA[start\nAssertionError: 17.84 != 17.85\n]]></system-out></testsuite></testsuites>"
        )
    )
    [case] = run.cases
    assert case.outcome is Outcome.ERROR
    assert case.failures[0].message == "AssertionError: 17.84 != 17.85"
    assert "start" in case.failures[0].trace


def test_a_system_error_with_a_type_is_an_error(text_source: TextSource) -> None:
    text = (
        '<testsuite name="s"><testcase name="a"><system-error type="E" message="drawer open">E: drawer open</system-error>'
        '</testcase><testcase name="b"><system-error>creaks</system-error></testcase></testsuite>'
    )
    a, b = collect(text_source(text)).cases
    assert (a.outcome, a.failures[0].message) == (Outcome.ERROR, "drawer open")
    assert (b.outcome, b.output) == (Outcome.PASSED, "creaks")


def test_a_log_that_only_counts_tells_less_than_the_exit_code(text_source: TextSource) -> None:
    text = (
        '<testsuite name="cart" tests="1" errors="1"><testcase name="cart"><error message="exited with error code 1"/>'
        "</testcase><system-out>=== 1 failed, 2 passed in 3.5s ===</system-out></testsuite>"
    )
    [failure] = collect(text_source(text)).cases[0].failures
    assert (failure.message, failure.trace) == (
        "exited with error code 1",
        "=== 1 failed, 2 passed in 3.5s ===",
    )


@pytest.mark.parametrize(
    ("failure", "message", "type_", "place"),
    [
        pytest.param(
            '<failure message="Failed" type="">=== RUN   TestPay&#xA;    pay_test.go:34: quota is 0&#xA;--- FAIL: TestPay</failure>',
            "quota is 0",
            "",
            ("pay_test.go", 34),
            id="gotestsum",
        ),
        pytest.param(
            '<failure message="cart.swift:48: Expectation failed"/>',
            "cart.swift:48: Expectation failed",
            "",
            ("cart.swift", 48),
            id="xcode",
        ),
        pytest.param(
            '<error message="boom" type="TimeoutError" file="src/pay.ts" line="101"><![CDATA[x]]></error>',
            "boom",
            "TimeoutError",
            ("src/pay.ts", 101),
            id="place in attributes",
        ),
        pytest.param(
            '<failure type="AssertionError"><![CDATA[AssertionError: no ]]>]]<![CDATA[ stock]]></failure>',
            "AssertionError: no ]] stock",
            "AssertionError",
            (None, None),
            id="CDATA in parts",
        ),
        pytest.param(
            "<failure><reason>no stock</reason></failure>", "no stock", "", (None, None), id="nested elements"
        ),
        pytest.param(
            '<failure type="java.io.IOException"/>', "", "java.io.IOException", (None, None), id="type alone"
        ),
        pytest.param(
            '<failure message="failed" type="Test Failure">cart.cpp(12): error: 1 != 2</failure>',
            "cart.cpp(12): error: 1 != 2",
            "",
            ("cart.cpp", 12),
            id="a type that names no class",
        ),
    ],
)
def test_failure(
    text_source: TextSource, failure: str, message: str, type_: str, place: tuple[str | None, int | None]
) -> None:
    [case] = collect(
        text_source(f'<testsuite name="s"><testcase name="x">{failure}</testcase></testsuite>')
    ).cases
    [found] = case.failures
    assert (found.message, found.type, (found.file, found.line)) == (message, type_, place)
    assert found.headline


def test_properties_reach_the_case(text_source: TextSource) -> None:
    run = collect(
        text_source(
            '<testsuite name="s"><properties><property name="owner" value="till"/><property name="os" value="linux"/>'
            '</properties><testcase name="x" priority="high"><properties><property name="tags">smoke</property>'
            "</properties><system-out>[[ATTACHMENT|shots/a.png]] [[PROPERTY|author=Kim]]</system-out></testcase>"
            '<testcase name="y"><properties><property name="owner" value="web"/></properties></testcase></testsuite>'
        )
    )
    x, y = run.cases
    assert dict(x.properties) == {
        "owner": "till",
        "priority": "high",
        "tags": "smoke",
        "attachment": "shots/a.png",
        "author": "Kim",
    }
    assert dict(y.properties) == {"owner": "web"}
    assert ("os", "linux") in run.info.properties


def test_a_failure_without_text_stands_where_its_element_does(text_source: TextSource) -> None:
    """Newman and others put the end tag into a line of its own."""
    told = '<failure message="expected 2"{}</failure></testcase></testsuite>'
    for text in (">", ">\n", ">\n\n  "):
        run = collect(text_source(f'<testsuite name="s">\n<testcase name="x">\n{told.format(text)}'))
        assert run.cases[0].failures[0].source_line == 3
    run = collect(
        text_source(f'<testsuite name="s">\n<testcase name="x">\n{told.format(">" + chr(10) + "at 7")}')
    )
    assert run.cases[0].failures[0].source_line == 4


def test_documents_one_after_the_other(text_source: TextSource) -> None:
    one = '<?xml version="1.0"?>\n<testsuite name="s" tests="1">\n{}</testsuite>\n'
    run = collect(text_source("\n" + one.format(A) + one.format(A_FAILED) + "<testsuites/>\nDone in 3 s\n"))
    assert counts(run) == (2, 1, 1, 0, 0, 0)
    assert run.cases[1].failures[0].source_line == 7
    assert run.warnings == ()  # what stands behind is no XML


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "gbk", "shift_jis", "no-such"]
)
def test_encodings(text_source: TextSource, encoding: str) -> None:
    word = "preço" if encoding == "windows-1252" else "価格" if encoding != "no-such" else "price"
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><testsuite><testcase name="{word}"/></testsuite>'
    codec = encoding if encoding != "no-such" else "utf-8"
    assert [case.name for case in collect(text_source(text.encode(codec))).cases] == [word]


def test_utf16_in_name_only(text_source: TextSource) -> None:
    """.NET writes the declaration of the string it had in memory."""
    text = '<?xml version="1.0" encoding="utf-16"?><testsuite><testcase name="é"/></testsuite>'
    assert [case.name for case in collect(text_source(text.encode())).cases] == ["é"]


def test_a_text_of_any_size_is_cut(text_source: TextSource) -> None:
    text = (
        f'<testsuite><testcase name="a"><failure>first{"x" * 5_000_000}last</failure></testcase></testsuite>'
    )
    [case] = collect(text_source(text)).cases
    trace = case.failures[0].trace or case.failures[0].message
    assert trace.startswith("first") and trace.endswith("last")
    assert len(trace) < 3_000_000


def test_nothing_but_an_opening(text_source: TextSource) -> None:
    with pytest.raises(IngestError, match="nothing could be read"):
        collect(text_source("<testsuites><testsuite name='s'>"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("0,25", 0.25),
        ("1,204", 1204.0),
        ("4.5e-05", 4.5e-05),
        ("12ms", 0.012),
        ("1.5s", 1.5),
        ("00:01:02.5", 62.5),
        ("1.00:00:01", 86401.0),
        ("<<computed>>", None),
        ("", None),
    ],
)
def test_seconds(text: str, value: float | None) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-02T02:00:00Z", "2026-03-02T02:00:00Z"),
        ("1772416800", "2026-03-02T02:00:00+00:00"),
        ("1772416800000", "2026-03-02T02:00:00+00:00"),
        ("Mon, 02 Mar 2026 02:00:00 GMT", "2026-03-02T02:00:00+00:00"),
        ("Mon Mar  2 02:00:00 2026", "2026-03-02T02:00:00"),
        ("yesterday", None),
        ("0001-01-01T00:00:00Z", None),  # never set
    ],
)
def test_moments(text: str, value: str | None) -> None:
    assert moment(text) == value


def test_a_tear_down_that_breaks_after_a_failure_is_no_retry(text_source: TextSource) -> None:
    """pytest's second element of one test; its message is cut, the text says what it was."""
    text = (
        '<testsuite name="pytest"><testcase classname="t.test_a" name="b"><failure message="assert 0">E   assert 0</failure>'
        '</testcase><testcase classname="t.test_a" name="b"><error message="failed on teardown with &quot;OSError: no till&quot;">'
        "E   OSError: no till</error></testcase></testsuite>"
    )
    [case] = collect(text_source(text)).cases
    assert (case.outcome, case.attempts) == (Outcome.FAILED, 1)
    assert [(f.kind, f.message) for f in case.failures] == [
        ("failure", "assert 0"),
        ("error", "OSError: no till"),
    ]


@pytest.mark.parametrize(
    ("heads", "stated"),
    [
        (['tests="1"'], None),
        (['tests="1" errors="0"'], None),
        (['tests="1" failures="1"'], (1, 1)),
        (['tests="2" failures="1" errors="1"', 'tests="3" failures="0"'], (5, 2)),
        (['tests="1" failures="1"', 'tests="1"'], None),
        (['tests="1" failures="1"', ""], None),
        (['tests="1" failures="1"', 'tests="0"'], (1, 1)),
    ],
)
def test_only_what_every_root_states_is_said_to_be_stated(
    heads: list[str], stated: tuple[int, int] | None
) -> None:
    case = '<testcase classname="A" name="t{}"><failure/></testcase>'
    text = "\n".join(
        f'<testsuite name="s" {head}>{case.format(n)}</testsuite>' for n, head in enumerate(heads)
    )
    run = run_of(text)
    assert run.totals.failed == len(heads)
    totals = run.info.totals
    assert (totals and (totals.tests, totals.red)) == stated
