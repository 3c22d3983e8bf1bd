"""One run that several reporters wrote down (a JUnit file and the console): recognized, and counted once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from triage.model import Totals
from triage.store.database import Store
from triage.store.runs import totals_of

_RETELLERS = ("log", "markdown-report")
"""What these tell is no run of a runner."""
_SUMMARY, _XML, _TEXT = "failsafe-xml", "junit-xml", "maven-console"
"""What Maven writes into one directory: the counts of all classes, and of each class two files."""
_FILES = {
    _SUMMARY: re.compile(r"(?<![^/\\!])failsafe-summary(?P<name>)\.xml$"),
    _XML: re.compile(r"(?<![^/\\!])TEST-(?P<name>[^/\\!]+)\.xml$"),
    _TEXT: re.compile(r"(?<![^/\\!])(?P<name>[^/\\!]+)\.txt$"),
}
_AGREE = 0.95
_NEAR_TOTALS = 0.15
"""Reporters of one run count differently: pytest counts set-ups and tear-downs in one, tests in the other."""
_NEAR_DURATION = 0.25


@dataclass(frozen=True, slots=True)
class _Told:
    """What a run is recognized by."""

    run: int
    format: str
    totals: Totals
    duration: float | None
    day: str | None
    red_by_name: dict[str, bool]
    traces: int

    @property
    def worth(self) -> tuple[int, int, int, str]:
        """The run that names more tests, then the one that counts more (what was skipped may have no name), then the
        one that says more of its failures, stands for both."""
        return len(self.red_by_name), self.totals.tests, self.traces, self.format


def join_twins(db: Store, run: int) -> set[int]:
    """Find the other descriptions of ``run`` that came in the same call, and let the best stand for all.

    Its twins keep their rows and are marked: ``runs.same_as`` names the run that is counted, ``failures.retold`` the
    failures that are not. Returns the runs whose marks changed; called inside the transaction that stored ``run``.
    """
    if changed := _beside(db, run):
        return changed
    candidates = _candidates(db, run)
    if not candidates or not (new := _told(db, run)).red_by_name:
        return set()
    for other in candidates:
        old = _told(db, other)
        if _same(new, old) and not _has_format(db, other, new.format):
            best, rest = (new, old) if new.worth > old.worth else (old, new)
            return _mark(db, best.run, rest.run)
    return set()


def twins(db: Store) -> dict[int, int]:
    """The runs that are not counted, with those that are counted instead."""
    return dict(db.conn.execute("SELECT id, same_as FROM runs WHERE same_as IS NOT NULL").fetchall())


def _beside(db: Store, run: int) -> set[int]:
    """Let the XML of a class stand for its text and for the summary: known by their names, since they need not name a test."""
    facts = "SELECT batch, format, source FROM runs WHERE id = ?"
    batch, format_, source = db.conn.execute(facts, [run]).fetchone()
    if format_ not in _FILES or (match := _FILES[format_].search(source)) is None:
        return set()
    folder, name = source[: match.start()], match["name"]
    wanted = {
        _XML: ((_SUMMARY, f"{folder}failsafe-summary.xml"), (_TEXT, f"{folder}{name}.txt")),
        _TEXT: ((_XML, f"{folder}TEST-{name}.xml"),),
        _SUMMARY: ((_XML, f"{folder}TEST-"),),
    }
    query = (
        "SELECT id FROM runs WHERE batch = ? AND format = ? AND same_as IS NULL AND substr(source, 1, ?) = ?"
        " ORDER BY id LIMIT 1"
    )
    changed: set[int] = set()
    for other_format, begin in wanted[format_]:
        for (other,) in db.conn.execute(query, [batch, other_format, len(begin), begin]).fetchall():
            changed |= _mark(db, run, other) if format_ == _XML else _mark(db, other, run)
    return changed


def _candidates(db: Store, run: int) -> list[int]:
    """The runs of the same call in other formats with about as many tests."""
    batch, own, tests = db.conn.execute(
        "SELECT batch, format, tests FROM runs WHERE id = ?", [run]
    ).fetchone()
    if own in _RETELLERS:
        return []
    after = "SELECT min(format) FROM runs WHERE batch = ? AND format > ?"
    near = "SELECT id FROM runs WHERE batch = ? AND format = ? AND tests BETWEEN ? AND ? AND same_as IS NULL"
    found: list[int] = []
    # From format to format by the index: thousands of runs of one format cost nothing.
    (format_,) = db.conn.execute(after, [batch, ""]).fetchone()
    while format_ is not None:
        if format_ not in (own, *_RETELLERS):
            found += [row[0] for row in db.conn.execute(near, [batch, format_, *_near(tests)])]
        (format_,) = db.conn.execute(after, [batch, format_]).fetchone()
    return sorted(found)


def _near(tests: int) -> tuple[int, int]:
    room = max(1, round(tests * _NEAR_TOTALS))
    return tests - room, tests + room


def _told(db: Store, run: int) -> _Told:
    facts = "SELECT format, duration, substr(started, 1, 10) FROM runs WHERE id = ?"
    format_, duration, day = db.conn.execute(facts, [run]).fetchone()
    names = db.conn.execute("SELECT name, outcome IN ('failed', 'error') FROM cases WHERE run_id = ?", [run])
    traces = db.conn.execute(
        "SELECT count(*) FROM failures WHERE run_id = ? AND trace != ''", [run]
    ).fetchone()[0]
    red: dict[str, bool] = {}
    for name, is_red in names:
        red[name] = red.get(name, False) or bool(is_red)
    return _Told(run, format_, totals_of(db, run), duration, day, red, traces)


def _same(a: _Told, b: _Told) -> bool:
    few, many = sorted((a, b), key=lambda told: len(told.red_by_name))
    shared = [name for name in few.red_by_name if name in many.red_by_name]
    agreed = sum(few.red_by_name[name] == many.red_by_name[name] for name in shared)
    return (
        agreed >= _AGREE * len(few.red_by_name)
        and _close(a.totals.red, b.totals.red, _NEAR_TOTALS, 2)
        and (a.day is None or b.day is None or a.day == b.day)
        and (not a.duration or not b.duration or _close(a.duration, b.duration, _NEAR_DURATION, 1.0))
    )


def _close(a: float, b: float, part: float, least: float) -> bool:
    return abs(a - b) <= max(least, part * max(a, b))


def _has_format(db: Store, main: int, format_: str) -> bool:
    query = "SELECT 1 FROM runs WHERE same_as = ? AND format = ?"
    return db.conn.execute(query, [main, format_]).fetchone() is not None


def _mark(db: Store, main: int, twin: int) -> set[int]:
    changed = {row[0] for row in db.conn.execute("SELECT id FROM runs WHERE same_as = ?", [twin])} | {twin}
    ids = "[" + ",".join(map(str, sorted(changed))) + "]"
    among = "IN (SELECT value FROM json_each(?))"
    db.conn.execute(f"UPDATE runs SET same_as = ? WHERE id {among}", [main, ids])
    # An error outside any test that only the twin tells is not lost.
    db.conn.execute(
        # One of the two may know where it was raised.
        f"UPDATE failures SET retold = case_id IS NOT NULL OR signature_id IN (SELECT s.id FROM signatures s"
        "  JOIN signatures t ON t.home_id = s.home_id AND t.template = s.template"
        f"  WHERE t.id IN (SELECT signature_id FROM failures WHERE run_id = ?)) WHERE run_id {among}",
        [main, ids],
    )
    return changed | {main}
