"""What ``k6 run`` prints: each check and each threshold is a test, as in its JSON; what the script threw broke the run.

After the summary of k6 0.20 to 1.x: ``compact`` and ``full`` (which tells the checks again by group and scenario) and
``legacy``, which knows the groups, and marks the metrics instead of their thresholds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from triage.ingest.console import Line, Session, reader_of, sample_lines
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.model import CaseResult, Failure, Outcome

_HEAD = re.compile(r"^ +█ (?P<name>\S.*?) *$")
_MARK = re.compile(r"^ +(?P<mark>[✓✗]) (?P<said>\S.*)$")
_RATE = re.compile(r"^ +↳ +\d{1,3}% — ✓ (?P<passes>\d{1,12}) / ✗ (?P<fails>\d{1,12})$")
_METRIC = re.compile(r"^ +(?:[✓✗] )?(?P<name>[\w{][\w{}:./, -]{0,200}?)\.{2,}: +(?P<value>\S.*)$")
_RULE = re.compile(r"^'(?P<rule>[^']{1,300})' +(?P<value>\S.*)$")
_RUNNING = re.compile(
    r"^running \((?:(?P<hours>\d{1,4})h)?(?:(?P<minutes>\d{1,4})m)?(?P<seconds>[\d.]{1,8})s\), \d{1,9}/\d{1,9} VUs, \d"
)
_ERROR = re.compile(
    r'^(?:time="[^"]{1,40}" level=error msg="(?P<said>(?:[^"\\]|\\.){1,2000})"|ERRO\[\d{4,9}\] (?P<old>.+))'
)
_CROSSED = re.compile(r"^(?:thresholds on metrics |some thresholds have)")
_TOTALS = ("TOTAL RESULTS", "THRESHOLDS")
_AGAIN = ("GROUP:", "SCENARIO:")
_KINDS = 50
"""Different errors that are told."""


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    ran = any(map(_RUNNING.match, lines))
    metrics = {found["name"].strip() for line in lines if (found := _METRIC.match(line))}
    # Before 0.26 the progress was a bar without a word.
    return 84 if "iterations" in metrics and (ran or "vus_max" in metrics) else 0


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    section: str = ""
    groups: list[tuple[int, str]] = field(default_factory=list)
    """Indentation and name of the groups that are open, of the legacy summary."""
    metric: str = ""
    errors: dict[str, tuple[int, Line]] = field(default_factory=dict)
    """What the script threw: how often, and the first line of it."""

    def feed(self, line: Line) -> None:
        mark = line.mark
        if match := _RUNNING.match(mark):
            hours, minutes = int(match["hours"] or 0), int(match["minutes"] or 0)
            if match["seconds"].count(".") < 2:
                self.session.duration = round(hours * 3600 + minutes * 60 + float(match["seconds"]), 3)
        elif match := _ERROR.match(mark):
            self._threw(
                (match["said"] or match["old"]).replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"'),
                line,
            )
        elif match := _HEAD.match(mark):
            self._head(mark.index("█"), match["name"])
        elif self.section.startswith(_AGAIN):
            return
        elif match := _METRIC.match(mark):
            self._metric(match, line)
        elif match := _RATE.match(mark):
            self._rate(match, line)
        elif match := _MARK.match(mark):
            self._marked(match, line)
        elif self.section == "THRESHOLDS" and mark.strip():
            self.metric = mark.strip()

    def _head(self, margin: int, name: str) -> None:
        if name in _TOTALS or name.startswith(_AGAIN):
            self.section, self.groups = name, []
            return
        while self.groups and self.groups[-1][0] >= margin:
            self.groups.pop()
        self.groups.append((margin, name))

    def _metric(self, match: re.Match[str], line: Line) -> None:
        """A line of a metric; it has a mark where the metric has a threshold."""
        self.session.closed = True
        name = match["name"].strip()
        if name.startswith("{"):
            name = f"{self.metric}{{{name.strip('{} ')}}}"
        else:
            self.metric = name
        if (marked := _MARK.match(line.mark)) is not None:
            self._case(
                name,
                "thresholds",
                marked["mark"] == "✓",
                f"{name} crossed its threshold: {match['value']}",
                line,
            )

    def _marked(self, match: re.Match[str], line: Line) -> None:
        passed = match["mark"] == "✓"
        if self.section == "THRESHOLDS" and (rule := _RULE.match(match["said"])):
            said = f"{self.metric} crossed the threshold {rule['rule']}\n{rule['value']}"
            self._case(f"{self.metric}: {rule['rule']}", "thresholds", passed, said, line)
        elif not self.session.closed or self.section:
            suite = " > ".join(name for _, name in self.groups)
            self._case(match["said"], suite, passed, f"check failed: {match['said']}", line)

    def _case(self, name: str, suite: str, passed: bool, said: str, line: Line) -> None:
        kind = "threshold" if suite == "thresholds" else "check failed"
        failures = () if passed else (Failure(said, kind, trace=line.mark.strip(), source_line=line.number),)
        self.session.cases.append(
            CaseResult(name, Outcome.PASSED if passed else Outcome.FAILED, suite, failures=failures)
        )

    def _rate(self, match: re.Match[str], line: Line) -> None:
        """How often the check of the line before failed."""
        if not self.session.cases or not (case := self.session.cases[-1]).failures:
            return
        passes, fails = int(match["passes"]), int(match["fails"])
        failure = case.failures[0]
        said = f"{fails} of {passes + fails} times: {case.name}"
        trace = f"{failure.trace}\n{line.mark.strip()}"
        self.session.cases[-1] = replace(case, failures=(replace(failure, message=said, trace=trace),))

    def _threw(self, said: str, line: Line) -> None:
        if not _CROSSED.match(said) and (said in self.errors or len(self.errors) < _KINDS):
            times, first = self.errors.get(said, (0, line))
            self.errors[said] = (times + 1, first)

    def finish(self) -> Session:
        for said, (times, line) in self.errors.items():
            failure = failure_from(said, kind="error", source_line=line.number)
            often = f" (said {times} times)" if times > 1 else ""
            self.session.failures.append(replace(failure, message=f"{failure.message}{often}"))
        return self.session


def _sessions(lines: Iterator[Line]) -> Iterator[Session]:
    parser = _Parser()
    for line in lines:
        parser.feed(line)
    yield parser.finish()


READER = Reader("k6-console", _sniff, reader_of("k6", _sessions))
