"""The event stream of ``dart test`` and ``flutter test``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from triage.ingest import IngestError, Source, collect
from triage.model import Outcome

TextSource = Callable[[str | bytes], Source]

START = {"protocolVersion": "0.1.1", "runnerVersion": "1.24.0", "pid": 1, "type": "start", "time": 0}
SUITE = {"suite": {"id": 0, "platform": "vm", "path": "test/till_test.dart"}, "type": "suite", "time": 0}
END = {"success": False, "type": "done", "time": 900}


def began(id: int, name: str, *groups: int, **more: Any) -> dict[str, Any]:
    test = {"id": id, "name": name, "suiteID": 0, "groupIDs": list(groups), "line": 3, "metadata": {}, **more}
    return {"test": test, "type": "testStart", "time": 10 * id}


def group(id: int, name: str) -> dict[str, Any]:
    return {"group": {"id": id, "suiteID": 0, "name": name, "testCount": 1}, "type": "group", "time": 1}


def ended(id: int, result: str = "success", *, hidden: bool = False, skipped: bool = False) -> dict[str, Any]:
    return {
        "testID": id, "result": result, "skipped": skipped, "hidden": hidden, "type": "testDone",
        "time": 10 * id + 5,
    }  # fmt: skip


def broke(id: int, said: str, *, failure: bool) -> dict[str, Any]:
    stack = "package:matcher  expect\ntest/till_test.dart 13:9  main.<fn>\n"
    return {
        "testID": id,
        "error": said,
        "stackTrace": stack,
        "isFailure": failure,
        "type": "error",
        "time": 1,
    }


def stream(*events: object) -> str:
    return "".join(
        event + "\n" if isinstance(event, str) else json.dumps(event, separators=(",", ":")) + "\n"
        for event in events
    )


def test_results_groups_and_hidden_tests(text_source: TextSource) -> None:
    text = stream(
        "Resolving dependencies...", START, SUITE, began(1, "loading test/till_test.dart"), ended(1, hidden=True),
        group(2, ""), group(3, "Till"), group(4, "Till when open"),
        began(5, "Till when open sums", 2, 3, 4), broke(5, "Expected: <2>\n  Actual: <1>", failure=True),
        ended(5, "failure"),
        began(6, "Till when open drops", 2, 3, 4), broke(6, "StateError: no drawer", failure=False),
        ended(6, "error"),
        began(7, "waits", 2, metadata={"skip": True, "skipReason": "slow"}), ended(7, skipped=True),
        [{"event": "test.startedProcess", "params": {}}],
        began(8, "opens", 2), {"testID": 8, "messageType": "print", "message": "click", "type": "print"},
        ended(8), END,
    )  # fmt: skip
    run = collect(text_source(text))
    assert run.format == "dart-json"
    cases = {case.name: case for case in run.cases}
    assert {name: case.outcome for name, case in cases.items()} == {
        "sums": Outcome.FAILED, "drops": Outcome.ERROR, "waits": Outcome.SKIPPED, "opens": Outcome.PASSED
    }  # fmt: skip
    assert (cases["sums"].suite, cases["sums"].file) == ("Till > when open", "test/till_test.dart")
    [failure] = cases["sums"].failures
    assert (failure.file, failure.line, failure.source_line) == ("test/till_test.dart", 13, 10)
    assert cases["drops"].failures[0].type == "StateError"
    assert (cases["opens"].output, cases["opens"].duration) == ("click", 0.005)
    assert (run.info.duration, run.failures, run.warnings) == (0.9, (), ())


@pytest.mark.parametrize("name", ["loading test/till_test.dart", "Till (setUpAll)", "(tearDownAll)"])
def test_what_breaks_around_tests_is_no_test(text_source: TextSource, name: str) -> None:
    text = stream(
        START, SUITE, began(1, name), broke(1, "Failed to load", failure=False), ended(1, "error"), END
    )
    run = collect(text_source(text))
    assert (run.totals.tests, [f.message for f in run.failures]) == (0, ["Failed to load"])


def test_a_run_that_was_stopped(text_source: TextSource) -> None:
    text = stream(START, SUITE, began(1, "loading x"), began(2, "opens"), ended(2), began(3, "closes"))
    run = collect(text_source(text))
    assert [(case.name, case.outcome) for case in run.cases] == [
        ("opens", Outcome.PASSED), ("closes", Outcome.ERROR)
    ]  # fmt: skip
    assert "stopped or crashed" in run.warnings[0].text
    with pytest.raises(IngestError):
        collect(text_source(stream(SUITE, began(1, "opens"))))


def test_an_error_behind_the_end_of_a_test_makes_it_red(text_source: TextSource) -> None:
    late = broke(1, "late", failure=False)
    run = collect(text_source(stream(START, SUITE, began(1, "opens"), ended(1), late, END)))
    [case] = run.cases
    assert (case.outcome, [f.message for f in case.failures]) == (Outcome.ERROR, ["late"])
    assert run.failures == ()


def test_what_failed_and_fails_once_more_behind_its_end_has_failed(text_source: TextSource) -> None:
    first, late = broke(1, "open", failure=True), broke(1, "still open", failure=True)
    run = collect(text_source(stream(START, SUITE, began(1, "shuts"), first, ended(1, "failure"), late, END)))
    [case] = run.cases
    assert (case.outcome, len(case.failures)) == (Outcome.FAILED, 2)


def test_a_stream_that_was_set_in(text_source: TextSource) -> None:
    lines = stream(START, SUITE, began(1, "shuts"), broke(1, "open", failure=True), ended(1, "failure"), END)
    run = collect(text_source("".join(f"    {line}\n" for line in lines.splitlines())))
    assert [(case.name, case.outcome) for case in run.cases] == [("shuts", Outcome.FAILED)]


def test_an_error_long_behind_the_end_of_a_test_is_told(text_source: TextSource) -> None:
    others = [event for id_ in range(2, 2_000) for event in (began(id_, f"opens {id_}"), ended(id_))]
    late = broke(1, "late", failure=False)
    run = collect(text_source(stream(START, SUITE, began(1, "opens"), ended(1), *others, late, END)))
    assert (run.totals.passed, [f.message for f in run.failures]) == (1_999, ["late"])
    assert [case.name for case in run.cases][:2] == ["opens", "opens 2"]


def test_the_tries_are_those_that_the_runner_tells(text_source: TextSource) -> None:
    again = {"testID": 1, "messageType": "print", "message": "Retry: opens", "type": "print"}
    tries = [broke(1, "no key", failure=False), broke(1, "no door", failure=False), again]
    passed = collect(text_source(stream(START, SUITE, began(1, "opens"), *tries, ended(1), END)))
    assert (passed.totals.flaky, passed.cases[0].attempts, len(passed.cases[0].failures)) == (1, 2, 2)
    tries.append(broke(1, "no key", failure=False))
    failed = collect(text_source(stream(START, SUITE, began(1, "opens"), *tries, ended(1, "error"), END)))
    assert (failed.totals.errors, failed.cases[0].attempts) == (1, 2)


def test_the_first_protocol_told_a_skip_only_at_the_start(text_source: TextSource) -> None:
    done = {key: value for key, value in ended(2).items() if key != "skipped"}
    told = began(2, "opens", metadata={"skip": True, "skipReason": "no till"})
    run = collect(text_source(stream({**START, "protocolVersion": "0.1.0"}, SUITE, told, done, END)))
    assert [(case.outcome, case.properties) for case in run.cases] == [
        (Outcome.SKIPPED, (("reason", "no till"),))
    ]
