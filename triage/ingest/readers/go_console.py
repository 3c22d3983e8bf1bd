"""What ``go test`` prints, plain and with ``-v``: failures, panics, time-outs, packages that do not build."""

from __future__ import annotations

from collections.abc import Iterator

from triage.ingest.console import Line, Session, reader_of, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.go_session import PACKAGE, RESULT, GoParser


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(line.startswith("{") and '"Action":"' in line for line in lines):
        return 0  # go test -json: compilers and linkers write plain lines in between
    if any(map(PACKAGE.match, lines)):
        return 80
    if any(map(RESULT.match, lines)):
        return 75
    return 70 if any(line.startswith("=== RUN   ") for line in lines) else 0


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser, last = GoParser(), 0
    for line in lines:
        parser.feed(line)
        last = line.number
    yield parser.finish(last)


READER = Reader("go-test-console", _sniff, reader_of("go test", _sessions))
