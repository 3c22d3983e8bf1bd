"""Meson's ``meson-logs/testlog.json``: a test in each line, after ``JsonLogfileBuilder`` of its ``mtest.py``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from triage.ingest.console import Line
from triage.ingest.json_text import integer, load_lines, number, text, words
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.meson_text import OUTCOMES, suite_and_name, test_failure
from triage.model import CaseResult, Item, Outcome, RunInfo, Warn

_TEST = re.compile(r'^\{"name": "(?>[^"\\]|\\.)*", "stdout": "', re.MULTILINE)
_ASKED = re.compile(r'"(?:starttime|returncode)": -?\d')


def _sniff(sample: Sample) -> int:
    # The output of the first test may be longer than what is seen.
    return 92 if _TEST.match(sample.text) and _ASKED.search(sample.text + sample.end) else 0


def _read(source: Source) -> Iterator[Item]:
    begin: float | None = None
    end = 0.0
    told = False
    for at, test, said in load_lines(source):
        if test is None or "result" not in test:
            yield Warn(f"no test of Meson here: {said.strip()[:60]}", at)
            continue
        told = True
        yield _case(test, at)
        started, spent = number(test, "starttime"), number(test, "duration")
        if started is not None:
            begin = started if begin is None else min(begin, started)
            end = max(end, started + (spent or 0.0))
    if not told:
        raise IngestError(f"{source.name}: no test in this log of Meson; was the run stopped at its start?")
    yield RunInfo(duration=round(end - begin, 6) if begin is not None else None)


def _case(test: dict[str, Any], at: int) -> CaseResult:
    suite, name = suite_and_name(text(test, "name"))
    word = text(test, "result")
    outcome = OUTCOMES.get(word, Outcome.ERROR)
    output = "\n".join(filter(None, (text(test, "stdout"), text(test, "stderr"))))
    code = integer(test, "returncode") or 0
    ended = f"killed by signal {-code}" if code < 0 else f"exit status {code}"
    note = f"{word}: {ended}" if code else word
    lines = [Line(at, line) for line in output.split("\n") if line.strip()]
    failures = (test_failure(note, lines, Line(at, note), outcome),) if outcome.is_red else ()
    return CaseResult(
        name,
        outcome,
        suite,
        duration=number(test, "duration"),
        failures=failures,
        output="" if failures else output,
        properties=(("command", " ".join(words(test, "command"))),) if words(test, "command") else (),
    )


READER = Reader("meson-json", _sniff, _read)
