"""``failsafe-summary.xml``: what Maven's Failsafe keeps of a run for its goal ``verify``, beside the reports of the classes.

Source: ``failsafe-summary.xsd``. It only counts; what broke outside of the tests (a fork that died) is in its message.
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.ingest.case_book import adding_up
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, truth
from triage.model import Failure, Item, RunInfo, Totals


def _sniff(sample: Sample) -> int:
    return 95 if root(sample)[0] == "failsafe-summary" else 0


class _Handler(Tree):
    records = frozenset({"failsafe-summary"})

    def found(self, node: Node) -> None:
        done, failed, errors, skipped, flaky = (
            integer(node.said(name)) or 0 for name in ("completed", "failures", "errors", "skipped", "flakes")
        )
        passed = max(0, done - failed - errors - skipped)
        totals = adding_up(Totals(0, passed, failed, errors, skipped, flaky=min(flaky, passed)))
        self.tell(RunInfo(totals=totals, totals_stand=True))
        self.seen += 1
        if (said := node.child("failureMessage")) and said.text.strip():
            self.tell(failure_from(said.text, kind="error", source_line=said.text_line))
        if truth(node.get("timeout")):
            self.tell(Failure("the tests did not end in time", kind="error", source_line=node.line))


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("failsafe-xml", _sniff, _read)
