"""TestNG's results beyond what the recordings of versions 6 and 7 show."""

from __future__ import annotations

from collections.abc import Callable

from triage.ingest import Source, collect

TextSource = Callable[[str | bytes], Source]


def results(methods: str, head: str = "") -> str:
    return (
        f'<testng-results {head}><suite name="s" duration-ms="1500" started-at="2024-01-01T10:00:00Z"><test name="t">'
        f'<class name="shop.C">{methods}</class></test></suite></testng-results>'
    )


def method(name: str, status: str, more: str = "", exception: str = "") -> str:
    inside = f'<exception class="{exception}"><message>m</message></exception>' if exception else ""
    return f'<test-method status="{status}" signature="{name}()" name="{name}" duration-ms="500" {more}>{inside}</test-method>'


def test_a_broken_configuration_is_a_failure_of_the_run(text_source: TextSource) -> None:
    run = collect(
        text_source(
            results(
                method("open", "FAIL", 'is-config="true"')
                + method("close", "SKIP", 'is-config="true"')
                + method("a", "SKIP", exception="java.lang.Throwable"),
                'total="121" passed="121" failed="0" skipped="0"',
            )
        )
    )
    assert [failure.message for failure in run.failures] == ["shop.C.open: failed without an exception"]
    assert [(case.name, case.outcome.value) for case in run.cases] == [("a", "skipped")]
    assert "121 tests, 1 are listed" in run.warnings[0].text
    assert (run.info.started, run.info.duration) == ("2024-01-01T10:00:00Z", 1.5)


def test_what_only_looks_like_a_retry(text_source: TextSource) -> None:
    """Several invocations of one method, some skipped on purpose."""
    run = collect(
        text_source(
            results(
                method("a", "PASS")
                + method("a", "PASS")
                + method("a", "SKIP", exception="org.testng.SkipException")
                + method("b", "SKIP", exception="java.lang.IllegalStateException")
            )
        )
    )
    assert [case.outcome.value for case in run.cases] == ["passed", "passed", "skipped", "skipped"]
    assert run.totals.flaky == 0


def test_a_failure_within_its_share_is_tolerated(text_source: TextSource) -> None:
    run = collect(
        text_source(results(method("a", "SUCCESS_PERCENTAGE_FAILURE", exception="java.lang.AssertionError")))
    )
    assert run.totals.xfailed == 1 and run.totals.red == 0


def test_a_class_that_is_cut_keeps_its_complete_methods(text_source: TextSource) -> None:
    text = results(method("a", "PASS") + method("b", "FAIL", exception="java.lang.AssertionError"))
    run = collect(text_source(text[: text.index('name="b"')]))
    assert [(case.suite, case.name) for case in run.cases] == [("shop.C", "a")]
    assert "broken XML" in run.warnings[-1].text


def test_the_line_is_that_of_what_is_said_where_the_stack_is_empty(text_source: TextSource) -> None:
    said = (
        '<test-method status="FAIL" name="a" signature="a()">\n<exception class="shop.Late">\n<message>\n'
        "<![CDATA[too late]]>\n</message>\n<full-stacktrace>\n</full-stacktrace></exception></test-method>"
    )
    mute = '\n<test-method status="FAIL" name="b" signature="b()">\n<exception class="shop.Late"><message> </message></exception></test-method>'
    found = [case.failures[0] for case in collect(text_source(results(said + mute))).cases]
    assert [(failure.message, failure.source_line) for failure in found] == [
        ("too late", 4),
        ("shop.Late", 9),
    ]
