"""What ``prove`` says at its end of the files in which something went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from triage.ingest.console import Line
from triage.ingest.logs.severity import telling_line
from triage.model import Failure

SUMMARY = re.compile(
    r"^(?:Test Summary Report|Dubious, test returned|Files=\d+, Tests=\d+|Failed \d+/\d+ subtests|All \d+ subtests passed)"
)
"""How it begins to sum up."""
REPORT = re.compile(
    r"^(?P<file>\S.*?) +\(Wstat: (?P<wstat>\d{1,9})(?: \([^)]*\))? Tests: (?P<tests>\d{1,9}) Failed: (?P<failed>\d{1,9})\)$"
)
"""How it begins to tell of a file."""


@dataclass
class ProveReport:
    """Its paragraphs, one for each such file."""

    paragraphs: list[list[Line]] = field(default_factory=list)

    def feed(self, line: Line) -> None:
        """Take a line behind the one that begins to sum up."""
        if REPORT.match(line.mark):
            self.paragraphs.append([line])
        elif self.paragraphs and line.mark.startswith("  "):
            self.paragraphs[-1].append(line)

    def deaths(self, said: Mapping[str, Sequence[Line]], planned: bool) -> Iterator[Failure]:
        """The programs that broke behind results that are fine; ``said`` has what else each file printed, ``planned`` tells
        whether plans that were not met are known already."""
        for paragraph in self.paragraphs:
            match = REPORT.match(paragraph[0].mark)
            assert match is not None
            lines = [line.text.strip() for line in paragraph[1:]]
            parsed_wrong = any(text.startswith("Parse errors:") for text in lines)
            if planned and any("Bad plan" in text for text in lines):
                continue
            if parsed_wrong or (match["wstat"] != "0" and match["failed"] == "0"):
                before = said.get(match["file"], [])
                why = "\n".join(text for text in lines if not text.startswith("Failed test"))
                if before:
                    why = telling_line("\n".join(line.text for line in before))
                failure = broken(why or paragraph[0].text.strip(), [*before, *paragraph])
                yield replace(failure, file=match["file"])


def broken(message: str, lines: Sequence[Line]) -> Failure:
    """A program that broke, with the lines that tell of it."""
    trace = "\n".join(line.text for line in lines)
    return Failure(message, kind="error", trace=trace, source_line=lines[0].number if lines else None)
