"""Searching finds what a look at every line finds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.viewer.test_log_file import PIECES, forward, opened
from triage.viewer import line_index, search
from triage.viewer.log_file import LogFile
from triage.viewer.search import Pattern, PatternError

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
@example(b"\r\x1b[31m", "^$")
@example(b"\xff\r\x1b[31m", "^$")
def test_a_search_finds_what_a_look_at_every_line_finds(data: bytes, said: str) -> None:
    log = opened(data)
    pattern = Pattern(said)
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
        pattern = Pattern(said)
        expected = naive(log, pattern)
        assert found_forward(log, pattern) == expected
        assert found_backward(log, pattern) == expected


@pytest.mark.parametrize("said", ["", "(", "a**", "[z-a]", "\ud800", "x{1001}"])
def test_what_is_no_pattern_is_told(said: str) -> None:
    with pytest.raises(PatternError):
        Pattern(said)


@pytest.mark.parametrize(
    ("said", "line", "matches"),
    [
        ("refused", "Refused", True),
        ("Refused", "refused", False),
        (r"\S+ refused", "db Refused", True),
        ("É", "é", False),
    ],
)
def test_case_counts_where_capitals_are_written(said: str, line: str, matches: bool) -> None:
    assert bool(Pattern(said).spans(line)) is matches


def test_a_search_stops_when_it_is_told_to() -> None:
    log = opened(b"a\n" * 3_000_000 + b"needle\n")
    asked: list[int] = []
    assert (
        search.forward(log, Pattern("needle"), 0, lambda at: not asked.append(at) and len(asked) < 3) is None
    )
    assert asked == [0, search.CHUNK, 2 * search.CHUNK]
    assert search.backward(log, Pattern("absent"), log.size, lambda at: False) is None
