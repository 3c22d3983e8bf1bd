"""A source as batches of rows: the part of an ingest that needs no store, and so may happen in any process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import orjson

from triage.ingest import Reader, Source, read
from triage.ingest.logs.passing import mask
from triage.ingest.redact import redact, redact_value
from triage.intake.signs import Sign, Signer
from triage.model import CaseResult, Failure, RunInfo, Tally, Totals, Warn
from triage.rules.model import Where

_MOST = 1_000
"""Cases, and failures, of one batch."""

CaseRow = tuple[object, ...]
"""test, name, suite, file, line, outcome, duration, attempts, output, properties (JSON); credentials masked."""
FailureRow = tuple[object, ...]
"""id of the signature, kind, type, message, trace, file, line, source_line, lead; credentials masked."""


@dataclass(slots=True)
class Batch:
    """Some of the rows of one source, in its order; made of plain values, so that it can travel."""

    cases: list[CaseRow] = field(default_factory=list)
    failures: list[tuple[int | None, FailureRow]] = field(default_factory=list)
    """Each with the index of its case in ``cases``; None outside any case."""
    signs: dict[str, Sign] = field(default_factory=dict)
    """Of the failures, by their ids."""
    said: list[str] = field(default_factory=list)
    """For a log: of each failure the line that made it one, values aside; what a log that passed is asked for."""
    info: RunInfo = field(default_factory=RunInfo)
    warnings: list[Warn] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    """Of the cases."""


def batches(
    source: Source,
    reader: Reader,
    signer: Signer,
    known_test: Callable[[CaseResult], str | None] = lambda case: None,
) -> Iterator[Batch]:
    """The content of ``source`` as ``reader`` tells it; ``known_test`` is asked which test a case means.

    Raises:
        IngestError: while streaming, when nothing could be read.
    """
    making = _Making(source.name, reader.name, signer, known_test)
    for item in read(source, reader)[1]:
        making.add(item)
        if making.is_full:
            yield making.done()
    yield making.done()


class _Making:
    """A batch that grows item by item."""

    def __init__(
        self, source: str, format_: str, signer: Signer, known_test: Callable[[CaseResult], str | None]
    ) -> None:
        self._source, self._format = source, format_
        self._signer, self._known_test = signer, known_test
        self._batch, self._tally = Batch(), Tally()

    @property
    def is_full(self) -> bool:
        return len(self._batch.cases) >= _MOST or len(self._batch.failures) >= _MOST

    def done(self) -> Batch:
        """What was added since the last one."""
        batch, self._batch = self._batch, Batch()
        batch.totals, self._tally = self._tally.totals, Tally()
        return batch

    def add(self, item: CaseResult | Failure | RunInfo | Warn) -> None:
        match item:
            case CaseResult():
                self._case(item)
            case Failure():
                self._failure(item)
            case RunInfo():
                self._batch.info = self._batch.info.merged(item)
            case Warn():
                self._batch.warnings.append(item)

    def _case(self, case: CaseResult) -> None:
        self._tally.add(case)
        plain, name, suite = case.id, case.name, case.suite
        if (test := redact(plain)) != plain:
            name, suite = redact(name), redact(suite)
        test = self._known_test(case) or test
        rows = self._batch.cases
        rows.append(
            (
                test, name, suite, case.file, case.line, case.outcome.value, case.duration, case.attempts,
                redact(case.output), orjson.dumps(masked(case.properties)).decode() if case.properties else "[]",
            )
        )  # fmt: skip
        for failure in case.failures:
            self._failure(failure, test, case, len(rows) - 1)

    def _failure(
        self, failure: Failure, test: str = "", case: CaseResult | None = None, index: int | None = None
    ) -> None:
        if self._format == "log":
            self._batch.said.append(mask(_own_line(failure)))
        message, trace = redact(failure.message), redact(failure.trace)
        if message is not failure.message or trace is not failure.trace:
            failure = replace(failure, message=message, trace=trace)
        file, properties = (case.file, case.properties) if case else (None, ())
        where = Where.of(failure, test, file, self._format, self._source, properties)
        sign = self._signer.sign(failure, where)
        self._batch.signs.setdefault(sign.id, sign)
        row = (
            sign.id, failure.kind, failure.type, message, trace,
            failure.file, failure.line, failure.source_line, failure.lead,
        )  # fmt: skip
        self._batch.failures.append((index, row))


def masked(properties: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """``properties`` without credentials."""
    return [(redact(name), redact_value(name, value)) for name, value in properties]


def _own_line(failure: Failure) -> str:
    lines = failure.trace.split("\n")
    return lines[failure.lead] if failure.lead < len(lines) and failure.trace else failure.message
