"""Which elements of a JUnit report are tries of one test, and which are different tests of one name.

No writer says it, so the rule follows from what writers do. Only elements of one suite, with one file, class and
name, can be tries of one test; and then:

* pytest names its tests uniquely: whatever repeats a name is a rerun, or the tear-down of the same test.
* Go names its tests uniquely within a run, but repeats them all with ``-count``: what follows a failed element of the
  same name is a rerun.
* Xcode names its repetitions: elements of the same name are one test, and several of one repetition one try.
* Surefire and Playwright tell reruns inside of the element, RSpec and the JavaScript runners tell only the last try,
  tap-junit, tap-mocha-reporter and testthat make tests of assertions, and Criterion and CMocka know no retries: equal
  names are different tests. But Surefire tells a test whose ``@Before`` and ``@After`` both broke twice, one directly
  behind the other, and Maven's own totals count it once; so do nose2 and unittest-xml-reporting tell what broke in
  ``tearDown``.
* Of the others, linters report each finding as a failure of one name, and parametrised tests repeat a name: equal
  names are different tests, unless one or more failures end in a pass. That is how every runner's retries look: what
  passed is not run again, so a pass directly before the failures, or directly behind the pass, says that it was none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum, auto
from functools import reduce
from operator import attrgetter

from triage.ingest.runners.pytest_text import phases
from triage.model import CaseResult, Item, Outcome, worse

_WINDOW = 1_000
"""Items that are kept back because a later element may be another try of one of them."""

_MOST = 20
"""Failed tries of one test that are joined: a linter may find one thing a million times."""

REPETITION = "repetition"
"""The property of a case that says which try it is."""

_Key = tuple[str | None, str, str]
_Open = dict[str | _Key, CaseResult | tuple[CaseResult, ...]]
"""Cases by their names; by their keys where another case has that name."""
_key: Callable[[CaseResult], _Key] = attrgetter("file", "suite", "name")


class Repeats(Enum):
    """What an element is that repeats the name of an earlier one."""

    TRY = auto()
    """Another try."""
    TRY_OF_FAILED = auto()
    """Another try if the earlier ones failed."""
    PASS_OF_FAILED = auto()
    """Another try if the earlier ones failed and it passed."""
    TEAR_DOWN = auto()
    """What else broke of the same try if it failed, directly behind one that failed; else another test."""
    OTHER = auto()
    """Another test."""


class Tries:
    """The items of a report in its order, with the tries of one test made one."""

    def __init__(self) -> None:
        self.joined = 0
        """Elements that were found to be another try of an earlier one."""
        self._items: list[Item] = []
        self._open: _Open = {}
        """The cases that a later element may be another try of."""
        self._older: _Open = {}
        """The same of a while ago: what is older still is forgotten."""
        self._suite = 0
        """Where the items of the current suite begin."""
        self._whole: tuple[CaseResult, tuple[CaseResult, ...]] | None = None
        """What failures that ended in a pass were joined to last, and what it was made of."""

    def add(self, item: Item) -> None:
        """Append something that is no case."""
        self._items.append(item)

    def add_case(self, case: CaseResult, repeats: Repeats, *, same_try: bool = False) -> None:
        """Append a case, or join it with the earlier tries of it; ``same_try``: it says more of the last of them."""
        if repeats is Repeats.TEAR_DOWN:
            self._add_torn_down(case)
            return
        if repeats is Repeats.PASS_OF_FAILED and case.outcome is Outcome.PASSED and self._passed_again(case):
            self._items.append(case)
            return
        place: str | _Key = case.name
        earlier = self._tries_at(place)
        if earlier and _key(earlier[0]) != _key(case):
            place = _key(case)
            earlier = self._tries_at(place)
        if earlier and (repeats is not Repeats.PASS_OF_FAILED or case.outcome is Outcome.PASSED):
            places = self._places(earlier)
            if len(places) == len(earlier) and not (
                repeats is Repeats.PASS_OF_FAILED and self._passed_before(places[0])
            ):
                self._join(place, places, case, repeats, same_try)
                return
            earlier = ()
        self._items.append(case)
        if repeats is Repeats.TRY or (repeats is not Repeats.OTHER and case.outcome.is_red):
            self._open[place] = (*earlier[-_MOST:], case) if earlier else case
            self._forget()

    def _passed_before(self, place: int) -> bool:
        """Whether another test of the same name passed directly before the one at ``place``."""
        before, failed = (self._items[place - 1], self._items[place]) if place > self._suite else (None, None)
        return (
            isinstance(before, CaseResult)
            and isinstance(failed, CaseResult)
            and before.outcome is Outcome.PASSED
            and _key(before) == _key(failed)
        )

    def _passed_again(self, case: CaseResult) -> bool:
        """Whether what was joined last passes once more, directly behind it; then it is taken apart again."""
        whole, parts = self._whole or (None, ())
        if whole is None or not self._items or self._items[-1] is not whole or _key(whole) != _key(case):
            return False
        self._items[-1:] = parts
        self.joined -= len(parts) - 1
        self._whole = None
        return True

    def _add_torn_down(self, case: CaseResult) -> None:
        last = self._items[-1] if len(self._items) > self._suite else None
        if not case.outcome.is_red:
            self._items.append(case)
        elif isinstance(last, CaseResult) and last.outcome.is_red and _key(last) == _key(case):
            outcome = worse(last.outcome, case.outcome)
            self._items[-1] = replace(joined(last, case, same_try=True), outcome=outcome)
            self.joined += 1
        else:
            self._items.append(case)
            self._open[case.name] = case
            self._forget()

    def add_all(self, cases: list[CaseResult], failed: list[CaseResult], repeats: Repeats) -> bool:
        """``add_case`` for many cases, of which some failed, if each has a name of its own; else it does nothing."""
        later = cases if repeats is Repeats.TRY else failed if repeats is not Repeats.OTHER else []
        if later or self._open or self._older or self._whole:
            named = {case.name: case for case in cases}
            last = {self._whole[0].name} if self._whole else set()
            known = self._open.keys(), self._older.keys(), last
            if len(named) < len(cases) or not all(keys.isdisjoint(named) for keys in known):
                return False
            self._open.update(named if later is cases else {case.name: case for case in later})
            self._forget()
        self._items += cases
        return True

    @property
    def last(self) -> Item | None:
        """The item that was added last, if it was not taken yet."""
        return self._items[-1] if self._items else None

    def change_last(self, item: Item) -> None:
        """Put ``item`` into the place of the last one."""
        self._items[-1] = item

    def end_suite(self) -> None:
        """What follows belongs to another suite."""
        self._open, self._older, self._whole = {}, {}, None
        self._suite = len(self._items)

    def take(self, *, all_of_it: bool) -> list[Item]:
        """The items that no later element can change; with ``all_of_it`` the rest too."""
        count = len(self._items)
        if not all_of_it and (self._open or self._older):
            count = max(self._suite, count - _WINDOW)
        taken, self._items = self._items[:count], self._items[count:]
        self._suite = max(0, self._suite - count)
        return taken

    def _forget(self) -> None:
        if len(self._open) > _WINDOW:
            self._open, self._older = {}, self._open

    def _tries_at(self, place: str | _Key) -> tuple[CaseResult, ...]:
        found = self._open.get(place) or self._older.get(place) or ()
        return (found,) if isinstance(found, CaseResult) else found

    def _places(self, cases: Sequence[CaseResult]) -> list[int]:
        """Where they are among the items, in order, without those that were taken."""
        wanted, places = set(map(id, cases)), []
        for at in range(len(self._items) - 1, -1, -1):  # most tries are near
            if id(self._items[at]) in wanted:
                places.append(at)
                if len(places) == len(wanted):
                    break
        return places[::-1]

    def _join(
        self, place: str | _Key, places: list[int], case: CaseResult, repeats: Repeats, same_try: bool
    ) -> None:
        tries = [item for at in places if isinstance(item := self._items[at], CaseResult)]
        before = reduce(joined, tries)
        if mark := next((pair for pair in case.properties if pair[0] == REPETITION), None):
            # A copy, or the next of several runs that were asked for: no retry.
            same_try = mark in before.properties or not before.outcome.is_red
        whole = joined(before, case, same_try=same_try)
        self._items[places[0]] = whole
        for at in reversed(places[1:]):
            del self._items[at]
        self.joined += len(tries)
        self._older.pop(place, None)
        self._open.pop(place, None)
        if repeats is Repeats.TRY or whole.outcome.is_red:
            self._open[place] = whole
        self._whole = (whole, (*tries, case)) if repeats is Repeats.PASS_OF_FAILED else None


def joined(before: CaseResult, after: CaseResult, *, same_try: bool = False) -> CaseResult:
    """Two tries of one test as one result; ``same_try`` where they are phases of one try."""
    times = [time for time in (before.duration, after.duration) if time is not None]
    failures = before.failures + after.failures
    if same_try:  # jest-junit tells of a file twice, once without a word
        failures = tuple(failure for failure in failures if failure.message or failure.trace) or failures[:1]
    return replace(
        after,
        outcome=phases(before.outcome, after.outcome) if same_try else after.outcome,
        attempts=before.attempts + (0 if same_try else after.attempts),
        failures=failures,
        duration=round(sum(times), 6) if times else None,
        output="\n".join(filter(None, (before.output, after.output))),
        properties=tuple(dict.fromkeys(before.properties + after.properties)),
    )
