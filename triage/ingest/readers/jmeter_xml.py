"""JMeter's results as XML (``jmeter.save.saveservice.output_format=xml``): each sample is a test.

After JMeter's ``SaveService``. What a sample holds (redirects, what a page embeds, a transaction's requests) is part of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, truth
from triage.model import CaseResult, Failure, Item, Outcome


def _sniff(sample: Sample) -> int:
    if root(sample)[0] != "testResults":
        return 0
    return 95 if "<httpSample" in sample.text or "<sample" in sample.text else 60


class _Handler(Tree):
    records = frozenset({"httpSample", "sample"})

    def found(self, node: Node) -> None:
        passed = truth(node.get("s", "true")) is not False
        spent = integer(node.get("t"))
        self.tell(
            CaseResult(
                name=node.get("lb") or "(unnamed)",
                outcome=Outcome.PASSED if passed else Outcome.FAILED,
                suite=node.get("tn").rpartition(" ")[0],
                duration=spent / 1000 if spent is not None else None,
                failures=() if passed else (_failure(node),),
            )
        )


def _failure(node: Node) -> Failure:
    """Assertions that did not hold, else what the server answered: the sample's own, or that of one inside."""
    answer = " ".join(filter(None, (node.get("rc"), node.get("rm"))))
    for inner in (node, *node.walk()):
        for check in inner.all("assertionResult"):
            if "true" in (check.said("failure"), check.said("error")):
                kind = "error" if check.said("error") == "true" else "failure"
                why = check.said("failureMessage") or check.said("name") or "an assertion failed"
                begins = check.child("failureMessage") or check
                return Failure(why, kind=kind, trace=f"{why}\n{answer}".strip(), source_line=begins.text_line)
    red = next((inner for inner in node.walk() if inner.get("s") == "false"), node)
    said = " ".join(filter(None, (red.get("rc"), red.get("rm"))))
    data = (red.said("responseData") or node.said("responseData"))[:10_000]
    return Failure(said or "the sample failed", trace=data, source_line=red.line)


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("jmeter-xml", _sniff, _read)
