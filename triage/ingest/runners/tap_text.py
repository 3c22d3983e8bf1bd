"""The results of TAP and their diagnostics: what runners write below a result line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from triage.ingest.console import Line, dedent
from triage.ingest.json_text import get, text
from triage.ingest.parts import exception_type, failure_from
from triage.ingest.runners.bats_text import bats_failure
from triage.ingest.runners.pytest_text import node_parts
from triage.ingest.runners.tap_yaml import placed_by, untold
from triage.model import CaseResult, Failure, Outcome

TITLE = re.compile(r"^\s*Failed (?:\(TODO\) )?test (?:\d{1,9}: )?(?P<quote>['\"])(?P<name>.+)(?P=quote)$")
"""Of Test::More, and of pgTAP, which numbers it."""
_PLACE = re.compile(r"^\s*at (?P<file>\S+) line (?P<line>\d{1,9})\.?$")
_UNNAMED = re.compile(
    r"^\s*Failed (?:\(TODO\) )?test (?:at (?P<file>\S+) line (?P<line>\d{1,9})\.|\((?P<old>\S+) at line (?P<at>\d{1,9})\))$"
)
"""A test without a name, in one line; Test::More before 0.62 wrote all like this."""
_BUSTED = re.compile(
    r"^\S+ @ \d{1,9}\n(?:Failure|Error) message: (?P<file>\S+?):(?P<line>\d{1,9}): (?P<said>.*)$", re.DOTALL
)
_DIRECTIVE = re.compile(
    r"(?<!\\)(?P<kept>(?:\\\\){0,99})#\s*(?:(?P<what>SKIP|(?:TODO|XFAIL)(?!\w))\S*\s*(?P<why>.*)|FLAKY (?P<tries>\d{1,3}) re-tr(?:y|ies)|time=(?P<time>[\d.]+)ms.*|exit=\d+|(?P<late>timeout \d+ seconds|timeout after \d+s))$",
    re.IGNORECASE,
)
_SPENT = re.compile(r"(?<! ) ++(?P<late>timed out )?\((?P<seconds>\d{1,9}\.\d\d)s\)$")
"""How long it took: Criterion puts that behind the name."""
_BEHIND = re.compile(
    r"^(?P<name>\S(?:.*?\S)?) ++(?P<why>Could not run test: \S.*|unexpected signal after \S+"
    r"|\[ {2}FAILED {2}\] GROUP (?:SETUP|TEARDOWN)|# unexpected success: \S.*)$"
)
"""Why it failed, behind the name: CMocka, Criterion, pytest-tap."""
_STATUS = re.compile(r": (?:FAILED|MISSING|ERROR: [A-Z]\w*(?:::\w+)*)$")
"""How it failed, behind the name: Bacon."""
_BETWEEN = re.compile(r"(?:not )?ok - \S|Running \d{1,9} tests? from \S+$|TAP results for \S+$")
"""How a group ends or begins: CMocka, Criterion, tap.py."""
_DIVIDER = re.compile(r"=== (?:END )?STACK TRACE ===$")
"""What jasmine-reporters puts around a stack."""
_WRONG = re.compile(r"\b(?:EXPECTATION|ASSERTION) FAILED\b|\bcrashed!$|\btimed out\b")
_CALM = re.compile(r"^ *(?:# *)?(?:ok\b|K?TAP version |1\.\.\d|$)")
_BARE = ("failed", "fail", "failure", "not ok")
"""Messages that say nothing."""


@dataclass
class Test:
    """One result line, and what belongs to it."""

    line: Line
    ok: bool
    depth: int
    name: str
    directive: str = ""
    number: int = 0
    """0 where it has none."""
    why: str = ""
    late: str = ""
    """What its result line says if the time ran out, or if it should have failed."""
    seconds: float | None = None
    tries: int = 1
    notes: list[Line] = field(default_factory=list)
    """Diagnostics below it, without their marks."""
    details: Any = None
    """Its YAML block."""
    block: str = ""
    inside: list[Test] = field(default_factory=list)
    holds: bool = False
    """Only a file or a suite: what is inside it counts."""
    braced: bool = False
    """What is inside it follows it, up to a brace; else its result follows what is inside."""
    above: str = ""
    """The comment that heads it (tape)."""
    earlier: list[Line] = field(default_factory=list)
    """The comments before it was announced (node:test): of a program that broke, what it printed."""

    @property
    def is_red(self) -> bool:
        """Whether it failed, and no directive says that this was expected."""
        return not self.ok and not self.directive

    def repeats(self, other: Test) -> bool:
        """Whether its line is another one of the same test."""
        return bool(self.number and self.name) and (self.number, self.name, self.depth) == (
            other.number,
            other.name,
            other.depth,
        )


_ENDED = re.compile(r"^\s*Looks like (?:you|your test)\b")
_TALLY = re.compile(
    r"^(?:tests|suites|pass|passed|fail|failed|failures|cancelled|skip|skipped|todo|ok|duration_ms|time)\b[ =:]*[\d.]*\s*(?:ms)?$"
)
_PANIC = re.compile(r"Kernel panic|\bOops\b|\bBUG: |Internal error|Unable to handle kernel")


def give_back(tests: list[Test]) -> None:
    """What a file wrote to standard error before it broke stands above its result (node:test)."""
    for before, test in pairwise(tests):
        if get(test.details, "exitCode") is not None and not test.notes:
            test.notes, before.notes = before.notes, []


def told(test: Test, file: str, path: tuple[str, ...]) -> Iterator[CaseResult | Failure]:
    """The cases of a result line and of what is inside it, and what broke outside them."""
    inner_path = (*path, test.name)
    if test.holds:
        red = False
        give_back(test.inside)
        for inner in test.inside:
            for item in told(inner, file, inner_path):
                red = red or not isinstance(item, CaseResult) or item.outcome.is_red
                yield item
        if test.inside or get(test.details, "type") == "suite":
            # A suite that is red for itself: one of its hooks broke.
            if _outcome(test).is_red and (not red or text(test.details, "failureType") == "hookFailed"):
                yield replace(_failure(test), kind="error")
            return
    elif get(test.details, "duration_ms") is not None:
        # node:test counts a test and its subtests.
        for inner in test.inside:
            yield from told(inner, file, inner_path)
    outcome = _outcome(test)
    suite, name, where = " > ".join(path), test.name, file or None
    if "::" in name and not path and not test.above:
        where, suite, name = node_parts(name)
    elif not path and " > " in name:
        # Flat output has the whole path in the name, the file first.
        first, *middle, name = name.split(" > ")
        where, suite = (first, " > ".join(middle)) if "." in first else (where, " > ".join((first, *middle)))
    elif path and "." in path[0] and not file:
        where, suite = path[0], " > ".join(path[1:])
    if test.above and not suite:
        suite = test.above
    seconds = test.seconds
    if seconds is None and isinstance(spent := get(test.details, "duration_ms"), int | float):
        seconds = round(spent / 1000, 6)
    yield CaseResult(
        name,
        outcome,
        suite,
        where,
        duration=seconds,
        attempts=test.tries,
        failures=(_asserted(test) or (_failure(test),)) if outcome.is_red else (),
        properties=(("reason", test.why),) if test.why else (),
    )


def _outcome(test: Test) -> Outcome:
    if test.directive == "SKIP":
        return Outcome.SKIPPED
    if test.directive in ("XFAIL", "XPASS"):
        return Outcome.XFAILED if test.directive == "XFAIL" else Outcome.XPASSED
    if test.directive == "TODO":
        # Without a reason it stands for a test that nobody wrote yet.
        return Outcome.XFAILED if not test.ok else Outcome.XPASSED if test.why else Outcome.SKIPPED
    return Outcome.PASSED if test.ok else Outcome.FAILED


def _asserted(test: Test) -> tuple[Failure, ...]:
    """Of Criterion: each assertion that did not hold, with its place, the last one first."""
    if not isinstance(test.details, dict) or list(test.details) != ["assertions", "failures"]:
        return ()
    listed = test.details["failures"]
    if listed is None:
        return (Failure("failed, and no assertion says why", source_line=test.line.number),)
    if not isinstance(listed, list) or not all(isinstance(each, dict) and len(each) == 1 for each in listed):
        return ()
    told = [(str(place), text(each, str(place)).strip()) for each in listed for place in each]
    return tuple(
        replace(
            failure_from(f"{place}: {said}", message=said.removeprefix("Assertion failed: ")),
            source_line=test.line.number,
        )
        for place, said in reversed(told)
        if said
    )


def _failure(test: Test) -> Failure:
    notes = [line.text for line in test.notes if not _DIVIDER.match(line.text[:100])]
    inner = [_failure(child) for child in test.inside if _outcome(child).is_red]
    trace = "\n".join(
        [*notes, *(test.block.split("\n") if test.block else []), *(f.trace or f.message for f in inner)]
    )
    trace = trace.strip("\n")
    if test.late and not inner:
        return failure_from(
            trace or test.line.text.strip(), message=test.late, source_line=test.line.number, kind="failure"
        )
    number = test.notes[0].number if test.notes else test.line.number
    if bats := bats_failure(notes or text(test.details, "message").split("\n"), number):
        return bats
    if busted := _BUSTED.match("\n".join(notes)):
        return Failure(busted["said"], "", "failure", trace, busted["file"], int(busted["line"]), number)
    if isinstance(test.details, dict):
        error = get(test.details, "error")
        said = text(error, "message") or text(error) or text(test.details, "message")
        if not said and text(test.details, "operator") == "fail":
            said = test.name  # tape's ``fail()`` says why in the name, and so does a plan that is not met
        both = [said, untold(test.details) if not error else ""]
        if said.lower() in _BARE:
            both.reverse()
        said = "\n".join(filter(None, both))
        kind = text(error, "name") or text(test.details, "name")
        kind = kind or exception_type(text(test.details, "stack"))
        if said and (printed := test.notes or test.earlier) and get(test.details, "exitCode") is not None:
            lines = [line.text for line in printed]
            head = next((line for line in lines if exception_type(line)), "")
            return failure_from("\n".join(lines), message=head or said, source_line=printed[0].number)
        if said:
            found = failure_from(trace, message=said, type=kind, source_line=test.line.number)
            return found if found.file else placed_by(found, test.details)
    said_plainly = [
        note
        for note in notes
        if not TITLE.match(note) and not _PLACE.match(note) and not _UNNAMED.match(note) and note.strip()
    ]
    if inner and not said_plainly:
        return Failure(
            f"{inner[0].message}", inner[0].type, "failure", trace, inner[0].file, inner[0].line, number
        )
    headed = any(TITLE.match(note) or _UNNAMED.match(note) for note in notes)
    plain = "\n".join(said_plainly) if headed else ""
    failure = failure_from(
        trace or test.line.text.strip(), message="\n".join(dedent(said_plainly, 4)) if plain else ""
    )
    at = next(
        (_placed(match) for note in notes if (match := _PLACE.match(note) or _UNNAMED.match(note))), None
    )
    return Failure(
        failure.message,
        failure.type,
        failure.kind,
        failure.trace,
        at[0] if at else failure.file,
        at[1] if at else failure.line,
        number,
    )


def _placed(match: re.Match[str]) -> tuple[str, int]:
    told = match.groupdict()
    return told["file"] or told["old"], int(told["line"] or told["at"])


def test_of(match: re.Match[str], line: Line, depth: int) -> Test:
    """The test of a result line, ``depth`` steps in; ``match`` has its ``ok``, ``number`` and ``rest``."""
    rest, holds = match["rest"].strip(), False
    if rest.endswith(" {") or rest == "{":
        rest, holds = rest[:-1].rstrip(), True
    # Testem has words of its own for what it did not run.
    word = match["ok"] if match["ok"] in ("skip", "todo") else ""
    test = Test(line, match["ok"] == "ok", depth, "", word.upper(), holds=holds, braced=holds)
    if directive := _DIRECTIVE.search(rest):
        rest = rest[: directive.end("kept")].rstrip()
        test.directive, test.why = (directive["what"] or word).upper(), directive["why"] or ""
        test.tries, test.late = test.tries + int(directive["tries"] or 0), directive["late"] or ""
        test.seconds = (
            round(float(directive["time"]) / 1000, 6) if (directive["time"] or "").count(".") == 1 else None
        )
    if spent := _SPENT.search(rest):
        rest, test.seconds = rest[: spent.start()], float(spent["seconds"])
        test.late = test.late or (spent["late"] or "").strip()
    if not test.ok and (behind := _BEHIND.match(rest)):
        rest, test.late = behind["name"], behind["why"].lstrip("# ")
    rest = rest if test.ok else _STATUS.sub("", rest)
    name = unescaped(rest).strip()
    test.number = int(match["number"] or 0)
    test.name = name or (f"test {match['number']}" if match["number"] else "")
    return test


def unescaped(name: str) -> str:
    """A name without what keeps its ``#`` from being taken for a directive."""
    return re.sub(r"\\([#\\])", r"\1", name)


def sums_up(said: str) -> bool:
    """Whether a comment announces tests or counts them, and tells of none."""
    return bool(
        said.startswith(("Subtest: ", "Starting class: "))
        or _ENDED.match(said)
        or _TALLY.match(said[:100])
        or _BETWEEN.match(said[:1_000])
    )


def ends_group(said: str) -> bool:
    """Whether a comment is the last line of a group that had a plan of its own (CMocka)."""
    return said.startswith(("ok - ", "not ok - "))


def panic_of(lines: list[Line]) -> list[Line]:
    """What a kernel says from its panic on; nothing without one."""
    begin = next((i for i, line in enumerate(lines) if _PANIC.search(line.mark)), len(lines))
    return lines[begin : begin + 50]


def spaced(line: Line) -> Line:
    """The line with spaces for the tabs in front, which KUnit had."""
    if not line.text.startswith("\t"):
        return line
    bare = line.text.lstrip("\t")
    return Line(line.number, "    " * (len(line.text) - len(bare)) + bare)


def reason_first(said: list[Line]) -> list[Line]:
    """What the kernel said before a red result, its reason in front."""
    kept = [i for i, line in enumerate(said) if not _CALM.match(line.mark)]
    at = next((i for i in kept if _WRONG.search(said[i].mark)), next(iter(kept), 0))
    return said[at : at + 1] + said[:at] + said[at + 1 :]


def unnested(lines: Iterable[Line]) -> Iterator[Line]:
    """``lines`` with the results inside of a program as subtests of it: the kernel's kselftest makes comments of them."""
    inside = False
    for line in lines:
        inside = inside and line.text.startswith("#")
        if not inside and line.mark.startswith("# TAP version 1"):
            inside = True
            yield Line(line.number, "    KTAP version 1")
        else:
            yield Line(line.number, f"    {line.text[1:].removeprefix(' ')}") if inside else line
