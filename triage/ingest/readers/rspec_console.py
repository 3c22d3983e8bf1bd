"""What RSpec prints with its ``progress`` and ``documentation`` formatters.

After ``rspec/core/formatters`` of RSpec 2 to 3.13, and rspec-retry. Only the tree of the documentation formatter
names what passed, so the counts stand. A pending example that fails is expected; one that passes is a failure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from triage.ingest.console import (
    Block,
    Line,
    Session,
    bare_failure,
    dedent,
    indent_of,
    reader_of,
    run_before_run,
    sample_lines,
    seconds,
    without_sums,
)
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.ruby_text import FRAME, ruby_location
from triage.model import CaseResult, Failure, Outcome, Totals

_COUNTS = re.compile(
    r"^(?P<tests>\d{1,9}) examples?, (?P<failed>\d{1,9}) failures?(?:, (?P<pending>\d{1,9}) pending)?"
    r"(?:, (?P<outside>\d{1,9}) errors? occurred outside of examples)?$"
)
_TOOK = re.compile(r"^Finished in (?:(?P<minutes>\d+) minutes? )?(?P<seconds>[\d.]+) seconds?\b")
_SECTION = re.compile(r"^(?P<what>Failures|Pending|Failed examples|Top \d+ slowest .*):?(?: \(.*\))?:?\s*$")
_HEADER = re.compile(r"^ {1,4}(?P<number>\d{1,6})\) (?P<title>\S.*)$")
_PART = re.compile(r"^ +\d+\.\d+\) ")
_HSPEC_PLACE = re.compile(r"^ {2}(?P<file>\S+\.l?hs):(?P<line>\d{1,9}):\d{1,9}: ?$")
_HSPEC_END = re.compile(r"^ {2}To rerun use: --match |^Randomized with seed -?\d+$")
_RERUN = re.compile(r"^rspec (?P<quote>['\"]?)(?P<place>\S.*?)(?P=quote) +# (?P<name>\S.*)$")
_MARKED = re.compile(r"^(?P<name> *\S.*?) \((?:(?P<failed>FAILED|ERROR) - \d+|PENDING: (?P<why>.*))\)$")
_OUTSIDE = re.compile(r"^An error occurred (?:while loading \S+?\.?|in an? `?.+ hook\.?)$")
_RETRY = re.compile(r"^RSpec::Retry: (?P<number>\d+)\w\w try (?P<place>\S+)$")
_TRY = re.compile(r"^\s*\d+\w\w Try error in (?P<place>\S+):$")
_TYPE = re.compile(r"^(?P<type>[A-Z]\w*(?:::[A-Z]\w*)*):$")
_ASSERTED: Final = "Failure/Error:"
_TOLD = re.compile(r"^ +(?:\d+\.\d+\) )?Failure/Error:")
_EXPECTED: Final = "RSpec::Expectations::ExpectationNotMetError"


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_COUNTS.match, lines)):
        return 82
    if any(map(_RERUN.match, lines)) or any(map(_OUTSIDE.match, lines)):
        return 70
    headed = any(map(_HEADER.match, lines))
    return 60 if headed and any(map(_TOLD.match, lines)) else 0


@dataclass
class _Case:
    name: str
    outcome: Outcome
    status: Line
    why: str = ""
    place: str = ""
    in_tree: bool = False
    attempts: int = 1
    failures: list[Failure] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    tree: list[Line] = field(default_factory=list)
    """What may be the documentation of the examples."""
    cases: dict[str, list[_Case]] = field(default_factory=lambda: defaultdict(list))
    """Those of the lists, by full description; two may have one."""
    section: str = ""
    block: Block | None = None
    framed: bool = False
    place: re.Match[str] | None = None
    """What hspec says above a failure: where it is."""
    early: set[str] = field(default_factory=set)
    """Those that were told when they happened; the list may tell them again."""
    tries: dict[str, int] = field(default_factory=dict)
    tried: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))

    def is_next(self, line: Line) -> bool:
        mark = line.mark
        begins = (
            mark.startswith(("Failures:", "Pending:", "Finished in "))
            or _OUTSIDE.match(mark)
            or _COUNTS.match(mark)
        )
        return self.session.closed and bool(begins)

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _COUNTS.match(mark):
            self._end_block()
            self._close(match)
            if match["outside"] and int(match["outside"]):
                self.session.tell_red(line)
        elif match := _TOOK.match(mark):
            self._end_block()
            self.section = "end"
            self.session.duration = int(match["minutes"] or 0) * 60 + (seconds(match["seconds"]) or 0.0)
        elif match := _SECTION.match(mark):
            self._end_block()
            self.section = match["what"]
        elif match := _RERUN.match(mark):
            self._end_block()
            self._rerun(match, line)
        elif match := _RETRY.match(mark):
            self._end_block()
            self.tries[match["place"]] = int(match["number"])
        elif self.section == "Failures" and (_HSPEC_END.match(mark) or _HSPEC_PLACE.match(mark)):
            self._end_block()
            self.place = _HSPEC_PLACE.match(mark)
        elif self._opens(mark):
            self._end_block()
            self.block, self.framed = Block(line), False
        elif self.block is not None:
            self._below(line)
        elif not self.section and mark.strip():
            self.tree.append(line)

    def _opens(self, mark: str) -> bool:
        if self.section in ("Failures", "Pending"):
            return _HEADER.match(mark) is not None
        # Fuubar and instafail tell a failure when it happens, outside any list.
        early = not self.section and (_TRY.match(mark) or (_HEADER.match(mark) and self.block is None))
        bare = not self.section and self.block is None and mark.startswith(_ASSERTED)
        return bool(_OUTSIDE.match(mark) or early or bare)

    def _below(self, line: Line) -> None:
        assert self.block is not None
        in_list = self.section in ("Failures", "Pending")
        frame = FRAME.match(line.mark) is not None and line.mark.lstrip().startswith("#")
        if not in_list and self.framed and not frame:
            self._end_block()
            if line.mark.strip():
                self.feed(line)
            return
        self.framed = self.framed or frame
        self.block.lines.append(line.text)

    def _end_block(self) -> None:
        if self.block is None:
            return
        block, self.block = self.block, None
        header = block.header.text
        if match := _TRY.match(header):
            self.tried[match["place"]] += _failures(block)
        elif _OUTSIDE.match(header):
            found = _failures(block) or [bare_failure(block.header)]
            whole = f"{header}\n{block.text}".rstrip()
            self.session.failures += [
                replace(failure, kind="error", trace=whole, source_line=block.header.number)
                for failure in found
            ]
        elif header.startswith(_ASSERTED):
            # What stood above it was left out: of no example, as no list has it.
            said = Block(Line(block.header.number - 1, ""), [header, *block.lines])
            self.session.failures += [replace(failure, kind="error") for failure in _failures(said)]
        elif (match := _HEADER.match(header)) and (self.section or _ASSERTED in block.text):
            self._listed(match["title"], block)

    def _listed(self, title: str, block: Block) -> None:
        outcome = Outcome.FAILED
        name = title.removesuffix(" FIXED")
        if not self.section:
            self.early.add(name)
        elif name in self.early and self.section == "Failures":
            self.early.remove(name)
            return
        failures, place, self.place = _failures(block), self.place, None
        if place is not None:
            failures = [replace(one, file=place["file"], line=int(place["line"])) for one in failures]
        why = ""
        if self.section == "Pending":
            first, _, rest = block.text.strip().partition("\n")
            why = first.strip().removeprefix("# ")
            failed = _ASSERTED in rest
            outcome = Outcome.XFAILED if failed else Outcome.SKIPPED
            failures = failures if failed else []
        self.cases[name].append(_Case(name, outcome, block.header, why, failures=failures))

    def _rerun(self, match: re.Match[str], line: Line) -> None:
        """The list at the end: the place of each that failed."""
        known = next((case for case in self.cases[match["name"]] if not case.place), None)
        if known is None:
            known = _Case(match["name"], Outcome.FAILED, line)
            self.cases[match["name"]].append(known)
        known.place = match["place"]

    def _close(self, match: re.Match[str]) -> None:
        tests, failed = int(match["tests"]), int(match["failed"])
        pending = int(match["pending"] or 0)
        self.session.stated = Totals(tests, max(0, tests - failed - pending), failed, 0, pending)
        self.session.closed = True

    def finish(self) -> Session:
        self._end_block()
        listed = [case for cases in self.cases.values() for case in cases]
        for case in listed:
            self._retried(case)
        self.session.cases = [_result(case) for case in [*self._passed(listed), *listed]]
        return self.session

    def _retried(self, case: _Case) -> None:
        tried = self.tried.pop(case.place, [])
        case.attempts = max(self.tries.pop(case.place, 1), len(tried) + bool(tried), 1)
        if case.outcome is Outcome.FAILED:
            case.failures = [*tried, *case.failures]

    def _passed(self, listed: list[_Case]) -> Iterator[_Case]:
        """What passed, where that is told: the tree of the documentation, and what was tried again."""
        for place, number in self.tries.items():
            yield _Case(
                place, Outcome.PASSED, Line(0, ""), place=place, attempts=number, failures=self.tried[place]
            )
        tree = list(_tree(self.tree))
        ended = [case for case in tree if case.outcome is not Outcome.PASSED]
        tests = self.session.stated.tests if self.session.stated else None
        known = {case.name for case in listed}
        for case in tree:
            case.in_tree = True
            if case.name in known or self.tries or (listed and case.outcome is not Outcome.PASSED):
                continue  # the lists have the whole name
            # What a test prints looks like documentation: the marks prove it, or the count.
            if case.outcome is not Outcome.PASSED or len(tree) == tests or (ended and tests is None):
                yield case
        for case in listed:
            case.in_tree = len(tree) == tests and not self.tries


def _tree(lines: list[Line]) -> Iterator[_Case]:
    """The examples of a documentation: lines with nothing deeper below them."""
    open: list[tuple[int, str]] = []
    for index, line in enumerate(lines):
        text = line.mark
        if not text.strip():
            continue
        indent = indent_of(text)
        while open and open[-1][0] >= indent:
            open.pop()
        match = _MARKED.match(text)
        deeper = index + 1 < len(lines) and indent_of(lines[index + 1].text) > indent
        name = " ".join([*(title for _, title in open), (match["name"] if match else text).strip()])
        if match is None and (deeper or not indent):
            open.append((indent, text.strip()))
            continue
        outcome = Outcome.PASSED
        if match is not None:
            outcome = Outcome.FAILED if match["failed"] else Outcome.SKIPPED
        yield _Case(name, outcome, line, (match["why"] or "") if match else "")


def _result(case: _Case) -> CaseResult:
    file, _, number = case.place.partition(":")
    placed = number.isdecimal() and len(number) < 10 and not case.in_tree
    red = case.outcome.is_red
    return CaseResult(
        case.name,
        case.outcome,
        file=file if placed else None,
        line=int(number) if placed else None,
        attempts=case.attempts,
        failures=tuple(case.failures) or ((bare_failure(case.status),) if red else ()),
        properties=(("reason", case.why),) if case.why else (),
    )


def _failures(block: Block) -> list[Failure]:
    """The failure below a header, or each part of an aggregated one."""
    lines = block.lines
    cuts = [index for index, line in enumerate(lines) if _PART.match(line[:40])]
    if not cuts:
        return [_failure(block)] if block.text else []
    parts = []
    for start, end in zip(cuts, [*cuts[1:], len(lines)], strict=True):
        header = Line(block.header.number + start, "")
        parts.append(_failure(Block(header, lines[start:end])))
    return parts


def _failure(block: Block) -> Failure:
    text = block.text
    first = text.split("\n", 1)[0]
    margin = indent_of(first)
    lines = dedent(text.split("\n"), margin)
    if part := _PART.match(first):
        lines = [lines[0][len(part[0]) - margin :], *dedent(lines[1:], len(part[0]) - margin)]
    if lines[0].startswith("# ") and _ASSERTED in text:
        lines = lines[1:]  # the reason why it is pending
    kind, said = "", []
    message = _until_frames(lines)
    for index, line in enumerate(message):
        if match := _TYPE.match(line):
            kind, said = match["type"], message[index + 1 :]
            break
    else:
        if message and message[0].startswith(_ASSERTED):
            # The code stands behind the words, or below them when it has several lines.
            rest = message[1:]
            if not message[0].removeprefix(_ASSERTED).strip() and "" in rest[1:]:
                rest = rest[rest.index("", 1) :]
            said, kind = rest, _EXPECTED if any(line.strip() for line in rest) else ""
        else:
            said = message
    plain = "\n".join(
        dedent(said, min((indent_of(line) for line in said if line.strip()), default=0))
    ).strip()
    file, number = ruby_location(text)
    return Failure(
        plain or "\n".join(message).strip() or first.strip(),
        kind,
        trace=text,
        file=file,
        line=number,
        source_line=block.first_line,
    )


def _until_frames(lines: list[str]) -> list[str]:
    end = next(
        (i for i, line in enumerate(lines) if line.lstrip().startswith("# ") and FRAME.match(line[:1000])),
        len(lines),
    )
    return lines[:end]


READER = Reader("rspec-console", _sniff, reader_of("RSpec", without_sums(run_before_run(_Parser))))
