"""What LLVM's lit says of a test: the commands of its script, and what each of them printed."""

from __future__ import annotations

import re

from triage.ingest.console import MAX_MARK
from triage.ingest.logs.severity import WRAPPER, is_echo, severity, telling_line
from triage.model import Outcome

OUTCOMES = {
    "PASS": Outcome.PASSED,
    "FLAKYPASS": Outcome.PASSED,
    "XFAIL": Outcome.XFAILED,
    # It ends red where a test passes that was to fail.
    **dict.fromkeys(("FAIL", "XPASS", "TIMEOUT"), Outcome.FAILED),
    "UNRESOLVED": Outcome.ERROR,
    **dict.fromkeys(("UNSUPPORTED", "SKIPPED", "EXCLUDED"), Outcome.SKIPPED),
}
"""What its codes mean; projects add some of their own."""
_SCRIPT = re.compile(r"Script(?:\([^)\n]*\))?:\n--\n")
_END = "\n--\n"
_CODE = "Exit Code: "
_COMMAND = re.compile(r"(?:# executed command: |\+ )(?P<said>.*)")
"""What ran last is what failed: lit's own shell says so, and another that is told to (``-x``)."""
_FRAMING = re.compile(
    r"(?:# (?:RUN: |executed command: |\.---|`---|note: |command )|\+ |\$ |--$|Command Output \(|Exit Code: |Timeout: )"
)
_LATE = re.compile(r"^Timeout: (?P<said>\S.*)$", re.MULTILINE)
_ECHOED = re.compile(r".* # RUN: at line \d{1,9}$")


def reason(text: str) -> str:
    """The line that says most of why a test of lit failed, or what its program printed; empty for other texts."""
    body = text.lstrip("\n")
    if _SCRIPT.match(body):
        body = body.partition("\n--\n")[2].partition(_END)[2]
        if body.strip() and not body.startswith(_CODE):
            return body.strip()  # of a program of GoogleTest
    code, _, rest = body.partition("\n")
    if code == f"{_CODE}0":
        return "passed, though it is marked as one that fails"
    if not code.startswith(_CODE) or "Command Output (" not in rest:
        return ""
    lines = rest.split("\n")
    told = "\n".join(line.removeprefix("# | ") for line in lines if not _is_framing(line[:MAX_MARK]))
    best = telling_line(told) if told.strip() else code
    if severity(best) >= WRAPPER and not is_echo(best):
        return best
    commands = [match["said"] for line in lines if (match := _COMMAND.match(line[:MAX_MARK]))]
    late = _LATE.match(rest)
    said = late["said"] if late else best.removeprefix("# error: ") if is_echo(best) else code
    return f"{said}: {commands[-1]}" if commands else said


def _is_framing(line: str) -> bool:
    """Whether lit or the shell wrote the line, and no command of the test."""
    return bool(_FRAMING.match(line) or _ECHOED.match(line))
