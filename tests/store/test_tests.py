"""Tests over all runs, and the other lists beside the clusters."""

from __future__ import annotations

import io

import pytest

from triage.ingest import Source
from triage.rules import Engine
from triage.store import Store
from triage.store import investigations as notes
from triage.store.clusters import clusters, clusters_of_rules
from triage.store.ingest import ingest
from triage.store.investigations import investigations
from triage.store.tests import failing_tests, results_of

_FAILS = '<failure message="HTTP 503 Service Unavailable: {}"/>'


def _run(db: Store, engine: Engine, day: int, **cases: str) -> None:
    """A run on the ``day``: what stands in each case."""
    inside = "".join(
        f'<testcase classname="c" name="{name}">{body}</testcase>' for name, body in cases.items()
    )
    text = f'<testsuite name="s" timestamp="2026-03-{day:02}T02:00:00">{inside}</testsuite>'
    ingest(db, Source(f"{day}.xml", lambda: io.BytesIO(text.encode())), engine, day)


def test_a_test_is_told_over_all_runs(db: Store, engine: Engine) -> None:
    again = '<flakyFailure message="odd">odd</flakyFailure>'
    # Not in the order in which they ran.
    _run(db, engine, 3, good="", bad="", shaky=again)
    _run(db, engine, 1, good="", bad=_FAILS.format("a"), shaky="")
    _run(db, engine, 2, bad=_FAILS.format("b"), only='<failure message="KeyError: 7"/>')
    bad, only, shaky = failing_tests(db)
    assert (bad.test, bad.red, bad.flaky, bad.runs, bad.outcome) == ("c::bad", 2, 0, 3, "passed")
    assert (only.test, only.red, only.runs, only.outcome) == ("c::only", 1, 1, "failed")
    assert (shaky.test, shaky.red, shaky.flaky, shaky.runs, shaky.outcome) == ("c::shaky", 0, 1, 2, "flaky")
    rows = {row.id: row for row in clusters(db)}
    assert bad.cluster is not None
    assert rows[bad.cluster].title == bad.title
    assert rows[bad.cluster].tests == 1
    assert [
        (result.at[:10], result.outcome, result.source, result.title) for result in results_of(db, bad.test)
    ] == [
        ("2026-03-03", "passed", "3.xml", ""),
        ("2026-03-02", "failed", "2.xml", bad.title),
        ("2026-03-01", "failed", "1.xml", bad.title),
    ]
    assert len(results_of(db, bad.test, limit=2)) == 2
    assert sum(clusters_of_rules(db).values()) == sum(row.rule is not None for row in rows.values())


def test_a_run_that_is_told_twice_counts_once(db: Store, engine: Engine) -> None:
    _run(db, engine, 1, bad=_FAILS.format("a"))
    _run(db, engine, 2, bad=_FAILS.format("a"))
    db.conn.execute(
        "UPDATE runs SET same_as = (SELECT min(id) FROM runs) WHERE id = (SELECT max(id) FROM runs)"
    )
    [bad] = failing_tests(db)
    assert (bad.red, bad.runs) == (1, 1)
    assert len(results_of(db, bad.test)) == 1


def test_investigations_are_those_in_which_something_is_noted(
    db: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "now", lambda: "2026-03-04T06:00:00Z")
    _run(db, engine, 1, bad=_FAILS.format("a"), worse='<failure message="KeyError: 7"/>')
    one, other = (row.id for row in clusters(db))
    first = notes.open_investigation(db, one, "t", "Why?")
    second = notes.open_investigation(db, other, "t", "Why?")
    assert investigations(db) == []
    notes.add_evidence(db, second.id, "a line")
    [row] = investigations(db)
    assert (row.cluster, row.answers, row.root_causes, row.last_answer) == (other, 0, (), "")
    monkeypatch.setattr(notes, "now", lambda: "2026-03-05T06:00:00Z")
    notes.write_answer(db, first.whys[0].id, 'the "pool" is empty')
    below = notes.ask(db, first.id, first.whys[0].id, "Why?")
    notes.write_answer(db, below, "one leaks")
    notes.set_role(db, below, "root_cause")
    row, _ = investigations(db)
    assert (row.cluster, row.answers, row.root_causes, row.last_answer) == (
        one,
        2,
        ("one leaks",),
        "one leaks",
    )
    assert (row.status, row.changed_at) == ("investigating", "2026-03-05T06:00:00Z")
