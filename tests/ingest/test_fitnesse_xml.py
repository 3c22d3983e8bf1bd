"""FitNesse's answers in XML."""

from __future__ import annotations

from tests.ingest.made import counts, run_of

_PAGE = """<result><counts><right>{right}</right><wrong>{wrong}</wrong><ignores>{ignores}</ignores>
<exceptions>{exceptions}</exceptions></counts>{more}<relativePageName>{name}</relativePageName></result>"""


def _run(*pages: str, behind: str = "") -> str:
    return f"<testResults><FitNesseVersion>v1</FitNesseVersion>{''.join(pages)}{behind}</testResults>"


def _page(
    name: str, right: int = 1, wrong: int = 0, ignores: int = 0, exceptions: int = 0, more: str = ""
) -> str:
    return _PAGE.format(
        name=name, right=right, wrong=wrong, ignores=ignores, exceptions=exceptions, more=more
    )


def test_a_page_is_a_test_and_its_red_cells_say_why() -> None:
    content = (
        '<content><![CDATA[<table>\n<tr><td>cash</td>\n<td><span class="pass">no</span></td></tr>\n'
        '<tr><td>10</td>\n<td>[no] <span class="fail">expected [yes &amp; now]</span></td></tr></table>]]></content>'
    )
    run = run_of(
        _run(
            _page("Good", more="<runTimeInMillis>250</runTimeInMillis>"),
            _page("Milk", wrong=1, more=content),
            _page("Ignored", right=0, ignores=2),
            _page("Broken", exceptions=1, more="<pageHistoryLink>Broken?x</pageHistoryLink>"),
        )
    )
    assert run.format == "fitnesse-xml"
    assert counts(run) == (4, 1, 1, 1, 1)
    assert run.cases[0].duration == 0.25
    (milk,), (broken,) = run.cases[1].failures, run.cases[3].failures
    assert milk.message == "[no] expected [yes & now]"
    assert broken.message == "1 right, 0 wrong, 1 exceptions"


def test_what_an_instruction_should_have_returned_is_the_reason() -> None:
    told = """<instructions><instructionResult><expectation><status>right</status>
    <evaluationMessage>pass(3)</evaluationMessage></expectation></instructionResult><instructionResult>
    <expectation><status>wrong</status><evaluationMessage>[4] fail(expected [5])</evaluationMessage></expectation>
    </instructionResult></instructions>"""
    run = run_of(_run(_page("Sum", wrong=1, more=told)))
    assert [failure.message for failure in run.cases[0].failures] == ["[4] fail(expected [5])"]


def test_what_broke_the_program_behind_the_pages_is_a_failure_of_the_run() -> None:
    log = "<executionLog><exitCode>1</exitCode><exceptions><exception>no port left</exception></exceptions></executionLog>"
    assert [failure.message for failure in run_of(_run(_page("Good"), behind=log)).failures] == [
        "no port left"
    ]


def test_a_row_whose_cells_are_all_red_is_told_by_what_was_thrown_in_it() -> None:
    content = (
        '<content><![CDATA[<table><tr class="exception closed"><td class="error">5</td><td class="error">6</td></tr>'
        '<tr class="exception-detail closed-detail"><td colspan="2"><pre>__EXCEPTION__:message:&lt;&lt;no milk '
        "left&gt;&gt;\n\tat shop.Fridge.take(Fridge.java:7) [classes]</pre></td></tr></table>]]></content>"
    )
    run = run_of(_run(_page("Fridge", exceptions=1, more=content)))
    (failure,) = run.cases[0].failures
    assert (failure.message, failure.file, failure.line) == ("no milk left", "Fridge.java", 7)


def test_values_that_newer_versions_only_compare_are_the_reason() -> None:
    told = """<instructions><instructionResult><expectation><status>fail</status><actual>4</actual>
    <expected>5</expected></expectation></instructionResult></instructions>"""
    run = run_of(_run(_page("Sum", wrong=1, more=told)))
    assert [failure.message for failure in run.cases[0].failures] == ["[4] expected [5]"]


def test_a_page_that_asserts_nothing_is_ignored_unless_it_sets_up_others() -> None:
    run = run_of(_run(_page("Words", right=0), _page("Shop.SuiteSetUp", right=0), _page("Milk")))
    assert counts(run) == (3, 2, 0, 0, 1)


def test_counts_of_the_end_are_red_where_no_page_is() -> None:
    final = "<finalCounts><right>0</right><wrong>0</wrong><ignores>0</ignores><exceptions>{}</exceptions></finalCounts>"
    assert run_of(_run(behind=final.format(1))).failures
    assert not run_of(_run(_page("Milk"), behind=final.format(0))).failures
    assert not run_of(_run(_page("Milk", exceptions=1), behind=final.format(1))).failures


def test_its_console_names_pages_whose_program_never_came_up() -> None:
    run = run_of(
        "Starting Test System: slim:demo.\n"
        "X 09:00:01 R:0    W:0    I:0    E:3    Milk\t(Shop.Milk)\t0.250 seconds\n"
        "--------\n1 Tests,\t1 Failures\t0.300 seconds.\n"
    )
    assert run.format == "fitnesse-console"
    assert counts(run) == (1, 0, 0, 1, 0)
    assert run.cases[0].duration == 0.25
