"""Tests over all runs: which failed or were flaky, how often, and for what."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Store
from triage.store.tags import tags_of_tests


@dataclass(frozen=True, slots=True)
class FailingTest:
    """A test that failed or was flaky at least once."""

    test: str
    """Id of the case."""
    red: int
    """How often it failed or broke."""
    flaky: int
    """How often it passed only after another try."""
    runs: int
    """In how many runs that are counted it stands."""
    outcome: str
    """Of the newest of these; ``flaky`` where it passed after another try."""
    cluster: str | None
    """Id of the cluster of its failure that was read last; None where nothing says why it is red."""
    title: str
    """Of that cluster."""
    tags: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """Where words are looked for."""
        tags = "".join(f" #{tag}" for tag in self.tags)
        return f"{self.test} {self.outcome}{' flaky' * bool(self.flaky)} {self.title}{tags}"


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test in one run."""

    __test__ = False  # nothing for pytest to collect

    at: str
    """When the run started, else when it was read; ISO 8601."""
    outcome: str
    source: str
    title: str
    """Of the cluster of its last failure there, or empty."""


_OUTCOME = "CASE WHEN c.outcome = 'passed' AND c.attempts > 1 THEN 'flaky' ELSE c.outcome END"
_AT = "coalesce(r.started, r.ingested_at)"


def failing_tests(db: Store) -> list[FailingTest]:
    """All of them, those that failed most often first."""
    rows = db.conn.execute(
        "WITH last AS (SELECT c.test, s.cluster_id, max(f.id) FROM failures f JOIN cases c ON c.id = f.case_id"
        "  JOIN signatures s ON s.id = f.signature_id WHERE NOT f.retold GROUP BY c.test),"
        # With one max() the bare columns are those of its row (sqlite.org/lang_select.html#bareagg).
        f" told AS (SELECT c.test, sum(c.outcome IN ('failed', 'error')) AS red, sum({_OUTCOME} = 'flaky') AS flaky,"
        f"  count(DISTINCT c.run_id) AS runs, {_OUTCOME} AS outcome, max({_AT}) FROM cases c"
        "  JOIN runs r ON r.id = c.run_id AND r.same_as IS NULL WHERE c.test IN (SELECT c.test FROM cases c"
        f"  WHERE c.outcome IN ('failed', 'error') OR {_OUTCOME} = 'flaky') GROUP BY c.test)"
        " SELECT told.test, red, flaky, told.runs, outcome, k.id, coalesce(k.title, '') FROM told"
        " LEFT JOIN last ON last.test = told.test LEFT JOIN clusters k ON k.id = last.cluster_id"
        " WHERE red + flaky > 0 ORDER BY red DESC, flaky DESC, told.test"
    )
    tags = tags_of_tests(db)
    return [FailingTest(*row, tags.get(row[0], ())) for row in rows]  # type: ignore[call-arg]


def results_of(db: Store, test: str, limit: int = 200) -> list[TestResult]:
    """How ``test`` went in the runs that are counted, the newest first, at most ``limit``."""
    rows = db.conn.execute(
        f"SELECT {_AT}, {_OUTCOME}, r.source, coalesce((SELECT k.title FROM failures f"
        "  JOIN signatures s ON s.id = f.signature_id JOIN clusters k ON k.id = s.cluster_id"
        "  WHERE f.case_id = c.id AND NOT f.retold ORDER BY f.id DESC LIMIT 1), '')"
        " FROM cases c JOIN runs r ON r.id = c.run_id AND r.same_as IS NULL WHERE c.test = ?"
        f" ORDER BY {_AT} DESC, c.id DESC LIMIT ?",
        [test, limit],
    )
    return [TestResult(*row) for row in rows]
