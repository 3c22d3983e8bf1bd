"""How a build of Maven broke: its compiler's messages, the goals that failed, exceptions outside any test."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from triage.ingest.case_book import MAX_BLOCK, failure_of, spoken_seconds
from triage.ingest.console import Line
from triage.ingest.logs.severity import CAUSE, ERROR, severity
from triage.model import Failure

_LEVEL = re.compile(
    r"^(?:\d[\d:.,TZ +-]{7,31}\s)?(?:\[[\w.:-]{1,60}\] ?)??"
    r"(?:\[(?P<level>INFO|ERROR|WARNING|WARN|FATAL|DEBUG)\] ?|(?P<word>Error|Warning): {1,2})"
)
FRAME = re.compile(r"^\s+(?:at |\.\.\. \d+ more)|^\s*Caused by: ")
"""A line of a stack."""
_COMPILER = re.compile(
    r"^(?:file://)?(?P<file>(?:[A-Za-z]:)?\S[^:]*\.(?:java|kt|scala|groovy)):? ?[\[(:]?(?P<line>\d{1,9})[,:\])]\s*\S"
)
_WHY = re.compile(r" on project [^\s:]+:(?: (?P<why>.*))?$")
BUILD = re.compile(r"^BUILD (?P<how>SUCCESS|FAILURE|ERROR)$")
"""The last word of a build, without its level."""
_TIME = re.compile(
    r"^Total time: +(?:(?P<minutes>\d+):(?P<seconds>\d\d) (?P<unit>min|h)|(?P<plain>[\d.]+ s))"
)
_ECHO = re.compile(r"^There (?:are|were) (?:some )?test failures")
# What Maven says below every failed build.
_BORING = re.compile(
    r"^(?:$|-> \[Help|To see the full stack trace|Re-run Maven|For more information|\[Help \d|After correcting"
    r"|  mvn |Please refer to|See .* for the individual|See dump files |There (?:are|were) test failures|Failed to execute goal)"
)
_EMPTY = re.compile(
    r"^(?:An? (?:\w+ )*\w*(?:[Ee]xception|[Ee]rror) (?:has )?occurr?ed\b[^:]*|Command execution failed\.?(?: null)?|null)$"
)
"""What a goal says that has nothing to say."""
_NO_REASON = re.compile(r"^(?:Total time|Finished at|For more information|Trace\b)")
_LEAST_SAID = 12
"""Characters of what a cause says that are no accident in what a goal says."""
_MOST_LINES = 50
_HELP = re.compile(r" -> \[Help \d+\]$")


def strip_level(mark: str) -> tuple[str, str]:
    """The level of a line, in capitals or empty, and what is behind it."""
    match = _LEVEL.match(mark)
    return ("", mark) if match is None else ((match["level"] or match["word"]).upper(), mark[match.end() :])


@dataclass
class _Told:
    """What one build said of its breaking."""

    compiler: list[list[Line]] = field(default_factory=list)
    goals: list[list[Line]] = field(default_factory=list)
    errors: list[Line] = field(default_factory=list)
    causes: list[list[Line]] = field(default_factory=list)
    """Exceptions and the like outside any test, with their stacks."""


@dataclass
class Build:
    """Fed with every line that tells of no test."""

    duration: float | None = None
    """Seconds."""
    broken: bool = False
    _told: _Told = field(default_factory=_Told)
    _before: list[_Told] = field(default_factory=list)
    """Of builds that ended red before another began."""
    _ended_red: bool = False
    """Whether the last build said that it failed."""
    _compiling: bool = False
    _in_goal: bool = False
    _cause: list[Line] | None = None
    _reason: Line | None = None
    """What Maven 2 says below its last word, between rulers: why."""
    _asked: bool = False
    """Whether it may come now."""

    def feed(self, level: str, text: str, line: Line) -> bool:
        """Whether ``text``, which is ``line`` without its level, is the last word of a build."""
        match = BUILD.match(text)
        scanning = text.startswith("Scanning for projects...")
        if (scanning or (match is not None and match["how"] == "SUCCESS")) and not self._ended_red:
            # What went wrong until here did not break the build (mvn --fail-never).
            self._told = _Told()
            self.broken = bool(self._before)
        elif scanning:
            self._before.append(self._told)
            self._told = _Told()
        told = self._told
        self._in_goal = self._in_goal and bool(told.goals)
        self._ended_red = match["how"] != "SUCCESS" if match else self._ended_red and not scanning
        if match:
            self._asked, self._reason = match["how"] != "SUCCESS", None
        elif self._asked and text.strip("- "):
            self._asked = False
            if level == "INFO" and not _NO_REASON.match(text):
                self._reason = Line(line.number, text.strip())
        if match:
            self._compiling = False
            self.broken = self.broken or match["how"] != "SUCCESS"
        elif match := _TIME.match(text):
            self.duration = _seconds(match)
        elif text.startswith("COMPILATION ERROR"):
            self._compiling = True
        elif text.startswith("Failed to execute goal "):
            told.goals.append([line])
            self._in_goal, self._compiling, self.broken = not _HELP.search(text), False, True
        elif (
            level not in ("INFO", "WARNING", "WARN", "DEBUG")
            and (level or self._compiling)
            and _COMPILER.match(text)
        ):
            told.compiler.append([line])
        elif told.compiler and self._compiling and text.startswith("  ") and len(told.compiler[-1]) < 20:
            told.compiler[-1].append(line)
        elif level in ("ERROR", "FATAL"):
            self._error(text, line)
        elif self._compiling and re.match(r"^\d+ errors?", text):
            self._compiling = False
        elif (
            self._cause is not None and not level and FRAME.match(line.mark) and len(self._cause) < MAX_BLOCK
        ):
            self._cause.append(line)
        elif not level and text.strip() and severity(line.mark) >= CAUSE and len(told.causes) < 200:
            self._cause = [line]
            told.causes.append(self._cause)
        else:
            self._cause = None
        return BUILD.match(text) is not None

    def _error(self, text: str, line: Line) -> None:
        told = self._told
        if self._in_goal and told.goals and not _BORING.match(text):
            told.goals[-1].append(line)
        elif not _BORING.match(text):
            told.errors.append(line)
        self._in_goal = self._in_goal and not (_HELP.search(text) or text.startswith("-> [Help"))

    def failures(self, red: bool, counted: bool) -> list[Failure]:
        """Why it broke, beside tests that failed (``red``); ``counted`` says whether any test ran."""
        all_told = [*self._before, self._told]
        compiler = {
            strip_level(block[0].mark)[1]: block
            for told in reversed(all_told)
            for block in reversed(told.compiler)
        }
        found = [_compiler_failure(block) for block in reversed(compiler.values())]
        goals = [block for told in all_told for block in told.goals]
        broken = [failure for block in goals if (failure := _goal(block, red, bool(compiler))) is not None]
        causes: list[Failure] = []
        if self.broken and not red and not compiler and goals:
            # The goal says that it broke; what was printed above says why.
            blocks = [block for told in all_told for block in told.causes][-3:]
            causes = [failure_of(block, kind="error") for block in blocks]
            broken = [failure for failure in broken if not _is_echo(failure, causes)]
        telling = [failure for failure in broken if not causes or _says_why(failure)]
        found += [*telling, *causes, *(failure for failure in broken if failure not in telling)]
        if not found and not red and (self.broken or not counted):
            errors = [line for told in all_told for line in told.errors][:50]
            texts = {_HELP.sub("", strip_level(line.text)[1]).strip(): line for line in reversed(errors)}
            found += [
                Failure(message, kind="error", trace=line.text.strip(), source_line=line.number)
                for message, line in reversed(texts.items())
            ]
        if not found and not red and self.broken and self._reason is not None:
            why = self._reason
            found.append(Failure(why.text, kind="error", trace=why.text, source_line=why.number))
        return found


def _goal(block: list[Line], red: bool, compiled: bool) -> Failure | None:
    """What broke, unless it is an echo of tests or of compiler messages that were told already."""
    text = _HELP.sub("", strip_level(block[0].mark)[1] or block[0].text)
    match = _WHY.search(text)
    why = match["why"] or "" if match else text.removeprefix("Failed to execute goal ")
    rest = [text for line in block[1:] if (text := _HELP.sub("", strip_level(line.text)[1]).strip())]
    if red and _ECHO.match(why):
        if not (rest := [text for text in rest if not text.startswith("at ")]):
            return None
        why = rest.pop(0)
        block = block[1:]
    if red and not why.strip() and not rest:
        return None  # Surefire 3.2.3 to 3.2.5: the echo without its words
    if compiled and re.match(r"^(?:Compilation failure|Compilation failed|wrap: )", why):
        return None
    trace = "\n".join(line.text.strip() for line in block)
    return Failure("\n".join([why, *rest]).strip(), kind="error", trace=trace, source_line=block[0].number)


def _says_why(goal: Failure) -> bool:
    return any(severity(line) >= ERROR for line in goal.message.split("\n")[:_MOST_LINES])


def _is_echo(goal: Failure, causes: list[Failure]) -> bool:
    """Whether ``goal`` says nothing, or nothing that one of ``causes`` does not say."""
    if not causes:
        return False
    if _EMPTY.match(goal.message):
        return True
    said = [
        why
        for cause in causes
        for line in (cause.message, *cause.trace.split("\n"))
        if not line.startswith(("\t", " ")) and len(why := line.rpartition(": ")[2].strip()) >= _LEAST_SAID
    ]
    return any(goal.message.endswith(why) for why in said)


def _compiler_failure(block: list[Line]) -> Failure:
    text = strip_level(block[0].text)[1].strip()
    match = _COMPILER.match(text[:1000])
    rest = [strip_level(line.text)[1].strip() for line in block[1:]]
    return Failure(
        "\n".join([text, *rest]),
        kind="error",
        trace="\n".join(line.text.strip() for line in block),
        file=match["file"] if match else None,
        line=int(match["line"]) if match else None,
        source_line=block[0].number,
    )


def _seconds(match: re.Match[str]) -> float | None:
    if match["plain"]:
        return spoken_seconds(match["plain"])
    # "01:30 min" and "01:30 h" are a large unit and the next smaller one.
    return (int(match["minutes"]) * 60 + int(match["seconds"])) * (60 if match["unit"] == "h" else 1)
