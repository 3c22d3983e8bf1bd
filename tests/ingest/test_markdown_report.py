"""Reports written by hand: what they state is read, what they leave out is not invented."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SAMPLES, SEEDS, needs_seeds, source_of
from triage.ingest import IngestError, Source, collect
from triage.ingest.markdown.blocks import blocks, sections
from triage.ingest.readers.markdown_report import READER
from triage.ingest.text import mend
from triage.model import CaseResult, Outcome, Run, Totals, Warn

TextSource = Callable[[str], Source]

REPORT = """\
# Nightly of the pump station

**Date:** March 4, 2026
**Environment:** bench 3
**Workers:** 4

## Results

- **Total Tests:** 12
- **Passed:** 7 (58.3%)
- **Failed:** 4
- **Skipped:** 1

| Module | Tests | Passed | Failed | Skipped |
|--------|-------|--------|--------|---------|
| valves | 6 | 4 | 2 | 0 |
| alarms | 6 | 3 | 2 | 1 |
| **Total** | **12** | **7** | **4** | **1** |

## Failed tests

1. `test_valve_closes` (2.5s) - TimeoutError: valve 7 did not answer
2. `test_alarm_is_sent`: HTTP 403 from the pager

### Telemetry (2 failures)

```
ConnectionRefusedError: [Errno 111] telemetry refused the connection
```

- `test_level_is_reported` (3 variants)
- web: `dashboard > shows the level`

## Passed tests

- [x] `test_pump_starts`
- [x] `test_pump_stops`

## Recommendations

- Look at test_valve_closes first
"""


def read(text_source: TextSource, text: str) -> Run:
    return collect(text_source(dedent(text)))


def test_a_report_as_people_write_them(text_source: TextSource) -> None:
    run = read(text_source, REPORT)
    assert run.format == "markdown-report"
    assert run.totals == Totals(tests=12, passed=7, failed=4, skipped=1)
    assert (run.info.started, run.info.environment, run.info.workers) == ("2026-03-04", "bench 3", 4)
    assert [table.rows[0] for table in run.info.tables] == [("valves", "6", "4", "2", "0")]
    by_name = {case.name: case for case in run.cases}
    assert by_name["test_valve_closes"].duration == 2.5
    assert by_name["test_valve_closes"].failures[0].type == "TimeoutError"
    assert by_name["test_alarm_is_sent"].failures[0].message == "HTTP 403 from the pager"
    quoted = by_name["test_level_is_reported"].failures[0]
    assert quoted.message == "ConnectionRefusedError: [Errno 111] telemetry refused the connection"
    assert by_name["dashboard > shows the level"].suite == "web"
    assert [c.name for c in run.cases if c.outcome is Outcome.PASSED] == [
        "test_pump_starts",
        "test_pump_stops",
    ]
    assert len(run.cases) == 6
    assert run.warnings == ()


def test_lines_point_into_the_report(text_source: TextSource) -> None:
    lines = REPORT.split("\n")
    for case in read(text_source, REPORT).cases:
        for failure in case.failures:
            assert failure.source_line is not None
            assert case.name in lines[failure.source_line - 1]


@pytest.mark.parametrize(
    ("broken", "warning"),
    [
        (("**Passed:** 7 (58.3%)", "**Passed:** 8 (58.3%)"), "add up to 13, not to the stated 12 tests"),
        (("| valves | 6 | 4 | 2 | 0 |", "| valves | 6 | 5 | 2 | 0 |"), "adds up to 7, not to its 6 tests"),
        (("| **12** | **7**", "| **12** | **9**"), "add up to 7 passed, the total row says 9"),
        (("## Failed tests", "7 of 12 passed, that is 80 %\n\n## Failed tests"), "7 of 12 is 58.3 %"),
        (("1. `test_valve_closes`", "1. `test_other`\n1. `test_valve_closes`"), None),
        (
            ("- web: `dashboard > shows the level`", "and one of the web tests"),
            "4 failed tests are stated, 3 are named",
        ),
    ],
)
def test_what_contradicts_itself_is_told(
    text_source: TextSource, broken: tuple[str, str], warning: str | None
) -> None:
    assert broken[0] in REPORT
    warnings = [warn.text for warn in read(text_source, REPORT.replace(*broken)).warnings]
    assert warnings == [] if warning is None else any(warning in text for text in warnings)


def test_totals_of_suites_are_added_up_and_that_is_told(text_source: TextSource) -> None:
    run = read(
        text_source,
        """\
        # Two suites
        **Date:** 2026-01-02

        ### Valve Tests: (3/4 PASSED)
        - ✅ opens: 0.2s - fine
        - ✅ closes: 0.3s
        - ✅ stays closed
        - ❌ leaks: 1.2s - drops on the floor

        ### Alarm Tests: (1/1 PASSED)
        - ✅ rings
        """,
    )
    assert run.totals == Totals(tests=5, passed=4, failed=1)
    assert run.info.suites == ("Valve Tests", "Alarm Tests")
    assert [(c.suite, c.name, c.duration) for c in run.cases][3] == ("Valve Tests", "leaks", 1.2)
    assert run.cases[3].failures[0].message == "drops on the floor"
    assert any("no overall total is stated" in warn.text for warn in run.warnings)


def test_a_cause_given_for_a_whole_list_reaches_each_test(text_source: TextSource) -> None:
    run = read(
        text_source,
        """\
        # Report
        5 passed / 7 total

        ## Failed tests (2 failures)
        - **test_a** - billing
        - **test_b** - billing

        **Root Cause**: `HTTP 429` from the billing API
        """,
    )
    assert {f.message for c in run.cases for f in c.failures} == {"HTTP 429 from the billing API"}
    assert {c.properties for c in run.cases} == {(("note", "billing"),)}


def test_a_table_with_one_test_a_row(text_source: TextSource) -> None:
    run = read(
        text_source,
        """\
        ## Results of the run: 2 passed, 1 failed

        | Test | Status | Time | Error |
        |------|--------|------|-------|
        | test_a | ✅ PASS | 0.5s | |
        | test_b | ❌ FAIL | 1.25 | KeyError: 'b' |
        | test_c | maybe | | |
        | Total | | | |

        Tests passed: 1, tests failed: 1
        """,
    )
    assert [(c.name, c.outcome, c.duration) for c in run.cases] == [
        ("test_a", Outcome.PASSED, 0.5),
        ("test_b", Outcome.FAILED, 1.25),
    ]
    assert run.cases[1].failures[0].type == "KeyError"
    assert any("test_c" in warn.text and warn.line == 7 for warn in run.warnings)


def test_lost_heading_marks(text_source: TextSource) -> None:
    run = read(
        text_source,
        """\
        Test Execution Report
        **Date:** 2026-01-02
        ---
        Health
        # ask the server
        $ curl http://localhost/health
        Results
        - **Total Tests:** 3
        - **Passed:** 2
        - **Failed:** 1
        Tests That Passed (2 Total)
        - **Tenant isolation** - complete
        - **Free tier** - enforced
        Failing Test Analysis
        1. Rate limit
        **Symptom:** "Failed to create test user: Rate limit exceeded"
        """,
    )
    assert [c.name for c in run.cases] == ["Tenant isolation", "Free tier"]
    assert [f.message for f in run.failures] == ["Failed to create test user: Rate limit exceeded"]


def test_prose_is_no_report(text_source: TextSource) -> None:
    guide = "# Guide\n\n- **Install** it\n- `pip install x`\n\n## Use\n\nRun the tests.\n" * 10
    plan = "# Plan\n\n- watch the pass rate\n- tests passed: soon\n- PASSED or FAILED?\n- FAILED once\n- PASSED\n"
    assert collect(text_source(plan)).format == "log"
    for text in (guide, (SAMPLES / "README.md").read_text("utf-8")):
        with pytest.raises(IngestError, match="a page in Markdown without a report"):
            collect(text_source(text))


def test_a_report_without_a_result_says_so(text_source: TextSource) -> None:
    text = "# Plan\n\n- watch the pass rate\n"
    with pytest.raises(IngestError, match="no totals and no test results in this report"):
        list(READER.read(text_source(text)))


@needs_seeds
@pytest.mark.parametrize(
    ("seed", "totals", "named"),
    [
        ("000", Totals(tests=281, passed=8, failed=273), 8),
        ("001", Totals(tests=36, passed=22, failed=10, errors=4), 18),
        ("002", Totals(tests=153, passed=146, failed=7), 7),
        ("003", Totals(tests=27, passed=20, failed=7), 23),
        ("004", Totals(tests=25, passed=22, failed=3), 25),
    ],
)
def test_seeds(seed: str, totals: Totals, named: int) -> None:
    run = collect(source_of(next(SEEDS.glob(f"{seed}_*"))))
    assert (run.format, run.totals, len(run.cases)) == ("markdown-report", totals, named)
    assert run.info.started


@needs_seeds
@pytest.mark.parametrize(
    ("seed", "name", "said"),
    [
        ("002", "test_websocket_connection", "HTTP 403 errors when attempting WebSocket connections"),
        ("003", "WebSocket connection", "no subprotocols supported"),
        ("004", "test_001_websocket_connection_real", "WebSocket connection establishment timeouts"),
    ],
)
def test_seeds_say_why(seed: str, name: str, said: str) -> None:
    run = collect(source_of(next(SEEDS.glob(f"{seed}_*"))))
    [case] = [case for case in run.cases if case.name == name]
    assert said in case.failures[0].message


def test_broken_encoding_is_mended() -> None:
    for mark in "✅❌🔍🎯🔥⏳é–":
        broken = mark.encode().decode("cp1252", "ignore")
        assert mend(f"- {broken} Health checks") == f"- {mark} Health checks"
    assert mend("âš ï¸ PARTIAL") == "⚠️ PARTIAL"


def test_the_sample_report_agrees_with_its_own_counts() -> None:
    run = collect(source_of(SAMPLES / "nightly-report.md"))
    assert run.totals == Totals(tests=126, passed=71, failed=40, errors=10, skipped=5)
    said = {failure.message for case in run.cases for failure in case.failures}
    assert "websockets.exceptions.NegotiationError: no subprotocols supported" in said


_LINE = st.one_of(
    st.sampled_from(REPORT.split("\n")),
    st.text(alphabet="# |-*`:[]()/✅❌⚠️0123456789abc\t", max_size=60),
    st.text(max_size=40),
)


@given(st.lists(_LINE, max_size=60))
def test_nothing_breaks_the_reader(lines: list[str]) -> None:
    text = "\n".join(lines)
    source = Source("report.md", lambda: BytesIO(text.encode("utf-8", "replace")))
    last = sum(1 for _ in source.lines())
    try:
        items = list(READER.read(source))
    except IngestError:
        return
    cases = [item for item in items if isinstance(item, CaseResult)]
    assert len({case.id for case in cases}) == len(cases)
    places = [failure.source_line for case in cases for failure in case.failures]
    places += [item.line for item in items if isinstance(item, Warn)]
    assert all(place is not None and 1 <= place <= last for place in places)


@given(st.lists(_LINE, max_size=40))
def test_every_block_has_its_line(lines: list[str]) -> None:
    found = blocks(lines)
    assert all(1 <= block.line <= len(lines) for block in found if block.kind != "code")
    assert sum(len(section.blocks) for section in sections(found)) == sum(b.kind != "heading" for b in found)


_CATEGORIES = """\
# Report
**Total Tests:** 9
- **Passed:** 2
- **Failed:** 7
## Failure categories
### Mailboxes (majority)
**Symptom:** no mailbox for a new tenant
### Invoices without a number
- drafts
- reminders
## Failing tests
- `test_a` - JWT parameter mismatch
- `test_b` - the mailbox is closed
- `test_c` - Same JWT issue
- `test_d` - same as above
- `test_e` - Same paper jam
"""


def test_a_reason_that_refers_to_another_one(text_source: TextSource) -> None:
    run = collect(text_source(_CATEGORIES))
    assert [case.failures[0].message for case in run.cases] == [
        "JWT parameter mismatch",
        "the mailbox is closed",
        "JWT parameter mismatch",
        "JWT parameter mismatch",
        "Same paper jam",
    ]
    assert run.cases[2].properties == (("note", "Same JWT issue"),)


def test_categories_of_failures_without_a_symptom(text_source: TextSource) -> None:
    run = collect(text_source(_CATEGORIES))
    said = {failure.message: failure.source_line for failure in run.failures}
    assert said == {"no mailbox for a new tenant": 7, "Invoices without a number": 8}


def test_tables_whose_rows_are_checks(text_source: TextSource) -> None:
    report = """
        # Acceptance of the lock

        | # | Check | Result | Issues |
        |---|---|---|---|
        | 1 | Gate opens | PASS (3 ok, 0 FAILED) | None |
        | 2 | Gate closes | ❌ FAIL | Sensor is wet |
        | 3 | Lamp is lit | Fail | Fuse |
        | 4 | Horn sounds | not run | |
        | | **Overall** | **PARTIAL** | |
        """
    run = read(text_source, report)
    assert [(case.name, case.outcome.value) for case in run.cases] == [
        ("Gate opens", "passed"),
        ("Gate closes", "failed"),
        ("Lamp is lit", "failed"),
        ("Horn sounds", "skipped"),
    ]
    assert [case.failures[0].message for case in run.cases if case.outcome.is_red] == [
        "Sensor is wet",
        "Fuse",
    ]


def test_rows_that_say_nothing_of_results_are_no_tests(text_source: TextSource) -> None:
    report = """
        # Test report of the lock

        **Total: 3/3 tests passed**

        | Component | Status |
        |---|---|
        | Gate | deployed |
        | Lamp | ordered |

        | Test Category | Tests | Status |
        |---|---|---|
        | Gate tests | 2/2 | ✅ PASS |
        | Lamp tests | 1/1 | ✅ PASS |
        """
    run = read(text_source, report)
    assert (run.totals.tests, run.totals.passed, list(run.cases)) == (3, 3, [])


@pytest.mark.parametrize(
    ("body", "totals"),
    [
        (
            "| Result | Count |\n|---|---|\n| ✅ Passed | 7 |\n| ❌ Failed | 1 |\n| ⚠️ Flaky | 2\\* |\n| **Total** | **8** |",
            Totals(8, 7, 1, flaky=2),
        ),
        (
            "| Metric | Value |\n|---|---|\n| Total Tests | 9 |\n| Passed | 6 |\n| Flaky | 2 |\n| Failed | 1 |\n| Rate | 89% |",
            Totals(9, 8, 1, flaky=2),
        ),
        ("- **Passed Tests:** 6\n- **Failed Tests:** 2\n- **Success Rate:** 75%", Totals(8, 6, 2)),
        (
            "- **Total Test Files:** 2\n- **Successful Tests:** 1 (50.0%)\n- **Failed Tests:** 1",
            Totals(2, 1, 1),
        ),
        (
            "| Check | Result |\n|---|---|\n| Unit | 558 passed, 2 failed |\n| GIO | 4 skipped |\n| Types | Passed |",
            Totals(565, 559, 2, 0, 4),
        ),
    ],
)
def test_totals_in_other_manners(text_source: TextSource, body: str, totals: Totals) -> None:
    report = f"# Tests of the lock\n\n**Date:** 2026-03-04\n\n{body}\n\n## Verdict\n\n- It passed.\n"
    source = text_source(report)
    assert READER.sniff(source.sample) == 75
    assert collect(source).totals == totals


def test_two_numbers_in_a_row_are_two_runs(text_source: TextSource) -> None:
    report = """
        # Tests of the lock

        | Result | Before | After |
        |---|---|---|
        | Passed | 7 | 8 |
        | Failed | 1 | 0 |

        - `test_gate_opens` - PASSED
        """
    run = read(text_source, report)
    assert run.totals == Totals(1, 1)


def test_sections_that_are_a_test_each(text_source: TextSource) -> None:
    report = """
        # Test report of the lock

        **Status:** FAILED

        ## Gates

        ### Test 1: Upper gate (north)
        **Expected:** opens
        **Result:** ✅ PASS

        ### 2. Lower gate
        **Result:** ❌ FAILED
        **Root Cause:** Sensor is wet

        ### 3. Lamp
        **Status:** ✅ FIXED

        ### 4. Horn
        **Status:** ⚠️ PARTIALLY PASSED

        ### 5. All of them
        **Result:** 3/4 PASSED
        """
    run = read(text_source, report)
    assert [(case.id, case.outcome.value) for case in run.cases] == [
        ("Gates::Test 1: Upper gate (north)", "passed"),
        ("Gates::Lower gate", "failed"),
    ]
    assert run.cases[1].failures[0].message == "Sensor is wet"


def test_items_that_say_their_result_below_a_heading_that_speaks_of_tests(text_source: TextSource) -> None:
    report = """
        # Lock

        ### Component tests
        - Build: **PASS** (vite)
        - Start of the server: FAILED, port 80 is taken
        - Websocket: **ENABLED**

        ### Notes
        - Review: PASS
        - Docs: PASS
        """
    run = read(text_source, report)
    assert [(case.name, case.outcome.value) for case in run.cases] == [
        ("Build", "passed"),
        ("Start of the server", "failed"),
    ]
    assert "port 80 is taken" in run.cases[1].failures[0].message


def test_what_was_made_and_what_was_done_are_no_tests(text_source: TextSource) -> None:
    report = """
        # Test report of the lock

        | Name | Status |
        |---|---|
        | gate-1 | ✅ Created |
        | gate-2 | ❌ Blocked by a policy |

        | Step | Action | Result |
        |---|---|---|
        | 1 | First try | ❌ Failed: no power |
        | 2 | Second try | ✅ PASSED |

        | Test | Result |
        |---|---|
        | Gate opens | ✅ PASSED |
        """
    run = read(text_source, report)
    assert [(case.name, case.outcome.value) for case in run.cases] == [("Gate opens", "passed")]


@pytest.mark.parametrize(
    ("said", "totals"),
    [
        ("**Result:** 41 passed, 5 skipped, 0 failed", Totals(46, 41, skipped=5)),
        ("The run of yesterday finished with **10 passed / 6 failed**.", Totals(16, 10, 6)),
        ("**Suite of today:** 152 tests, all passing", Totals(152, 152)),
        ("**9 / 9 suites pass.**", Totals(9, 9)),
        ("**Total: 31 passed, 0 failed**", Totals(31, 31)),
        (
            "## Gates\n\nResult: **9 passed**\n\n## Lamps\n\nResult: **2 tests passed**; all lit",
            Totals(11, 11),
        ),
    ],
)
def test_counts_in_words(said: str, totals: Totals, text_source: TextSource) -> None:
    report = (
        f"# Test report of the lock\n\n**Date:** 2026-03-02\n\n{said}\n\n- PASSED is good\n- FAILED is bad\n"
    )
    run = collect(text_source(report))
    assert (run.format, run.totals, [*run.failures]) == ("markdown-report", totals, [])


def test_a_quoted_console_does_not_make_a_report_a_log(text_source: TextSource) -> None:
    report = "# Test results\n\n**Total: 2 passed, 0 failed**\n\n- one\n- two\n\n```\nTraceback (most recent call last):\n```\n"
    assert collect(text_source(report)).totals == Totals(2, 2)


def test_a_section_that_is_a_test_may_say_so_in_items(text_source: TextSource) -> None:
    report = """
        # Test report

        #### Test TC001
        - **Test Name:** Upper gate opens
        - **Status:** ✅ Passed
        ---
        #### Test TC002
        - **Test Name:** Lower gate opens
        - **Test Error:** Stopped after 15 minutes
        - **Status:** ❌ Failed
        ---
        #### Test TC003
        - **Test Name:** Lamp
        - **Test Error:**
        Console:
        [ERROR] Failed to load lamp.css
        - **Status:** ❌ Failed
        """
    run = read(text_source, report)
    assert [(case.name, [failure.message for failure in case.failures]) for case in run.cases] == [
        ("Upper gate opens", []),
        ("Lower gate opens", ["Stopped after 15 minutes"]),
        ("Lamp", ["[ERROR] Failed to load lamp.css"]),
    ]
