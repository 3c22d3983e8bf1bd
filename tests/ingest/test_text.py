"""Bytes to clean lines: nothing raises, no line is lost, nothing reaches a terminal as code."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.escapes import strip_ansi, visible
from triage.ingest import Source
from triage.ingest.lines import clean
from triage.ingest.text import encoding_of, is_binary


def lines_of(data: bytes) -> list[str]:
    return list(Source("x", lambda: io.BytesIO(data)).lines())


@given(st.binary(max_size=400))
def test_any_bytes_become_lines(data: bytes) -> None:
    lines = lines_of(data)
    assert not any(ch in line for line in lines for ch in "\n\x00")


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30)
    )
)
def test_line_numbers_stay_true(texts: list[str]) -> None:
    """The n-th line out is line n of the file, whatever was taken off it."""
    assert len(lines_of("".join(f"{text}\n" for text in texts).encode())) == len(texts)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "Error: caf\u00e9 is closed\nsecond line\n"
    assert lines_of(text.encode(encoding)) == ["Error: caf\u00e9 is closed", "second line"]


@pytest.mark.parametrize("page", ["cp437", "cp850", "cp852", "cp866"])
def test_what_powershell_took_for_the_page_of_its_console(page: str) -> None:
    text = "  \u2713 a.ts \u203a adds \u2013 \u201csure\u201d \u2500\u2500\n\u23af\u23af FAIL \u276f b.ts\n \u00d7 adds 5ms\n\u00b7\u00b7F\n"
    assert lines_of(text.encode().decode(page).encode("utf-16")) == text.splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "\u251c\u2500\u2500 a.py \u2502\u2510",
        "\u0393-rays",
        "c\u00f4t\u00e9 \u00d4 2",
        "\u0442\u0415\u0421\u0422 \u0442\u0435\u0441\u0442",
    ],
)
def test_what_only_looks_like_another_page_stays(text: str) -> None:
    assert lines_of(text.encode()) == [text]


def test_ci_prefixes_are_peeled_off() -> None:
    raw = "".join(
        f"2026-01-02T03:04:05.1234567Z {text}\n" for text in ("##[group]Run", "FAILED a.py::b", "x")
    )
    assert lines_of(raw.encode()) == ["Run", "FAILED a.py::b", "x"]


@given(st.text())
def test_what_is_visible_is_harmless(text: str) -> None:
    shown = visible(text)
    assert all(ch in "\n\t" or ch.isprintable() for ch in shown)
    assert visible(shown) == shown


@pytest.mark.parametrize(
    "evil",
    ["\x1b[2J", "\x1b]0;title\x07", "\x1b]52;c;AAAA\x1b\\", "\x9b2J", "\x1bPq\x1b\\", "\u202e", "\x08\x08"],
)
def test_terminal_codes_do_not_survive(evil: str) -> None:
    assert (
        "\x1b" not in visible(f"a{evil}b") and "\x9b" not in visible(evil) and "\u202e" not in visible(evil)
    )


def test_colours_are_taken_off() -> None:
    assert strip_ansi("\x1b[1;31mFAILED\x1b[0m a") == "FAILED a"
    assert list(clean(["\x1b[31mred\x1b[39m\r\n"])) == ["red"]


def test_what_is_binary() -> None:
    assert is_binary(bytes(range(32)) * 20)
    assert not is_binary("Fehler: \u00e4\n".encode("utf-16"))
    assert not is_binary(b"1..1\nok 1 - control \x01\x02\x03\x1d\x1e\x1f\n")
    assert is_binary(b"\x7fELF\x02\x01\x01\x00\x00\x03")
    assert encoding_of(b"plain") == "utf-8"


@pytest.mark.parametrize(
    ("prefix", "other"),
    [
        ("@shop/web:test: ", "docs:build:prod: "),
        ("packages/web test: ", "apps/docs test: "),
        ("[@shop/web]: ", "[docs]: "),
        ("web-1   | ", "database | "),
        ("2026-01-02T03:04:05.123456Z 00O ", "2026-01-02T03:04:06.000001Z 01E "),
        ("[2026-01-02T03:04:05.123Z] ", "[2026-01-02T03:04:06.000Z] "),
    ],
)
def test_names_and_stamps_before_every_line_are_taken_off(prefix: str, other: str) -> None:
    lines = [f"{prefix if i % 3 else other}  line {i}\n" for i in range(30)]
    assert list(clean(lines)) == [f"  line {i}" for i in range(30)]


def test_places_and_tables_are_no_names_of_packages() -> None:
    places = [f"src/cart{i}.c:12:5: error: no {i}\n" for i in range(30)]
    table = [f"file{i}.js | 100 | 0\n" for i in range(30)]
    levels = [f"ERROR: broken {i}\n" for i in range(30)]
    for lines in (places, table, levels):
        assert list(clean(lines)) == [line.rstrip("\n") for line in lines]


def test_stamps_of_jenkins_and_gitlab_are_taken_off() -> None:
    jenkins = "[2024-05-01T10:00:00.000Z] one\n[2024-05-01T10:00:00.001Z] \n"
    gitlab = "2024-05-22T12:43:46.962646Z 00O one\n2024-05-22T12:43:46.962647Z 00E two\n"
    assert list(clean(jenkins.splitlines(keepends=True))) == ["one", ""]
    assert list(clean(gitlab.splitlines(keepends=True))) == ["one", "two"]
