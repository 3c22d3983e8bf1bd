"""Lines of any bytes: the same, and with the same numbers, as those that are ingested."""

from __future__ import annotations

import codecs
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from triage.ingest.lines import LongLines, lines_in
from triage.ingest.text import encoding_of, open_text
from triage.viewer import line_index
from triage.viewer.data import Data
from triage.viewer.log_file import LogFile

PIECES = st.lists(
    st.sampled_from(
        [
            b"\r",
            b"\n",
            b"\r\n",
            b"a",
            b"bb ccc",
            b"\xff\xfe",
            b"\xe2\x82",
            b"\x00",
            "é€😀".encode(),
            b"\xef\xbb\xbf",
        ]
    ),
    max_size=60,
)
RAW = st.one_of(st.binary(max_size=80), PIECES.map(b"".join))
BLOCKS = st.sampled_from([1, 2, 3, 5, 8, 64])


def opened(data: bytes, counted: bool = True) -> LogFile:
    log = LogFile(Data(io.BytesIO(data)), "a.log")
    while counted and log.index.count_on():
        pass
    return log


def ingested(data: bytes) -> list[str]:
    """The lines as ingestion numbers them."""
    with open_text(io.BytesIO(data), encoding_of(data)) as text:
        return list(lines_in(text, LongLines()))


def forward(log: LogFile) -> list[int]:
    starts: list[int] = [0] if log.size else []
    while starts and (after := log.after(starts[-1])) is not None:
        starts.append(after)
    return starts


@given(RAW, BLOCKS, st.booleans())
def test_lines_are_those_that_are_ingested(data: bytes, block: int, counted: bool) -> None:
    assume(data != codecs.BOM_UTF8)  # a line of nothing but that is none when it is ingested
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_index, "BLOCK", block)
        log = opened(data, counted)
        starts = forward(log)
        if encoding_of(data) in ("utf-8", "utf-8-sig", "cp1252"):
            assert [log.line(start).text for start in starts] == ingested(data)
        backward = [log.last()] if log.size else []
        while backward and (before := log.before(backward[-1])) is not None:
            backward.append(before)
        assert backward[::-1] == starts
        for number, start in enumerate(starts, 1):
            assert {log.at(place) for place in range(start, log.after(start) or log.size)} == {start}
            if counted:
                assert log.number(start) == number
                assert log.offset(number) == start
        if counted:
            assert log.index.lines == len(starts)
            assert log.offset(0) is None
            assert log.offset(len(starts) + 1) is None


@given(st.lists(RAW, min_size=2, max_size=5), BLOCKS)
def test_what_is_appended_is_as_if_it_had_been_there(parts: list[bytes], block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_index, "BLOCK", block)
        log = opened(parts[0])
        for part in parts[1:]:
            forward(log)
            log.data.append(part)
            assert log.refresh() == len(part)
            while log.index.count_on():
                pass
            whole = opened(log.data.read(0, log.size))
            assert forward(log) == forward(whole)
            assert [log.number(start) for start in forward(log)] == list(range(1, len(forward(whole)) + 1))


@given(RAW, RAW, BLOCKS)
def test_a_log_that_is_cut_off_and_written_anew(before: bytes, after: bytes, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_index, "BLOCK", block)
        stream = io.BytesIO(before + b"more\n" * len(after))
        log = LogFile(Data(stream), "a.log")
        while log.index.count_on():
            pass
        forward(log)
        stream.seek(0)
        stream.truncate()
        stream.write(after)
        cut = log.refresh()
        assert cut == len(after) - len(before) - 5 * len(after)
        if cut < 0:
            assert forward(log) == forward(opened(after))


def test_windows_of_a_long_line_keep_characters_whole() -> None:
    said = "é€😀x" * 500
    log = opened(f"first\n{said}\r\nlast".encode())
    start = log.after(0)
    assert start == 6
    rest, skip = "", 0
    while True:
        line = log.line(start, skip, 7)
        assert "\ufffd" not in line.text
        rest += line.text
        if not line.left:
            break
        skip = line.skipped + len(line.text.encode())
    assert rest == said


def test_a_line_number_that_is_not_counted_yet_is_not_told() -> None:
    log = opened(b"a\n" * line_index.BLOCK, counted=False)
    assert log.number(log.last()) is None
    assert log.offset(line_index.BLOCK - 1) is None
    assert log.line(log.last()).text == "a"
    while log.index.count_on():
        pass
    assert log.number(log.last()) == line_index.BLOCK


def test_numbers_of_what_was_kept_of_a_log() -> None:
    log = LogFile.of_text("a.log", "Traceback\n  File", first_number=17)
    assert [log.number(start) for start in forward(log)] == [17, 18]
    assert log.offset(18) == 10
    assert log.offset(1) is None
    assert LogFile.of_text("a.log", "x", None).number(0) is None


@given(RAW, st.integers(1, 9), st.data())
def test_lines_at_once_say_what_each_says(data: bytes, limit: int, drawn: st.DataObject) -> None:
    log = opened(data)
    starts = forward(log)
    first = drawn.draw(st.integers(0, len(starts)))
    wanted = starts[first : drawn.draw(st.integers(first, len(starts)))]
    whole = [log.said(log.line(start).text) for start in wanted]
    assert log.said_at(wanted, 1_000) == whole
    assert all(len(said) <= limit for said in log.said_at(wanted, limit))
