"""The lines that pytest prints, one pattern each; shared by the console reader's two passes.

From pytest's terminal reporter (``_pytest/terminal.py``), pytest-xdist, pytest-rerunfailures and pytest-sugar as they
print in versions 3 to 9.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from triage.ingest.parts import failure_from, pytest_message
from triage.model import Failure, Outcome, Totals, worse

SESSION = re.compile(r"^=+ test session starts |^Test session starts \(platform: .*\bpytest ")
SECTION = re.compile(r"^={3,} (?P<title>[^=].*?) =+$")
OWN_SECTION = re.compile(r"^={10,} (?:FAILURES|ERRORS|short test summary info) ={10,}$")
BLOCK = re.compile(r"^_{1,}(?<!_ _) (?P<title>[^_ ].*?) _+$")
PROGRESS = re.compile(
    r"^(?:\S+\.py )?[.FEsxXR]{1,300}(?:\s+\[\s*\d+%\])?$|^\S+\.py::\S.* [A-Z]{4,7}\s+\[|^\[gw\d+\] "
)
BANG = re.compile(r"^!{3,} (?P<text>.+?) !+$")
EXIT = re.compile(r"^!{3,} _pytest\.outcomes\.(?P<text>Exit: .+?) !+$")
INSIDE = re.compile(r"E {4,}| |$")
"""The last line of a traceback whose end, which says why, is not there."""
CUT_INTERNAL = "INTERNALERROR of pytest: the output ends within its traceback"
INTERNAL = re.compile(r"^INTERNALERROR> ?(?P<text>.*)$")
COLLECTED = re.compile(r"^(?:collecting .*)?collected (?P<count>\d+) items?")
WORKERS = re.compile(r"^(?:created: \d+/)?(?P<count>\d+) workers?\b")
USAGE = re.compile(
    r"^ERROR: (?:usage: .*pytest|file or directory not found|not found: |found no collectors for )"
)
USAGE_OF = re.compile(r"^ERROR: usage: .*\[options\]")

_STATUS = r"PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS|RERUN"
_SPENT = r"(?: \[\d+\.\d+s\])?"
"""Seconds, as PyTorch's plugin adds them."""
_PERCENT = r"(?:\s+\[\s*(?:\d+%|\d+/\d+)\])?"
VERBOSE = re.compile(
    rf"^(?P<id>\S[^\n]*?(?:::|\.py\b)[^\n]*?) (?P<status>{_STATUS}){_SPENT}(?: \(.*\))?{_PERCENT}\s*$"
)
DOTS = re.compile(r"^(?:\S+\.\w+ (?P<file>[.FEsxXR]+)(?: +\[ *\d+%\])?|(?P<more>[.FEsxXR]+) +\[ *\d+%\])$")
"""Progress without names."""
XDIST = re.compile(rf"^\[gw\d+\] \[\s*\d+%\] (?P<status>{_STATUS}) (?P<id>\S.*?)\s*$")
STATUS_ALONE = re.compile(rf"^(?P<status>{_STATUS}){_SPENT}(?: \(.*\))?{_PERCENT}\s*$")
STARTED = re.compile(r"^(?P<id>[\w./\\-]+\.py::\S+)(?:\s|$)")
SUBTEST = re.compile(r"^(?P<id>\S+::\S+) .*\bSUBFAIL(?:ED)?\b")
# pytest 3 wrote FAIL there.
# Parameters may hold the dash that parts the message.
SUMMARY = re.compile(
    rf"^(?P<status>{_STATUS}|FAIL)(?: \[\d+\])?{_SPENT} (?P<id>[^\[]+?(?:\[.*?\])?)(?: - (?P<message>.*))?$"
)
SUB_SUMMARY = re.compile(r"^(?:SUBFAIL(?:ED)?\b.*?|\[.*SUBFAIL) (?P<id>\S+\.py::\S+)(?: - (?P<message>.*))?$")
LOOSE = re.compile(r"^\S.*?:\d+: (?P<message>\S.*)$")
"""A failure with ``--tb=line``."""
DURATION = re.compile(r"^(?P<seconds>\d+\.\d+)s (?:call|setup|teardown)\s+(?P<id>\S.*)$")
_GROUP_HEAD = "+ Exception Group Traceback (most recent call last):"
_GROUP_LINE = re.compile(r"^ +\| (?P<said>(?!Traceback |Exception Group )\S.*)$")
_CRASH = re.compile(r"worker '\w+' crashed while running '(?P<id>[^']+)'")
_TALLY = re.compile(
    r"^(?:=+ )?(?P<counts>\d[^=\n]{0,200}?|no tests ran) in (?P<seconds>\d+\.\d+)(?:s| seconds)(?: \([\d:,. a-z]+\))?(?: =+)?$"
)
_COUNT = re.compile(
    r"(\d+) (failed|passed|skipped|xfailed|xpassed|errors?|deselected|warnings?|rerun|subtests passed|subtests failed)\b"
)

# pytest-sugar: blocks between the marks, counts below each other at the end.
SUGAR_BLOCK = re.compile(r"^―{3,} (?P<title>\S.*?) ―{3,}$")
SUGAR_PROGRESS = re.compile(r"^ .*\s\d{1,3}% [█▏▎▍▌▋▊▉ ]*$")
SUGAR_TEST = re.compile(r"^ (?P<id>[^\s:]+\.py::\S.*?) (?P<mark>[✓✔⨯✗sxXRE]) +\d{1,3}% ")
SUGAR_RESULTS = re.compile(r"^Results \((?P<seconds>\d+\.\d+)s(?: \([\d:]+\))?\):$")
SUGAR_COUNT = re.compile(
    r"^ {2,}(?P<count>\d{1,9}) (?P<what>passed|failed|errors?|skipped|xfailed|xpassed|rerun|deselected|warnings?)$"
)
SUGAR_MARKS = {
    "✓": "PASSED",
    "✔": "PASSED",
    "⨯": "FAILED",
    "✗": "FAILED",
    "s": "SKIPPED",
    "x": "XFAIL",
    "X": "XPASS",
    "R": "RERUN",
    "E": "ERROR",
}

OUTCOMES = {
    "PASSED": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "FAIL": Outcome.FAILED,
    "ERROR": Outcome.ERROR,
    "SKIPPED": Outcome.SKIPPED,
    "XFAIL": Outcome.XFAILED,
    "XPASS": Outcome.XPASSED,
}


def phases(before: Outcome | None, now: Outcome) -> Outcome:
    """The outcome of a test of which a later phase reports ``now``: a failed call stays failed when the tear-down
    breaks too, as pytest's own last line counts it."""
    return Outcome.FAILED if before is Outcome.FAILED else worse(before or Outcome.PASSED, now)


def tally(line: str) -> tuple[Totals, float] | None:
    """The closing line (``== 27 failed, 15 passed in 1.38s ==``, bare with ``-q``) as totals and seconds.

    They count pytest's reports: a test that fails and then breaks in its tear-down is in two of them.
    """
    match = _TALLY.match(line)
    if match is None:
        return None
    counts: dict[str, int] = {}
    for number, word in _COUNT.findall(match["counts"]):
        counts[word.rstrip("s") if word.startswith("error") else word] = int(number)
    if not counts and match["counts"] != "no tests ran":
        return None
    totals = Totals(
        passed=counts.get("passed", 0),
        failed=counts.get("failed", 0) + counts.get("subtests failed", 0),
        errors=counts.get("error", 0),
        skipped=counts.get("skipped", 0),
        xfailed=counts.get("xfailed", 0),
        xpassed=counts.get("xpassed", 0),
    )
    tests = sum((totals.passed, totals.failed, totals.errors, totals.skipped, totals.xfailed, totals.xpassed))
    return Totals(
        tests, *(getattr(totals, n) for n in ("passed", "failed", "errors", "skipped", "xfailed", "xpassed"))
    ), float(match["seconds"])


def sugar_count(before: Totals, line: str) -> Totals | None:
    """``before`` with one line of pytest-sugar's results; None for another line."""
    match = SUGAR_COUNT.match(line)
    if match is None:
        return None
    count, what = int(match["count"]), match["what"]
    what = "errors" if what.startswith("error") else what
    if what not in ("passed", "failed", "errors", "skipped", "xfailed", "xpassed"):
        return before
    return before + replace(Totals(tests=count), **{what: count})


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the FAILURES or ERRORS section."""

    title: str
    lines: tuple[str, ...]
    first_line: int

    @property
    def is_error(self) -> bool:
        return self.title.startswith("ERROR ")

    @property
    def target(self) -> str:
        """The test it is about as the title spells it (``TestCart.test_ids``), a path for a module, or the
        node id that a crashed worker was running."""
        for line in self.lines[:4]:
            if crash := _CRASH.search(line):
                return crash["id"]
        for opening in ("ERROR at setup of ", "ERROR at teardown of ", "ERROR collecting "):
            if self.title.startswith(opening):
                return self.title.removeprefix(opening)
        return self.title

    def failure(self) -> Failure:
        lines = list(self.lines)
        skip = 0
        while skip < len(lines) and (not lines[skip].strip() or lines[skip].startswith("[gw")):
            skip += 1
        text = "\n".join(lines[skip:]).rstrip()
        body = text.split("\n-----", 1)[0]  # captured output is evidence, not message
        message = (
            pytest_message(body)
            or native_message(body)
            or group_message(body)
            or (lines[skip].strip() if skip < len(lines) else "")
        )
        return failure_from(
            text,
            message=message,
            kind="error" if self.is_error else "failure",
            source_line=self.first_line + skip,
        )


def native_message(text: str) -> str:
    """The message of a plain Python traceback: what stands unindented after its last frame."""
    lines = text.split("\n")
    last_frame = max((i for i, line in enumerate(lines) if line.startswith('  File "')), default=None)
    if last_frame is None:
        return ""
    tail = lines[last_frame + 1 :]
    start = next((i for i, line in enumerate(tail) if line and not line.startswith(" ")), None)
    return "" if start is None else "\n".join(tail[start:]).strip()


def group_message(text: str) -> str:
    """The message of an exception group that is printed as a tree: the group, and what is in it."""
    if _GROUP_HEAD not in text:
        return ""
    return "\n".join(match["said"] for line in text.split("\n") if (match := _GROUP_LINE.match(line[:1_000])))


def node_parts(node: str) -> tuple[str | None, str, str]:
    """A node id as (file, class path, name); a module that did not load has only a name."""
    path, _, rest = node.partition("::")
    if not rest:
        return None, "", node
    # Parameters may hold '::' themselves.
    bracket = rest.find("[")
    plain = rest if bracket < 0 else rest[:bracket]
    suite, _, _ = plain.rpartition("::")
    return path, suite, rest[len(suite) + 2 :] if suite else rest


def title_of(node: str) -> str:
    """The title that pytest gives to the failure section of ``node``."""
    _, suite, name = node_parts(node)
    return ".".join((*suite.split("::"), name)) if suite else name
