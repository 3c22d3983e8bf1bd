"""JUnit XML: what writers put where a message should stand, and what they print around it."""

from __future__ import annotations

import pytest

from tests.ingest.made import run_of


def _only(case: str, around: str = "") -> str:
    return f'<testsuite name="s"><testcase classname="c" name="t">{case}</testcase>{around}</testsuite>'


def _messages(report: str) -> list[str]:
    return [failure.message for failure in run_of(report).cases[0].failures]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            '<failure message="2 assertion(s) failed.">a.c:4: The tank is empty.</failure>',
            "a.c:4: The tank is empty.",
            id="Criterion counts",
        ),
        pytest.param(
            '<failure message="0 assertion(s) failed."/>',
            "0 assertion(s) failed.",
            id="no word besides the count",
        ),
        pytest.param(
            '<failure type="tank_test.lua:9: expected: 2, actual: 1">stack traceback:\n'
            "\ttank_test.lua:9: in function 'Tank.test'</failure>",
            "tank_test.lua:9: expected: 2, actual: 1",
            id="LuaUnit writes it where the class should be",
        ),
        pytest.param(
            '<failure>{"message":"","stack":"Error: the pump is gone\\n    at a.test.js:9:3"}</failure>',
            "Error: the pump is gone",
            id="jest-junit writes hooks as JSON",
        ),
        pytest.param('<failure>{"level": 3} is wrong</failure>', '{"level": 3} is wrong', id="no JSON"),
        pytest.param(
            '<failure message="line-too-long">C0301:Line too long (120/100)\na.py:3:0:# x</failure>',
            "C0301:Line too long (120/100)",
            id="pylint",
        ),
        pytest.param(
            '<failure message="a.cc:5&#10;Failed&#10;no water">a.cc:5\nFailed\nno water</failure>',
            "no water",
            id="GoogleTest's word for what has no expression",
        ),
        pytest.param(
            "<failure>\n    ---\n      operator: fail\n      at: x (/a/b.js:3:1)\n      stack: Error: plan != count\n"
            "  at T (/a/b.js:3:1)\n    ...\n</failure>",
            "Error: plan != count",
            id="a YAML block of TAP",
        ),
    ],
)
def test_the_message_is_what_went_wrong(told: str, expected: str) -> None:
    assert _messages(_only(told)) == [expected]


_LIT = """<failure><![CDATA[Exit Code: 1

Command Output (stdout):
--
{out}
--
Command Output (stderr):
--
{err}
--
]]></failure>"""


@pytest.mark.parametrize(
    ("out", "err", "expected"),
    [
        pytest.param(
            "reading",
            'cat "x" # RUN: at line 5\n+ cat x\ncat: x: No such file or directory',
            "cat: x: No such file or directory",
            id="what a command says",
        ),
        pytest.param(
            "# RUN: at line 2\ncheck < in\n# executed command: check\n# .---command stderr------------\n"
            "# | in.ll:5:10: error: CHECK: expected string not found in input\n# `-----\n"
            "# error: command failed with exit status: 1",
            "",
            "in.ll:5:10: error: CHECK: expected string not found in input",
            id="lit's own shell",
        ),
        pytest.param("all is well", "+ true\n+ false", "Exit Code: 1: false", id="nobody says why"),
    ],
)
def test_lit_tells_the_command_and_its_output(out: str, err: str, expected: str) -> None:
    assert _messages(_only(_LIT.format(out=out, err=err))) == [expected]


def test_lit_shows_a_program_of_googletest_and_an_unexpected_pass() -> None:
    shown = "Script:\n--\n/b/t --gtest_filter=A.b\n--\na.cc:3: Failure\nValue of: x\n"
    assert _messages(_only(f"<failure>{shown}</failure>")) == ["Value of: x"]
    passed = _LIT.format(out="", err="").replace("Code: 1", "Code: 0")
    assert _messages(_only(passed)) == ["passed, though it is marked as one that fails"]


def test_the_place_of_a_compilers_words_is_theirs() -> None:
    text = "a.py:14: error: no type\nb.py:3: in f\nb.py:524: error: another"
    (failure,) = (
        run_of(_only(f'<failure message="mypy produced messages">{text}</failure>')).cases[0].failures
    )
    assert (failure.file, failure.line) == ("a.py", 14)


def test_a_linters_suite_is_the_file_of_its_findings() -> None:
    run = run_of(
        '<testsuites><testsuite name="/w/src/pump.js"><testcase name="org.eslint.no-var" classname="/w/src/pump">'
        '<failure message="no var">line 3, col 1</failure></testcase></testsuite>'
        '<testsuite name="pkg.Pump"><testcase name="a" classname="pkg"/></testsuite></testsuites>'
    )
    assert [case.file for case in run.cases] == ["/w/src/pump.js", None]


def test_a_file_that_did_not_load_is_told_once() -> None:
    case = '<testcase classname="Test suite failed to run" name="a.test.js">{}</testcase>'
    told = case.format("<error>  ● Test suite failed to run\n\n    no such module\n</error>")
    run = run_of(f'<testsuite name="a.test.js">{told}{case.format("<failure>{}</failure>")}</testsuite>')
    assert [[failure.message for failure in case.failures] for case in run.cases] == [["no such module"]]


def test_suites_of_node_count_what_stands_directly_in_them() -> None:
    run = run_of(
        '<testsuites><testcase name="a" classname="test"/><testsuite name="s" tests="2"><testcase name="b" classname="test"/>'
        '<testsuite name="in" tests="1"><testcase name="c" classname="test"/></testsuite></testsuite>'
        "<!-- tests 3 --><!-- pass 3 --><!-- fail 0 --></testsuites>"
    )
    assert run.totals.tests == 3
    assert not run.warnings


def test_the_code_of_a_program_is_not_what_it_said() -> None:
    said = "<error/><system-err>two arguments are needed\n\n(test program exited with status code 1)</system-err>"
    assert _messages(_only(said)) == ["two arguments are needed"]


@pytest.mark.parametrize(
    ("suite", "failure"),
    [
        ('name="Tap-Junit-Suite"', '<failure message="operator: equal"/>'),
        ('name="TAP Tests"', '<failure message="operator: equal"/>'),
        ('name="rspec" seed="1"', '<failure message="expected: 1"/>'),
        ('name="rspec2" seed="1"', '<failure message="expected: 1"/>'),
        (
            'name="cart"',
            "<failure message=\"FALSE is not TRUE ('test-cart.R:12:3')\">FALSE is not TRUE</failure>",
        ),
        ('name="Firefox 120"', '<failure type="">Expected 1 to be 2.</failure>'),
    ],
)
def test_what_has_one_name_and_is_no_try(suite: str, failure: str) -> None:
    """tape calls many assertions \"should be equal\", testthat's elements are expectations, RSpec's examples may share a name."""
    around = (
        '<properties><property name="browser.fullName" value="x"/></properties>' if "Fire" in suite else ""
    )
    run = run_of(
        f'<testsuites><testsuite {suite}>{around}<testcase classname="cart" name="adds">{failure}</testcase>'
        '<testcase classname="cart" name="adds"/></testsuite></testsuites>'
    )
    assert (run.totals.passed, run.totals.failed, run.totals.flaky) == (1, 1, 0)


def test_what_node_says_of_coverage_stands_in_a_comment() -> None:
    said = "Error: 50.00% line coverage does not meet threshold of 90%."
    run = run_of(
        f'<testsuites>\n<testcase name="adds" classname="test"/>\n<!-- {said} -->\n<!-- tests 1 --></testsuites>'
    )
    assert [(failure.message, failure.source_line) for failure in run.failures] == [(said, 3)]


_SUM = """
<testsuites>
  <testsuite name="All" tests="%d" failures="1"><properties/></testsuite>
  <testsuite name="All$Door" tests="2" failures="1">
    <testcase classname="Door" name="opens"><failure message="it is locked"/></testcase>
    <testcase classname="Door" name="closes"/>
  </testsuite>
  <testsuite name="All$Bell" tests="1"><testcase classname="Bell" name="rings"/></testsuite>
</testsuites>
"""


def test_a_suite_that_is_the_sum_of_those_behind_it_lost_nothing() -> None:
    run = run_of(_SUM % 3)
    assert (run.totals.tests, run.failures, run.warnings) == (3, (), ())


def test_a_suite_that_counts_what_nobody_lists_is_a_failure() -> None:
    assert [failure.message for failure in run_of(_SUM % 4).failures] == [
        "the suite 'All' counts 1 failed, and lists none of them"
    ]


def test_a_suite_without_tests_is_told_where_the_report_breaks_off() -> None:
    begin = '<testsuites><testsuite name="a" tests="2" failures="1"/><testsuite name="b"><testcase name="t"/>'
    assert [failure.message for failure in run_of(begin).failures] == [
        "the suite 'a' counts 1 failed, and lists none of them"
    ]


def test_the_last_result_that_a_program_of_tap_wrote_is_no_reason() -> None:
    run = run_of(
        '<testsuites><testsuite name="t.t" tests="3" failures="1" errors="2"><system-out>1..3\nok 1 - a\n</system-out>'
        '<testcase name="a"/><testcase name="plan"><failure message="bad plan"/></testcase></testsuite></testsuites>'
    )
    assert [failure.message for failure in run.failures] == [
        "the suite 't.t' counts 2 broken, and lists none of them"
    ]


@pytest.mark.parametrize(
    ("attributes", "told", "outcome"),
    [
        ('outcome="failed"', "", "failed"),
        ('state="Error"', "", "error"),
        ('result="interrupted"', "", "error"),
        ('outcome="passed"', "", "passed"),
        ("", '<Failure message="locked"/>', "failed"),
        ("", "<failed>locked</failed>", "failed"),
        ("", "<ERROR>locked</ERROR>", "error"),
        ("", '<aborted message="locked"/>', "error"),
        ("", "<failed>false</failed><aborted>0</aborted>", "passed"),
    ],
)
@pytest.mark.parametrize("many", [1, 300])
def test_home_made_writers_say_in_their_own_words_that_a_test_failed(
    attributes: str, told: str, outcome: str, many: int
) -> None:
    cases = "".join(
        f'<testcase classname="c" name="t{at}" {attributes}>{told}</testcase>' for at in range(many)
    )
    run = run_of(f'<testsuite name="s">{cases}</testsuite>')
    assert [case.outcome.value for case in run.cases] == [outcome] * many
    if "locked" in told:
        assert {failure.message for case in run.cases for failure in case.failures} == {"locked"}


def test_a_head_may_count_what_failed_instead_of_failures() -> None:
    run = run_of('<testsuite name="s" tests="1" failed="1"><testcase name="a"/></testsuite>')
    assert [failure.message for failure in run.failures] == [
        "the suite 's' counts 1 failed, and lists none of them"
    ]
