"""Which cluster a failure is in follows from what it says, whatever came before it and in which order."""

from __future__ import annotations

import io
import random
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SAMPLES
from triage.ingest import Source
from triage.rules import Engine
from triage.sources.session import ingest_all
from triage.store import Store, empty_store, open_store
from triage.store.ingest import ingest

_MESSAGES = st.sampled_from(
    [
        "worker 17 lost its lease after 3 ms",
        "worker 4 lost its lease after 88 ms",
        "worker 0x1f lost its lease after 88 ms.",
        "worker 17 lost its leases after 3 ms",
        "Error: worker 9 lost its lease after 2 s",
        "GET /v1/cart answered 429",
        "GET /v1/cart answered 403",
        "no mailbox for alice here",
        "no mailbox for bob here",
        "no mailbox for carol here",
        "no mailbox for dave here",
        "no mailbox for erin here",
        "assert 4 == 5",
        "",
    ]
)
_RUNS = st.lists(st.lists(_MESSAGES, min_size=1, max_size=6), min_size=1, max_size=4)


def _places(runs: list[list[str]], engine: Engine) -> dict[str, str]:
    """The cluster of each message, after all of ``runs`` were ingested one by one."""
    with TemporaryDirectory() as directory:
        db = open_store(Path(directory) / "t.db")
        known: dict[str, str] = {}
        for number, messages in enumerate(runs):
            cases = "".join(
                f'<testcase name="t"><failure message={quoteattr(message)}/></testcase>'
                for message in messages
            )
            data = f'<testsuite name="s" time="{number}">{cases}</testsuite>'.encode()
            ingest(db, Source("r.xml", lambda data=data: io.BytesIO(data)), engine, number)
            rows = db.conn.execute(
                "SELECT message, cluster_id FROM failures JOIN signatures ON signatures.id = signature_id"
            ).fetchall()
            moved = {message for message, cluster in rows if known.setdefault(message, cluster) != cluster}
            assert not moved
        db.close()
        return known


@settings(max_examples=25)
@given(runs=_RUNS, chance=st.randoms())
def test_no_order_counts_and_nothing_moves(
    engine: Engine, runs: list[list[str]], chance: random.Random
) -> None:
    shuffled = [sorted(run, key=lambda _: chance.random()) for run in runs]
    chance.shuffle(shuffled)
    together = [[message for run in runs for message in run]]
    first = _places(runs, engine)
    assert _places(shuffled, engine) == first
    assert _places(together, engine) == first


def test_a_report_read_after_its_runs_is_grouped_as_if_read_with_them(db: Store, engine: Engine) -> None:
    placed = "SELECT f.message, s.cluster_id FROM failures f JOIN signatures s ON s.id = signature_id ORDER BY 1, 2"
    for one in sorted(SAMPLES.iterdir()):
        ingest_all(db, [str(one)], engine)
    with closing(empty_store()) as peer:
        ingest_all(peer, [str(SAMPLES)], engine)
        assert db.conn.execute(placed).fetchall() == peer.conn.execute(placed).fetchall()
