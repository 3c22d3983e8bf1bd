"""Why a test of Google Test or CMocka failed: what it printed, with the places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from triage.ingest.case_book import failure_of
from triage.ingest.console import Line
from triage.model import Failure

PLACE = re.compile(
    r"^(?P<file>\S.*?)(?::(?P<line>\d{1,9})|\((?P<msvc>\d{1,9})\)): (?:Failure|error|Skipped|Fatal failure)"
)
_CMOCKA = re.compile(
    r"^(?:(?:\[ {2}ERROR {3}\] --- |Could not run test: )?\[ {3}LINE {3}\] --- (?P<file>\S.*?):(?P<line>\d{1,9}): error: Failure!(?P<stage>.*)"
    r"|\[ {2}ERROR {3}\] --- (?P<said>.*))$"
)
"""What CMocka says of a check that failed, and where it stands."""
_PRINTED = "ERROR: "
"""How what ``fail_msg`` is given begins, on standard error."""
_UNKNOWN = re.compile(r"^unknown file: (?:Failure|error)")
_RUN = "[ RUN      ] "
_ENDED = re.compile(r"^.*?\[ {2}(?:FAILED {2}|SKIPPED |     OK )\] ")


def first_failure(lines: Sequence[Line]) -> Failure | None:
    """What the first test that failed says in the output of a whole program; None where there is none in it."""
    begin = None
    for at, line in enumerate(lines):
        if line.mark.startswith(_RUN):
            begin = at + 1
        elif begin is not None and "]" in line.mark and _ENDED.match(line.mark):
            block = list(lines[begin:at])
            if "[  FAILED  ]" in line.mark and any(PLACE.match(said.mark) for said in block):
                return failures_in(block)[0]
            begin = None
    return None


def failures_in(lines: list[Line]) -> list[Failure]:
    """One failure for each place that failed."""
    if any(_CMOCKA.match(line.mark) for line in lines):
        return [_cmocka_failure(lines)]
    starts = [i for i, line in enumerate(lines) if PLACE.match(line.mark) or _UNKNOWN.match(line.mark)]
    if not starts:
        return [failure_of(lines)] if any(line.text.strip() for line in lines) else []
    found = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        block = lines[start:end]
        match = PLACE.match(block[0].mark)
        said = [line.text.rstrip() for line in block[1:] if line.text.strip()]
        number = (match["line"] or match["msvc"]) if match else None
        found.append(
            Failure(
                "\n".join(said).strip() or block[0].text,
                trace="\n".join([block[0].text, *said]),
                file=match["file"] if match else None,
                line=int(number) if number else None,
                source_line=block[0].number,
            )
        )
    return found


def _cmocka_failure(lines: list[Line]) -> Failure:
    """What CMocka says of a test: it stops at the first check that fails."""
    said = [line for line in lines if line.text.strip()]
    matches = [match for line in said if (match := _CMOCKA.match(line.mark))]
    messages = [match["said"].strip() for match in matches if match["said"] and match["said"].strip()]
    place = next((match for match in matches if match["file"]), None)
    if not messages:
        told = [line.text.removeprefix(_PRINTED) for line in said if line.text.startswith(_PRINTED)][-1:]
        stage = [match["stage"] for match in matches if match["stage"]]
        messages = [": ".join(stage + told)] if stage + told else []
    return Failure(
        "\n".join(messages) or said[0].text.strip(),
        trace="\n".join(line.text for line in said),
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
        source_line=said[0].number,
    )
