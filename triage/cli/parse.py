"""``triage parse``: sources to text or JSON, case by case, so that memory does not grow with them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO

import click
import orjson

from triage.analysis.impact import count
from triage.cli.output import complain, findings, json_option, outcomes, say, table
from triage.cli.progress import ReadingBar
from triage.ingest import IngestError, Source, read
from triage.ingest.frames import frames
from triage.model import CaseResult, Failure, Item, RunInfo, Tally, Totals, Warn, totals_note
from triage.sources.watching import watched

_HELD = 8 << 20
"""Bytes of JSON that are kept in memory; the rest waits in a file."""
_MOST_ROWS = 2_000


@click.command()
@click.argument("paths", nargs=-1, required=True)
@json_option
def parse(paths: tuple[str, ...], as_json: bool) -> None:
    """Read results and print them, without a database.

    Formats are known by their content: more than a hundred of test runners and build tools (JUnit XML, pytest,
    Playwright, Jest, Go, Cargo, Maven, Gradle, .NET, Robot Framework, Allure, TAP ...), hand-written Markdown reports,
    and any log. docs/formats.md lists them.
    """
    from triage.sources import resolve

    errors: list[str] = []
    with SpooledTemporaryFile(max_size=_HELD) as document:
        told: list[_Text] = []
        with ReadingBar() as bar:
            for found in resolve(paths):
                try:
                    if isinstance(found, IngestError):
                        raise found
                    source = watched(found, bar.show)
                    if as_json:
                        _append(document, source)
                    else:
                        told.append(_text(source))
                except IngestError as error:
                    errors.append(str(error))
                    complain(error)
        if as_json:
            _print_document(document, errors)
    for text in told:
        text.print()
    sys.exit(2 if errors else 0)


@dataclass
class _Facts:
    """What a run is, apart from its cases."""

    source: str
    format: str
    tally: Tally = field(default_factory=Tally)
    info: RunInfo = field(default_factory=RunInfo)
    failures: list[Failure] = field(default_factory=list)
    """Those outside any case."""
    warnings: list[Warn] = field(default_factory=list)

    def cases(self, items: Iterable[Item]) -> Iterator[CaseResult]:
        """The cases among ``items``, counted; what else is told of the run is kept."""
        count = self.tally.add
        for item in items:
            if isinstance(item, CaseResult):  # nearly all are
                count(item)
                yield item
            elif isinstance(item, Failure):
                self.failures.append(item)
            elif isinstance(item, RunInfo):
                self.info = self.info.merged(item)
            else:
                self.warnings.append(item)

    @property
    def totals(self) -> Totals:
        return self.info.totals if self.info.totals_stand and self.info.totals else self.tally.totals

    @property
    def why(self) -> str:
        return totals_note(self.totals, self.info.totals, stand=self.info.totals_stand)


@dataclass
class _Text:
    facts: _Facts
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    """Outcome, test and headline of the first failures."""
    more: int = 0

    def print(self) -> None:
        """The counts, what is doubtful, and a line for each failure."""
        facts, totals = self.facts, self.facts.totals
        if totals.tests:
            say(f"{facts.source}: {facts.format}, {outcomes(totals)}")
        else:
            say(f"{facts.source}: {findings(facts.format, totals, len(facts.failures))}")
        if facts.why:
            say(f"  {facts.why}")
        for warning in facts.warnings:
            place = f"{facts.source}:{warning.line}" if warning.line else facts.source
            complain(f"{place}: {warning.text}")
        rows = self.rows + [
            ("run", f"line {failure.source_line or '?'}", failure.headline)
            for failure in facts.failures[:_MOST_ROWS]
        ]
        if rows:
            table(("outcome", "test", "failure"), rows, stretch="failure")
        if more := self.more + len(facts.failures[_MOST_ROWS:]):
            say(f"  and {count(more, 'failure')} more; --json tells all of them")


def _text(source: Source) -> _Text:
    format_, items = read(source)
    text = _Text(_Facts(source.name, format_))
    for case in text.facts.cases(items):
        for failure in case.failures:
            if len(text.rows) < _MOST_ROWS:
                text.rows.append((case.outcome.value, case.id, failure.headline))
            else:
                text.more += 1
    return text


def _append(document: IO[bytes], source: Source) -> None:
    """Write the run as JSON behind the others; an error leaves nothing of it."""
    format_, items = read(source)
    facts = _Facts(source.name, format_)
    with SpooledTemporaryFile(max_size=_HELD) as cases:
        for case in facts.cases(items):
            cases.write(b",\n" if cases.tell() else b"\n")
            cases.write(_json(_case_document(case), 8))
        run = {
            "source": facts.source,
            "format": facts.format,
            "totals": asdict(facts.totals),
            "totals_from": "report" if facts.info.totals_stand else "cases",
            "totals_why": facts.why,
            "failures": [_failure_document(failure) for failure in facts.failures],
            "info": asdict(facts.info),
            "warnings": [asdict(warning) for warning in facts.warnings],
        }
        document.write(b",\n" if document.tell() else b"\n")
        document.write(_json(run, 4).removesuffix(b"\n    }") + b',\n      "cases": [')
        end = b"\n      ]\n    }" if cases.tell() else b"]\n    }"
        cases.seek(0)
        shutil.copyfileobj(cases, document)
        document.write(end)


def _print_document(runs: IO[bytes], errors: list[str]) -> None:
    click.echo(b'{\n  "runs": [', nl=False)
    end = b"\n  ],\n" if runs.tell() else b"],\n"
    runs.seek(0)
    for part in iter(partial(runs.read, 1 << 20), b""):
        click.echo(part, nl=False)
    click.echo(end + b'  "errors": ' + _json(errors, 2).lstrip() + b"\n}")


def _json(document: object, margin: int) -> bytes:
    said = orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str)
    blanks = b" " * margin
    return blanks + said.replace(b"\n", b"\n" + blanks)


def _case_document(case: CaseResult) -> dict[str, object]:
    return {
        "id": case.id,
        "name": case.name,
        "suite": case.suite,
        "file": case.file,
        "line": case.line,
        "outcome": case.outcome.value,
        "flaky": case.flaky,
        "duration": case.duration,
        "attempts": case.attempts,
        "failures": [_failure_document(failure) for failure in case.failures],
        "properties": _properties(case.properties),
    }


def _properties(pairs: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Values by their names; a name that occurs several times has a list of its values."""
    named: dict[str, str | list[str]] = {}
    for name, value in pairs:
        match named.get(name):
            case None:
                named[name] = value
            case list() as values:
                values.append(value)
            case str() as first:
                named[name] = [first, value]
    return named


def _failure_document(failure: Failure) -> dict[str, object]:
    return {**asdict(failure), "frames": [asdict(frame) for frame in frames(failure.trace)]}
