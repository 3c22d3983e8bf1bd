"""Patterns that are tried only where a quicker one begins find what they find everywhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from triage.signature.codes import MAY_MEAN, MEANT
from triage.signature.spotted import Spotted, Substitutions

_PARTS = (
    *("exit code", "status", "HTTP", "port", "Error", "E", "GET ", "errno ", "SQLSTATE", "Error: ", "Expected: ", "cannot find module '"),
    *("429", "137", ":5432", "1062", "0x80070005", "(111", "[HY000]", "<num>", "<hex>", "<code>", "<path>", "-1", "localhost", "F401"),
    *(" ", ":", ": ", "=", "(", ")", "[", "]", "'", ",", ".", "/", "→", "— ", "é", "\u017f", "\u212a", "\u0663", "\xa0", "漢", "\ud800"),
)  # fmt: skip


@given(st.lists(st.sampled_from(_PARTS), max_size=12).map("".join), st.integers(0, 10))
def test_the_same_is_found(text: str, begin: int) -> None:
    for pattern in (MAY_MEAN, MEANT):
        found = pattern.finditer(text, begin)
        everywhere = pattern._exact.finditer(text, begin)
        assert [(m.span(), m.groupdict()) for m in found] == [(m.span(), m.groupdict()) for m in everywhere]


def test_the_same_is_found_in_samples() -> None:
    lines = [
        line
        for path in (ROOT / "sample_logs").iterdir()
        for line in path.read_text("utf-8", "replace").splitlines()
    ]
    found = [[m.span() for m in MEANT.finditer(line[:2_000])] for line in lines]
    assert found == [[m.span() for m in MEANT._exact.finditer(line[:2_000])] for line in lines]
    assert any(found)


def test_where_nothing_is_hinted_at_nothing_is_tried() -> None:
    pattern = Spotted(r"(?<= )code\ (?=\d) | \d{1,5} (?!\ ms)")
    assert not pattern._hints.search(b"the lease of a code-word was lost")
    assert [m[0] for m in pattern.finditer("the code 7 after 30 ms")] == ["code ", "7", "3"]


def test_what_one_makes_another_may_find() -> None:
    made = Substitutions([("a+", "b"), (r"(?<!\w)b (?=c{2,3})", "d"), ("x", "y"), (r"(['\"])y\1", "z")])
    assert made.apply("aa cc 'x' ab cc") == "d" + "cc z bb cc"
    assert made.apply("none of it here") == "none of it here"
