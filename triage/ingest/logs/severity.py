"""How much a line of any log sounds like a failure: one pass of google-re2 over all the words."""

from __future__ import annotations

from functools import cache

import re2

CAUSE = 1.0
"""An exception, a panic, a fatal signal: says what went wrong."""
ERROR = 0.8
"""A line of level error, a failed step with its reason."""
WRAPPER = 0.55
"""Says that something failed, hardly what: ``FAILED``, an exit code."""
HINT = 0.3
"""A warning, a retry: context."""

# (score, pattern). The highest score counts.
_SIGNS: tuple[tuple[float, str], ...] = (
    (CAUSE, r"^\s*(?:\[[^\]]*\]\s*|[│┃║╷>*]+\s*|#\d+ (?:\d+\.\d+ )?)?(?:Uncaught |Unhandled |Unhandled exception\. |Caused by: |Exception in thread \"[^\"]*\" |E   +)?(?:[A-Za-z_$][\w$]*[.:]{1,2})*(?:[A-Z][\w$]*)?(?:Error|Exception)\b(?:: \S|:?\s*$| \[| at )"),
    (CAUSE, r"^\s*Traceback \(most recent call last\)"),
    (CAUSE, r"\bpanic: |\bpanicked at |^fatal error: |\b(?:Fatal|Parse|Compile|Recoverable fatal|Catchable fatal) error: |: runtime error: |^\*\* \([\w.]+\) |(?:^|^\S+: )Error in \S|\bfatal: |\bFatal Python error\b|\bUncaught (?:exception|[A-Z]\w*(?:Error|Exception))\b|\([A-Z]\w*(?:Error|Exception)\)\s*$"),
    (CAUSE, r"\b(?:Segmentation fault|SIGSEGV|SIGABRT|core dumped|terminate called (?:after|without|recursively)|Library not loaded|Abort trap|Illegal instruction|Floating point exception|\w+Sanitizer: |AddressSanitizer|Bus error|[Oo]ut ?[Oo]f ?[Mm]emory|OOMKilled|No space left on device)\b"),
    (CAUSE, r"\b(?:error|Error)(?:\[[A-Z]*\d+\]| TS\d+| C\d{4}| CS\d{4}):|: (?:fatal )?error:(?: |$)|\w\(\d+(?:,\d+)?\) (?:Error|Fatal): |^error: "),
    (CAUSE, r"\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EADDRINUSE|ENOSPC|EACCES|ENOENT|EPIPE|EMFILE|ESOCKETTIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERESOLVE)\b"),
    (CAUSE, r"(?i)\b(?:connection (?:refused|reset)|permission denied|no such file or directory|command not found|cannot find (?:module|symbol)|package \S+ does not exist|incompatible types|undefined reference|undefined symbol|deadlock detected|uninitialized constant|unbound variable|attempt to (?:index|call|compare|perform))\b"),
    (CAUSE, r"^==\d+== (?:Invalid (?:read|write|free)|Process terminating)|\bdefinitely lost: [1-9]|^e: \S+\.kts?\b"),
    (CAUSE, r"\bAssertionError\b|\bassertion failed\b|\bAssertion .* failed\b"),
    (ERROR, r"(?:^|[\s\[|:\"=<])(?:ERROR|FATAL|CRITICAL|SEVERE|EMERGENCY|ALERT|PANIC)(?:[\s\]|:\"\-/>]|$)"),
    (ERROR, r"\[(?:error|emerg|alert|crit)\] |\b(?:level|severity|lvl)\"?[=:] ?\"?(?:error|fatal|critical|panic|50\b|60\b)|^error [A-Z\"]"),
    (ERROR, r"\bnpm (?:ERR!|error)|^E: |^##\[error\]|\[31m"),
    (ERROR, r"(?i)\b(?:(?:deadline|quota|limit) (?:was )?exceeded|exceeded the maximum|operation was cancell?ed|received a shutdown signal|lost communication with|timed out|time-?out (?:exceeded|expired)|rate limit exceeded|too many requests|access denied|unauthorized|forbidden|handshake (?:failed|failure)|certificate verify failed|host key verification failed)\b"),
    (ERROR, r"(?i)\b(?:cannot|could not|couldn't|can't|unable to|failed to|don't know how to) [a-z]"),
    (ERROR, r"^[EF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\]|^[\w.-]*make(?:\[\d+\])?: \*\*\* .*Stop\.|^(?:\S+: line \d+: +\d+ )?Killed\b"),
    (ERROR, r"(?i)\bHTTP(?:/[\d.]+)?\"? (?:4\d\d|5\d\d)\b|\bstatus(?: code)?[:= ]+(?:4\d\d|5\d\d)\b"),
    (ERROR, r"[a-z]: Error: \S|^\s*\S+\.\w{1,5}:\d+:\d+: .*\([\w/@-]+\)$"),
    (ERROR, r"^\s*● |^\s*✕ |<<< (?:FAILURE|ERROR)!|^\s*\d+:\d+\s+error\s|^ERROR in |^ERR_[A-Z]+"),
    (ERROR, r"(?i)\bexpected\b.{1,200}\b(?:but|to (?:be|have|equal|match|contain|include|throw)|got|received|found)\b"),
    (WRAPPER, r"^CMake Error\b|\b(?:FAILED|FAIL|BUILD FAILURE|FAILURE)\b|✘|✖|✗|❌|\bnot ok\b"),
    (WRAPPER, r"(?i)\bexit(?:ed with)?(?: code| status)?:? [1-9]\d*\b|\bexited with (?:code )?[1-9]|returned non-zero"),
    (WRAPPER, r"(?i)\b(?:failed|failure|errored|aborted|crashed|killed)\b"),
    (HINT, r"(?i)\b(?:warn(?:ing)?|deprecated|retry(?:ing)?|error|exception)\b"),
)  # fmt: skip

_INNOCENT = (
    r"(?i)\b(?:0|no|zero|without(?: any)?) (?:errors?|failures?|failed|problems?|issues?)\b"
    r"|\b(?:errors?|failures?|failed|skipped)\b[\"']?\s*[:=]\s*[\"']?(?:0\b|\[\])"
    r"|\b(?:error|exception|failure)[-_ ]?(?:handlers?|handling|pages?|logs?|report(?:er|ing)?|codes|budget|rate)\b"
    r"|\b(?:error|exception|fail\w*)(?:[-_/.][\w.]+)+\.(?:js|ts|py|java|go|rs|rb|c|h|cpp|css|html|o|class|jar)\b"
    r"|\b(?:no such error|expected (?:error|failure|exception))\b"
    r"|-Werror|--fail-[\w-]*|--no-fail[\w-]*|\bon[_-]?(?:error|failure)\b|continue-on-error|errorlevel|set -e"
)
"""Words that sound like failures and are names, options or counts of none: a line is judged without them."""
_GOT_OVER = (
    r"(?i)\bretry(?:ing)?\b.*\b(?:succeeded|ok|successful)|\b(?:succeeded|recovered) (?:after|on)\b"
    r"|\b(?:as expected|tolerated)\b|^\s*(?:\d+ )?(?:passed|✓|ok \d+|PASS(?:ED)?)\b|\b(?:PASSED|\.\.\. ok)\s*$"
)
_NO_SOURCE = r"^\d+\t\S+: No such file or directory\.$"
"""What gdb says of a frame whose source it has not."""

"""A line that says in the end that all is well."""

_ECHO = (
    r"(?i)exit(?:ed|s)?(?: with)?(?: (?:code|status|value))?:? '?-?[1-9]\d*\b|non-zero exit|returned a non-zero"
    r"|Failed to execute goal|BUILD (?:FAILURE|FAILED)|Build failed|marked build as failure|Finished: FAILURE"
    r"|There (?:are|were) (?:test failures|failing tests)|Execution failed for task|^[\w.-]*make(?:\[\d+\])?: \*\*\* .*Error \d"
    r"|\bld returned \d|process didn't exit successfully|could not compile `|error exitcode$|errors compiling module|intermediate artifacts can be found|build stopped: subcommand failed|Sanitizer: reported \d"
    r"|ELIFECYCLE|Test(?:s)? failed\.? +See above|^The command .* (?:failed|exited)|Job failed|Command failed"
    r"|errors? (?:occurred|were found)\b.*(?:above|log)|Aborting\b|^npm (?:ERR!|error) (?:code|errno|path|command|A complete log)"
)
"""Says only that something went wrong further up."""


@cache
def _compiled(pattern: str) -> re2._Regexp:
    return re2.compile(pattern)


def is_echo(line: str) -> bool:
    """Whether ``line`` only says that something failed, as the step around a cause does.

    >>> is_echo("Process completed with exit code 1."), is_echo("tar: No space left on device")
    (True, False)
    """
    return _compiled(_ECHO).search(line) is not None


_HEAD = r"^(?:(?:\[?[\d:T.,+Z/-]{8,35}\]?|\[[^\]]{1,60}\])[ \t]+){0,3}(?:- )?(?:[\w.$-]{1,60} - |PHP )?\[?"
"""What may stand before the level of a line: stamps, threads, the logger."""


def _of_level(levels: str, numbers: str) -> str:
    """What finds a line that says itself that it is of one of the ``levels``; ``numbers`` are those of Bunyan and pino."""
    upper = levels.upper()
    return (
        rf"{_HEAD}(?:{upper}|{levels}|{levels.title()})\]?[ :\t]"
        rf"|\b(?:level|severity|lvl)\"?[=:] ?\"?(?:{levels}|{upper}|{numbers})\b"
        rf"|^\[[\dT:.Z+-]{{8,35}} (?:[^\]]{{0,80}} )?(?:{upper})\b[^\]]*\]"
        rf"|^(?:{'|'.join(level[0].upper() for level in levels.split('|'))})\d{{4}} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\]"
    )


_CALM = _of_level("info|debug|trace|notice|verbose", "10|20|30")
_WARNING = _of_level("warn|warning", "40")


_RETRY = r"(?i)\bretrying\b|\bwill (?:be )?(?:retry|retried|try again)\b"


@cache
def _signs() -> re2.Set:
    matcher = re2.Set.SearchSet()
    for _, pattern in _SIGNS:
        matcher.Add(pattern)
    matcher.Compile()
    return matcher


def _sound(line: str) -> float:
    hits = _signs().Match(line)
    return max(_SIGNS[index][0] for index in hits) if hits else 0.0


def severity(line: str) -> float:
    """How much ``line`` sounds like a failure, 0 to 1 (see the constants).

    >>> severity("0 errors, 3 warnings"), severity("java.io.IOException: No space left on device")
    (0.0, 1.0)
    """
    best = _sound(line)
    if best and _compiled(_INNOCENT).search(line):
        best = _sound(_compiled(_INNOCENT).sub(" ", line))
    if not best or (best < CAUSE and _compiled(_GOT_OVER).search(line)) or _compiled(_NO_SOURCE).search(line):
        return 0.0
    # Who wrote the line knows how bad it is.
    if best > HINT and _compiled(_CALM).search(line):
        return HINT
    if best > HINT and _compiled(_WARNING).search(line) and "Sanitizer: " not in line:
        return WRAPPER if best == CAUSE and not _compiled(_RETRY).search(line) else HINT
    return best


def telling_line(text: str) -> str:
    """The line of ``text`` that tells most, the last of equals; its last line where none sounds like a failure."""
    lines = text.strip().split("\n")
    best = max(reversed(lines[-2_000:]), key=lambda line: severity(line[:1_000]))
    return (best if severity(best[:1_000]) >= WRAPPER else lines[-1]).strip()
