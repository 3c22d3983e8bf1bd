"""All failures placed anew: after the rules or the program learned to tell them better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from triage.intake import Signer
from triage.model import Failure
from triage.rules import Engine
from triage.rules.model import Where
from triage.store.bare_names import call, meant_now
from triage.store.bequest import bequeath
from triage.store.clusters import refresh_counts
from triage.store.database import Store
from triage.store.grouping import mark_grouped
from triage.store.lineage import Lineage, carry
from triage.store.moves import Decisions, settle
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
        meant = meant_now(db)
        call(db, meant)
        done = _place_anew(db, Signer(engine))
        refresh_counts(db, _clusters_of(db, meant))
        mark_grouped(db)
    return done


def place_called(db: Store, engine: Engine, runs: Iterable[int]) -> Reclustered:
    """Place the failures anew that a report told by the bare name of a test, where ``runs``, read later, tell which it is, or
    that it may be another as well."""
    if not (meant := meant_now(db, runs)):
        return Reclustered([], [])
    with db.atomic():
        call(db, meant)
        done = _place_anew(db, Signer(engine), meant)
        refresh_counts(db, _clusters_of(db, meant))
    return done


def _place_anew(db: Store, signer: Signer, cases: Iterable[int] | None = None) -> Reclustered:
    """Place the failures of ``cases``, or all there are."""
    homes, before = (
        dict(db.conn.execute(f"SELECT id, {column} FROM signatures").fetchall())
        for column in ("home_id", "cluster_id")
    )
    places = Places(db)
    pairs = _sign(db, signer, places, cases)
    if cases is None:
        # Made anew too: where words belong may have changed as well.
        db.conn.execute("DELETE FROM signatures")
        homes_now = {}
    else:
        pairs += _staying(db, cases)
        homes_now = homes
    places.make()
    lost = carry(db, Lineage(pairs, homes, homes_now | places.homes(), Decisions(db).split))
    places.settle()
    if cases is None:
        places.relabel()
    else:
        settle(db)
    after = dict(db.conn.execute("SELECT id, cluster_id FROM signatures").fetchall())
    moved: Counter[tuple[str, str]] = Counter()
    for (old, new), failures in pairs.items():
        if before[old] != after[new]:
            moved[before[old], after[new]] += failures
    refresh_counts(db, {cluster for pair in moved for cluster in pair})
    heirs = {old: new for (old, new), _ in reversed(moved.most_common())}
    for old, new in heirs.items():
        bequeath(db, old, new)
    return Reclustered([Moved(old, new, count) for (old, new), count in moved.most_common()], lost)


def _staying(db: Store, cases: Iterable[int]) -> Counter[tuple[str, str]]:
    """How many failures outside of ``cases`` have each signature, and keep it."""
    rows = db.conn.execute(
        "SELECT signature_id, count(*) FROM failures WHERE case_id IS NULL"
        " OR case_id NOT IN (SELECT value FROM json_each(?)) GROUP BY 1",
        [_json(cases)],
    )
    return Counter({(signature, signature): count for signature, count in rows})


def _clusters_of(db: Store, cases: Iterable[int]) -> set[str]:
    rows = db.conn.execute(
        "SELECT DISTINCT s.cluster_id FROM failures f JOIN signatures s ON s.id = f.signature_id"
        " WHERE f.case_id IN (SELECT value FROM json_each(?))",
        [_json(cases)],
    )
    return {row[0] for row in rows}


def _sign(db: Store, signer: Signer, places: Places, cases: Iterable[int] | None) -> Counter[tuple[str, str]]:
    """Sign the failures of ``cases``, or all, anew; how many had which signature, and have which."""
    rows = db.conn.execute(
        "SELECT f.id, f.signature_id, coalesce(c.test, ''), c.file, r.format, r.source,"
        " coalesce(c.properties, '[]'), f.message, f.type, f.kind, f.trace, f.file, f.line"
        " FROM failures f JOIN runs r ON r.id = f.run_id LEFT JOIN cases c ON c.id = f.case_id"
        " WHERE ?1 IS NULL OR f.case_id IN (SELECT value FROM json_each(?1)) ORDER BY f.id",
        [None if cases is None else _json(cases)],
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


def _json(numbers: Iterable[int]) -> str:
    return orjson.dumps(list(numbers)).decode()
