"""How much a line of any log sounds like a failure: one pass of google-re2 over all the words."""

from __future__ import annotations

from functools import cache

import re2

from triage.ingest.logs.signs import (
    CAUSE,
    ECHO,
    ERROR,
    GOT_OVER,
    HARMLESS,
    HINT,
    INERT,
    INNOCENT,
    SIGNS,
    WRAPPER,
)

__all__ = ["CAUSE", "ERROR", "HINT", "WRAPPER", "is_echo", "severity", "telling_line"]


@cache
def _compiled(pattern: str) -> re2._Regexp:
    return re2.compile(pattern)


_SAYS_WHY = r"exit status \d+\. Output: \S"
"""What a command printed, behind the status that it ended with: Terraform's provisioners."""


def is_echo(line: str) -> bool:
    """Whether ``line`` only says that something failed, as the step around a cause does.

    >>> is_echo("Process completed with exit code 1."), is_echo("tar: No space left on device")
    (True, False)
    """
    return _has(ECHO, line) and not _has(_SAYS_WHY, line)


_HEAD = r"^(?:(?:\[?[:T+-]?\d[\d:T.,+Z/-]{1,34}\]?|\[[^\]]{1,60}\])[ \t]+){0,4}(?:- )?(?:[\w.$-]{1,60} - |PHP )?\[?"
"""What may stand before the level of a line: stamps, threads, the logger."""


_LOGCAT = r"^\d\d-\d\d [\d:.]+ +\d+ +\d+ {0} |^{0}/[\w.$-][^\s(:]{{1,80}} *(?:\( *\d+\))?:"
"""Android's logs in two of its formats, with the letter of a level."""
_SERILOG = r"^\[?[\d:. T+-]{{8,35}} (?:{0})\]"

_LETTER = r"^(?:\[?\d[\d:T.,/ Z+-]{{7,34}}\]? )?(?:\[[^\]]{{1,60}}\] )?\[[{0}]\] |^\[[{0}] [\d:., -]{{5,30}}"
"""A letter for the level, alone in its brackets or before a stamp: Beego, Tornado."""

_OF_POSTGRES = r"\b(?:LOG|STATEMENT|DETAIL|HINT|CONTEXT|NOTICE|DEBUG\d?):  \S"

_OF_NPM = r"^\d{1,7} (?:silly|verbose|info|http|timing|notice) "
"""A line of the log that npm leaves behind."""


def _of_level(levels: str, numbers: str) -> str:
    """What finds a line that says itself that it is of one of the ``levels``; ``numbers`` are those of Bunyan and pino."""
    upper = levels.upper()
    return (
        rf"{_HEAD}(?:{upper}|{levels}|{levels.title()})\]?[ :\t]"
        rf"|\b(?:level|severity|lvl)\"?[=:] ?\"?(?:{levels}|{upper}|{numbers})\b"
        rf"|^\[[\dT:.Z+-]{{8,35}} (?:[^\]]{{0,80}} )?(?:{upper})\b[^\]]*\]"
        rf"|^(?:{'|'.join(level[0].upper() for level in levels.split('|'))})\d{{4}} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\]"
    )


_CALM = rf"{_of_level('info|debug|trace|notice|verbose', '10|20|30')}|^##\[(?:debug|notice)\]|{_LOGCAT.format('[DIV]')}|{_SERILOG.format('INF|DBG|VRB')}|{_LETTER.format('DITVN')}|{_OF_POSTGRES}|{_OF_NPM}"
_WARNING = rf"{_of_level('warn|warning', '40')}|^##\[warning\]|{_LOGCAT.format('W')}|{_SERILOG.format('WRN')}|{_LETTER.format('W')}"


_WARNING_OF_A_TOOL = (
    r"^(?:npm (?:WARN|warn)|configure: WARNING:)|^(?:[│┃|] *Warning|warning\b)[: ]|^(?:\S+:\d+: )?[A-Z]\w*Warning: |^\(node:\d+\) (?:\[DEP|(?:Experimental|Deprecation)Warning)"
    r"|^(?:[A-Za-z]:)?[^\s:()]+(?:(?::\d+)+|\([\d, ]+\)) ?: (?:\[?(?i:warn(?:ing)?|note|remark|info|hint|suggestion)|optimized|required|instantiated)\b"
    r"|^(?:[A-Za-z]:)?[^\s:()]+\(\d+, ?\d+\) (?:Warning|Hint): "
)
"""What is context whatever it says: nobody logged an exception at this level."""
_NO_WARNING = r"Sanitizer: |\bWARNING: (?:CPU: \d+ PID: \d+ at \S+:\d+|\S+\.[chS]:\d+ at) \S|\bCode style issues found\b|\] Rule \d+: .* failed with message:"
"""What a tool calls a warning and fails of."""
_NOT_CALM = r"\] BUILD FAILURE\s*$|\bINFO: (?:task \S+ blocked|rcu\w* |possible |suspicious )|\bLOG:  server process .* was terminated by signal "
"""What is bad news whatever it says of itself; of kernels too."""
_RETRY = r"(?i)\bretrying\b|\bwill (?:be )?(?:retry|retried|try again)\b|\btrying again\b"
_GAVE_UP = r"^\s*[\w.$]*[A-Z]\w*(?:Error|Exception): |(?i)\bgiv(?:ing|en|e) up\b|\bgave up\b|\btimed out retrying\b|\bafter (?:retrying|\d+ (?:retries|attempts|tries))\b|\bretries (?:exhausted|exceeded)\b"


@cache
def _signs() -> re2.Set:
    matcher = re2.Set.SearchSet()
    for _, pattern in SIGNS:
        matcher.Add(pattern)
    matcher.Compile()
    return matcher


def _sound(line: str) -> float:
    hits = _signs().Match(line)
    return max(SIGNS[index][0] for index in hits) if hits else 0.0


def severity(line: str) -> float:
    """How much ``line`` sounds like a failure, 0 to 1 (see the constants).

    >>> severity("0 errors, 3 warnings"), severity("java.io.IOException: No space left on device")
    (0.0, 1.0)
    """
    best = _sound(line)
    if best and _has(INNOCENT, line):
        best = _sound(_compiled(INNOCENT).sub(" ", line))
    if not best or _has(GOT_OVER, line) or _has(HARMLESS, line) or (best == WRAPPER and _has(INERT, line)):
        return 0.0
    if best == HINT:
        return HINT
    # Who wrote the line knows how bad it is.
    if (
        (_has(_CALM, line) and not _has(_NOT_CALM, line))
        or _has(_WARNING_OF_A_TOOL, line)
        or (_has(_RETRY, line) and not _has(_GAVE_UP, line))
    ):
        return HINT
    if _has(_WARNING, line) and not _has(_NO_WARNING, line):
        return HINT
    return best


def _has(pattern: str, line: str) -> bool:
    return _compiled(pattern).search(line) is not None


def telling_line(text: str) -> str:
    """The line of ``text`` that tells most, the last of equals; where none sounds like a failure the last that is no echo."""
    lines = text.strip().split("\n")
    best = max(reversed(lines[-2_000:]), key=lambda line: severity(line[:1_000]))
    if severity(best[:1_000]) >= WRAPPER:
        return best.strip()
    worded = [line for line in reversed(lines) if any(map(str.isalnum, line))] or lines[-1:]
    return next((line for line in worded if not is_echo(line[:1_000])), worded[0]).strip()
