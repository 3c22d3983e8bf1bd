"""``go test -json``: the output of ``go test -v`` as events, those of several packages interleaved.

The events are test2json's, whose output lines are those of ``-v``: they are put together again for each package and
read as such. What the compiler says stands between the events as plain text up to Go 1.23, as events of its own from
1.24 on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.ingest.console import Line, Session, reader_of
from triage.ingest.go_session import GoParser
from triage.ingest.json_text import parse_object, text
from triage.ingest.reader import Reader, Sample
from triage.ingest.text import strip_ansi

_EVENT = re.compile(
    r'^\{(?:"Time":"[^"]*",|"ImportPath":"[^"]*",)?"Action":"'
    r'(?:start|run|pause|cont|pass|bench|fail|output|skip|attr|build-output|build-fail)"',
    re.MULTILINE,
)
_PLAIN = ""


def _sniff(sample: Sample) -> int:
    return 96 if _EVENT.search(sample.text) else 0


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parsers: dict[str, GoParser] = {}
    rests: dict[str, str] = {}
    last = 0
    for line in lines:
        last = line.number
        event = parse_object(line.text)
        if event is None:
            package, output = _PLAIN, line.text + "\n"
        else:
            package = text(event, "Package") or text(event, "ImportPath").partition(" [")[0]
            output = event["Output"] if isinstance(event.get("Output"), str) else ""
        parser = parsers.setdefault(package, GoParser())
        # An event may hold a part of a line.
        *whole, rests[package] = (rests.get(package, "") + output).split("\n")
        for part in whole:
            parser.feed(Line(line.number, strip_ansi(part)))
    sessions = [parser.finish(last) for parser in parsers.values()]
    if _PLAIN in parsers:
        sessions[list(parsers).index(_PLAIN)].warnings.clear()
    # The warning of a run that was cut looks at the last one.
    yield from sorted(
        (session for session in sessions if session.told), key=lambda session: not session.closed
    )


READER = Reader("go-test-json", _sniff, reader_of("go test", _sessions))
