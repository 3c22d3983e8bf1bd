"""What coverage tools say of a run whose tests passed and covered too little."""

from __future__ import annotations

import re

from triage.model import Failure

_LONGEST = 1_000
"""Characters of a line that can be one of a tool's own."""
_COVERAGE = re.compile(
    r"^(?:[\Wℹ]{0,3}(?:ERROR|Error): )?(?:Jest: (?:\"\S{1,200}\"|\S{1,200}) coverage threshold for .{1,100} not met: .{1,40}"
    r"|Coverage for \w{1,20} \([\d.]{1,9}%\) does not meet .{0,40}threshold .{1,300}"
    r"|[\d.]{1,9}% \w{1,20} coverage does not meet threshold of .{1,20}"
    r"|FAIL Required test coverage of .{1,20} not reached\. Total coverage: .{1,20}"
    r"|Coverage failure: total of .{1,20} is less than fail-under=.{1,20}"
    r"|(?:Line|Branch) coverage .{0,40}\([\d.]{1,9}%\) is below the expected minimum coverage \([\d.]{1,9}%\)\."
    r"|Coverage test failed, threshold not met:.{0,40}"
    r"|[\Wℹ]{0,3}Warning: Could not report code coverage\. .{1,300})$"
)


def coverage_missed(line: str, number: int) -> Failure | None:
    """What a tool says of a run that tested too little: it is red, whatever its tests were."""
    if "overage" not in line or len(line) > _LONGEST or not (match := _COVERAGE.match(line.strip())):
        return None
    return Failure(match[0], kind="error", source_line=number)
