"""JMeter's results as XML (``.jtl``), of version 2.0 on.

Source: ``SampleResultConverter`` and JMeter's manual, "Listeners". A sample that stands alone is a test; those inside of it (redirects,
embedded resources, the parts of a transaction) tell why it failed. Times are in milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.runners.junit_values import moment
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, seconds, truth
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo

_SAMPLES = frozenset({"httpSample", "sample", "sampleResult"})
_SHOWN = re.compile(r"<(?:httpSample|sample|sampleResult)\s")
_THREAD = re.compile(r" \d{1,9}-\d{1,9}$")


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] == "testResults" and _SHOWN.search(sample.text) else 0


class _Handler(Tree):
    records = _SAMPLES

    def found(self, node: Node) -> None:
        if not self.seen:
            self.tell(RunInfo(started=moment(_of(node, "ts", "timeStamp"))))
        failed = truth(_of(node, "s", "success")) is False
        failures = tuple(_failures(node)) if failed else ()
        broke = any(failure.kind == "error" for failure in failures)
        took = seconds(_of(node, "t", "time"))
        outcome = (Outcome.ERROR if broke else Outcome.FAILED) if failed else Outcome.PASSED
        self.tell(
            CaseResult(
                name=_of(node, "lb", "label") or "(unnamed)",
                outcome=outcome,
                suite=_THREAD.sub("", _of(node, "tn", "threadName")),
                duration=None if took is None else took / 1000,
                failures=failures,
            )
        )


def _of(node: Node, short: str, long: str) -> str:
    """An attribute, in the short spelling of 2.1 or the long one of 2.0."""
    return node.get(short) or node.get(long)


def _failures(node: Node) -> Iterator[Failure]:
    """What each assertion says that did not hold, or the response of the innermost sample that failed."""
    samples = [node, *(inner for inner in node.walk() if inner.name in _SAMPLES)]
    failed = [sample for sample in samples if truth(_of(sample, "s", "success")) is False]
    said = [
        (assertion, sample)
        for sample in failed
        for assertion in sample.all("assertionResult")
        if truth(assertion.said("failure")) or truth(assertion.said("error"))
    ]
    for assertion, sample in said:
        yield Failure(
            assertion.said("failureMessage") or f"{assertion.said('name') or 'an assertion'} did not hold",
            kind="error" if truth(assertion.said("error")) else "failure",
            trace=_response(sample),
            source_line=(assertion.child("failureMessage") or assertion).text_line,
        )
    if not said:
        yield Failure(_response(failed[-1]) or "failed without a message", source_line=failed[-1].line)


def _response(node: Node) -> str:
    """Code and message of the response, and what was asked for where the name does not tell it."""
    said = " ".join(filter(None, (_of(node, "rc", "responseCode"), _of(node, "rm", "responseMessage"))))
    url = node.said("java.net.URL")
    return f"{said}\n{url}".strip() if url else said


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("jmeter-xml", _sniff, _read)
