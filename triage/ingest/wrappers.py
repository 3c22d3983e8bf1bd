"""What CI systems put around the lines of a log: time stamps, step names, service names, commands to themselves.

A wrapper is known by standing before nearly every line; its inside is read as if it had been there alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"

# In the order of asking. One mark is sure, others only where the lines behind them look torn off (see _TORN).
_SURE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\ufeff?{_DATE}\.\d{{7}}Z ?",  # GitHub Actions, Azure Pipelines
        rf"[^\t\n]*\t[^\t\n]*\t\ufeff?{_DATE}\.\d{{7}}Z ?",  # gh run view --log: job, step, stamp
        rf"{_DATE}\.\d{{6}}Z \d\d[OE][ +]",  # GitLab with time stamps: O is stdout, + continues a line
        rf"\[{_DATE}(?:\.\d{{1,3}})?(?:Z|[+-]\d\d:?\d\d)\] ?",  # Jenkins with the Timestamper plugin
        r"\[\d\d:\d\d:\d\d\](?: :|[WEFi]:)[\t ]{0,3}(?:\[[^\]\n]{1,60}\] ?)?",  # TeamCity
        r"\d\d:\d\d:\d\d {2}",  # Jenkins with stamps, copied from the page: a logger has one space
        r"\[[^\]\n]{1,60}\] {1,40}\| ?",  # act
        r"\[ {0,6}\d{1,7}\.\d{6}\](?:\[ {0,8}[TC]\d{1,8}\])? ?",  # the kernel's buffer, a serial console
        # syslog, journalctl: date, host, program
        rf"(?:\w{{3,4}}\.? [ \d]\d \d\d:\d\d:\d\d|{_DATE}(?:\.\d{{1,9}})?(?:Z|[+-]\d\d:?\d\d)) [\w.-]{{1,80}}"
        r" [\w./@()-]{1,80}(?:\[\d{1,10}\])?: ?",
        r"[ \t]{1,40}(?=\{\")",  # lines of JSON that were set in, as a quoted log is
    )
)
_GH_STAMPED = _SURE[1]
_GH = re.compile(rf"[^\t\n]*\t[^\t\n]*\t(?:\ufeff?{_DATE}\.\d{{7}}Z ?)?")
"""Of an annotation with several lines only the first has a stamp; all have the job and the step."""
_COMPOSE = re.compile(r"(?P<who>[\w.-]{1,76}[-_]\d{1,3}) {2,40}\|(?: |$)")
"""docker compose: web-1  |; the number is sure enough for a few lines, for one where no other line is there."""
_OF_COMPOSE = re.compile(
    r"Attaching to \S|\S{1,80} exited with code \d|\s*(?:Container|Network|Volume) \S+ {1,9}[A-Z]\w+$|\[\+\] "
)
"""What it says itself."""
_NAMES = (
    _COMPOSE,
    *map(
        re.compile,
        (
            r"(?:@[\w.-]{1,80}/)?[\w.-]{1,80}:[a-z][\w:.-]{0,80}:(?: |$)",  # Turborepo: @shop/web:test:
            r"[\w@.-]{1,80}(?:/[\w@.-]{1,80}){0,9} [a-z][\w:-]{0,80}[:$](?: |$)",  # pnpm: packages/web test:
            r"\[(?:@[\w.-]{1,80}/)?[\w.-]{1,80}\]:(?: |$)",  # Yarn: [@shop/web]:
            # concurrently, npm-run-all, Nx: [web]; a level, a verdict, a thread or a worker of pytest is nobody's name
            r"(?i:\[(?!(?:info|warn(?:ing)?|err(?:or)?|debug|trace|fatal|notice|critical|log|verbose|success|done|ok|skip(?:ped)?"
            r"|pass(?:ed)?|fail(?:ed|ure)?|todo|pending|gw\d{1,4}|main|(?:pool|thread)-[\w-]{1,40}|[a-z])\])(?:@[\w.-]{1,80}/)?[a-z][\w.:-]{0,80}\](?: |$))",
            # gitlab-ci-local: unit >, and with --timestamps
            r"(?:\[\d\d:\d\d:\d\d [ \d.]{3,8} [mµn]?s\] )?(?P<who>[a-z][\w.:-]{0,80}) {1,40}[>$](?: |$)",
            # docker compose before its second version: web_1  |; foreman and honcho: 12:00:00 web.1 |
            r"(?:\d\d:\d\d:\d\d )?(?P<who>[\w.-]{1,80}) {1,40}\|(?: |$)",
            r"\d{1,3}\|[\w.-]{1,80} {1,40}\|(?: |$)",  # pm2: 0|web  |
            r"remote:(?: |$)",  # git push, of what the server's hook prints: Heroku, Gerrit
            r"[\w.-]{1,80}\[\d{1,10}\]:(?: |$)",  # a console without dates: cloud-init[805]:
        ),
    ),
)
"""What runs several things at once puts their names before the lines: few names, again and again."""
_LERNA = re.compile(r"lerna (?:notice|info) |\s*Lerna \(powered by Nx\)")
"""What Lerna says first: only then a word and a colon are the name of a package."""
_PACKAGE = re.compile(r"(?:@[\w.-]{1,80}/)?[a-z][\w.-]{0,80}:(?: |$)")
_STAMPS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DATE}(?:\.\d{{1,9}})?(?:Z|[+-]\d\d:\d\d) ?",  # docker logs -t, kubectl logs --timestamps
        r"\[\d\d:\d\d:\d\d\] ?",  # AppVeyor
        r"\d\d:\d\d:\d\d(?:\.\d{3})? {1,2}",  # Jenkins with stamps, copied from the page
    )
)
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d ",  # ts of moreutils
        r"\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]? ",  # ts with a format of its own
        r"\d{1,7}\.\d{6} ",  # ts -s %.s
    )
)
_TIMES = (_SURE[0], _SURE[2], _SURE[3], _SURE[5], *_STAMPS)
_TORN = re.compile(r"\s|$|[-=_~#+*>$]{3}")
"""A logger writes no stamp before a blank, an indented or a ruled line: a wrapper does."""
_XML = re.compile(r"<\?xml |<(?:\w+:)?[Tt]est")
"""Nor before a document."""

_COMMAND = re.compile(
    r"##\[(?:group\](?!Run )|(?:endgroup|command|section)\]"  # GitHub Actions, Azure Pipelines; "Run" begins a step
    # A level is left where the line does not say it itself, as the runner's own messages do not.
    r"|error\](?=\s|.*(?i:error|fail))|warning\](?=\s|.*(?i:warn)))"
    r"|section_(?:start|end):\d+:[\w.-]+(?:\[[^\]]*\])?"  # GitLab
    r"|travis_(?:fold|time):\w+(?::[\w.=,-]+)*"  # Travis
)
_BUILDKIT = re.compile(r"#\d{1,4} \d{1,6}\.\d{1,4} ")
"""Step and second of a line that a command in a Dockerfile prints."""
_ANDROID = re.compile(
    r"(?:(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,9}:? +(?:\d{1,10}[ -]+\d{1,10}(?:/\S{1,100})? +)?)?"
    r"(?:E[ /]AndroidRuntime *(?:\( *\d{1,10}\) *)?: ?|AndroidRuntime +\S{1,100} +E {1,2})"
)
"""Before each line of the stack with which an app ends, in all formats of ``logcat``."""
_MOSTLY = 0.8
_OFTEN = 0.7
_FEWEST, _MOST_NAMES = 6, 8
_LAYERS = 3
HEAD_LINES = 40
"""Lines from which the wrapper is known."""


@dataclass(frozen=True, slots=True)
class Wrapper:
    """The prefixes of one log, outermost first; none for most logs."""

    prefixes: tuple[re.Pattern[str], ...] = ()
    names: re.Pattern[str] | None = None
    """The one of ``prefixes`` that names who speaks."""

    @property
    def is_stamp(self) -> bool:
        """Whether nothing but the time stands before a line: digits, ``T``, ``Z``, ``O``, brackets, punctuation."""
        return all(prefix in _TIMES for prefix in self.prefixes)

    def speaker(self, line: str) -> str:
        """Who says ``line``, of several that run at once; empty where nobody is named."""
        if self.names is None:
            return ""
        for prefix in self.prefixes:
            match = prefix.match(line)
            if prefix is self.names:
                return _who(match) if match else ""
            line = line[match.end() :] if match else line
        return ""

    def peel(self, line: str) -> str:
        """``line`` without them, and without the commands that CI systems write to themselves."""
        for prefix in self.prefixes:
            if match := prefix.match(line):
                line = line[match.end() :]
        if line.startswith("#") and (match := _BUILDKIT.match(line)):
            return line[match.end() :]
        if "AndroidRuntime" in line and (match := _ANDROID.match(line)):
            return line[match.end() :]
        if self.prefixes or line.startswith(("section_", "travis_", "##[")):
            match = _COMMAND.match(line)
            return line[match.end() :] if match else line
        return line


def _who(match: re.Match[str]) -> str:
    return (match.groupdict().get("who") or match[0]).strip()


def wrapper_of(head: Sequence[str]) -> Wrapper:
    """The wrapper of a log that begins with the lines ``head``, line ends and colours removed.

    >>> wrapper_of(["[CI/test]   | ready", "[CI/db]   | asked"]).peel("[CI/db]   | FATAL: no role")
    'FATAL: no role'
    """
    lines = list(head)
    prefixes: list[re.Pattern[str]] = []
    while len(prefixes) < _LAYERS and (found := _prefix(lines)) is not None:
        prefixes.append(found)
        lines = [found.sub("", line, count=1) for line in lines]
    if any(map(_LERNA.match, lines)) and _hits(_PACKAGE, lines) >= _FEWEST:
        prefixes.append(_PACKAGE)
        return Wrapper(tuple(prefixes), _PACKAGE)
    return Wrapper(tuple(prefixes), next((prefix for prefix in prefixes if prefix in _NAMES), None))


def _prefix(lines: list[str]) -> re.Pattern[str] | None:
    filled = [line for line in lines if line.strip()]
    for pattern in _SURE:
        if pattern is _GH_STAMPED and filled and _hits(_GH, filled) >= _MOSTLY * len(filled):
            if _hits(pattern, filled) * 2 >= len(filled):
                return _GH
        elif filled and _hits(pattern, filled) >= _MOSTLY * len(filled):
            return pattern
    for pattern in _NAMES:
        names = [_who(match) for line in filled if (match := pattern.match(line))]
        if pattern is _COMPOSE and names and len(set(names)) <= _MOST_NAMES:
            others = [line for line in filled if not pattern.match(line)]
            if all(map(_OF_COMPOSE.match, others)):
                return pattern
        fewest = 2 if pattern is _COMPOSE else _FEWEST
        if len(names) >= max(fewest, _OFTEN * len(filled)) and len(set(names)) <= min(
            _MOST_NAMES, len(names) // 2
        ):
            return pattern
    for pattern in (*_STAMPS, *_DATES):
        if filled and _hits(pattern, filled) >= _MOSTLY * len(filled):
            rests = [line[match.end() :] for line in filled if (match := pattern.match(line))]
            if any(_TORN.match(rest) for rest in rests) or _XML.match(rests[0]):
                return pattern
    return None


def _hits(pattern: re.Pattern[str], lines: Iterable[str]) -> int:
    return sum(pattern.match(line) is not None for line in lines)
