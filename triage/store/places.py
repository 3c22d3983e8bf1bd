"""Where failures belong: their signatures, and the clusters of these."""

from __future__ import annotations

from triage.model import Failure
from triage.rules import Engine, RuleMatch
from triage.rules.model import Where, said
from triage.signature import Signature, signature_of
from triage.signature.fingerprint import digest
from triage.signature.holes import canonical
from triage.store.database import Store, now
from triage.store.moves import Decisions


class Places:
    """The signatures of some failures, settled in their clusters when all are known.

    Where a signature belongs follows from its words or its rule alone, whatever else was seen, and in any order; unless a
    person decided otherwise (see ``moves``).
    """

    def __init__(self, db: Store, engine: Engine) -> None:
        self._db, self._engine = db, engine
        self._decisions = Decisions(db)
        self._signatures: dict[str, tuple[Signature, RuleMatch | None]] = {}
        self._matches: dict[tuple[str, str, Where], RuleMatch | None] = {}

    def signature(self, failure: Failure, where: Where) -> str:
        """Id of the signature of a failure."""
        signature = signature_of(failure, where.test)
        match = self._match(failure, where)
        # The rule belongs to the id: one headline can hide two causes that only the rest of the message tells.
        key = digest(f"{match.key}\n{signature.template}") if match and match.rule.merge else signature.id
        self._signatures.setdefault(key, (signature, match))
        return key

    def settle(self) -> set[str]:
        """A cluster for each signature that has none yet; the ids of the clusters that were made."""
        made: set[str] = set()
        for key, (signature, match) in sorted(self._signatures.items()):
            if self._db.conn.execute("SELECT 1 FROM signatures WHERE id = ?", [key]).fetchone():
                continue
            if match is not None and match.rule.merge:
                home = digest(match.key)
                made |= self._ensure(home, match.title, match.title, match)
                self._add(key, home, signature.template, "rule", match.score, match.rule.id)
            else:
                home = digest(canonical(signature.template))
                made |= self._ensure(home, signature.title, signature.template, match)
                near = self._template_of(home)
                joined_by = "exact" if near == signature.template else "similar"
                self._add(key, home, signature.template, joined_by, 100.0, near)
        return made

    def clusters(self) -> list[str]:
        """The clusters of all signatures, settled before."""
        found: dict[str, None] = {}
        for key in self._signatures:
            row = self._db.conn.execute("SELECT cluster_id FROM signatures WHERE id = ?", [key]).fetchone()
            found[row[0]] = None
        return list(found)

    def _match(self, failure: Failure, where: Where) -> RuleMatch | None:
        asked = (said(failure), failure.type, self._engine.narrowed(where))
        if asked not in self._matches:
            self._matches[asked] = self._engine.match(*asked)
        return self._matches[asked]

    def _template_of(self, cluster: str) -> str:
        row = self._db.conn.execute("SELECT template FROM clusters WHERE id = ?", [cluster]).fetchone()
        return str(row[0])

    def _ensure(self, cluster: str, title: str, template: str, match: RuleMatch | None) -> set[str]:
        cursor = self._db.conn.execute(
            "INSERT OR IGNORE INTO clusters (id, title, template, rule, category, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                cluster, title[:500], template, match.rule.id if match else None,
                match.rule.category if match else "", now(),
            ],
        )  # fmt: skip
        return {cluster} if cursor.rowcount else set()

    def _add(self, key: str, home: str, template: str, joined_by: str, score: float, near: str) -> None:
        self._db.conn.execute(
            "INSERT INTO signatures (id, home_id, cluster_id, template, joined_by, score, near)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [key, home, self._decisions.placed(key, home), template, joined_by, score, near],
        )
