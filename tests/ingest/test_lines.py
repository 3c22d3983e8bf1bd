"""Lines in every encoding, with every line end: as many as the file has, in its order, without colours."""

from __future__ import annotations

import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.escapes import strip_ansi, visible
from triage.ingest import Source
from triage.ingest.lines import clean
from triage.ingest.reader import Sample
from triage.ingest.text import (
    MAX_LINE,
    encoding_of,
    is_binary,
    mend,
    open_text,
)

# Latin letters, so that UTF-16 shows its pattern without a byte order mark.
_LATIN = st.text(alphabet="abcdefghijklmnopqrstuvwxyz :=0123456789", min_size=3, max_size=40)
_PIECES = st.sampled_from(
    ["\x1b[31m", "\x1b[0m", "\x1b]0;t\x07", "\x1b]8;;u\x1b\\", "\x00", "\x07", "\x9b", "\u202e", "\u2028",
     "\x85", "\x0b", "\x0c", "##[group]", "2026-01-02T03:04:05.1234567Z ", "\u00c3\u00a9", "x"]
)  # fmt: skip


def lines_of(data: bytes) -> list[str]:
    return list(Source("x", lambda: io.BytesIO(data)).lines())


@given(
    st.lists(_LATIN, min_size=1, max_size=60),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"]),
    st.booleans(),
)
def test_the_n_th_line_is_line_n(texts: list[str], end: str, encoding: str, ends_well: bool) -> None:
    """Whatever the line end, and whether or not the last line has one."""
    data = (end.join(texts) + (end if ends_well else "")).encode(encoding)
    assert lines_of(data) == texts


@given(st.lists(st.lists(_PIECES, max_size=6).map("".join), max_size=30))
def test_only_a_line_end_ends_a_line(texts: list[str]) -> None:
    """Form feeds, separators and escapes stand within their line."""
    # What begins with a NUL in every other place is UTF-16.
    lines = lines_of("".join(f"{text}\n" for text in ["the begin of a log", *texts]).encode())
    assert len(lines) == 1 + len(texts)
    assert not any(ch in line for line in lines for ch in "\x00\r\n")
    assert not any("\x1b[" in line or "\x1b]" in line for line in lines)


@given(st.lists(st.lists(_PIECES, max_size=6).map("".join), max_size=30))
def test_one_line_out_for_each_one_in(texts: list[str]) -> None:
    assert len(list(clean(texts))) == len(texts)


@given(st.binary(max_size=200), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]))
def test_undecodable_bytes_cost_no_line(junk: bytes, encoding: str) -> None:
    with open_text(io.BytesIO(b"first\n".decode().encode(encoding) + junk), encoding) as text:
        assert next(clean(text)).startswith("first")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (codecs.BOM_UTF8 + b"x", "utf-8-sig"),
        (codecs.BOM_UTF16_LE + b"x\x00", "utf-16"),
        (codecs.BOM_UTF16_BE + b"\x00x", "utf-16"),
        ("plain text".encode("utf-16-le"), "utf-16-le"),
        ("plain text".encode("utf-16-be"), "utf-16-be"),
        ("na\u00efve".encode("latin-1"), "cp1252"),
        ("na\u00efve".encode(), "utf-8"),
        (("a" * 65_535 + "\u00e9").encode()[:65_536], "utf-8"),
        (b"", "utf-8"),
        (b"\xff", "cp1252"),
    ],
)
def test_the_encoding_follows_from_the_first_bytes(data: bytes, encoding: str) -> None:
    """A letter that the end of the first block cuts in two is still UTF-8."""
    assert encoding_of(data) == encoding


@given(st.binary(max_size=400))
def test_any_bytes_have_an_encoding_and_a_sample(data: bytes) -> None:
    assert isinstance(data.decode(encoding_of(data), "replace"), str)
    sample = Sample.of(Source("x", lambda: io.BytesIO(data)))
    assert (sample.text == "" and sample.end == "") if is_binary(data) else sample.head == data


@pytest.mark.parametrize(
    "escape",
    [
        "\x1b[31m",
        "\x1b[1;38;5;196m",
        "\x1b[38:2::255:0:0m",
        "\x1b[2K",
        "\x1b[?25l",
        "\x1b]0;title\x07",
        "\x1b]8;;https://example.org\x1b\\",
        "\x1b(B",
        "\x1b(B\x1b[m",
        "\x1b=",
        "\x1b7",
        "\x1bM",
    ],
)
def test_escapes_of_every_kind_are_taken_off(escape: str) -> None:
    """``tput sgr0`` writes ESC ( B before ESC [ m: what follows must not begin with it."""
    assert list(clean([f"{escape}FAILED{escape} a.py::b\n"])) == ["FAILED a.py::b"]
    assert strip_ansi(f"a{escape}b") == "ab"


def test_mending_brings_no_control_character_in() -> None:
    """Bytes C0 80 are a NUL that some writers encode in two bytes; mended, they are one again."""
    [line] = clean(["caf\u00c3\u00a9 \u00c0\u20ac end\n"])
    assert "\x00" not in line
    assert line.startswith("caf\u00e9 ")


@given(st.text(max_size=60))
def test_mending_keeps_what_is_well(text: str) -> None:
    if text.isascii():
        assert mend(text) == text
    assert "\n" in text or "\n" not in mend(text)


def test_a_line_without_an_end_is_cut_and_still_one_line() -> None:
    lines = lines_of(b"first\n" + b"x" * (MAX_LINE + 5) + b"\nlast\n")
    assert [len(line) for line in lines] == [5, MAX_LINE, 4]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x00b", "a\u2400b"),
        ("a\x07b", "a\u2407b"),
        ("a\x7fb", "a\u2421b"),
        ("a\x9bb", "a<U+009B>b"),
        ("a\u202eb", "a<U+202E>b"),
        ("a\ud800b", "a<U+D800>b"),
        ("a\x1b", "a\u241b"),
        ("a\tb\nc", "a\tb\nc"),
        ("a\u00a0b", "a b"),
    ],
)
def test_control_characters_are_seen(raw: str, shown: str) -> None:
    assert visible(raw) == shown


def test_a_ci_prefix_is_only_that_of_most_lines() -> None:
    """One stamped line in a log without stamps is the log's own."""
    stamped = "2026-01-02T03:04:05.1234567Z FAILED"
    assert list(clean([stamped, *["plain"] * 9])) == [stamped, *["plain"] * 9]
    assert list(clean([f"job\tstep\t{stamped}"] * 3)) == ["FAILED"] * 3
