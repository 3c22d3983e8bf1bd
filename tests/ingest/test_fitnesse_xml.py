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
