"""subunit, version 2 (packets of bytes) and version 1 (text), as stestr, testrepository and Zuul keep it.

After the protocol description in testing-cabal/subunit. Packets are read without the library of that name, which
drops what stands between them and wants a test case of testtools for each.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from triage.ingest.json_text import clean
from triage.ingest.parts import failure_from
from triage.ingest.reader import IngestError, Reader, Sample, Source
from triage.ingest.runners.pytest_text import native_message
from triage.model import CaseResult, Failure, Item, Outcome, RunInfo, Warn

LIMIT = 512 << 20
_SIGNATURE = 0xB3
_MAX_PACKET = 4 << 20
_JUNIT = b'<testsuite errors="'
"""How the report of subunit2junitxml begins."""
_MOST_STRANGE = 10_000
"""Places without a packet, after which the rest is no stream any more."""
_OPEN = re.compile(r"^(?:test|testing):? (?P<name>.+)$")
_CLOCK = re.compile(r"^time: (?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})?)Z$")
_CHUNK = re.compile(rb"([\dA-Fa-f]{1,8})\r?(?:\n|$)")
_ENDED = re.compile(
    r"^(?P<status>success(?:ful)?|failure|error|skip|xfail|uxsuccess):? (?P<name>.+?)(?:(?P<more> \[(?: multipart)?)| \[ (?P<said>\S.*) \])?$"
)
"""CMocka puts what it says of a set-up or a tear-down into the line itself."""
_OUTCOMES = {
    "success": Outcome.PASSED,
    "successful": Outcome.PASSED,
    "fail": Outcome.FAILED,
    "failure": Outcome.FAILED,
    "error": Outcome.ERROR,
    "skip": Outcome.SKIPPED,
    "xfail": Outcome.XFAILED,
    "uxsuccess": Outcome.XPASSED,
}
_STATUS = ("", "exists", "inprogress", "success", "uxsuccess", "skip", "fail", "xfail")
_SCENARIO = re.compile(r"^(?P<suite>[\w.]+)\.(?P<name>[^.()\s]+(?:[(\[].*)?)$")
_TRACE = ("traceback", "reason")


@dataclass
class _Packet:
    status: str = ""
    test: str = ""
    time: float | None = None
    tags: tuple[str, ...] = ()
    file: str = ""
    content: bytes = b""


@dataclass
class _Test:
    begin: float | None = None
    end: float | None = None
    status: str = ""
    tags: tuple[str, ...] = ()
    details: dict[str, bytearray] = field(default_factory=dict)


def _sniff(sample: Sample) -> int:
    if not sample.text:
        head = sample.head[:3] if _JUNIT not in sample.head else b""
        return 90 if len(head) == 3 and head[0] == _SIGNATURE and head[1] >> 4 == 2 else 0
    if _JUNIT in sample.head:
        return 0  # subunit2junitxml hands on the packets that are of no test
    if sample.head[:1] == bytes([_SIGNATURE]) and len(sample.head) > 2 and sample.head[1] >> 4 == 2:
        return 90
    lines = sample.text.split("\n", 2_000)
    began = sum(1 for line in lines if line.startswith(("test: ", "testing: ")))
    ended = sum(1 for line in lines if _ENDED.match(line[:500]) and ":" in line[:12])
    return 78 if began and ended and (began + ended) >= 2 else _without_colons(lines)


def _without_colons(lines: list[str]) -> int:
    """How sure it is of a stream whose words have no colon: tests begin and end, and little else is said."""
    names = {found["name"] for line in lines if (found := _OPEN.match(line[:500]))}
    ended = sum(1 for line in lines if (found := _ENDED.match(line[:500])) and found["name"] in names)
    return 72 if len(names) > 1 and ended > 1 and 4 * ended > len([*filter(None, lines)]) else 0


def _read(source: Source) -> Iterator[Item]:
    with source.open() as stream:
        first = stream.read(1)
    if first == bytes([_SIGNATURE]):
        yield from _packets_read(source)
    else:
        yield from _text_read(source)


def _packets_read(source: Source) -> Iterator[Item]:
    data = source.read(LIMIT)
    tests: dict[str, _Test] = {}
    place, told, strange, named = 0, 0, 0, False
    times: list[float] = []
    while place < len(data) and strange < _MOST_STRANGE:
        if data[place] != _SIGNATURE:
            end = data.find(bytes([_SIGNATURE]), place)
            place = len(data) if end < 0 else end
            strange += 1
            continue
        size, packet = _packet(data, place)
        if packet is None:
            place, strange = place + 1, strange + 1
            continue
        place, told = place + size, told + 1
        if packet.time is not None:
            times.append(packet.time)
        if packet.test:
            named = True
            _take(tests.setdefault(packet.test, _Test()), packet)
            if packet.status not in ("", "exists", "inprogress"):
                yield _case(packet.test, tests.pop(packet.test))
    if not told:
        raise IngestError(f"{source.name}: no whole subunit packet in it; was it cut at its start?")
    if strange and not named:
        raise IngestError(
            f"{source.name}: its subunit packets name no test, and other output stands between them; convert it anew"
        )
    yield RunInfo(
        started=_moment(min(times)) if times else None,
        duration=round(max(times) - min(times), 6) if times else None,
    )
    for name, test in tests.items():
        if test.begin is not None:
            said = "the run ended while this test was running: a crash, a kill or a time-out"
            yield _case(name, test, Failure(said, kind="error"))
    if strange:
        yield Warn("bytes between the packets that are none: other output, or a stream that was cut")


def _take(test: _Test, packet: _Packet) -> None:
    if packet.status == "inprogress":
        test.begin = packet.time if packet.time is not None else 0.0
    elif packet.status not in ("", "exists"):
        test.status, test.end = packet.status, packet.time
    test.tags = packet.tags or test.tags
    if packet.file:
        test.details.setdefault(packet.file, bytearray()).extend(packet.content)


def _packet(data: bytes, place: int) -> tuple[int, _Packet | None]:
    """The packet at ``place`` with its length; None where there is none, or its checksum is another."""
    try:
        (flags,) = struct.unpack_from(">H", data, place + 1)
        length, at = _number(data, place + 3)
        if flags >> 12 != 2 or not 7 <= length <= _MAX_PACKET or place + length > len(data):
            return 1, None
        (checksum,) = struct.unpack_from(">I", data, place + length - 4)
        if zlib.crc32(data[place : place + length - 4]) != checksum:
            return 1, None
        packet = _Packet(status=_STATUS[flags & 7])
        if flags & 0x0200:
            (whole,) = struct.unpack_from(">I", data, at)
            nanos, at = _number(data, at + 4)
            packet.time = whole + nanos / 1e9
        if flags & 0x0800:
            packet.test, at = _said(data, at)
        if flags & 0x0080:
            count, at = _number(data, at)
            tags = []
            for _ in range(min(count, 1_000)):
                tag, at = _said(data, at)
                tags.append(tag)
            packet.tags = tuple(tags)
        if flags & 0x0020:
            _, at = _said(data, at)  # the type of the file
        if flags & 0x0040:
            packet.file, at = _said(data, at)
            size, at = _number(data, at)
            packet.content = data[at : at + min(size, place + length - 4 - at)]
    except (struct.error, IndexError):
        return 1, None
    return length, packet


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to four bytes, of which the first two bits tell how many."""
    size = (data[at] >> 6) + 1
    value = int.from_bytes(data[at : at + size], "big") & ((1 << (size * 8 - 2)) - 1)
    return value, at + size


def _said(data: bytes, at: int) -> tuple[str, int]:
    size, at = _number(data, at)
    return clean(data[at : at + size].decode("utf-8", "replace")), at + size


def _moment(seconds: float) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if 0 < seconds < 1e10 else None


def _case(name: str, test: _Test, broken: Failure | None = None) -> CaseResult:
    outcome = Outcome.ERROR if broken else _OUTCOMES.get(test.status, Outcome.ERROR)
    texts = {
        key: clean(bytes(value).decode("utf-8", "replace")).strip("\n") for key, value in test.details.items()
    }
    traces = {key: said for key, said in texts.items() if key.startswith(_TRACE) and said}
    match = _SCENARIO.match(name[:2_000])
    suite, short = (match["suite"], match["name"]) if match else ("", name)
    failures: tuple[Failure, ...] = ()
    if broken:
        failures = (broken,)
    elif outcome.is_red:
        failures = (_failure("\n\n".join(traces.values()), outcome),)
    spent = None if test.begin is None or test.end is None else round(max(0.0, test.end - test.begin), 6)
    reason = texts.get("reason", "")
    return CaseResult(
        name=short,
        outcome=outcome,
        suite=suite,
        duration=spent,
        failures=failures,
        output="\n".join(f"{key}:\n{said}" for key, said in texts.items() if key not in traces and said),
        properties=(
            *(("tag", tag) for tag in test.tags),
            *((("reason", reason),) if reason and not outcome.is_red else ()),
        ),
    )


def _failure(said: str, outcome: Outcome, number: int | None = None) -> Failure:
    kind = "failure" if outcome is Outcome.FAILED else "error"
    if not said.strip():
        return Failure("failed, and the stream does not say why", kind=kind, source_line=number)
    return failure_from(said, message=native_message(said), kind=kind, source_line=number)


def _text_read(source: Source) -> Iterator[Item]:
    running: dict[str, tuple[int, float | None]] = {}
    clock: float | None = None
    times: list[float] = []
    ended: re.Match[str] | None = None
    body: list[str] = []
    told, last, first, begin = False, 0, 0, None
    for last, line in enumerate(source.lines(), 1):
        mark = line[:2_000]
        if ended is not None:
            if line != "]":
                body.append(line)
                continue
            yield _text_case(ended, body, first, begin, clock)
            ended = None
        elif match := _CLOCK.match(mark):
            clock = _clock(match["time"])
            times += [] if clock is None else [clock]
        elif match := _OPEN.match(mark):
            running[match["name"]] = last, clock
        elif match := _ENDED.match(mark):
            told = True
            _, begin = running.pop(match["name"], (last, None))
            if match["more"]:
                ended, body, first = match, [], last + 1
            else:
                yield _text_case(match, [match["said"]] if match["said"] else [], last, begin, clock)
    if ended is not None:
        yield _text_case(ended, body, first, begin, clock)
        yield Warn("the details of the last test have no end: the stream was cut", last)
    if not told and not running:
        raise IngestError(f"{source.name}:{last}: no result of a test up to here; was the stream cut?")
    if times:
        yield RunInfo(started=_moment(min(times)), duration=round(max(times) - min(times), 6))
    for name, (number, _) in running.items():
        said = "the run ended while this test was running: a crash, a kill or a time-out"
        yield _case(name, _Test(), Failure(said, kind="error", source_line=number))


def _clock(said: str) -> float | None:
    try:
        return datetime.fromisoformat(f"{said}+00:00").timestamp()
    except (ValueError, OverflowError):
        return None


def _text_case(
    match: re.Match[str], body: list[str], number: int, begin: float | None, end: float | None
) -> CaseResult:
    outcome = _OUTCOMES[match["status"]]
    named = _SCENARIO.match(match["name"])
    parts = _parts(body) if "multipart" in (match["more"] or "") else {"": "\n".join(body).strip("\n")}
    said = "\n\n".join(text for name, text in parts.items() if not name or name.startswith(_TRACE))
    return CaseResult(
        name=named["name"] if named else match["name"],
        outcome=outcome,
        suite=named["suite"] if named else "",
        duration=None if begin is None or end is None else round(max(0.0, end - begin), 6),
        failures=(_failure(said, outcome, number),) if outcome.is_red else (),
        output="\n".join(text for name, text in parts.items() if name and not name.startswith(_TRACE)),
        properties=(("reason", said),) if said and outcome is Outcome.SKIPPED else (),
    )


def _parts(body: list[str]) -> dict[str, str]:
    """The details of one result by name: each has its type, its name, and chunks with their length."""
    data = "\n".join(body).encode("utf-8", "replace")
    found: dict[str, str] = {}
    at = 0
    while data.startswith(b"Content-Type:", at):
        at = data.find(b"\n", at) + 1
        end = data.find(b"\n", at)
        if at == 0 or end < 0:
            break
        name, at = data[at:end].decode("utf-8", "replace"), end + 1
        said = bytearray()
        while (size := _CHUNK.match(data, at)) is not None:
            length, at = int(size[1], 16), size.end()
            if not length:
                break
            said += data[at : at + length]
            at += length
        found[name] = said.decode("utf-8", "replace").strip("\n")
    return found or {"": "\n".join(body).strip("\n")}


READER = Reader("subunit", _sniff, _read)
