"""``pytest --report-log``: one JSON object a line, one for each phase of each test, written as it happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from triage.ingest.broken_off import BROKEN, judged
from triage.ingest.json_text import get, integer, items, load_lines, number, rows, text, words
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.pytest_text import native_message, node_parts, phases
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn

_SUBTESTS = "SubTestReport"


def _sniff(sample: Sample) -> int:
    return 98 if '"$report_type"' in sample.text else 0


@dataclass
class _Test:
    """What was told of one test so far."""

    node: str
    outcome: Outcome | None = None
    line: int | None = None
    seconds: float = 0.0
    tries: int = 1
    failures: list[Failure] = field(default_factory=list)
    output: list[str] = field(default_factory=list)

    def add(self, report: dict[str, Any], number: int) -> None:
        when, told = text(report, "when"), text(report, "outcome")
        place = items(report, "location")
        if len(place) > 1 and isinstance(place[1], int):
            self.line = place[1] + 1
        self.seconds += _duration(report)
        if told == "rerun":
            self.tries += 1
            self.failures.append(_failure(report, number))
            self.outcome = None
        elif told == "failed":
            # The count of failed subtests repeats what was told of each.
            if not (self.failures and text(report, "longrepr").startswith("contains ")):
                self.failures.append(_failure(report, number))
            now = Outcome.FAILED if when == "call" else Outcome.ERROR
            self.outcome = phases(self.outcome, now)
        elif "wasxfail" in report:
            self.outcome = Outcome.XFAILED if told == "skipped" else Outcome.XPASSED
        elif told == "skipped":
            self.outcome = Outcome.SKIPPED
        elif when == "call" and self.outcome is None:
            self.outcome = Outcome.PASSED
        if when == "teardown" or told in ("failed", "rerun"):
            self.output = [said for part in items(report, "sections") if (said := _section(part))]

    def result(self) -> CaseResult:
        file, suite, name = node_parts(self.node)
        assert self.outcome is not None
        return CaseResult(
            name,
            self.outcome,
            suite,
            file,
            self.line,
            duration=round(self.seconds, 6),
            attempts=self.tries,
            failures=tuple(self.failures),
            output="\n".join(self.output),
        )


def _read(source: Source, verdict: list[Failure]) -> Iterator[Item]:
    running: dict[str, _Test] = {}
    started: list[float] = []
    finished, told, last = False, False, 0
    for last, report, line in load_lines(source):
        if report is None:
            yield Warn(f"no JSON here: {line.strip()[:60]}", last)
            continue
        kind, node = text(report, "$report_type"), text(report, "nodeid")
        finished = finished or kind == "SessionFinish"
        if (code := integer(report, "exitstatus")) in BROKEN:
            said = f"pytest ended with the exit code {code}, and no test failed"
            verdict.append(Failure(said, kind="error", source_line=last))
        if kind == "CollectReport" and text(report, "outcome") == "failed":
            told = True
            yield _failure(report, last, kind="error")
        elif kind in ("TestReport", _SUBTESTS):
            told = True
            if not started and (start := number(report, "start")) and 0 < start < 1e11:
                started.append(start)
            test = running.setdefault(node, _Test(node))
            if kind == _SUBTESTS:
                if text(report, "outcome") == "failed":
                    test.failures.append(_failure(report, last))
                    test.outcome = Outcome.FAILED
                continue
            test.add(report, last)
            if text(report, "when") == "teardown" and test.outcome is not None:
                yield running.pop(node).result()
    if not told and not finished:
        raise IngestError(
            f"{source.name}:{last}: no test report up to here; was the run stopped at its start?"
        )
    if started:
        yield RunInfo(started=datetime.fromtimestamp(started[0], UTC).isoformat(timespec="seconds"))
    for test in running.values():
        if test.outcome is not None:
            yield test.result()
        else:
            yield _unfinished(test, last)
    if not finished:
        yield Warn("no end of the session: the run was stopped or crashed", last)


def _unfinished(test: _Test, last: int) -> CaseResult:
    """A test that began and was never heard of again took the process down, or was running when it ended."""
    said = "the run ended while this test was running: a crash, a kill or a time-out"
    test.failures.append(Failure(said, kind="error", source_line=last))
    test.outcome = Outcome.ERROR
    return test.result()


def _duration(report: dict[str, Any]) -> float:
    return max(0.0, number(report, "duration") or 0.0)


def _section(part: Any) -> str:
    return str(part[1]).strip() if isinstance(part, list) and len(part) == 2 else ""


def _failure(report: dict[str, Any], number: int, kind: str = "") -> Failure:
    kind = kind or ("failure" if text(report, "when") == "call" else "error")
    trace, crash = _trace(report), text(report, "longrepr", "reprcrash", "message")
    message = crash
    if not crash and kind == "error" and "\nE   " not in f"\n{trace}":
        message = native_message(trace)
    failure = failure_from(trace or crash or "failed", message=message, kind=kind, source_line=number)
    if failure.file is None and (place := get(report, "longrepr", "reprcrash")):
        return Failure(
            failure.message, failure.type, kind, failure.trace, text(place, "path") or None,
            integer(place, "lineno"), number,
        )  # fmt: skip
    return failure


def _trace(report: dict[str, Any]) -> str:
    """The failure section as pytest prints it, put together from its parts; chained causes come first."""
    links = [link for link in items(report, "longrepr", "chain") if isinstance(link, list) and link]
    parts: list[str] = []
    for link in links or [[get(report, "longrepr", "reprtraceback")]]:
        for entry in rows(link[0], "reprentries"):
            parts += words(entry, "data", "lines")
            if place := get(entry, "data", "reprfileloc"):
                file, line = text(place, "path"), text(place, "lineno")
                parts += ["", f"{file}:{line}: {text(place, 'message')}".rstrip(), ""]
        if len(link) > 2 and isinstance(link[2], str):
            parts += ["", link[2], ""]
    return "\n".join(parts).strip("\n") or text(report, "longrepr")


READER = Reader("pytest-reportlog", _sniff, judged(_read))
