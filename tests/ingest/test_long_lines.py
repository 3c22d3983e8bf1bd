"""Progress bars and other lines that end in a lone CR, lines without end, wide encodings: every number stays true."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.ingest.made import case, counts
from triage.ingest import Source, collect
from triage.ingest import lines as module
from triage.ingest.lines import LongLines, lines_in
from triage.ingest.logs import scan
from triage.ingest.text import open_text
from triage.model import Run

_ENDS = st.sampled_from(["\n", "\n", "\r\n", "\r", "\r", "\r\r\n", "\n\r", "\r\r"])
_SAID = st.sampled_from(["", "quiet", "ERROR: lost", "50%", "    at f (a.js:1:2)"])
PYTEST = """\
============================= test session starts ==============================
collected 2 items

test_a.py .F                                                             [100%]

=================================== FAILURES ===================================
___________________________________ test_two ___________________________________

    def test_two():
>       assert 1 == 2
E       assert 1 == 2

test_a.py:5: AssertionError
=========================== short test summary info ============================
FAILED test_a.py::test_two - assert 1 == 2
========================= 1 failed, 1 passed in 0.10s ==========================
"""


def run_of(text: str, encoding: str = "utf-8") -> Run:
    return collect(Source("ci.log", lambda: io.BytesIO(text.encode(encoding))))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


def line_in(text: str, words: str) -> int:
    return next(number for number, line in enumerate(_lines(text), 1) if words in line)


@given(
    st.lists(st.tuples(_SAID, _ENDS), max_size=40),
    st.sampled_from(["utf-8", "utf-16", "utf-32"]),
    st.integers(1, 50),
)
@example([("50%", "\r\r"), ("", "\r\r\n"), ("x", "\n\r")], "utf-8", 1)
def test_every_line_end_ends_a_line(said: list[tuple[str, str]], encoding: str, chunk: int) -> None:
    text = "begin\n" + "".join(map("".join, said))
    source = Source("x", lambda: io.BytesIO(text.encode(encoding)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CHUNK", chunk)
        assert list(source.lines()) == _lines(text)


@given(st.lists(st.tuples(_SAID, _ENDS), max_size=60), st.integers(1, 60))
def test_a_log_is_scanned_in_the_same_lines(said: list[tuple[str, str]], chunk: int) -> None:
    text = "begin\n" + "".join(map("".join, said))
    source = Source("x", lambda: io.BytesIO(text.encode()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_CHUNK", chunk)
        seen = list(scan.Scan(source))
    everything = list(source.lines())
    assert all(everything[n - 1] == line for n, line in seen)


@given(st.lists(st.tuples(st.text("ab", max_size=30), st.sampled_from(["\n", "\r"])), max_size=30))
def test_what_is_beyond_the_limit_is_cut_and_told(said: list[tuple[str, str]]) -> None:
    text = "begin\n" + "".join(map("".join, said))
    long = LongLines()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_LINE", 8)
        patch.setattr(module, "_CHUNK", 8)
        with open_text(io.BytesIO(text.encode()), "utf-8") as stream:
            told = list(lines_in(stream, long))
    whole = _lines(text)
    assert told == [line[:8] for line in whole]
    assert long.first == next((n for n, line in enumerate(whole, 1) if len(line) > 8), 0)


PROGRESS = (
    "".join(f"Receiving objects: {n}% ({n}/100)\r" for n in range(100)) + "Receiving objects: 100%, done.\n"
)


@pytest.mark.parametrize(
    "before",
    [
        "git clone\n" + PROGRESS,
        "\x1b[0KRunning with gitlab-runner 16.0\n\x1b[0Ksection_start:17:step\r\x1b[0K\x1b[0K\x1b[36;1mrun\x1b[0;m\n"
        + PROGRESS,
        "Started by user bob\n > git fetch # timeout=10\nProgress (1): 10/20 kB\rProgress (1): 20/20 kB\r   \r"
        "Downloaded from central: https://repo/x.jar\n",
        "one\r\r\ntwo\r\r\n",
    ],
    ids=["git", "gitlab", "jenkins", "cr cr lf"],
)
def test_progress_in_front_of_a_console_moves_no_number(before: str) -> None:
    text = before + PYTEST
    run = run_of(text)
    assert (run.format, counts(run)) == ("pytest-console", (2, 1, 1, 0, 0))
    assert case(run, "test_two").failures[0].source_line == line_in(text, "    def test_two")
    broken = run_of(before + "ok so far\nKeyError: 'a'\n")
    assert broken.failures[0].source_line is not None
    lines = _lines(before + "ok so far\nKeyError: 'a'\n")
    assert lines[broken.failures[0].source_line - 1] == "KeyError: 'a'"


def test_stamps_are_taken_off_though_progress_bars_have_none() -> None:
    stamp = "2026-01-02T03:04:05.1234567Z "
    text = stamp + PROGRESS + "".join(f"{stamp}{line}\n" for line in PYTEST.splitlines())
    run = run_of(text)
    assert (run.format, counts(run)) == ("pytest-console", (2, 1, 1, 0, 0))
    assert case(run, "test_two").failures[0].source_line == line_in(text, "    def test_two")


def test_what_a_progress_bar_overwrote_is_read() -> None:
    text = "begin\n10%\r20%\rERROR: disk full\r30%\rdone\nend\n"
    [failure] = run_of(text).failures
    assert (failure.message, failure.source_line) == ("disk full", 4)


def test_without_any_lf_a_cr_ends_a_line() -> None:
    run = run_of(PYTEST.replace("\n", "\r"))
    assert counts(run) == (2, 1, 1, 0, 0)
    assert case(run, "test_two").failures[0].source_line == line_in(PYTEST, "    def test_two")


def test_warnings_have_the_line_too() -> None:
    text = "1%\r2%\r3%\nTAP version 13\nok 1 - opens\n"
    [warning] = run_of(text).warnings
    assert warning.line == 5


def test_an_error_behind_a_million_characters_is_told_as_cut_once() -> None:
    text = "start\n" + "x" * 1_500_000 + " ERROR: lost\nend\n" + "y" * 5_000_000 + "\n"
    [warning] = run_of(text).warnings
    assert warning.line == 2
    assert warning.text.startswith("a line of more than 1,000,000 characters")


def test_a_console_with_a_line_that_was_cut() -> None:
    [warning] = run_of("1%\n" + "x" * 1_500_000 + "\n" + PYTEST).warnings
    assert warning.line == 2


@pytest.mark.parametrize("encoding", ["utf-32", "utf-16"])
@pytest.mark.parametrize("size", [0, 40_000])
def test_wide_text_with_a_byte_order_mark(encoding: str, size: int) -> None:
    run = run_of("quiet\n" * size + PYTEST, encoding)
    assert (run.format, counts(run)) == ("pytest-console", (2, 1, 1, 0, 0))


def test_big_endian() -> None:
    data = b"\x00\x00\xfe\xff" + PYTEST.encode("utf-32-be")
    assert counts(collect(Source("x", lambda: io.BytesIO(data)))) == (2, 1, 1, 0, 0)
