"""What Behave prints with its pretty and plain formatters, and the lists and counts at the end.

Written after Behave 1.2.5 to 1.3. The lists of failing and errored scenarios are the truth where they are there:
a scenario with an undefined step prints nothing but the step. Hooks that break outside a scenario are failures of
the run.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace

from triage.ingest.console import (
    Line,
    Session,
    bare_failure,
    dedent,
    indent_of,
    reader_of,
    run_after_run,
    sample_lines,
    seconds,
)
from triage.ingest.parts import failure_from
from triage.ingest.reader import Reader, Sample
from triage.ingest.runners.pytest_text import native_message
from triage.model import CaseResult, Failure, Outcome, Totals

_FEATURE = re.compile(r"^(?! )[^:#]{1,30}: (?P<name>\S.*?) *# (?P<file>\S.*?\.feature):(?P<line>\d{1,9})$")
_PLAIN_FEATURE = re.compile(r"^Feature: (?P<name>\S.*?)$")
# The place tells a scenario in any language; the plain formatter leaves it out.
_SCENARIO = re.compile(r"^ {2,4}[^:#@]{1,30}: (?P<name>\S.*?) *# (?P<file>\S.*?\.feature):(?P<line>\d{1,9})$")
_PLAIN_SCENARIO = re.compile(r"^ {2,4}(?:Scenario(?: Outline)?|Example): (?P<name>\S.*?) *$")
_STEP = re.compile(
    r"^ {4,6}(?P<step>\S.*?) *# (?:(?P<none>None)|(?P<file>\S.*?):(?P<line>\d{1,9}))(?: [\d.]+s)?$"
)
_PLAIN_STEP = re.compile(
    r"^ {4,6}(?P<step>\S.*?) \.\.\. (?P<status>passed|failed|error|undefined|skipped|untested|pending)(?: in [\d.]+s)?$"
)
_TAGS = re.compile(r"^(?: {2,4})?(?P<tags>@\S+(?: @\S+)*)$")
_HOOK = re.compile(r"^ *HOOK-ERROR in (?P<hook>\w+)(?:\([^)]*\))?: (?P<text>\S.*)$")
_STEP_BROKE = re.compile(
    r"^(?P<kind>FAILURE|ERROR) in step '(?P<step>.*)'(?P<placed> \(\S.*?\.feature:\d{1,9}\))?:$"
)
"""Of progress3; progress2 tells all of a feature behind it, each with the names of the feature and the scenario."""
_RULE = re.compile(r"^-{20,}$")
_NAMED = re.compile(r"^ {2}(?P<name>\S.*?) {2}(?P<steps>[.SFEUPH]{0,200})(?:-{4})?$")
"""A scenario of the formatter progress3, which tells what broke right below it, between rules."""
_CAUGHT = "CAPTURED STDOUT: "
"""What 1.3 puts before the words of a hook."""
_LIST = re.compile(r"^(?P<kind>Failing|Errored) scenarios:$")
_LISTED = re.compile(r"^  ?(?P<file>\S.*?\.feature):(?P<line>\d{1,9})(?:(?:  ?| +# )(?P<name>[^\s#].*?))? *$")
_COUNTS = re.compile(r"^(?P<counts>\d+ scenarios? passed(?:, \d+ \w+)*)$")
_TOOK = re.compile(r"^Took (?P<minutes>\d+)m(?:in )?(?P<seconds>[\d.]+)s$")
_SNIPPETS = re.compile(r"^You can implement step definitions for undefined steps")
_BROKEN = re.compile(
    r"^(?:Traceback \(most recent call last\):|ASSERT(?:ION)? FAILED|ERROR: |[\w.]+(?:Error|Exception)\b)",
    re.I,
)
_CAPTURED = re.compile(r"^captured ", re.I)

_ERRORS = ("error", "errors", "hook_error", "cleanup_error", "undefined", "pending")


def _sniff(sample: Sample) -> int:
    lines = sample_lines(sample)
    if any(map(_COUNTS.match, lines)):
        return 80
    if any(line.startswith("USING RUNNER: behave.") for line in lines) or any(map(_LIST.match, lines)):
        return 70
    return 60 if any(map(_SCENARIO.match, lines)) and any(map(_STEP.match, lines)) else 0


@dataclass
class _Step:
    text: str
    number: int
    """1-based line in the source."""
    ran: bool
    undefined: bool
    file: str | None = None
    line: int | None = None
    body: list[Line] = field(default_factory=list)
    ruled: bool = False
    """Whether a rule ends what is told of it."""

    @property
    def says_nothing(self) -> bool:
        """Whether the reason is missing, as of a step that is not defined (progress2)."""
        return self.ruled and [line.mark.strip() for line in self.body if line.mark.strip()] == ["None"]

    @property
    def broke(self) -> bool:
        """Whether what is printed below it looks like a failure."""
        return any(_BROKEN.match(line.mark.strip()) for line in self.body)


@dataclass
class _Scenario:
    name: str
    status: Line
    """The line that announces it, or that lists it as failing."""
    feature: str = ""
    file: str | None = None
    line: int | None = None
    tags: str = ""
    steps: list[_Step] = field(default_factory=list)
    hooks: list[Failure] = field(default_factory=list)
    listed: Outcome | None = None
    announced: bool = True
    """Whether it was named where it ran, and not in a list alone."""

    def outcome(self, complete: bool) -> Outcome:
        """The list's verdict; without lists (``complete`` is false) what the steps look like."""
        if self.listed is not None:
            return self.listed
        if self.steps and not any(step.ran for step in self.steps):
            return Outcome.SKIPPED
        if not complete:
            if any(step.broke for step in self.steps):
                return Outcome.FAILED
            if self.hooks or any(step.undefined for step in self.steps):
                return Outcome.ERROR
        return Outcome.PASSED

    def failures(self, outcome: Outcome) -> list[Failure]:
        kind = "error" if outcome is Outcome.ERROR else "failure"
        broken = next((step for step in self.steps if step.broke), None)
        undefined = next((step for step in self.steps if step.undefined or step.says_nothing), None)
        if broken is not None:
            return [*self.hooks, _failure(broken, kind)]
        if undefined is not None and not self.hooks:
            return [Failure(f"undefined step: {undefined.text}", kind=kind, source_line=undefined.number)]
        return self.hooks or [bare_failure(self.status, kind)]


@dataclass
class _Parser:
    session: Session = field(default_factory=Session)
    scenarios: list[_Scenario] = field(default_factory=list)
    feature: str = ""
    file: str | None = None
    feature_at: tuple[str, str] = ("", "")
    tags: str = ""
    hooks: list[Failure] = field(default_factory=list)
    """Of the scenario that is not announced yet."""
    step: _Step | None = None
    headless: list[_Step] = field(default_factory=list)
    """Steps of a scenario whose head is cut off."""
    listing: Outcome | None = None
    known: dict[tuple[str | None, int | None, str], deque[_Scenario]] = field(default_factory=dict)
    """By place, and those without a line by name."""
    named: tuple[re.Match[str], Line] | None = None
    """The last line that looks like a scenario of progress3."""
    pending: _Step | None = None
    """A step that broke in a scenario that is named below."""
    caught: bool = False
    """Whether hooks are told as 1.3 does: below the scenario, where one is named."""

    def feed(self, line: Line) -> bool:
        """Take a line; True when it was the last of the session."""
        mark = line.mark
        if match := _TOOK.match(mark):
            self.session.duration = int(match["minutes"]) * 60 + (seconds(match["seconds"]) or 0.0)
            return self.session.closed
        if match := _COUNTS.match(mark):
            self.session.stated, self.session.closed, self.listing = _totals(match["counts"]), True, None
        elif match := _LIST.match(mark):
            self.listing = Outcome.FAILED if match["kind"] == "Failing" else Outcome.ERROR
            self.step = None
        elif self.listing is not None and (match := _LISTED.match(mark)):
            self._listed(match, self.listing, line)
        elif _SNIPPETS.match(mark):
            self.step = None
        elif match := _FEATURE.match(mark):
            self.feature, self.file, self.step = match["name"], match["file"], None
            self.feature_at = match["file"], match["line"]
        elif match := _PLAIN_FEATURE.match(mark):
            self.feature, self.file, self.step = match["name"], None, None
        elif match := _HOOK.match(mark):
            self._hook(match, line)
        elif match := _STEP_BROKE.match(mark):
            self._broke(match, line)
        elif self.step is not None and self.step.ruled and _RULE.match(mark):
            self.step = None
        elif match := _SCENARIO.match(mark):
            # The pretty formatter writes the feature's own line in the same way.
            if (match["file"], match["line"]) != self.feature_at:
                self._start(_Scenario(match["name"], line, self.feature, match["file"], int(match["line"])))
        elif match := _PLAIN_SCENARIO.match(mark):
            self._start(_Scenario(match["name"], line, self.feature, self.file))
            if self.pending is not None:
                self.scenarios[-1].steps.append(self.pending)
                self.step, self.pending = self.pending, None
        elif match := _TAGS.match(mark):
            self.tags, self.step = match["tags"], None
        elif (step := _step(line)) is not None:
            self.step = step
            (self.scenarios[-1].steps if self.scenarios else self.headless).append(step)
        elif self.step is not None:
            if not (self.step.ruled and mark.startswith("exception: ")):
                self.step.body.append(line)
        elif match := _NAMED.match(mark):
            self.named = match, line
        self.caught = self.caught or mark.startswith(_CAUGHT)
        return False

    def _broke(self, match: re.Match[str], line: Line) -> None:
        """A step that broke: of progress3 the line above names the scenario, of progress2 a line below."""
        if match["placed"] is None:
            self.step, self.pending = None, _Step(match["step"], line.number, True, False, ruled=True)
            return
        if (scenario := self._of_progress()) is None:
            return
        undefined = self.named is not None and self.named[0]["steps"].endswith("U")
        self.step = _Step(match["step"], line.number, True, undefined, ruled=True)
        scenario.steps.append(self.step)

    def _of_progress(self) -> _Scenario | None:
        """The scenario that progress3 named last, begun if it is none yet."""
        if self.named is None:
            return None
        match, line = self.named
        if not self.scenarios or self.scenarios[-1].status is not line:
            self._start(_Scenario(match["name"].rstrip(), line, self.feature, self.file))
        return self.scenarios[-1]

    def _start(self, scenario: _Scenario) -> None:
        scenario.tags, self.tags = self.tags, ""
        if self.pending is None:
            scenario.hooks, self.hooks = self.hooks, []
        self.scenarios.append(scenario)
        key = (None, None, scenario.name) if scenario.line is None else (scenario.file, scenario.line, "")
        self.known.setdefault(key, deque()).append(scenario)
        self.step = None

    def _hook(self, match: re.Match[str], line: Line) -> None:
        failure = failure_from(
            line.text.strip(), message=match["text"], kind="error", source_line=line.number
        )
        hook = match["hook"]
        if hook.endswith(("_all", "_feature", "_rule")):
            self.session.failures.append(failure)
        elif self.named is not None and (scenario := self._of_progress()) is not None:
            scenario.hooks.append(failure)
        elif (hook == "before_scenario" and not self._is_named_first) or not self.scenarios:
            self.hooks.append(failure)
        else:
            self.scenarios[-1].hooks.append(failure)

    @property
    def _is_named_first(self) -> bool:
        """Whether the scenario that a hook broke is the last one: the plain formatter names it first since 1.3."""
        last = self.scenarios[-1] if self.scenarios else None
        return (
            self.caught
            and last is not None
            and not last.steps
            and bool(_PLAIN_SCENARIO.match(last.status.mark))
        )

    def _listed(self, match: re.Match[str], outcome: Outcome, status: Line) -> None:
        file, line, name = match["file"], int(match["line"]), match["name"] or ""
        meant = self.known.get((file, line, "")) or self.known.get((None, None, name))
        if meant:
            scenario = meant.popleft()
        else:
            scenario = _Scenario(name or f"{file}:{line}", status, announced=False)
            self.scenarios.append(scenario)
        scenario.status = status
        scenario.file, scenario.line, scenario.listed = file, line, outcome

    def finish(self) -> Session:
        complete = self.session.closed or self.listing is not None
        if not complete and self.scenarios and not any(step.broke for step in self.scenarios[-1].steps):
            self.scenarios.pop()  # the output ends inside it
        last = self.scenarios[-1] if self.scenarios else None
        if self.hooks and last is not None and last.announced and not (last.steps or last.hooks):
            # Since 1.3 the plain formatter names the scenario first.
            last.hooks, self.hooks = self.hooks, []
        self.session.failures += self.hooks
        silent = [known for known in self.scenarios if known.listed and not (known.steps or known.hooks)]
        if len(silent) == 1 and any(step.broke for step in self.headless):
            silent[0].steps = self.headless
        for scenario in self.scenarios:
            outcome = scenario.outcome(complete)
            self.session.cases.append(
                CaseResult(
                    scenario.name,
                    outcome,
                    scenario.feature,
                    scenario.file,
                    scenario.line,
                    failures=tuple(scenario.failures(outcome)) if outcome.is_red else (),
                    properties=(("tags", scenario.tags),) if scenario.tags else (),
                )
            )
        return self.session


def _step(line: Line) -> _Step | None:
    mark, number = line.mark, line.number
    if match := _STEP.match(mark):
        at = int(match["line"]) if match["line"] else None
        return _Step(
            match["step"], number, match["none"] is None, match["none"] is not None, match["file"], at
        )
    if match := _PLAIN_STEP.match(mark):
        status = match["status"]
        return _Step(match["step"], number, status not in ("skipped", "untested"), status == "undefined")
    return None


def _failure(step: _Step, kind: str) -> Failure:
    start = next(i for i, line in enumerate(step.body) if line.text.strip())
    lines = dedent((line.text for line in step.body[start:]), min(6, indent_of(step.body[start].text)))
    trace = "\n".join(lines).rstrip()
    end = next((i for i, line in enumerate(lines) if i and _CAPTURED.match(line[:20])), len(lines))
    plain = "\n".join(lines[:end]).strip()
    failure = failure_from(trace, message=native_message(plain) or plain, kind=kind)
    if failure.file is None:
        failure = replace(failure, file=step.file, line=step.line)
    return replace(failure, trace=trace, source_line=step.body[start].number)


def _totals(counts: str) -> Totals:
    found = {part.rpartition(" ")[2]: int(part.split(" ", 1)[0]) for part in counts.split(", ")}
    errors = sum(found.get(name, 0) for name in _ERRORS)
    skipped = found.get("skipped", 0) + found.get("untested", 0)
    passed, failed = found.get("passed", 0), found.get("failed", 0)
    return Totals(passed + failed + errors + skipped, passed, failed, errors, skipped)


READER = Reader("behave-console", _sniff, reader_of("Behave", run_after_run(_Parser)))
