"""Searching finds what a look at every line finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viewer.test_log_file import PIECES, forward, opened
from triage.viewer import line_index, search
from triage.viewer.log_file import LogFile
from triage.viewer.search import Pattern

SAID = st.sampled_from(
    [
        "a",
        "bb",
        "B",
        "b c",
        "^a",
        "c$",
        "^$",
        "a.*c",
        "[^a]",
        r"\s",
        "x*",
        "é",
        "€.",
        "(a|b)",
        "\ufffd",
        r"\bccc",
        "€|a",
    ]
)
TEXTS = st.lists(
    st.one_of(
        st.sampled_from([b"\r", b"\n", b"\r\n", b"\n", b"a", b"bb ccc", b"\x1b[31m", b"\x1b", b"\x00"]),
        st.sampled_from([b"\xff", b"\xe2\x82", "é".encode(), "€x".encode(), "É".encode("cp1252")]),
    ),
    max_size=50,
).map(b"".join)


def naive(log: LogFile, pattern: Pattern) -> list[int]:
    return [start for start in forward(log) if pattern.spans(log.line(start).plain)]


def found_forward(log: LogFile, pattern: Pattern) -> list[int]:
    hits: list[int] = []
    at: int | None = 0
    while at is not None and (hit := search.forward(log, pattern, at)) is not None:
        assert hit.start <= hit.place <= log.size
        hits.append(hit.start)
        at = log.after(hit.start)
    return hits


def found_backward(log: LogFile, pattern: Pattern) -> list[int]:
    hits: list[int] = []
    at = log.size
    while (hit := search.backward(log, pattern, at)) is not None:
        hits.append(hit.start)
        at = hit.start
    return hits[::-1]


@given(TEXTS, SAID)
def test_a_search_finds_what_a_look_at_every_line_finds(data: bytes, said: str) -> None:
    log = opened(data)
    pattern = Pattern(said, log.encoding) if said not in ("\ufffd",) else Pattern(said)
    if log.encoding == "cp1252" and said == "\ufffd":
        return
    expected = naive(log, pattern)
    assert found_forward(log, pattern) == expected
    assert found_backward(log, pattern) == expected


@given(PIECES.map(b"".join), st.sampled_from(["a", "bb", "^bb", "ccc$", "^$", "b c", "€"]))
def test_pieces_of_lines_longer_than_a_chunk(data: bytes, said: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "CHUNK", 24)
        patch.setattr(search, "_OVERLAP", 9)
        patch.setattr(search, "_BACK", 10)
        patch.setattr(line_index, "BLOCK", 16)
        data = data.replace(b"\xff\xfe", b"").replace(b"\xe2\x82", b"")
        log = opened(data.decode("utf-8", "ignore").encode())
        pattern = Pattern(said, log.encoding)
        expected = naive(log, pattern)
        assert found_forward(log, pattern) == expected
        assert found_backward(log, pattern) == expected
