"""Expected is not passed: what is red because it should be, what is red although it should not, and what is out of date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from triage.analysis.impact import percent
from triage.model import Totals
from triage.rules.expectations import Expectation, load_expectations
from triage.rules.model import RuleError
from triage.store import Store
from triage.store.clusters import newest_runs
from triage.store.reds import Red, reds


@dataclass(frozen=True, slots=True)
class Standing:
    """How one expectation stands."""

    expectation: Expectation
    state: str
    """``holds``, ``expired``, or ``stale``: it covers nothing in the newest runs."""
    covers: int
    """What is red and in its scope, in all runs."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is red, held against what is expected."""

    expected: tuple[Red, ...]
    unexpected: tuple[Red, ...]
    standings: tuple[Standing, ...]
    errors: tuple[RuleError, ...] = ()

    def of_state(self, state: str) -> tuple[Standing, ...]:
        """The expectations of that state."""
        return tuple(standing for standing in self.standings if standing.state == state)

    @property
    def expected_cases(self) -> int:
        """Test cases that are red and expected, a run each."""
        return sum(bool(red.test) for red in self.expected)

    def rate(self, totals: Totals) -> float | None:
        """The adjusted pass rate, 0 to 1: like the raw one, with what is expected in neither of its counts."""
        ran = totals.tests - totals.skipped - totals.xfailed - min(self.expected_cases, totals.red)
        return (totals.passed + totals.xpassed) / ran if ran else None


def judge(
    found: Iterable[Red], expectations: Sequence[Expectation], today: date, newest: set[int] | None = None
) -> Judged:
    """A case is expected if each of its failures is in the scope of an expectation that has not expired.

    ``newest`` are the runs in which an expectation must cover something, or it is stale; None for any.
    """
    expected: list[Red] = []
    unexpected: list[Red] = []
    covers, fresh = [0] * len(expectations), [False] * len(expectations)
    for red in found:
        scopes = [
            {
                at
                for at, one in enumerate(expectations)
                if one.covers(cluster, rule, red.test, red.environment)
            }
            for cluster, rule in red.clusters
        ]
        for at in set().union(*scopes):
            covers[at] += 1
            fresh[at] |= newest is None or red.run in newest
        holds = [any(expectations[at].until >= today for at in scope) for scope in scopes]
        (expected if holds and all(holds) else unexpected).append(red)
    standings = (
        Standing(one, "expired" if one.until < today else "holds" if fresh[at] else "stale", covers[at])
        for at, one in enumerate(expectations)
    )
    return Judged(tuple(expected), tuple(unexpected), tuple(standings))


def judged(db: Store, runs: Iterable[int] | None = None, today: date | None = None) -> Judged | None:
    """What is red in ``runs`` (or in all), by the project's expectations; None where nothing is expected."""
    expectations, errors = load_expectations()
    if not (expectations or errors):
        return None
    return replace(judge(reds(db, runs), expectations, today or date.today(), newest_runs(db)), errors=errors)


def told(one: Expectation, today: date) -> str:
    """An expectation in one line: until when, why, by whom."""
    holds = "until" if one.until >= today else "EXPIRED on"
    return f"{holds} {one.until}: {one.reason} ({one.owner})" + (f" {one.link}" if one.link else "")


def rates(totals: Totals, found: Judged | None) -> str:
    """The raw pass rate, and where something is expected the adjusted one beside it."""
    raw = percent(totals.pass_rate)
    return f"{raw} raw, {percent(found.rate(totals))} adjusted" if found and found.standings else raw
