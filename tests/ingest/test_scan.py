"""The fast scan sees what a slow reading of every line sees, under the same numbers."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.ingest import Source, collect
from triage.ingest.logs import scan as module
from triage.ingest.logs.fold import COPIES
from triage.ingest.logs.scan import Scan
from triage.ingest.logs.severity import WRAPPER, severity

_SAID = st.sampled_from(
    ["all is well", "", "ERROR: disk full", "  at shop.Cart.add(Cart.java:12)", "java.io.IOException: gone", "served in 3 ms",
     "make: *** [all] Error 1", "\x1b[31mFAILED\x1b[0m a.py::b", "12 passed", "caf\u00e9 closed", "#0 0x1 in main a.c:3"]
)  # fmt: skip


def _source(data: bytes) -> Source:
    return Source("x.log", lambda: io.BytesIO(data))


@given(
    st.lists(_SAID, max_size=80),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.integers(20, 400),
)
def test_what_is_seen_is_the_line_of_that_number(
    lines: list[str], end: str, encoding: str, chunk: int
) -> None:
    data = end.join(lines).encode(encoding, "replace")
    source = _source(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CHUNK", chunk)
        seen = list(Scan(source))
    everything = list(source.lines())
    assert [number for number, _ in seen] == sorted({number for number, _ in seen})
    assert all(everything[number - 1] == line for number, line in seen)
    counted = {number for number, _ in seen}
    missed = [line for number, line in enumerate(everything, 1) if number not in counted]
    assert not any(severity(line) >= WRAPPER for line in missed)


def test_the_lines_around_a_hit_are_seen_and_no_others() -> None:
    lines = [f"quiet {n}" for n in range(100)]
    lines[50] = "ERROR: lost"
    numbers = [number for number, _ in Scan(_source("\n".join(lines).encode()))]
    assert numbers == list(range(51 - module.BEFORE, 51 + module.AFTER + 1))


def test_a_line_said_again_and_again_is_counted_from_some_point_on() -> None:
    text = "".join(f"{'quiet' + chr(10)}" * 20 + f"ERROR: lost request {n}\n" for n in range(COPIES + 30))
    scan = Scan(_source(text.encode()))
    said = [line for _, line in scan if line.startswith("ERROR")]
    assert len(said) == COPIES
    [again] = scan.repeated()
    assert (again.first, again.line, again.count) == (21, "ERROR: lost request 0", COPIES + 30)


def test_a_line_with_another_id_is_the_same_line() -> None:
    text = "".join(
        f"{'quiet' + chr(10)}" * 20 + f"ERROR: lost {n * 2_654_435_761 % 2**32:08x}\n" for n in range(500)
    )
    scan = Scan(_source(text.encode()))
    assert sum(line.startswith("ERROR") for _, line in scan) == COPIES
    assert [again.count for again in scan.repeated()] == [500]


def test_a_line_without_end_is_read_in_part() -> None:
    data = b"ok\n" + b"x" * 9_000_000 + b" ERROR\nERROR: after it\n"
    seen = dict(Scan(_source(data)))
    assert seen[3] == "ERROR: after it"
    assert len(seen[2]) == module.MAX_LINE


@pytest.mark.parametrize("quiet", [0, 1, 5])
def test_a_log_that_says_nothing_else_ends(quiet: int) -> None:
    """Each line stands near the one before, as those of a trace do; all are counted, not all are looked at."""
    times = 40_000
    scan = Scan(_source((b"quiet\n" * quiet + b"ERROR: lost\n") * times))
    said = sum(line == "ERROR: lost" for _, line in scan)
    assert said < times // 10
    [again] = scan.repeated()
    assert again.count - again.told + said == times


def test_how_often_a_line_was_said_is_told_once(text_source: Callable[[str], Source]) -> None:
    lines = ["ERROR: lost request 7\n", "ERROR: no lease\n"]
    run = collect(text_source("".join(lines) * 20_000))
    assert [(warn.text, warn.line) for warn in run.warnings] == [
        ("said 20000 times", 1),
        ("said 20000 times", 2),
    ]
