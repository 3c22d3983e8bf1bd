"""Reports whose head or last words tell of failures that are not in them, or were lost: they are red all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from triage.ingest.reader import Source
from triage.model import CaseResult, Failure, Item, RunInfo

_RED = {
    "fail",
    "failed",
    "failures",
    "errors",
    "broken",
    "unexpected",
    "failedtests",
    "failedcount",
    "failurecount",
    "totalfailed",
    "numfailedtests",
    "numfailedtestsuites",
    "numruntimeerrortestsuites",
    "testcasesfailed",
    "testcasesaborted",
}
"""What heads call the tests that did not pass, without case, hyphens and underlines."""
BROKEN = (1, 2, 3, 4)
"""pytest's exit codes for what went wrong: tests, or a threshold of coverage; an interruption, pytest itself, its options."""
_DEEP = 3
"""How deep in objects a head counts."""


def is_red(item: Item) -> bool:
    """Whether an item says that something failed."""
    if isinstance(item, RunInfo):
        return item.totals_stand and item.totals is not None and item.totals.red > 0
    return isinstance(item, Failure) or (isinstance(item, CaseResult) and item.outcome.is_red)


def counted_red(head: Mapping[Any, Any], depth: int = 0) -> int:
    """The highest count of what failed in the head of a report: its attributes, or objects that are in no list."""
    most = 0
    for key, value in head.items():
        if isinstance(value, dict) and depth < _DEEP:
            most = max(most, counted_red(value, depth + 1))
        elif isinstance(key, str) and key.lower().replace("-", "").replace("_", "") in _RED:
            most = max(most, _number(value))
    return most


def _number(value: Any) -> int:
    if isinstance(value, str):
        return int(value) if len(value) < 10 and value.isascii() and value.isdigit() else 0
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def untold(count: int, line: int | None) -> Failure:
    """The failure of a run whose report counts ``count`` failed and breaks off in ``line`` before any of them."""
    return Failure(
        f"the report counts {count} failed, and breaks off before any of them", kind="error", source_line=line
    )


def unlisted(count: int) -> Failure:
    """The failure of a run whose report counts ``count`` failed, though nothing in it is."""
    return Failure(f"the report counts {count} failed, and lists none of them", kind="error")


def judged(read: Callable[[Source, list[Failure]], Iterator[Item]]) -> Callable[[Source], Iterator[Item]]:
    """A ``Reader.read`` from a function that also notes what the last words of a run say: it counts where nothing is red."""

    def read_source(source: Source) -> Iterator[Item]:
        verdict: list[Failure] = []
        red = False
        for item in read(source, verdict):
            red = red or is_red(item)
            yield item
        if not red:
            yield from verdict[:1]

    return read_source
