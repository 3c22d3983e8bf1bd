"""What a passing log has is found in its bytes as it would be in every one of its lines."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triage.ingest import Source
from triage.ingest.logs import passing as module
from triage.ingest.logs import scan
from triage.ingest.logs.passing import File, Lines, Seen, mask

_SAID = st.sampled_from(
    ["all is well", "", "  ", "17", "ERROR: disk 17 full", "ERROR: disk 4 full", "\tat shop.Cart.add(Cart.java:12)", "case_a FAILED",
     "case_b FAILED", "served in 3 ms", "served in 59.1 s", "served in 2 min", "took 7ns", "pump@1b2c3d is deadbeef", "\x1b[31mFAILED\x1b[0m a.py::b", "FAILED a.py::b",
     "caf\u00e9 closed", "caf closed", "it\u00e2\u20ac\u2122s broken", "##[error]Process completed with exit code 1.", "##[group]Set up",
     "##[error]the pump is dry", "section_start:1:build\x1b[0Kmake", "a\x1b]0;title", "#7 12.5 compiling", "a \x00 b", "\x1b[12"]
)  # fmt: skip
_BEFORE = st.sampled_from(
    ["", "2026-03-02T02:00:00.1234567Z ", "[2026-03-02T02:00:00Z] ", "2026-03-02T02:00:00.123456Z 01O ", "[CI/test]   | ", "[10:00:00] "]
)  # fmt: skip


def _source(data: bytes) -> Source:
    return Source("x.log", lambda: io.BytesIO(data))


@given(
    st.lists(_SAID, max_size=60),
    st.lists(_SAID, max_size=60),
    _BEFORE,
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.integers(20, 400),
)
@example(["case_a FAILED"], ["case_b FAILED"], "", "\n", "utf-8", 400)
@example(["##[error]the pump is dry"] * 9, ["the pump is dry"], "[10:00:00] ", "\n", "utf-8", 400)
def test_a_file_lacks_what_its_lines_lack(
    has: list[str], asked: list[str], before: str, end: str, encoding: str, chunk: int
) -> None:
    source = _source("".join(f"{before}{line}{end}" for line in has).encode(encoding, "replace"))
    lines = list(source.lines())
    wanted = [line for line in (*asked, *lines[::2]) if line.strip()]
    lacking = {mask(line) for line in wanted} - {mask(line) for line in lines}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_CHUNK", chunk)
        assert File(source).without(wanted) == Lines(lines).without(wanted) == lacking


@given(st.lists(_SAID, max_size=40), st.lists(_SAID, max_size=40), st.integers(20, 400))
def test_what_is_new_is_what_no_line_of_the_other_says(
    passed: list[str], failed: list[str], chunk: int
) -> None:
    one, other = (_source("".join(f"{line}\n" for line in lines).encode()) for lines in (passed, failed))
    known = {mask(line) for line in one.lines()}
    # What differs in digits only from something known is known: "pump 1" and "pump".
    alike = {module.mask(line.translate(dict.fromkeys(b"0123456789"))) for line in one.lines()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_CHUNK", chunk)
        patch.setattr(Seen, "_BITS", 20)
        new = list(Seen(File(one)).besides(File(other)))
    everything = list(enumerate(other.lines(), 1))
    assert set(new) <= set(everything)
    assert [n for n, _ in new] == sorted({n for n, _ in new})
    missed = [line for n, line in everything if (n, line) not in new and line.strip()]
    assert all(
        mask(line) in known or mask(line.translate(dict.fromkeys(b"0123456789"))) in alike for line in missed
    )
    assert not any(mask(line) in known for _, line in new)


def test_a_line_longer_than_is_read_is_met_again() -> None:
    data = b"ERROR: " + b"pump " * 250_000 + b"\nquiet\n"
    source = _source(data)
    assert File(source).without(list(source.lines())) == set()


def test_reading_ends_with_the_last_line_that_was_wanted() -> None:
    read = 0

    def told(count: int) -> None:
        nonlocal read
        read += count

    data = b"ERROR: no key\n" + b"INFO quiet\n" * 900_000
    source = _source(data)
    assert File(source.counted(told)).without(["ERROR: no key"]) == set()
    assert 0 < read < len(data) // 2


def test_the_end_is_told_though_it_was_said_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SMALL", 0)
    text = "".join(f"{'quiet' + chr(10)}" * 20 + f"ERROR: lost request {n}\n" for n in range(900))
    log = File(_source(text.encode()))
    told = [int(line.split()[-1]) for _, line in log.suspicious() if line.startswith("ERROR")]
    assert told[: scan.COPIES] == list(range(scan.COPIES))
    assert told[-100:] == list(range(800, 900)) and len(told) < 200
    assert log.folded() == (900 - len(told), 1)
