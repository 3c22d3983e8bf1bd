"""Which elements of a JUnit report are tries of one test, and which are different tests of one name.

No writer says it, so the rule follows from what writers do. Only elements of one suite, with one file, class and
name, can be tries of one test; and then:

* pytest names its tests uniquely: whatever repeats a name is a rerun, or the tear-down of the same test.
* Go names its tests uniquely within a run, but repeats them all with ``-count``; Xcode numbers its repetitions:
  what follows a failed element of the same name is a rerun.
* Surefire and Playwright tell reruns inside of the element, and the JavaScript runners tell only the last try: equal
  names are different tests.
* Of the others, linters report each finding as a failure of one name, and parametrised tests repeat a name: equal
  names are different tests, unless one or more failures end in a pass. That is how every runner's retries look.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto

from triage.ingest.pytest_text import phases
from triage.model import CaseResult, Item, Outcome

_WINDOW = 1_000
"""Items that are kept back because a later element may be another try of one of them."""

NOT_RUN = "Test suite failed to run"
"""What jest-junit names the class of a suite that did not run, which it lists twice."""

_Key = tuple[str | None, str, str]


class Repeats(Enum):
    """What an element is that repeats the name of an earlier one."""

    TRY = auto()
    """Another try."""
    TRY_OF_FAILED = auto()
    """Another try if the earlier ones failed."""
    PASS_OF_FAILED = auto()
    """Another try if the earlier ones failed and it passed."""
    OTHER = auto()
    """Another test."""


class Tries:
    """The items of a report in its order, with the tries of one test made one."""

    def __init__(self) -> None:
        self.joined = 0
        """Elements that were found to be another try of an earlier one."""
        self._items: list[Item | None] = []
        self._gone = 0
        self._earlier: dict[_Key, list[int]] = {}

    def add(self, item: Item) -> None:
        """Append something that is no case."""
        self._items.append(item)

    def add_case(self, case: CaseResult, repeats: Repeats) -> None:
        """Append a case, or join it with the earlier tries of it."""
        key = (case.file, case.suite, case.name)
        earlier = [i for i in self._earlier.get(key, ()) if i >= self._gone]
        if earlier and (repeats is not Repeats.PASS_OF_FAILED or case.outcome is Outcome.PASSED):
            self._join(key, earlier, case, repeats)
            return
        self._items.append(case)
        if repeats is Repeats.TRY or (case.outcome.is_red and repeats is not Repeats.OTHER):
            self._earlier[key] = [*earlier, self._gone + len(self._items) - 1]

    @property
    def last(self) -> Item | None:
        """The item that was added last, if it was not taken yet."""
        return self._items[-1] if self._items else None

    def change_last(self, item: Item) -> None:
        """Put ``item`` into the place of the last one."""
        self._items[-1] = item

    def end_suite(self) -> None:
        """What follows belongs to another suite."""
        self._earlier.clear()

    def take(self, *, all_of_it: bool) -> list[Item]:
        """The items that no later element can change; with ``all_of_it`` the rest too."""
        count = len(self._items)
        if not all_of_it and self._earlier:
            oldest = next(iter(self._earlier.values()))[0]
            count = min(max(0, oldest - self._gone), count) if oldest >= self._gone else count
            count = max(count, len(self._items) - _WINDOW)
        taken = [item for item in self._items[:count] if item is not None]
        del self._items[:count]
        self._gone += count
        if len(self._earlier) > _WINDOW:
            self._earlier = {k: at for k, at in self._earlier.items() if at[-1] >= self._gone}
        return taken

    def _join(self, key: _Key, earlier: list[int], case: CaseResult, repeats: Repeats) -> None:
        places = [i - self._gone for i in earlier]
        whole, *others = [item for i in places if isinstance(item := self._items[i], CaseResult)]
        for later in (*others, case):
            whole = _joined(whole, later)
        for i in places:
            self._items[i] = None
        self._items[places[0]] = whole
        self.joined += 1 if repeats is not Repeats.PASS_OF_FAILED else len(places)
        if repeats is Repeats.TRY or whole.outcome.is_red:
            self._earlier[key] = earlier[:1]
        else:
            del self._earlier[key]


def _joined(before: CaseResult, after: CaseResult) -> CaseResult:
    # pytest writes a second element for a test of which the tear-down broke after it had failed, jest-junit for a
    # suite that did not run.
    same = after.suite == NOT_RUN or any(f.message.startswith("failed on teardown") for f in after.failures)
    times = [time for time in (before.duration, after.duration) if time is not None]
    return replace(
        after,
        outcome=phases(before.outcome, after.outcome) if same else after.outcome,
        attempts=before.attempts + (0 if same else after.attempts),
        failures=before.failures + after.failures,
        duration=round(sum(times), 6) if times else None,
        output="\n".join(filter(None, (before.output, after.output))),
        properties=tuple(dict.fromkeys(before.properties + after.properties)),
    )
