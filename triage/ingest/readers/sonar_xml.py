"""SonarQube's generic test execution report, which reporters of Jest, Karma, Mocha, Catch2 and others write.

Source: docs.sonarsource.com, "Generic test data"; the root was ``<unitTest>`` before SonarQube 6.2. Durations are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, seconds
from triage.model import CaseResult, Failure, Item, Outcome

_OUTCOMES = {"error": Outcome.ERROR, "failure": Outcome.FAILED, "skipped": Outcome.SKIPPED}
"""By the children of a case, the worst first."""
_STATES = {**_OUTCOMES, "failed": Outcome.FAILED, "skip": Outcome.SKIPPED, "ignored": Outcome.SKIPPED}
"""By an attribute that the format does not have, and home-made writers use in place of a child."""


def _sniff(sample: Sample) -> int:
    name, attributes = root(sample)
    if name == "testExecutions":
        return 95
    return 90 if name == "unitTest" and "version=" in attributes and "<file" in sample.text else 0


class _Handler(Tree):
    records = frozenset({"testCase"})

    def found(self, node: Node) -> None:
        file = next((outer.get("path") for outer in self.path if outer.name == "file"), "")
        self.tell(_case(node, file))


def _case(node: Node, file: str) -> CaseResult:
    stated = _STATES.get(node.get("status").lower(), Outcome.PASSED)
    outcome = next((said for name, said in _OUTCOMES.items() if node.child(name)), stated)
    took = seconds(node.get("duration"))
    told = [child for child in node.children if child.name in ("error", "failure")]
    skipped = node.child("skipped")
    failures = tuple(map(_failure, told))
    if outcome.is_red and not failures:
        failures = (Failure(f"{node.get('status')} without a message", source_line=node.line),)
    reason = (skipped.get("message") or skipped.text.strip()) if skipped else ""
    return CaseResult(
        name=node.get("name") or "(unnamed)",
        outcome=outcome,
        file=file or None,
        duration=took / 1000 if took is not None else None,
        failures=failures,
        properties=(("reason", reason),) if reason else (),
    )


def _failure(node: Node) -> Failure:
    text = node.text.strip("\n")
    message = node.get("message")
    # Some put the whole text into the attribute as well.
    short = message.partition("\n")[0].strip() if message.strip() == text.strip() else message
    found = failure_from(text or message, message=short, kind=node.name, source_line=node.text_line)
    return found if found.message else replace(found, message=f"{node.name} without a message")


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("sonar-xml", _sniff, _read)
