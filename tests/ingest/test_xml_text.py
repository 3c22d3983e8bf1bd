"""XML as it really lies on disks: wrong declarations, several documents, other people's XML."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from triage.ingest import IngestError, Source, collect
from triage.ingest.reader import Sample
from triage.ingest.xml_text import root

TextSource = Callable[[str | bytes], Source]

SUITE = '<testsuite name="s"><testcase name="zählt ✓"/></testsuite>'


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("utf-16", "utf-8"),  # a string in memory, saved as UTF-8
        ("utf-8", "utf-16"),  # PowerShell's redirection of a UTF-8 stream
        ("utf-8", "utf-16-le"),
        ("us-ascii", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("nonsense-99", "utf-8"),
        ("gb18030", "gb18030"),
    ],
)
def test_bytes_beat_the_declaration(text_source: TextSource, declared: str, codec: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>\n{SUITE}'
    run = collect(text_source(text.encode(codec)))
    assert [case.name for case in run.cases] == ["zählt ✓"]
    assert run.warnings == ()


def test_a_broken_character_breaks_no_file(text_source: TextSource) -> None:
    far = " " * 70_000
    data = f'<testsuite name="s">{far}<testcase name="a"><system-out>'.encode() + b"cut \xe2\x9c here"
    run = collect(text_source(data + b'</system-out></testcase><testcase name="b"/></testsuite>'))
    assert [case.name for case in run.cases] == ["a", "b"]
    assert run.warnings == ()


def test_several_documents_and_the_lines_around_them(text_source: TextSource) -> None:
    one = '<?xml version="1.0"?>\n<testsuite name="{0}"><testcase name="{0}"/></testsuite>\n'
    run = collect(text_source("Running all tests\n" + one.format("a") + one.format("b") + "2 tests ran\n"))
    assert [case.name for case in run.cases] == ["a", "b"]
    assert run.warnings == ()


@pytest.mark.parametrize("line", ["=== 2 tests ran ===", "* next", "✓ done", "# exit 0", "$ make", "!"])
def test_a_line_behind_the_end_that_no_xml_could_begin_with(text_source: TextSource, line: str) -> None:
    one = '<testsuite name="{0}">\n<testcase name="{0}"><failure message="no {0}"/></testcase></testsuite>\n'
    run = collect(text_source(f"{one.format('a')}{line}\n{one.format('b')}{line}\n"))
    assert [(case.name, case.failures[0].source_line) for case in run.cases] == [("a", 2), ("b", 5)]
    assert run.warnings == ()


def test_lines_stay_true_behind_a_declaration(text_source: TextSource) -> None:
    text = '\n<?xml version="1.0"?>\n<testsuite name="s">\n<testcase name="a"><failure message="m"/></testcase></testsuite>'
    [case] = collect(text_source(text)).cases
    assert case.failures[0].source_line == 4


@pytest.mark.parametrize(
    "text",
    [
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><testsuites/></project>',
        '<phpunit><testsuites><testsuite name="unit"/></testsuites></phpunit>',
        '<?xml version="1.0"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD" "report.dtd"><report name="x"/>',
        '<?xml version="1.0"?>\n<!-- made by a tool -->\n<coverage line-rate="1"/>',
        '<checkstyle version="8"><file name="a"/></checkstyle>',
        '<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0"/>',
        '<suite name="shop"><test name="all"/></suite>',  # what TestNG is told to run
        "<html><body>502 Bad Gateway</body></html>",
        "<testResults><other>v2</other></testResults>",
        '<jmeterTestPlan version="1.2"><hashTree/></jmeterTestPlan>',
    ],
)
def test_other_xml_is_refused_by_its_root(text_source: TextSource, text: str) -> None:
    name, _ = root(Sample.of(text_source(text)))
    with pytest.raises(IngestError, match=f"root <{name}>"):
        collect(text_source(text))


def test_a_log_that_begins_with_a_bracket_is_no_xml(text_source: TextSource) -> None:
    """Lines of syslog begin with their priority."""
    assert root(Sample.of(text_source("<13>Nov 21 10:00:00 host app: started"))) == ("", "")


def test_a_file_that_ends_too_early_says_so(text_source: TextSource) -> None:
    run = collect(text_source('<testsuite name="s"><testcase name="a"/>\n<testcase name="b"'))
    assert [case.name for case in run.cases] == ["a"]
    assert (run.warnings[-1].line, "ends too early" in run.warnings[-1].text) == (2, True)


def test_entities_are_refused_in_every_format(text_source: TextSource) -> None:
    for entity in ('"x"', '% a "x"'):
        text = f'<?xml version="1.0"?>\n<!DOCTYPE x [\n<!ENTITY a {entity}>\n]>\n<test-run><test-case name="&a;"/></test-run>'
        with pytest.raises(IngestError, match=r"declares XML entities|nothing could be read"):
            collect(text_source(text))


def test_an_entity_that_names_a_file_is_not_followed(text_source: TextSource) -> None:
    head = '<?xml version="1.0"?>\n<!DOCTYPE x [\n<!ENTITY a SYSTEM "/etc/hostname">\n]>\n'
    case = '<testcase name="{}"><failure message="m">[{}]</failure></testcase>'
    run = collect(text_source(f"{head}<testsuite name='s'>{case.format('t', '&a;')}</testsuite>"))
    assert run.cases[0].failures[0].trace == "[]"
    assert (run.warnings[0].line, "that file was not read" in run.warnings[0].text) == (3, True)
    with pytest.raises(IngestError, match="external entity"):
        collect(text_source(f"{head}<testsuite name='s'>{case.format('&a;', '')}</testsuite>"))


def test_characters_that_should_have_been_escaped(text_source: TextSource) -> None:
    text = (
        "<testsuite name='s'>\n<testcase name='fast' time='<1ms'/>\n<!-- a < b && c -->\n"
        '<testcase name="R&D"><failure message="<b>1</b> < 2 &lt; 3 &nbsp;"><![CDATA[x < y & z &amp;]]></failure></testcase>\n'
        "<testcase name='ends'><failure message='m'>if a<b & c <d e</failure></testcase></testsuite>"
    )
    run = collect(text_source(text))
    fast, research, ends = run.cases
    assert [case.name for case in run.cases] == ["fast", "R&D", "ends"]
    assert (fast.duration, fast.outcome.value) == (None, "passed")
    failure = research.failures[0]
    assert (failure.message, failure.trace) == ("<b>1</b> < 2 < 3 &nbsp;", "x < y & z &amp;")
    assert ends.failures[0].trace == "if a<b & c <d e"
    assert (run.warnings[0].line, "not well-formed" in run.warnings[0].text) == (2, True)


def test_quotes_that_should_have_been_escaped(text_source: TextSource) -> None:
    text = """<testsuite name='it's'><testcase name="pays("a","b > c")" time="1" /><testcase name='x' classname="y"
      ></testcase></testsuite>"""
    run = collect(text_source(text))
    assert [(case.name, case.duration) for case in run.cases] == [('pays("a","b > c")', 1.0), ("x", None)]
    assert (run.cases[0].suite, run.warnings[0].line) == ("it's", 1)


def test_what_was_told_before_a_character_is_not_told_again(text_source: TextSource) -> None:
    cases = "".join(f'<testcase name="{number}"/>\n' for number in range(9_000))
    run = collect(text_source(f"<testsuite>{cases}<testcase name='a & b'/></testsuite>"))
    assert [case.name for case in run.cases] == [*map(str, range(9_000)), "a & b"]
    assert [warning.line for warning in run.warnings] == [9_001]


def test_lines_of_a_console_between_the_declaration_and_the_root(text_source: TextSource) -> None:
    """doctest writes the declaration before the tests run, and the rest behind them."""
    text = '<?xml version="1.0"?>\nopening map<int> @ 1.5\n[done]\n<testsuites>\n<testsuite name="s">\n'
    text += '<testcase name="a"><failure message="m"/></testcase></testsuite></testsuites>\n'
    for declared in (text, text.replace("opening", "\n[opening]")):
        run = collect(text_source(declared))
        [case] = run.cases
        assert (case.name, case.failures[0].source_line) == ("a", declared.count("\n"))
        assert run.warnings == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<testsuites", "<testsuite name='s'><testcase name='a'/></testsuite></testsuites>"),
        ("<testExecutions version='1'", "<file path='s'><testCase name='a'/></file></testExecutions>"),
    ],
)
def test_what_is_printed_into_the_tag_of_the_root(text_source: TextSource, before: str, after: str) -> None:
    """Catch2 leaves it open until all tests ran."""
    for printed in ("3 items\n", "\n", " x -> y & <z\n"):
        head = before.replace("'", '"')
        run = collect(text_source(f'<?xml version="1.0"?>\n{head}{printed}>\n  {after}\n'))
        assert [case.name for case in run.cases] == ["a"]
        assert all("not well-formed" in warning.text for warning in run.warnings)


def test_a_tag_that_is_printed_and_never_closed(text_source: TextSource) -> None:
    text = "<testsuite name='s'>\n<testcase name='a'><system-out>\nis a vector<int> of <main.cpp></system-out></testcase>\n"
    run = collect(text_source(text + "<testcase name='b'/></testsuite>"))
    assert [(case.name, case.output.strip()) for case in run.cases] == [
        ("a", "is a vector<int> of <main.cpp>"),
        ("b", ""),
    ]
    assert (run.warnings[0].line, "not well-formed" in run.warnings[0].text) == (3, True)


def test_a_tag_that_ends_what_did_not_begin_is_none(text_source: TextSource) -> None:
    text = "<testsuite name='s'>\n</properties>\n<testcase name='a'></system-out></testcase>\n<testcase name='b'/></testsuite>"
    run = collect(text_source(text))
    assert [case.name for case in run.cases] == ["a", "b"]
    assert [(warning.line, "not well-formed" in warning.text) for warning in run.warnings] == [(2, True)]


def test_an_end_that_alone_says_that_the_test_failed_is_a_break(text_source: TextSource) -> None:
    for told in ("<skipped></error>", "<system-out>said</failure>", "</failure>"):
        text = f"<testsuite name='s'><testcase name='a'/><testcase name='b'>{told}</testcase></testsuite>"
        run = collect(text_source(text))
        assert run.cases[0].name == "a"
        assert all(case.outcome.is_red for case in run.cases[1:])
        assert "broken XML" in run.warnings[0].text


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ('<failure message="boom">why</error>', "failed"),
        ('<failure message="boom">why', "failed"),
        ("<error>why</Error>", "error"),
        ("<skipped>", "skipped"),
        ("<system-out>said</system-err>", "passed"),
        ("<system-out>said", "passed"),
        ("<system-out>it printed <error> and more\n</system-out>", "passed"),
    ],
)
def test_an_end_that_does_not_fit_inside_of_a_case_loses_no_case(
    text_source: TextSource, told: str, outcome: str
) -> None:
    run = collect(
        text_source(
            f'<testsuite name="s"><testcase name="a">{told}</testcase>'
            '<testcase name="b"><failure message="later"/></testcase></testsuite>'
        )
    )
    assert [case.outcome.value for case in run.cases] == [outcome, "failed"]
    assert ["not well-formed" in warning.text for warning in run.warnings] == [True]


def test_a_case_that_nothing_ends_is_no_test_that_passed(text_source: TextSource) -> None:
    run = collect(
        text_source('<testsuite name="s"><testcase name="a"/><testcase name="b"></testsuite><!-- end -->')
    )
    assert ([case.name for case in run.cases], "broken XML" in run.warnings[0].text) == (["a"], True)
