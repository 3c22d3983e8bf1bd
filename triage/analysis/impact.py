"""Blast radius: what a cluster costs, and what fixing it could give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.model import Totals

_NARROW_SPACE = "\u202f"


@dataclass(frozen=True, slots=True)
class Impact:
    """A cluster against all runs in view."""

    tests: int
    """Test cases with a failure in the cluster."""
    share: float | None
    """Of all failed and broken cases, 0 to 1; None where no case is known."""
    rate_now: float | None
    """Pass rate over all runs, 0 to 1."""
    rate_if_fixed: float | None
    """The same if every one of these tests passed. An upper bound: a test may fail for a second reason."""


def overall(totals: Iterable[Totals]) -> Totals:
    """The sum over runs."""
    return sum(totals, Totals())


def impact(tests: int, totals: Totals) -> Impact:
    """What ``tests`` blocked cases mean within ``totals``."""
    ran = totals.tests - totals.skipped - totals.xfailed
    fixed = min(tests, totals.red)
    return Impact(
        tests=tests,
        share=min(1.0, tests / totals.red) if totals.red else None,
        rate_now=totals.pass_rate,
        rate_if_fixed=(totals.passed + totals.xpassed + fixed) / ran if ran else None,
    )


def percent(rate: float | None) -> str:
    """A rate for people: ``2.8 %``, ``n/a``; never 100 % or 0 % by rounding."""
    if rate is None:
        return "n/a"
    if 0 < rate < 0.001:
        return "<0.1 %"
    if 0.999 < rate < 1:
        return ">99.9 %"
    return f"{rate * 100:.1f} %"


def count(number: int, noun: str) -> str:
    """``1 test``, ``7 tests``."""
    return f"{grouped(number)} {noun}" + ("" if number == 1 else "s")


def grouped(number: int) -> str:
    """A number for people: ``200 000``, with a narrow space."""
    return f"{number:,}".replace(",", _NARROW_SPACE)


def seconds(duration: float) -> str:
    """A duration for people: ``3 601.27 s``."""
    return f"{duration:,.2f} s".replace(",", _NARROW_SPACE)
