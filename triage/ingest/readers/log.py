"""Any other text: its error lines and stack traces, each with the lines around it.

A log has no test cases, so what it tells are failures of the run. Readers of real formats are asked first.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import dropwhile, takewhile
from textwrap import dedent
from typing import Any
from urllib.parse import unquote

from triage.ingest.frames import own_frame
from triage.ingest.json_text import parse_object, text
from triage.ingest.logs.fold import COPIES, Copies
from triage.ingest.logs.perl import death
from triage.ingest.logs.scan import Scan
from triage.ingest.logs.severity import ERROR, WRAPPER, is_echo, severity
from triage.ingest.logs.steps import Steps
from triage.ingest.logs.trace import Trace
from triage.ingest.logs.tracebacks import TRACEBACK
from triage.ingest.logs.traces import traces
from triage.ingest.logs.transcripts import end_of_script, is_transcript, spoken
from triage.ingest.markdown.page import is_page, quoted
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.model import Failure, Item, Warn

_MAX_FAILURES = 10_000
"""Of one log: nobody reads more, and a service that logs errors for a living would fill the memory."""

_STAMP = re.compile(
    r"^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?\]?(?: [A-Z]{3,4}(?= \[\d+\] ))?|\d\d:\d\d:\d\d(?:[.,]\d+)?"
    r"|\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4}\]|\w{3} [ \d]\d \d\d:\d\d:\d\d|[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w.-]+:\d+\])\s+"
)
_LEVEL = re.compile(
    r"^(?!WARNING: (?:CPU: \d|\S+\.[chS]:\d+ at ))(?:\| )?(?:\[[\w#-]{1,20}\]\s+)*\[?(?:ERROR|FATAL|CRITICAL|SEVERE|WARN(?:ING)?|INFO|ERR)\]?:?\s+(?:\| (?:[^\s|]{1,200}:\d{1,7} - )?)?(?:\[[^\]]{1,60}\]\s*)?(?:(?!\w*Sanitizer:)[\w.$/-]{1,60}(?:\[\d+\])?:\s+|- )?"
    r"(?:\d+ --- \[[^\]]{0,60}\] (?:\[[^\]]{0,60}\] )?\S{1,100} +: )?"
)
_ANNOTATION = re.compile(r"^::error(?: (?P<about>[^\n]{1,2000}?))?::(?P<said>.+)$")
"""What a tool tells GitHub Actions to show beside the code."""
_FILE, _LINE, _TITLE = (re.compile(rf"(?:^|,) ?{name}=(?P<is>[^,]+)") for name in ("file", "line", "title"))
_SUCCESS = re.compile(
    r"^(?:\[INFO\] )?(?:Finished: SUCCESS|BUILD SUCCESS(?:FUL)?\b.*|Job succeeded|Build succeeded\.?|Build success"
    r"|Done\. Your build exited with 0\.|configure: exit 0|CircleCI received exit code 0|\* DONE \([\w.]+\))\s*$",
    re.MULTILINE,
)
"""The last word of Jenkins, Maven, Gradle, GitLab, MSBuild, AppVeyor, Travis, CircleCI, of ``config.log`` and of ``R CMD INSTALL``."""
_JOB_START, _JOB_END = "##[group]Run ", "Cleaning up orphan processes"
"""Stand in every log of GitHub Actions; one that has no line marked as an error tells of a job that passed."""
_STEP_ENDED = re.compile(
    r"^(?:##\[error\]|ERROR: )?(?:Process completed with exit code \d+\.|script returned exit code \d+|Job failed: exit (?:code|status) \d+|exit status \d+)$"
)
"""What CI systems say of a step that failed, and ``go run`` of a program, and nothing of why."""
_NOT_SAID = re.compile(
    r"^(?:##\[|\[Pipeline\]|\[command\]|section_|[+$] |::|[\W_]*$|\d\d:\d\d$|Cleaning up (?:project directory and )?file based variables)"
)
"""What the CI system says itself, before it."""
_MAKE = re.compile(r"^[\w.-]*make(?:\[(?P<depth>\d+)\])?: \*\*\* ")
_END = 1_500
"""Characters at the end of a log where its last word stands."""
_PLACE = re.compile(
    r"(?P<file>(?:[A-Za-z]:)?[^\s:()\[\]]{1,300}\.\w{1,6})(?::\[?|\()(?P<line>\d{1,7})[\],:)]"
)
"""Where a compiler or a linter found what it tells of."""


_NO_TAG = re.compile(r"<(?:-|\d{1,3}>|[^<>\n]{1,80}>:\d{1,7}: )")
"""How a log may begin that looks like XML: Node's collector of garbage, a kernel, code of Python without a file."""


_LIST = re.compile(r"\[\s*(?:[\"\d{\[\]-]|true\b|false\b|null\b)")
"""How a list in JSON begins, and no level in brackets."""


def _sniff(sample: Sample) -> int:
    said = sample.text.lstrip("\ufeff \t\r\n")
    if not said or (said.startswith("<") and not _NO_TAG.match(said)):
        return 0
    if said[0] in "{[" and not _is_log_lines(said):
        return 0
    return 5


def _is_log_lines(said: str) -> bool:
    """Whether text that looks like JSON is a log with one object a line, or has a bracketed prefix."""
    first, _, rest = said.partition("\n")
    if first.startswith("{"):
        return any(key in (parse_object(first) or ()) for key in ("level", "msg", "message", "severity"))
    return not (
        first.rstrip() in ("[", "[{")
        or first.startswith(('[{"', "[["))
        or (first.endswith("]") and not rest and _LIST.match(first))
    )


def bare(line: str) -> str:
    """``line`` without its time stamp, level and logger name."""
    if line.startswith("{") and (told := _told(parse_object(line))):
        return told
    if match := _ANNOTATION.match(line):
        return unquote(match["said"])
    rest = _STAMP.sub("", line.removeprefix("##[error]"))
    return _LEVEL.sub("", rest, count=1).strip() or line.strip()


def _told(event: dict[str, Any] | None) -> str:
    """What one event of a log in JSON says: its exception, else its message."""
    for key in ("err", "error", "exception"):
        kind, said = text(event, key, "type") or text(event, key, "name"), text(event, key, "message")
        if said:
            return f"{kind}: {said}" if kind and not said.startswith(kind) else said
    return text(event, "msg") or text(event, "message") or text(event, "error")


def _read(source: Source) -> Iterator[Item]:
    if not is_page(source.sample):
        yield from _failures(source)
        return
    told = list(_failures(quoted(source)))
    if not any(isinstance(item, Failure) for item in told):
        raise IngestError(
            f"{source.name}: a page in Markdown without a report or the failures of a log; name the log or the results"
        )
    yield from told


def _failures(source: Source) -> Iterator[Item]:
    copies, echoed = Copies(), Copies()
    echoes: deque[Failure] = deque(maxlen=COPIES)
    script = is_transcript(source.sample)
    success = _last_word(source.sample.end[-_END:]) or end_of_script(source.sample)
    in_steps = _JOB_START in source.sample.text and _JOB_END in source.sample.end
    scan, steps = Scan(source), Steps()
    found: list[Failure] = []
    broke = False
    lines = steps.watched(scan)
    for trace in traces(spoken(lines) if script else lines):
        broke = broke or any(map(is_echo, (*trace.lines, *trace.after)))
        if is_echo(trace.message):
            # An exit code or a failed goal says that something failed, not what: it counts where nothing else does.
            failure = _with_last_words(_failure(trace), trace)
            if _is_outer_make(failure, echoes):
                continue
            if echoed.add(trace.message, trace.lines, failure):
                echoes.append(failure)
            continue
        if len(copies) >= _MAX_FAILURES and not copies.knows(trace.message):
            yield Warn(f"more than {_MAX_FAILURES} different failures: the rest was left out", trace.first)
            scan.marked = True
            break
        failure = _failure(trace)
        if copies.add(trace.message, trace.lines, failure, steps.begin(trace.first) if in_steps else 0):
            found.append(failure)
        if not success and not in_steps:
            yield from found
            found.clear()
    # What configure looks for in vain ends with an exit code too.
    passed = success is not None and (not broke or script or success[0].startswith("configure: "))
    end = (
        " ".join(success[0].split())
        if success and passed
        else ""
        if scan.marked or not in_steps
        else _JOB_END
    )
    if end and copies:
        why = f"{len(copies)} lines sound like failures, but the log ends with '{end}': none is taken for one"
        yield Warn(why, copies.first)
        return
    failing = [failure for failure in found if (failure.source_line or 0) >= steps.failing]
    if failing and len(failing) < len(found):
        why = f"{len(found) - len(failing)} lines sound like failures in steps that passed: none is taken for one"
        yield Warn(why, found[0].source_line)
    yield from failing or found or ([] if copies else (() if end else death(source)) or echoes)
    told = copies or echoed
    told.more({again.line: again.count - again.told for again in scan.repeated()})
    yield from told.warnings(steps.failing if failing else 0)


def _with_last_words(failure: Failure, trace: Trace) -> Failure:
    """``failure`` with what the step said last, where the CI system knows only its exit code."""
    if not _STEP_ENDED.match(failure.message):
        return failure
    said = (
        line.strip() for line in reversed(trace.before) if not _NOT_SAID.match(line) and not is_echo(line)
    )
    last = next(said, "")
    return replace(failure, message=f"{failure.message}\nsaid last: {last}") if last else failure


def _is_outer_make(failure: Failure, echoes: deque[Failure]) -> bool:
    """Whether it is a make that says of another one below it that it failed."""
    if not (
        echoes and (outer := _MAKE.match(failure.message)) and (inner := _MAKE.match(echoes[-1].message))
    ):
        return False
    return int(outer["depth"] or 0) < int(inner["depth"] or 0)


def _last_word(end: str) -> re.Match[str] | None:
    """The last word of a log if it is success: what broke behind one counts."""
    success = next(reversed([*_SUCCESS.finditer(end)]), None)
    behind = end[success.end() :].split("\n") if success else []
    return None if any(severity(line) >= ERROR for line in behind) else success


def _failure(trace: Trace) -> Failure:
    before = list(dropwhile(lambda line: not line.strip(), trace.before))
    around = [*before, *trace.lines, *trace.after]
    while not around[-1].strip():
        around.pop()
    message = bare(trace.message) if trace.told else _told_above(trace)
    # A class without a message is looked for in the trace alone: what stands around it says something else.
    said = failure_from(dedent("\n".join(trace.lines)), message=message).message
    message = message if "Traceback (most recent" in said or _only_announces(said, trace) else said
    failure = failure_from("\n".join(around), message=message, kind="error", source_line=trace.first)
    failure = replace(failure, message=message, lead=len(before) if failure.trace else 0)
    if (own := own_frame("\n".join(trace.lines))) is not None:
        # What stands around it may be of another failure.
        failure = replace(failure, file=own.file, line=own.line)
    if failure.file is None and (place := _PLACE.match(message)):
        return replace(failure, file=place["file"], line=int(place["line"]))
    match = _ANNOTATION.match(trace.message)
    return _annotated(failure, match["about"]) if match and match["about"] else failure


def _told_above(trace: Trace) -> str:
    """Of a traceback whose exception is not there: what was said right above it."""
    cut = "Traceback without its exception: the log ends here"
    above = [*trace.before, *takewhile(lambda line: not TRACEBACK.match(line), trace.lines)]
    said = above[-1].strip() if above else ""
    return f"{bare(said)}\n{cut}" if severity(said) > 0 else cut


def _only_announces(said: str, trace: Trace) -> bool:
    """Whether what stands above a traceback of Python says no more than that something failed."""
    above = list(takewhile(lambda line: not TRACEBACK.match(line), trace.lines))
    return 0 < len(above) < len(trace.lines) and said != trace.message and severity(said) <= WRAPPER


def _annotated(failure: Failure, about: str) -> Failure:
    """``failure`` with the place and the title that stand before the message of an annotation."""
    file, line, title = (pattern.search(about) for pattern in (_FILE, _LINE, _TITLE))
    return replace(
        failure,
        message=f"{failure.message}\n({unquote(title['is'])})" if title else failure.message,
        file=unquote(file["is"]) if file else failure.file,
        line=int(line["is"]) if line and line["is"].isdecimal() and len(line["is"]) < 10 else failure.line,
    )


READER = Reader("log", _sniff, _read)
