"""CTest's own ``Test.xml``, written for CDash with ``ctest -T Test``."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from xml.parsers import expat

from triage.escapes import strip_ansi
from triage.ingest.console import Line
from triage.ingest.logs.severity import telling_line
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners.gtest_text import first_failure
from triage.ingest.text import mend
from triage.ingest.xml_text import stream
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_OUTPUT_LIMIT = 8 << 20
"""Bytes of one test's output that are unpacked."""


def _sniff(sample: Sample) -> int:
    head = sample.text[:8192]
    if not re.match(r"[\s\ufeff]*<(?:\?xml|!--|Site)", head) or not (
        site := re.search(r"<Site\b[^>]*>", head)
    ):
        return 0
    # Others than ctest write for CDash too.
    testing = sample.text.find("<Testing>", site.end())
    listed = testing >= 0 and "<TestList" in sample.text[testing:]
    return 95 if listed or "ctest" in site[0] else 0


@dataclass
class _Test:
    status: str
    line: int
    name: str = ""
    measured: dict[str, str] = field(default_factory=dict)
    output: str = ""
    output_line: int = 0
    labels: list[str] = field(default_factory=list)


class _Handler:
    """See ``xml_text.Handler``."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.seen = 0
        self._items: list[Item] = []
        self._parser = parser
        self._test: _Test | None = None
        self._measuring: str | None = None
        self._encoding: dict[str, str] = {}
        self._text: list[str] = []
        self._value_line = 0

    def take(self, *, all_of_it: bool) -> list[Item]:
        taken, self._items = self._items, []
        return taken

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._text = []
        if name == "Test" and "Status" in attributes:
            self._test = _Test(attributes["Status"], self._parser.CurrentLineNumber)
        elif name in ("NamedMeasurement", "Measurement"):
            self._measuring = attributes.get("name", "")
        elif name == "Value":
            self._encoding, self._value_line = attributes, self._parser.CurrentLineNumber

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, name: str) -> None:
        told = "".join(self._text)
        self._text = []
        test = self._test
        if name == "StartTestTime" and told.strip().isdecimal() and len(told.strip()) < 12:
            moment = datetime.fromtimestamp(int(told), UTC)
            self._items.append(RunInfo(started=moment.isoformat(timespec="seconds")))
        if test is None:
            return
        if name == "Name":
            test.name = told.strip()
        elif name == "Label":
            test.labels.append(told.strip())
        elif name == "Value" and self._measuring:
            test.measured[self._measuring] = told.strip()
        elif name == "Value" and self._measuring == "":
            test.output, test.output_line = _unpacked(told, self._encoding), self._value_line
        elif name in ("NamedMeasurement", "Measurement"):
            self._measuring = None
        elif name == "Test":
            self._items.append(_case(test))
            self.seen += 1
            self._test = None


def _unpacked(value: str, attributes: dict[str, str]) -> str:
    if attributes.get("encoding") == "base64":
        try:
            data = base64.b64decode(value)
            if attributes.get("compression") == "gzip":
                data = zlib.decompressobj().decompress(data, _OUTPUT_LIMIT)
        except (binascii.Error, zlib.error):
            return ""
        value = data.decode("utf-8", "replace")
    return mend(strip_ansi(value))


def _case(test: _Test) -> CaseResult:
    ended = test.measured.get("Completion Status", "")
    outcome = {"passed": Outcome.PASSED, "failed": Outcome.FAILED}.get(test.status, Outcome.SKIPPED)
    if test.status == "notrun" and ended.startswith(
        ("Unable to find", "Bad ", "Missing", "Failed", "Fixture")
    ):
        # Asked for and not there: ctest's exit status calls it a failure.
        outcome = Outcome.FAILED
    try:
        duration = float(test.measured.get("Execution Time", ""))
    except ValueError:
        duration = None
    return CaseResult(
        test.name,
        outcome,
        duration=duration,
        failures=(_failure(test, ended),) if outcome.is_red else (),
        properties=(
            *(("label", label) for label in test.labels),
            *((("reason", ended),) if outcome is Outcome.SKIPPED and ended else ()),
        ),
    )


def _failure(test: _Test, ended: str) -> Failure:
    """The line of the output that tells most where the exit code does not, else the exit code."""
    code = test.measured.get("Exit Code", "")
    value = test.measured.get("Exit Value", "") if code == "Failed" else ""
    status = f"{code or ended or test.status} {value}".strip()
    if code not in ("Failed", "") or not test.output.strip():
        return Failure(
            status, kind="error" if code != "Failed" else "failure", trace=test.output, source_line=test.line
        )
    kind = "failure" if code == "Failed" else "error"
    lines = [Line(test.output_line + at, said) for at, said in enumerate(test.output.split("\n"))]
    if told := first_failure(lines):
        return replace(told, kind=kind, trace=test.output)
    return failure_from(
        test.output, message=telling_line(test.output), kind=kind, source_line=test.output_line
    )


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("ctest-xml", _sniff, _read)
