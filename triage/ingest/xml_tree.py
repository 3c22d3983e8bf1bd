"""XML reports read element by element: a reader names the elements that it wants whole, and is handed them one by one.

What is around those (suites, runs) is told as it opens and closes, so memory holds one test at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from xml.parsers import expat

from triage.escapes import strip_ansi
from triage.ingest.broken_off import is_red
from triage.ingest.text import mend
from triage.model import CaseResult, Failure, Item, RunInfo, Totals, Warn

_CLOCK = re.compile(r"(?:(\d{1,5})\.)?(\d{1,5}):(\d\d):(\d\d(?:\.\d+)?)")
_DEPTH = 400
"""Elements inside one record that are kept; what is nested deeper is left out."""


@dataclass(slots=True)
class Node:
    """An element: local name, attributes, and what is in it."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Node] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        """An attribute, without the space around it and without colours."""
        return mend(strip_ansi(self.attributes.get(name, default))).strip()

    @property
    def text(self) -> str:
        """The element's own text."""
        return mend(strip_ansi("".join(self.parts)))

    @property
    def text_line(self) -> int:
        """Where the text begins, blank lines left out."""
        text = "".join(self.parts)
        return self.line + text.count("\n", 0, len(text) - len(text.lstrip()))

    def child(self, name: str) -> Node | None:
        """The first child of that name."""
        return next((node for node in self.children if node.name == name), None)

    def all(self, name: str) -> list[Node]:
        """The children of that name."""
        return [node for node in self.children if node.name == name]

    def said(self, name: str) -> str:
        """The text of the first child of that name, or nothing."""
        node = self.child(name)
        return node.text.strip() if node else ""

    def walk(self) -> Iterator[Node]:
        """Everything inside, in the order of the file."""
        waiting = self.children[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))


class Tree:
    """A ``xml_text.Handler`` that calls ``found`` with each whole record. Made to be inherited."""

    records: ClassVar[frozenset[str]] = frozenset()
    """Local names of the elements that are wanted whole, unless they are inside such a one."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.seen = 0
        self.path: list[Node] = []
        """The elements around: what is open and no record."""
        self._parser = parser
        self._open: list[Node] = []
        self._too_deep = 0
        self._items: list[Item] = []
        self._over = self._told_red = False

    def is_record(self, node: Node) -> bool:
        """Whether ``node``, which begins, is wanted whole."""
        return node.name in self.records

    def opened(self, node: Node) -> None:
        """An element around records begins; it is the last of ``path``."""

    def closed(self, node: Node) -> None:
        """An element around records ends; it is no longer in ``path``."""

    def found(self, node: Node) -> None:
        """A record is complete."""

    def cut(self, node: Node) -> None:
        """The file ends inside of this record."""

    def keeps(self, node: Node) -> bool:
        """Whether a complete element inside a record is kept in it."""
        return True

    def ended(self) -> None:
        """The file is over, whole or not."""

    def tell(self, item: Item) -> None:
        """Yield ``item`` from the source."""
        self._items.append(item)
        self._told_red = self._told_red or is_red(item)
        self.seen += isinstance(item, CaseResult | Failure)

    def compare(self, totals: Totals, listed: int, line: int, whose: str) -> None:
        """Tell what is wrong with totals behind the tests, of which ``listed`` are there."""
        if totals.red and listed and not self._told_red:
            said = f"the {whose} count {totals.red} failed, and none of them is listed"
            self.tell(Failure(said, kind="error", source_line=line))
        if totals.tests != listed:
            text = f"the {whose} speak of {totals.tests} tests, {listed} are listed: those were counted"
            self.tell(Warn(text, line))

    def state(self, totals: Totals, listed: int, line: int | None) -> bool:
        """Tell the totals that the source states; whether they are all there is, since it lists no test."""
        stand = not listed and totals.tests > 0
        self.tell(RunInfo(totals=totals, totals_stand=stand))
        if stand and totals.red and not self.seen:
            self.tell(
                Failure(f"{totals.red} failed, and none of them is listed", kind="error", source_line=line)
            )
        return stand

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._too_deep or len(self._open) + len(self.path) >= _DEPTH:
            self._too_deep += 1
            return
        node = Node(name.rpartition(":")[2], attributes, self._parser.CurrentLineNumber)
        if self._open or self.is_record(node):
            self._open.append(node)
        else:
            self.path.append(node)
            self.opened(node)

    def data(self, text: str) -> None:
        if self._open and not self._too_deep:
            self._open[-1].parts.append(text)

    def end(self, name: str) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif self._open:
            node = self._open.pop()
            if not self._open:
                self.found(node)
            elif self.keeps(node):
                self._open[-1].children.append(node)
        elif self.path:
            self.closed(self.path.pop())

    def take(self, *, all_of_it: bool) -> list[Item]:
        if all_of_it and not self._over:
            self._over = True
            if self._open:
                self.cut(self._merged_open())
            self.ended()
        taken, self._items = self._items, []
        return taken

    def _merged_open(self) -> Node:
        """The record that is open, with what is open inside of it."""
        for outer, inner in zip(self._open, self._open[1:], strict=False):
            outer.children.append(inner)
        return self._open[0]


def integer(text: str) -> int | None:
    """A count or a line, or nothing."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def seconds(text: str) -> float | None:
    """Seconds as a number; some writers use a comma."""
    try:
        return float(text.replace(",", ".") if "." not in text else text.replace(",", ""))
    except ValueError:
        return None


def between(start: str, end: str) -> float | None:
    """Seconds between two times in ISO 8601."""
    try:
        return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None


def clock(text: str) -> float | None:
    """Seconds from ``[days.]hours:minutes:seconds``."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    days, hours, minutes, rest = match.groups()
    return int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(rest)


def truth(text: str) -> bool | None:
    """``True``, ``yes``, ``1``, in any case; None for nothing at all."""
    text = text.strip().lower()
    return text in ("true", "yes", "1") if text else None


def stopped(node: Node) -> Failure:
    """What to say of a test in which the file ends, if its runner writes as it runs: the process died there."""
    return Failure("the run was stopped in this test", kind="error", source_line=node.line)
