"""Where failures belong: the clusters of their signatures."""

from __future__ import annotations

from collections.abc import Iterable

from triage.intake import Sign
from triage.store.database import Store, now
from triage.store.moves import Decisions


class Places:
    """The signatures of some failures, settled in their clusters when all are known.

    Where a signature belongs follows from its words or its rule alone, whatever else was seen, and in any order; unless a
    person decided otherwise (see ``moves``).
    """

    def __init__(self, db: Store) -> None:
        self._db = db
        self._signs: dict[str, Sign] = {}
        self._by_home: dict[str, list[Sign]] = {}

    def add(self, signs: Iterable[Sign]) -> None:
        """Take note of ``signs``; the first of each id counts."""
        for sign in signs:
            self._signs.setdefault(sign.id, sign)

    def homes(self) -> dict[str, str]:
        """Where each signature belongs by its words or its rule."""
        return {key: sign.home for key, sign in self._signs.items()}

    def make(self) -> set[str]:
        """The clusters that words and rules make, those that are not there yet; their ids."""
        return {sign.home for _, sign in sorted(self._signs.items()) if self._ensure(sign)}

    def settle(self) -> set[str]:
        """A cluster for each signature that has none yet; the ids of the clusters that were made."""
        made = self.make()
        decisions = Decisions(self._db) if self._signs else None
        for key, sign in sorted(self._signs.items()):
            self._by_home.setdefault(sign.home, []).append(sign)
            if self._db.conn.execute("SELECT 1 FROM signatures WHERE id = ?", [key]).fetchone():
                continue
            if sign.score is not None:
                joined_by, score, near = "rule", sign.score, sign.rule
            else:
                near = self._template_of(sign.home)
                joined_by, score = "exact" if near == sign.template else "similar", 100.0
            assert decisions is not None
            placed = decisions.placed(key, sign.home)
            self._db.conn.execute(
                "INSERT INTO signatures (id, home_id, cluster_id, template, raised, joined_by, score, near)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [key, sign.home, placed, sign.template, sign.raised, joined_by, score, near],
            )
        return made

    def relabel(self) -> None:
        """Call the clusters of all signatures, settled before, what the rules of now call them.

        A title that one of its failures still gives stays, and so does one that a person gave.
        """
        for home, signs in self._by_home.items():
            first = signs[0]
            row = self._db.conn.execute(
                "SELECT title, rule, category, EXISTS (SELECT 1 FROM history h WHERE cluster_id = clusters.id AND field = 'title'"
                " AND undone_at IS NULL)"
                " FROM clusters WHERE id = ?",
                [home],
            ).fetchone()
            title = row[0] if row[3] or row[0] in {sign.title for sign in signs} else first.title
            if (title, first.rule, first.category) != tuple(row[:3]):
                self._db.conn.execute(
                    "UPDATE clusters SET title = ?, rule = ?, category = ? WHERE id = ?",
                    [title, first.rule, first.category, home],
                )

    def clusters(self) -> list[str]:
        """The clusters of all signatures, settled before."""
        found: dict[str, None] = {}
        for key in self._signs:
            row = self._db.conn.execute("SELECT cluster_id FROM signatures WHERE id = ?", [key]).fetchone()
            found[row[0]] = None
        return list(found)

    def _template_of(self, cluster: str) -> str:
        row = self._db.conn.execute("SELECT template FROM clusters WHERE id = ?", [cluster]).fetchone()
        return str(row[0])

    def _ensure(self, sign: Sign) -> bool:
        cursor = self._db.conn.execute(
            "INSERT OR IGNORE INTO clusters (id, title, template, rule, category, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            [sign.home, sign.title, sign.shown, sign.rule, sign.category, now()],
        )
        return cursor.rowcount > 0
