"""Cascades: which clusters are probably only the consequence of another one, and what says so.

Four things count as evidence, the first that holds decides:

1. *The same try.* Each failure of a cluster stands behind one of the other in the same try of the same test: a set-up
   broke, then the tear-down did.
2. *Its own words.* The message says that something went wrong before (``current transaction is aborted``,
   ``Could not initialize class``, ``PoisonError``): the cause is what stands right before it.
3. *Nothing before, much after.* The cluster occurs only behind the first failure of an infrastructure problem (a quota
   is used up, a service is gone), in so many tests that chance does not do that: if they were spread evenly, all ``k`` of
   them would lie in the last share ``q`` of the run with probability ``q ** k``. As the tests of one file often fail
   for one reason of their own, the files must say so too, if more weakly (10 %).
4. *Coming and going together.* Over the runs of one job the cluster comes up, goes away and comes up again only when
   another one is there first: ``e`` times, in the share ``q`` of runs that has the other one, by chance ``q ** e``.

The chances of 3 and 4 are multiplied with the number of candidates that were tried (Bonferroni), and must stay below 1 %.
Over-claiming hides a cause, so what is not shown by one of these stands on its own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from triage.analysis.impact import count
from triage.analysis.moments import utc
from triage.store import Store
from triage.store.clusters import ClusterRow
from triage.store.occurrences import (
    Occurrence,
    SameTry,
    Span,
    occurrences,
    recent_runs,
    right_before,
    same_tries,
    templates,
)

_BY_CHANCE = 0.01
_FILES_BY_CHANCE = 0.1
_FEW_TESTS = 20
"""A run with fewer tells nothing by the order of its tests."""
_PAUSE = timedelta(minutes=10)
"""Runs of one call that begin so soon after the end of the one before are parts of one execution."""
_SHARED = ("infra", "config", "expected_by_design")
"""Categories of what other failures follow from: what all tests share."""

_SAYS_SO = re.compile(
    r"current transaction is aborted"  # PostgreSQL, 25P02
    r"|transaction has been rolled back due to a previous"  # SQLAlchemy
    r"|reconnect until invalid transaction is rolled back"
    r"|execute queries until the end of the 'atomic' block"  # Django
    r"|Could not initialize class "  # JVM: the initializer has failed before
    r"|failure threshold \(\S{1,20}\) exceeded: skipping repeated attempt to load context"  # Spring
    r"|PoisonError|lock poisoned|poisoned lock"  # Rust: another thread panicked
    r"|Parent suite setup failed"  # Robot Framework
    r"|\b(?:[Ss]et-?up|[Ff]ixture|[Ss]tep|[Tt]est)\b[^\n]{0,80}\bfailed (?:before|earlier|previously)\b"
    r"|\bbecause (?:of )?(?:an?|the) (?:previous|earlier) (?:failure|error)\b"
    r"|process pool is not usable anymore"  # Python
    r"|depends on not successfully finished"  # TestNG
    r"|\bdependency (?:\w{1,12} )?(?:blocked|failed)\b|\bblocked by (?:an? |the )?(?:earlier|previous|failed|failing)\b"
    r"|(?:due to|because of) (?:an? |the |\S{1,20} )?(?:earlier|previous|prior) (?:\w{1,20} )?(?:error|failure|exception|panic)"
    r"|(?:page, context or browser|[Tt]arget page|[Bb]rowser|[Ss]ession) has been closed"  # Playwright, Puppeteer
    r"|invalid session id|session deleted because of page crash"  # WebDriver
    r"|after the Jest environment has been torn down"
    r"|\bcontext canceled\b"  # Go
)


@dataclass(frozen=True, slots=True)
class Consequence:
    """Why a cluster is probably only the consequence of another one."""

    cause: str
    """Id of the other cluster."""
    evidence: str
    """One sentence, in which "it" is the consequence."""
    chance: float | None = None
    """How probable the evidence is without any connection, 0 to 1; None where that is not the argument."""


_Argument = Callable[[Sequence[Occurrence], Sequence[Occurrence]], tuple[float, str] | None]
"""For the occurrences of an effect and of a cause: the chance, and the sentence."""

Cascades = Mapping[str, Consequence]
"""For the id of each cluster that probably follows from another one: from which, and why."""


def cascades(db: Store, clusters: Sequence[ClusterRow]) -> dict[str, Consequence]:
    """What follows from what among ``clusters``, in the newest runs of the store."""
    if len(clusters) < 2:
        return {}
    spans = recent_runs(db)
    found = occurrences(db, spans)
    said = templates(db, spans)
    told = {id_ for id_, texts in said.items() if all(_SAYS_SO.search(text) for text in texts)}
    others = {row.id for row in clusters} - told
    before = {id_: right_before(db, spans, id_, others) for id_ in sorted(told)}
    return consequences(clusters, spans, found, same_tries(db, spans), before)


def consequences(
    clusters: Sequence[ClusterRow],
    spans: Sequence[Span],
    found: Iterable[Occurrence],
    tries: Iterable[SameTry],
    before: Mapping[str, Sequence[str | None]],
) -> dict[str, Consequence]:
    """The same, from what the store says; no cluster follows from itself, over however many others.

    Args:
        clusters: all that may be cause or consequence.
        spans: the runs in view, oldest first.
        found: every cluster in every one of these runs.
        tries: which stand behind which in one try.
        before: for those that say that they follow something, what stands right before them.
    """
    rows = {row.id: row for row in clusters}
    seen: dict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in found:
        if occurrence.cluster in rows:
            seen[occurrence.cluster].append(occurrence)
    in_one_try = _in_one_try(seen, tries)
    order, together = _Order(spans), _Together(spans, seen)
    shared = [row.id for row in clusters if row.category in _SHARED and row.id in seen]
    result: dict[str, Consequence] = {}
    for id_ in sorted(seen, key=lambda id_: (min(o.order for o in seen[id_]), id_)):
        told = (
            in_one_try.get(id_)
            or _by_its_words(before.get(id_, ()))
            or _best(id_, shared, len(shared), seen, order.behind)
            or _best(id_, together.causes(seen[id_]), len(seen) - 1, seen, together.behind)
        )
        if told is not None and told.cause in rows and not _leads_to(result, told.cause, id_):
            result[id_] = told
    return result


def under(cascade: Cascades, cause: str) -> list[str]:
    """The clusters that follow from ``cause``, also over others; nearest first."""
    found = [cause]
    for parent in found:
        found += sorted(id_ for id_, told in cascade.items() if told.cause == parent)
    return found[1:]


def nested(rows: Sequence[ClusterRow], cascade: Cascades) -> list[tuple[ClusterRow, int]]:
    """``rows`` with consequences below their causes, and how deep each stands; what blocks most tests, with all that
    follows from it, comes first. A consequence whose cause is not among ``rows`` stands on its own.
    """
    below: dict[str | None, list[ClusterRow]] = defaultdict(list)
    ids = {row.id for row in rows}
    for row in rows:
        cause = cascade[row.id].cause if row.id in cascade else None
        below[cause if cause in ids else None].append(row)

    def tests(row: ClusterRow) -> int:
        return row.tests + sum(map(tests, below.get(row.id, ())))

    def walk(cause: str | None, depth: int) -> Iterator[tuple[ClusterRow, int]]:
        for row in sorted(below[cause], key=tests, reverse=True):
            yield row, depth
            if row.id in below:
                yield from walk(row.id, depth + 1)

    return list(walk(None, 0))


def _leads_to(result: Cascades, start: str, target: str) -> bool:
    while start in result:
        start = result[start].cause
        if start == target:
            return True
    return start == target


def _in_one_try(seen: Mapping[str, Sequence[Occurrence]], tries: Iterable[SameTry]) -> dict[str, Consequence]:
    result: dict[str, Consequence] = {}
    for pair in sorted(tries, key=lambda pair: (pair.effect, -pair.failures, pair.cause)):
        failures = sum(occurrence.failures for occurrence in seen.get(pair.effect, ()))
        if pair.effect not in result and pair.failures == failures:
            each = "its one failure stands" if failures == 1 else f"all of its {failures} failures stand"
            result[pair.effect] = Consequence(
                pair.cause, f"{each} behind one of the cause in the same try of the same test"
            )
    return result


def _by_its_words(before: Sequence[str | None]) -> Consequence | None:
    if not before:
        return None
    ((cause, times),) = Counter(before).most_common(1)
    if cause is None or times * 3 < len(before) * 2:
        return None
    where = "right before it" if len(before) == 1 else f"right before it in {times} of {len(before)} files"
    return Consequence(
        cause, f"it says itself that something went wrong before, and the cause stands {where}"
    )


class _Order:
    """The order of tests within executions: a run, or several that followed each other."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._at: dict[int, tuple[int, int]] = {}
        """Execution, and tests of it before the run."""
        self._tests: list[int] = []
        before: Span | None = None
        dated = sorted((s for s in spans if s.started), key=lambda s: (s.batch, utc(s.started or ""), s.run))
        for span in (*dated, *(s for s in spans if not s.started)):
            if before is None or not _continues(before, span):
                self._tests.append(0)
            self._at[span.run] = (len(self._tests) - 1, self._tests[-1])
            self._tests[-1] += span.tests
            before = span

    def _firsts(self, seen: Iterable[Occurrence]) -> dict[int, int]:
        """For each execution the tests before the first one with a failure."""
        firsts: dict[int, int] = {}
        for occurrence in seen:
            if occurrence.case is not None:
                execution, before = self._at[occurrence.run]
                firsts[execution] = min(firsts.get(execution, 1 << 62), before + occurrence.case)
        return firsts

    def behind(self, effect: Sequence[Occurrence], cause: Sequence[Occurrence]) -> tuple[float, str] | None:
        """How probable it is by chance that all of ``effect`` lies behind the first of ``cause``."""
        if any(o.case is None for o in effect):
            return None
        causes, effects = self._firsts(cause), self._firsts(effect)
        by_tests = by_files = 1.0
        for execution, first in effects.items():
            start, tests = causes.get(execution), self._tests[execution]
            if start is None or start >= first or tests < _FEW_TESTS:
                return None
            within = [o for o in effect if self._at[o.run][0] == execution]
            by_tests *= ((tests - start) / tests) ** sum(o.tests for o in within)
            by_files *= ((tests - start) / tests) ** sum(o.places for o in within)
        if by_files >= _FILES_BY_CHANCE:
            return None
        execution = next(iter(effects))
        told = (
            f"its {count(sum(o.tests for o in effect), 'test')} in {count(sum(o.places for o in effect), 'file')} fail only"
            f" behind the first failure of the cause (after {causes[execution]} of {count(self._tests[execution], 'test')})"
        )
        return by_tests, told


def _continues(before: Span, span: Span) -> bool:
    if not before.started or not span.started or before.batch != span.batch:
        return False
    end = utc(before.started) + timedelta(seconds=before.duration or 0)
    return utc(span.started) - end <= _PAUSE


class _Together:
    """Which runs of one job a cluster is in."""

    def __init__(self, spans: Sequence[Span], seen: Mapping[str, Sequence[Occurrence]]) -> None:
        jobs: dict[str, list[int]] = defaultdict(list)
        for span in spans:
            jobs[re.sub(r"\d+", "#", span.source)].append(span.run)
        self._jobs = [runs for runs in jobs.values() if len(runs) > 2]
        self._of_jobs = {run for runs in self._jobs for run in runs}
        self._tried = len(seen) - 1
        self._in_run: dict[int, dict[str, int]] = defaultdict(dict)
        for id_, occurrences_ in seen.items():
            for occurrence in occurrences_:
                self._in_run[occurrence.run][id_] = occurrence.order

    def causes(self, effect: Sequence[Occurrence]) -> list[str]:
        """What stands before it in each of its runs; nothing where no cause could be shown, as it is in too many runs
        or came up too seldom."""
        runs = {o.run for o in effect}
        if not runs <= self._of_jobs or self._chance(runs, runs)[0] * self._tried >= _BY_CHANCE:
            return []
        first, *others = effect
        return [
            id_
            for id_, order in self._in_run[first.run].items()
            if order < first.order and all(self._in_run[o.run].get(id_, o.order) < o.order for o in others)
        ]

    def _chance(self, effects: Collection[int], causes: Collection[int]) -> tuple[float, int, int, int]:
        """Of coming up only where the cause is; how often that was; runs with the cause, and all runs of these jobs."""
        chance, onsets, with_cause, all_ = 1.0, 0, 0, 0
        for runs in self._jobs:
            came = sum(
                run in effects and (i == 0 or runs[i - 1] not in effects) for i, run in enumerate(runs)
            )
            if came:
                have = sum(run in causes for run in runs)
                chance *= (have / len(runs)) ** came
                onsets, with_cause, all_ = onsets + came, with_cause + have, all_ + len(runs)
        return chance, onsets, with_cause, all_

    def behind(self, effect: Sequence[Occurrence], cause: Sequence[Occurrence]) -> tuple[float, str]:
        """How probable it is by chance that ``effect`` comes up only where ``cause`` is."""
        chance, onsets, with_cause, all_ = self._chance({o.run for o in effect}, {o.run for o in cause})
        times = f"it came up {onsets} times, each time behind the cause"
        return chance, f"{times}, which is in {with_cause} of {count(all_, 'run')}"


def _best(
    effect: str,
    causes: Iterable[str],
    tried: int,
    seen: Mapping[str, Sequence[Occurrence]],
    argue: _Argument,
) -> Consequence | None:
    """The cause with the least chance, if that is small enough for as many causes as were ``tried``."""
    argued = ((argue(seen[effect], seen[cause]), cause) for cause in sorted(causes) if cause != effect)
    best = min(((told, cause) for told, cause in argued if told), default=None)
    if best is None or (chance := best[0][0] * tried) >= _BY_CHANCE:
        return None
    (_, evidence), cause = best
    return Consequence(cause, evidence, chance)
