"""Many cases in a row, read with patterns instead of expat: most of a large report.

Each element that expat reports is three calls into Python, which cost more than the case is worth. A *run* is taken out of
the text before expat sees it; what makes it safe is that it is taken only if XML can mean it in one way, and if
expat itself has said before that it stands between two elements (see ``xml_text``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from operator import contains, itemgetter

from triage.ingest.runners.junit_elements import ALIASES, RED, Case, all_properties, explained, is_teardown
from triage.ingest.runners.junit_shapes import Columns, Element, Shape, shape_at
from triage.ingest.runners.junit_text import clean, failures
from triage.ingest.runners.junit_tries import REPETITION
from triage.ingest.runners.junit_values import SAYING
from triage.ingest.xml_text import Run
from triage.model import CaseResult, Ending, Outcome, Properties

_SAYING = set(SAYING)
_PLAIN = {
    *_SAYING, "name", "classname", "file", "line", "time",
    "assertions", "timestamp", "hostname", "id", "class", "type_param", "value_param", "uuid",
}  # fmt: skip
"""Attributes of cases that are read in columns; those behind ``time`` make no difference to them."""
_INSTEAD = {"classname": "class", "line": "file"}
"""Attributes, and which is asked instead where one says nothing."""
_OUTPUT = {"system-out", "system-err"}
_SHAPES = 8
"""Shapes of one report that are tried before a new one is looked for."""
_BREAKS = bytes(set(range(256)) - set(b"\r\n"))


@dataclass(slots=True)
class Rows:
    """The cases of one shape in a chunk, as far as one suite goes."""

    columns: Columns
    """Their attributes."""
    children: list[Element]
    """The elements that stand in each of them."""
    cases: list[CaseResult] = field(default_factory=list)
    """What was made of them, and ..."""
    part: int = -1
    """... in which part of the report."""

    @property
    def size(self) -> int:
        """The number of cases."""
        return len(next(iter(self.columns.values())))

    @property
    def just_passed(self) -> bool:
        """Whether they tell nothing of how they ended."""
        return not self.children and self.columns.keys().isdisjoint(_SAYING)

    @property
    def _is_plain(self) -> bool:
        columns = self.columns
        return {"name", "classname"} <= columns.keys() <= _PLAIN and all(columns["name"])

    def endings(self, above: Properties, first_line: int) -> Iterable[Ending] | None:
        """How each ended; None if they say more than columns tell.

        ``above`` are the properties of its suites, ``first_line`` is that of the chunk.
        """
        if not self._is_plain:
            return None
        if self.just_passed:
            return repeat((Outcome.PASSED, above, (), ""))
        if not any(child.name in RED or child.name in _OUTPUT for child in self.children):
            return self._quiet_endings(above)
        columns = self.columns
        if not all(all(columns.get(name, ())) for name, other in _INSTEAD.items() if other in columns):
            return None
        outputs = self._outputs()
        if "[[" in "\n".join(outputs):
            return None
        if any(child.name in RED for child in self.children):
            return self._red_endings(above, outputs, first_line)
        quiet = self._quiet_endings(above)
        return quiet and (
            (outcome, properties, (), output)
            for (outcome, properties, _, _), output in zip(quiet, outputs, strict=True)
        )

    def _outputs(self) -> list[str]:
        told = [child.columns.get("", ()) for child in self.children if child.name in _OUTPUT]
        columns = [
            [said.strip("\n") if said and not said.isspace() else "" for said in _all_clean(texts)]
            for texts in told
            if texts
        ]
        if not columns[1:]:
            return columns[0] if columns else [""] * self.size
        return ["\n".join(filter(None, texts)) for texts in zip(*columns, strict=True)]

    def _red_endings(self, above: Properties, outputs: list[str], first_line: int) -> Iterable[Ending] | None:
        red, *others = [child for child in self.children if child.name in RED]
        if others or any(child.name == "skipped" for child in self.children):
            return None
        texts = _all_clean(red.columns.get("") or [""] * self.size)
        lines = [first_line + line for line in red.lines]
        found = list(
            map(failures, repeat(red.name), _rows_of(red.columns), texts, lines, _rows_of(self.columns))
        )
        if any(len(each) > 1 for each in found):
            return None
        outcome = Outcome.ERROR if red.name == "error" else Outcome.FAILED
        explanations = map(explained, chain.from_iterable(found), outputs)
        return zip(repeat(outcome), self._properties(above), zip(explanations), outputs)

    def _properties(self, above: Properties) -> Iterable[Properties]:
        told = [
            zip(child.columns["name"], child.columns["value"], strict=True)
            for child in self.children
            if child.name == "property"
        ]
        if not told:
            return repeat(above)
        own = ([pair for pair in pairs if pair[0]] for pairs in zip(*told, strict=True))
        return (all_properties(pairs, above) if pairs else above for pairs in own)

    def _quiet_endings(self, above: Properties) -> Iterable[Ending] | None:
        columns = self.columns
        children = [child for child in self.children if child.name not in _OUTPUT]
        for child in children:
            # What is made of a reason may depend on the name of the test.
            reasons = child.columns.get("message", ())
            if any(map(contains, reasons, columns["name"])) or any(
                map(contains, reasons, columns["classname"])
            ):
                return None
        said = [columns[name] for name in columns.keys() & _SAYING]
        said += [column for child in children for column in child.columns.values()]
        keys = list(zip(*said, strict=True)) or [()] * self.size
        alike = {key: at for at, key in enumerate(keys)}  # many say the same
        cases = dict(zip(alike, self.elements(0, alike.values()), strict=True))
        ended = {key: (case.ended(None), case.all_properties(above)) for key, case in cases.items()}
        if any(failures for (_, failures), _ in ended.values()):
            return None
        endings: dict[tuple[str, ...], Ending] = {
            key: (outcome, properties, (), "") for key, ((outcome, _), properties) in ended.items()
        }
        return map(endings.__getitem__, keys)

    def elements(self, first_line: int, places: Iterable[int] | None = None) -> Iterator[Case]:
        """The elements, ended, of those at ``places`` or of all; ``first_line`` is that of the chunk."""
        for at in range(self.size) if places is None else places:
            case = Case({name: told[at] for name, told in self.columns.items()})
            for name, columns, lines in self.children:
                attributes = {key: told[at] for key, told in columns.items()}
                said = clean(attributes.pop("", ""))
                case.add(name, attributes, said, first_line + lines[at] if lines else 0)
            yield case


def _all_clean(texts: Sequence[str]) -> Sequence[str]:
    everything = "\n".join(texts)
    is_clean = everything.isascii() and "\x1b" not in everything
    return texts if is_clean else list(map(clean, texts))


def _rows_of(columns: Columns) -> Iterator[dict[str, str]]:
    return (dict(zip(columns, told, strict=True)) for told in zip(*columns.values(), strict=True))


@dataclass(slots=True)
class CaseRun(Run):
    """Cases that follow each other."""

    parts: list[tuple[Rows, int, int]]
    """The rows that they are in, from where to where, in the order of the file."""
    lines: int = 0
    """How many lines of the chunk end before them."""


class Runs:
    """Finds the runs in the chunks of one report, whose cases mostly have one of a few shapes."""

    def __init__(self) -> None:
        self._shapes: list[Shape] = []

    def within(self, chunk: bytes) -> list[CaseRun]:
        """The runs in ``chunk``, in its order."""
        found: dict[tuple[int, Shape], list[re.Match[bytes]]] = {}
        suite = end = 0
        for shape, match in self._matches(chunk):
            start = match.start()
            # Rows are of one suite, so that all of them can be made at once.
            if end < start and chunk.find(b"testsuite", end, start) >= 0:
                suite += 1
            end = match.end()
            found.setdefault((suite, shape), []).append(match)
        parts = [part for (_, shape), matches in found.items() for part in _parts(shape, matches)]
        runs: list[CaseRun] = []
        for start, end, part in sorted(parts, key=itemgetter(0)):
            if runs and runs[-1].end == start:
                runs[-1].end = end
                runs[-1].parts.append(part)
            else:
                runs.append(CaseRun(start, end, b"", [part]))
        _count_lines(runs, chunk)
        return runs

    def _matches(self, chunk: bytes) -> Iterator[tuple[Shape, re.Match[bytes]]]:
        at = 0
        while (at := chunk.find(b"<testcase", at)) >= 0:
            for shape in self._shapes:
                if match := shape.pattern.match(chunk, at):
                    break
            else:
                new = shape_at(chunk, at)
                match = new.pattern.match(chunk, at) if new else None
                if new is None or match is None:
                    at += 9
                    continue
                shape = new
                self._shapes = [shape, *self._shapes[: _SHAPES - 1]]
            yield shape, match
            at = match.end()


def _count_lines(runs: list[CaseRun], chunk: bytes) -> None:
    at = lines = 0
    for run in runs:
        lines += chunk.count(b"\n", at, run.start)
        at = run.start
        run.lines = lines
        text = chunk[run.start : run.end]
        run.breaks = text.translate(None, _BREAKS) if b"\r" in text else b"\n" * text.count(b"\n")


def _parts(
    shape: Shape, found: Sequence[re.Match[bytes]]
) -> Iterator[tuple[int, int, tuple[Rows, int, int]]]:
    """Where the cases stand that the shape found, and their rows; without those that expat should read."""
    rows = _rows(shape, found)
    if rows is None:
        for match in found if found[1:] else ():
            yield from _parts(shape, [match])
        return
    sizes = map(shape.size, found) if shape.many else repeat(1)
    begin = 0
    for match, size in zip(found, sizes, strict=False):
        start, end = match.span()
        yield start, end, (rows, begin, begin + size)
        begin += size


def _rows(shape: Shape, found: Sequence[re.Match[bytes]]) -> Rows | None:
    """What the shape found; None if one of the cases needs expat."""
    if (elements := shape.elements(found)) is None:
        return None
    (_, columns, _), *children = elements
    if "name" in columns:
        columns["name"] = list(map(str.strip, columns["name"]))
    for name, told, _ in children:
        if name in ALIASES:
            return None
        if name == "property" and (
            REPETITION in told.get("name", ()) or not {"name", "value"} <= told.keys()
        ):
            return None
        if name in RED and any(map(is_teardown, told.get("message", ()))):
            return None
    return Rows(columns, children)
