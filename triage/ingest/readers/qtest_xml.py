"""Qt Test's XML (``-o file,xml`` and ``lightxml``, which lacks the element around it).

Source: ``qxmltestlogger.cpp``. As in its own totals, each row of data counts, ``initTestCase`` counts, a test with an expected
failure that went on to its end passed, and an unexpected pass failed. Black-listed tests are tolerated, whatever they do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.ingest.parts import exception_type
from triage.ingest.reader import Reader, Sample, Source
from triage.ingest.xml_text import root, stream
from triage.ingest.xml_tree import Node, Tree, integer, seconds, stopped
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, worse

_FAILED = {"fail": Outcome.FAILED, "xpass": Outcome.FAILED}
_TOLERATED = {
    "bfail": Outcome.XFAILED,
    "bxpass": Outcome.XFAILED,
    "bxfail": Outcome.XFAILED,
    "bpass": Outcome.XPASSED,
}


def _sniff(sample: Sample) -> int:
    if root(sample)[0] not in ("TestCase", "Environment", "TestFunction"):
        return 0
    return 95 if re.search(r"<(?:QtVersion|QTestVersion|TestFunction)\b", sample.text) else 0


@dataclass
class _Row:
    """What a test function said of one row of its data; a function without data has one row without a name."""

    types: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    fatal: Failure | None = None
    """The last words of a process that ends itself."""


class _Handler(Tree):
    records = frozenset({"TestFunction", "QtVersion", "Duration"})

    def found(self, node: Node) -> None:
        if node.name == "QtVersion":
            self.tell(RunInfo(properties=(("qt", node.text.strip()),)))
        elif node.name == "Duration":
            took = seconds(node.get("msecs"))
            self.tell(RunInfo(duration=took / 1000 if took is not None else None))
        else:
            self._function(node)

    def cut(self, node: Node) -> None:
        """Qt Test writes as it runs: the process died in this function."""
        if node.name == "TestFunction":
            self._function(node, whole=False)

    def _function(self, node: Node, *, whole: bool = True) -> None:
        rows = _rows(node)
        suite = self.path[0].get("name") if self.path and self.path[0].name == "TestCase" else ""
        if not whole:
            # The row that was running has said nothing that ends it.
            running = [tag for tag, row in rows.items() if not _ended(row)]
            row = rows.setdefault(running[0] if running else "", _Row())
            row.types.append("died")
            row.failures.append(stopped(node))
        duration = node.child("Duration")
        took = seconds(duration.get("msecs")) if duration else None
        for tag, row in rows.items():
            if _ended(row):
                self.tell(_case(node, suite, tag, row, took if len(rows) == 1 else None))


def _rows(function: Node) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for node in function.children:
        if node.name not in ("Incident", "Message"):
            continue
        row = rows.setdefault(node.said("DataTag"), _Row())
        kind, text = node.get("type"), node.said("Description")
        if node.name == "Message" and kind != "skip":
            row.output.append(f"{kind}: {text}")
            row.fatal = _failure(node, kind, text) if kind in ("qfatal", "fatal") else row.fatal
            continue
        row.types.append(kind)
        if kind in _FAILED or kind == "bfail":
            if row.fatal is not None and text.startswith("Received a fatal error"):
                row.failures.append(row.fatal)  # which says what it was
            row.failures.append(_failure(node, kind, text))
        elif kind in ("skip", "xfail") and text:
            row.notes.append(("reason" if kind == "skip" else "expected failure", text))
    return rows


def _ended(row: _Row) -> bool:
    return bool(row.types)


def _outcome(types: list[str]) -> Outcome:
    if "died" in types:
        return Outcome.ERROR
    outcome = Outcome.PASSED
    for kind in types:
        outcome = worse(outcome, _FAILED.get(kind, Outcome.PASSED))
    if outcome.is_red:
        return outcome
    tolerated = [_TOLERATED[kind] for kind in types if kind in _TOLERATED]
    # As in Qt's own totals, what failed is not skipped thereafter.
    if ("skip" in types or "bskip" in types) and not {"bfail", "bxpass"}.intersection(types):
        return Outcome.SKIPPED
    if tolerated:
        return tolerated[-1]
    return Outcome.XFAILED if "pass" not in types else Outcome.PASSED


def _case(node: Node, suite: str, tag: str, row: _Row, took: float | None) -> CaseResult:
    name = node.get("name") or "(unnamed)"
    return CaseResult(
        name=f"{name}({tag})" if tag else name,
        outcome=_outcome(row.types),
        suite=suite,
        duration=took / 1000 if took is not None else None,
        failures=tuple(row.failures),
        output="\n".join(row.output),
        properties=tuple(row.notes),
    )


def _failure(node: Node, kind: str, text: str) -> Failure:
    begins = node.child("Description") or node
    return Failure(
        message=text or ("passed unexpectedly" if kind == "xpass" else "failed without a message"),
        type=exception_type(text),
        file=node.get("file") or None,
        line=integer(node.get("line")) or None,
        source_line=begins.text_line,
    )


def _read(source: Source) -> Iterator[Item]:
    return stream(source, _Handler)


READER = Reader("qtest-xml", _sniff, _read)
