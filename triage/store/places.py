"""Where failures belong: their signatures, and the clusters of these."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model import Failure
from triage.rules import Engine, RuleMatch
from triage.rules.model import Where, said
from triage.signature import Signature, signature_of
from triage.signature.fingerprint import digest
from triage.signature.holes import canonical
from triage.store.database import Store, now
from triage.store.moves import Decisions


@dataclass(frozen=True, slots=True)
class _Label:
    """What a cluster is called."""

    title: str
    rule: str | None
    category: str


class Places:
    """The signatures of some failures, settled in their clusters when all are known.

    Where a signature belongs follows from its words or its rule alone, whatever else was seen, and in any order; unless a
    person decided otherwise (see ``moves``).
    """

    def __init__(self, db: Store, engine: Engine) -> None:
        self._db, self._engine = db, engine
        self._decisions = Decisions(db)
        self._signatures: dict[str, tuple[Signature, RuleMatch | None]] = {}
        self._labels: dict[str, list[_Label]] = {}
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
            home, label = _home(signature, match), _label(signature, match)
            self._labels.setdefault(home, []).append(label)
            if self._db.conn.execute("SELECT 1 FROM signatures WHERE id = ?", [key]).fetchone():
                continue
            if match is not None and match.rule.merge:
                made |= self._ensure(home, match.title, label)
                self._add(key, home, signature.template, "rule", match.score, match.rule.id)
            else:
                made |= self._ensure(home, signature.template, label)
                near = self._template_of(home)
                joined_by = "exact" if near == signature.template else "similar"
                self._add(key, home, signature.template, joined_by, 100.0, near)
        return made

    def relabel(self) -> None:
        """Call the clusters of all signatures, settled before, what the rules of now call them.

        A title that one of its failures still gives stays, and so does one that a person gave.
        """
        for home, labels in self._labels.items():
            first = labels[0]
            row = self._db.conn.execute(
                "SELECT title, rule, category, EXISTS (SELECT 1 FROM history WHERE cluster_id = id AND field = 'title')"
                " FROM clusters WHERE id = ?",
                [home],
            ).fetchone()
            title = row[0] if row[3] or row[0] in {label.title for label in labels} else first.title
            if (title, first.rule, first.category) != tuple(row[:3]):
                self._db.conn.execute(
                    "UPDATE clusters SET title = ?, rule = ?, category = ? WHERE id = ?",
                    [title, first.rule, first.category, home],
                )

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

    def _ensure(self, cluster: str, template: str, label: _Label) -> set[str]:
        cursor = self._db.conn.execute(
            "INSERT OR IGNORE INTO clusters (id, title, template, rule, category, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            [cluster, label.title, template, label.rule, label.category, now()],
        )
        return {cluster} if cursor.rowcount else set()

    def _add(self, key: str, home: str, template: str, joined_by: str, score: float, near: str) -> None:
        self._db.conn.execute(
            "INSERT INTO signatures (id, home_id, cluster_id, template, joined_by, score, near)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [key, home, self._decisions.placed(key, home), template, joined_by, score, near],
        )


def _home(signature: Signature, match: RuleMatch | None) -> str:
    """The cluster that the rule, or else the words of a signature make."""
    return digest(match.key if match is not None and match.rule.merge else canonical(signature.template))


def _label(signature: Signature, match: RuleMatch | None) -> _Label:
    title = match.title if match is not None and match.rule.merge else signature.title
    return _Label(title[:500], match.rule.id if match else None, match.rule.category if match else "")
