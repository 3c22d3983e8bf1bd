"""The failure text of Go tests: log lines of a test, panics with their goroutines, what the compiler says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from triage.ingest.console import MAX_MARK, Line
from triage.ingest.logs.severity import severity
from triage.model import Failure

CRASH = re.compile(r"^(?:panic: |fatal error: |SIGQUIT: quit$|unexpected fault address )")
COMPILER = re.compile(r"^(?:vet: )?(?P<file>[^\s:]+\.go):(?P<line>\d{1,9})(?::\d+)?: \S")

_LOG = re.compile(r"^\s*(?P<file>[^\s:]+\.go):(?P<line>\d{1,9}): ?(?P<text>.*)$")
_GOCHECK = re.compile(r"^(?:FAIL|PANIC|FIXTURE-PANIC): \S+\.go:\d+: (?P<name>\w+\.\w+)")
_GOCHECK_END = re.compile(r"^(?:OOPS|PASS|FAIL|PANIC|START|MISS|SKIP): ")
_FRAME = re.compile(r"^\t(?P<file>\S+\.go):(?P<line>\d{1,9})(?: \+0x[0-9a-f]+)?$")
_RACE_FRAME = re.compile(r"^\s+(?P<file>\S+\.go):(?P<line>\d{1,9}) \+0x[0-9a-f]+$")
_UNWINDING = "panic.go"
"""From where the deferred functions of a test are called that ``t.Fatal`` or a panic has ended: they clean up after it."""
_LIBRARY = re.compile(r"/go[^/]*/src/|/pkg/mod/|^_testmain\.go")
RACE = "WARNING: DATA RACE"
_AFTER_PANIC = re.compile(r"^goroutine \d+ |^\[signal |^running tests:|^\s*$|^\tpanic: ")
_GINKGO = re.compile(r"^\[(?P<word>FAILED|PANICKED|TIMEDOUT|ABORTED|INTERRUPTED)\] (?P<said>.*)$")
_GINKGO_PLACE = re.compile(r"^In \[[^\]]+\] at: (?P<file>\S+\.go):(?P<line>\d{1,9})")
_GINKGO_EXIT = re.compile(r"^< Exit \[")
# Testify's assertions write a small table behind the place.
_TESTIFY = re.compile(r"^\s*Error:\s+(?P<text>\S.*)$")
_TESTIFY_END = re.compile(r"^\s*(?:Test|Messages|Error Trace):\s")


def ginkgo_failure(lines: Sequence[Line]) -> Failure | None:
    """The first failure that a Ginkgo spec's timeline tells, if it tells one: its word, what is wrong, its place."""
    begin = next((i for i, line in enumerate(lines) if _GINKGO.match(line.mark)), len(lines))
    end = next((i for i in range(begin, len(lines)) if _GINKGO_EXIT.match(lines[i].mark)), len(lines))
    block = lines[begin:end]
    if not block or (word := _GINKGO.match(block[0].mark)) is None:
        return None
    place = next((match for line in block if (match := _GINKGO_PLACE.match(line.mark))), None)
    told = [word["said"], *(line.text for line in block[1:] if not _GINKGO_PLACE.match(line.mark))]
    stack = told.index("Full Stack Trace") if "Full Stack Trace" in told else len(told)
    said = "\n".join(text for text in told[:stack] if text.strip())
    return Failure(
        said.replace("Test Panicked\n", "Test Panicked: ", 1),
        kind="failure" if word["word"] == "FAILED" else "error",
        trace="\n".join(line.text for line in block),
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
        source_line=block[0].number,
    )


def gocheck_failure(lines: Sequence[Line]) -> Failure | None:
    """What gocheck printed of the methods that it ran in a test: it tells ``go test`` only that one of them failed."""
    if not any(_GOCHECK.match(line.mark) for line in lines):
        return None
    kept: list[Line] = []
    inside = False
    for line in lines:
        inside = line.mark.strip() != "" and (inside or _LOG.match(line.mark) is not None)
        kept += [line] if inside and not _GOCHECK_END.match(line.mark) else []
    if not kept:
        return None
    named = [match["name"] for line in lines if (match := _GOCHECK.match(line.mark))]
    failure = log_failure(kept)
    trace = "\n".join(line.text for line in lines).strip()
    return replace(failure, message=f"{failure.message}\nin {', '.join(named)}", trace=trace)


def log_failure(lines: Sequence[Line]) -> Failure:
    """What a failed test logged: the entry that tells most, the last of equals (``t.Fatal`` ends a test)."""
    if said := ginkgo_failure(lines):
        return said
    entries: list[tuple[str, int, list[str]]] = []
    for line in lines:
        if match := _LOG.match(line.mark):
            entries.append((match["file"], int(match["line"]), [match["text"]]))
        elif entries:
            entries[-1][2].append(line.text.strip())
    trace = "\n".join(line.text for line in lines)
    if not entries:
        return Failure(trace.strip(), source_line=lines[0].number)
    file, number, texts = max(
        reversed(entries), key=lambda entry: (entry[0] != _UNWINDING, _weight(entry[2]))
    )
    return Failure(
        _asserted(texts) or "\n".join(texts).strip(), "", "failure", trace, file, number, lines[0].number
    )


def _weight(texts: list[str]) -> float:
    return 2.0 if _asserted(texts) else max(severity(text[:MAX_MARK]) for text in texts)


def _asserted(texts: list[str]) -> str:
    """The message in Testify's table, or nothing."""
    found: list[str] = []
    for text in texts:
        if found and _TESTIFY_END.match(text[:MAX_MARK]):
            break
        if found:
            found.append(text.strip())
        elif match := _TESTIFY.match(text[:MAX_MARK]):
            found.append(match["text"])
    return "\n".join(found).strip()


def crash_failure(lines: Sequence[Line]) -> Failure:
    """A panic or fatal error, from its first line to the end of its goroutines."""
    texts = [line.text for line in lines]
    end = next((i for i, text in enumerate(texts) if i and _AFTER_PANIC.match(text[:MAX_MARK])), len(texts))
    message = "\n".join([texts[0].removesuffix(" [recovered]"), *texts[1:end]])
    frames = [match for line in lines if (match := _FRAME.match(line.mark))]
    own = next((frame for frame in frames if not _LIBRARY.search(frame["file"])), None)
    return Failure(
        message.strip(),
        kind="error",
        trace="\n".join(texts),
        file=own["file"] if own else None,
        line=int(own["line"]) if own else None,
        source_line=lines[0].number,
    )


def race_failure(lines: Sequence[Line]) -> Failure:
    """A data race, as the detector reports it: the two accesses, and the frame of the first."""
    said = [line for line in lines if line.text.strip() and not line.mark.startswith("==================")]
    frames = [match for line in said if (match := _RACE_FRAME.match(line.mark))]
    own = next((frame for frame in frames if not _LIBRARY.search(frame["file"])), None)
    return Failure(
        "\n".join(line.text.strip() for line in said[:3]),
        kind="error",
        trace="\n".join(line.text for line in said),
        file=own["file"] if own else None,
        line=int(own["line"]) if own else None,
        source_line=said[0].number,
    )


def build_failure(lines: Sequence[Line]) -> Failure:
    """What the compiler or ``go vet`` said of a package, between its ``#`` line and its ``FAIL`` line."""
    said = [line.text for line in lines if line.text and not line.text.startswith(("# ", "FAIL"))]
    place = next((match for text in said if (match := COMPILER.match(text[:MAX_MARK]))), None)
    return Failure(
        "\n".join(said) or lines[-1].text.replace("\t", " "),
        kind="error",
        trace="\n".join(line.text for line in lines),
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
        source_line=lines[0].number,
    )
