"""What zope.testrunner prints, with any number of ``-v``, ``-p`` and ``-j``.

After ``zope/testrunner/formatter.py``. Tests are named from ``-vv`` on; layers that broke and modules that did not
load are no tests, although its last lines count them among the errors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from triage.ingest.console import Block, Line, Session, reader_of, run_after_run, sample_lines
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.python_text import python_failure, test_key
from triage.model import CaseResult, Failure, Outcome, Totals, worse

_TIME = r"(?:(?P<minutes>\d{1,6}) minutes )?(?P<seconds>\d{1,9}\.\d{1,6}) seconds"
_COUNTS = r"(?P<failures>\d{1,9}) failures,?(?: and)? (?P<errors>\d{1,9}) errors(?: and (?P<skipped>\d{1,9}) skipped)?"
_RAN = re.compile(rf"^ {{2}}Ran (?P<tests>\d{{1,9}}) tests with {_COUNTS} in {_TIME}\.$")
_TOTAL = re.compile(rf"^Total: (?P<tests>\d{{1,9}}) tests, {_COUNTS} in {_TIME}\.$")
_LAYER = re.compile(r"^Running \S+ tests:$")
_AGAIN = re.compile(r"^ *Iteration (?!1$)\d{1,9}$")
"""With ``-N`` the tests of a layer run several times: they count once, as in the total."""
_HEAD = re.compile(r"^(?P<what>Error|Failure) in test (?P<test>\S.*)$")
_MODULE = re.compile(r"^Module: (?P<module>\S+)$")
_BROKEN_LAYER = re.compile(
    r"^ {2}(?P<what>Set up|Tear down) (?P<layer>\S+) (?P<trace>Traceback \(most recent call last\):)$"
)
_NO_WORKER = re.compile(
    r"^(?:Could not communicate with subprocess!|Error reading subprocess output for \S+)$"
)
"""What it says of a layer whose process died: its tests are missing, and its counts may be green."""
_CASE = re.compile(r"^ (?P<test>[^\s()]+ \([\w.<>-]+\)|[\w./\\-]+\.(?:txt|rst|test))(?P<rest>.*)$")
_OVER = re.compile(
    r"^ {2}(?:Ran \d|Running|Set up |Tear down )|^Tearing down left over layers:|^ {4}\d+/\d+ \(\d|^\.+$|^Running \S+ tests|^Test-modules? "
    r"|^Tests with (?:errors|failures):"
)
_SKIPPED = re.compile(r"\(skipped: (?P<reason>.*)\)$")
_UNEXPECTED = ".UnexpectedSuccess"
"""Called an error above, and a failure where it is summed up."""
_CAPTURED = re.compile(r"^(?:Stdout|Stderr):$", re.MULTILINE)

_Key = tuple[str, str]


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(_RAN.match(line) or _TOTAL.match(line) for line in lines):
        return 85
    return 82 if any(map(_LAYER.match, lines)) and any(map(_HEAD.match, lines)) else 0


@dataclass
class _Case:
    outcome: Outcome = Outcome.PASSED
    reason: str = ""
    failures: list[Failure] = field(default_factory=list)


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    cases: dict[_Key, _Case] = field(default_factory=dict)
    block: Block | None = None
    broken: set[str] = field(default_factory=set)
    """Modules and layers that are told already: a worker process tells them again."""
    ran: Totals | None = None
    """The sum of what each layer states."""
    total: Totals | None = None
    again: bool = False
    """Whether the tests of the layer have been counted."""

    def feed(self, line: Line) -> bool:
        mark = line.mark
        self.again = _AGAIN.match(mark) is not None or (self.again and not _LAYER.match(mark))
        if _HEAD.match(mark) or _MODULE.match(mark) or _BROKEN_LAYER.match(mark):
            self._end_block()
            self.block = Block(line)
        elif _OVER.match(mark) or _TOTAL.match(mark):
            self._end_block()
            self._summary(mark)
        elif _NO_WORKER.match(mark):
            self._end_block()
            self.session.failures.append(Failure(mark, kind="error", source_line=line.number))
        elif match := _CASE.match(mark):
            self._end_block()
            case = self.cases.setdefault(_key(match["test"]), _Case())
            if skipped := _SKIPPED.search(match["rest"]):
                case.outcome, case.reason = Outcome.SKIPPED, skipped["reason"]
        elif self.block is not None:
            self.block.lines.append(line.text)
        return False

    def _summary(self, mark: str) -> None:
        match = _RAN.match(mark) or _TOTAL.match(mark)
        if match is None:
            return
        tests, failed, errors, skipped = (
            int(match[name] or 0) for name in ("tests", "failures", "errors", "skipped")
        )
        said = Totals(tests, 0, failed, errors, skipped)
        if mark.startswith("Total: "):
            self.total = said
        else:
            self.ran = self.ran if self.again and self.ran else (self.ran or Totals()) + said
            self.session.duration = (
                (self.session.duration or 0.0) + 60 * int(match["minutes"] or 0) + float(match["seconds"])
            )

    def _end_block(self) -> None:
        block, self.block = self.block, None
        if block is None:
            return
        header = block.header.mark
        if head := _HEAD.match(header):
            error = head["what"] == "Error" and not block.text.endswith(_UNEXPECTED)
            case = self.cases.setdefault(_key(head["test"]), _Case())
            case.outcome = worse(case.outcome, Outcome.ERROR if error else Outcome.FAILED)
            case.failures.append(_failure(block, error=error))
            return
        layer, module = _BROKEN_LAYER.match(header), _MODULE.match(header)
        name = (
            f"{layer['what']} of {layer['layer']}"
            if layer
            else f"{module['module']} did not load"
            if module
            else ""
        )
        if layer:
            block = Block(Line(block.header.number - 1, ""), [layer["trace"], *block.lines])
        if name not in self.broken:
            self.broken.add(name)
            told = _failure(block, error=True)
            self.session.failures.append(replace(told, message=f"{told.message}\n({name})"))

    def finish(self) -> Session:
        self._end_block()
        session = self.session
        session.cases = [
            CaseResult(
                name,
                case.outcome,
                suite,
                failures=tuple(case.failures),
                properties=(("reason", case.reason),) if case.reason else (),
            )
            for (suite, name), case in self.cases.items()
        ]
        counted, said = Totals.of(session.cases), self.total or self.ran
        if said is not None:
            session.closed = True
            # It counts subtests, layers and modules among failures and errors, but not among the tests.
            failed = counted.failed if counted.red else said.failed
            errors = counted.errors if counted.red or session.failures else said.errors
            skipped = max(said.skipped, counted.skipped)
            tests = max(said.tests, failed + errors + skipped)
            session.stated = Totals(tests, tests - failed - errors - skipped, failed, errors, skipped)
        return session


def _key(text: str) -> _Key:
    return test_key(text) or ("", text)


def _failure(block: Block, *, error: bool) -> Failure:
    text = block.text
    captured = _CAPTURED.search(text)
    return python_failure(
        text, error=error, source_line=block.first_line, traced=text[: captured.start()] if captured else text
    )


READER = Reader("zope-console", _sniff, reader_of("zope.testrunner", run_after_run(_Parser)))
