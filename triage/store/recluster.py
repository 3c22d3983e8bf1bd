"""All failures placed anew: after the rules or the program learned to tell them better."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import orjson

from triage.intake import Signer
from triage.model import Failure
from triage.rules import Engine
from triage.rules.model import Where
from triage.store.bequest import bequeath
from triage.store.clusters import refresh_counts
from triage.store.database import Store
from triage.store.grouping import mark_grouped
from triage.store.lineage import Lineage, carry
from triage.store.moves import Decisions
from triage.store.places import Places

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Moved:
    """Failures that are in another cluster than before."""

    old: str
    new: str
    failures: int


@dataclass(frozen=True, slots=True)
class Reclustered:
    """What placing anew changed."""

    moved: list[Moved]
    """Most failures first."""
    lost: list[tuple[str, str]]
    """Pairs of clusters of which a decision does not hold any more, because their words are the same now."""

    @property
    def failures(self) -> int:
        """How many failures moved."""
        return sum(move.failures for move in self.moved)


def recluster(db: Store, engine: Engine) -> Reclustered:
    """Place every failure by today's rules and templates; what people decided about grouping still holds.

    A cluster of which nothing is left gives its name, verdict, status, owner, tags and five whys to the one that has
    most of its failures now, if that has none.
    """
    with db.atomic():
        homes, before = (
            dict(db.conn.execute(f"SELECT id, {column} FROM signatures").fetchall())
            for column in ("home_id", "cluster_id")
        )
        places = Places(db)
        pairs = _sign_all(db, Signer(engine), places)
        # Made anew too: where words belong may have changed as well.
        db.conn.execute("DELETE FROM signatures")
        places.make()
        lost = carry(db, Lineage(pairs, homes, places.homes(), Decisions(db).split))
        places.settle()
        places.relabel()
        after = dict(db.conn.execute("SELECT id, cluster_id FROM signatures").fetchall())
        moved: Counter[tuple[str, str]] = Counter()
        for (old, new), failures in pairs.items():
            if before[old] != after[new]:
                moved[before[old], after[new]] += failures
        refresh_counts(db, {cluster for pair in moved for cluster in pair})
        heirs = {old: new for (old, new), _ in reversed(moved.most_common())}
        for old, new in heirs.items():
            bequeath(db, old, new)
        mark_grouped(db)
    return Reclustered([Moved(old, new, count) for (old, new), count in moved.most_common()], lost)


def _sign_all(db: Store, signer: Signer, places: Places) -> Counter[tuple[str, str]]:
    """Sign every failure anew; how many failures had which signature, and have which."""
    rows = db.conn.execute(
        "SELECT f.id, f.signature_id, coalesce(c.test, ''), c.file, r.format, r.source,"
        " coalesce(c.properties, '[]'), f.message, f.type, f.kind, f.trace, f.file, f.line"
        " FROM failures f JOIN runs r ON r.id = f.run_id LEFT JOIN cases c ON c.id = f.case_id ORDER BY f.id"
    )
    pairs: Counter[tuple[str, str]] = Counter()
    changed: list[tuple[str, int]] = []
    while batch := rows.fetchmany(_BATCH):
        for number, old, test, file, runner, source, properties, *told in batch:
            failure = Failure(*told)
            tags = tuple(map(tuple, orjson.loads(properties)))
            sign = signer.sign(failure, Where.of(failure, test, file, runner, source, tags))
            places.add([sign])
            pairs[old, sign.id] += 1
            if sign.id != old:
                changed.append((sign.id, number))
    db.conn.executemany("UPDATE failures SET signature_id = ? WHERE id = ?", changed)
    return pairs
