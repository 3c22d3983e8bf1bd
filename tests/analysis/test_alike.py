"""Clusters that differ in a word that varies freely are proposed as one, and only proposed."""

from __future__ import annotations

import io
from xml.sax.saxutils import quoteattr

from triage.analysis.alike import alike
from triage.ingest import Source
from triage.rules import Engine
from triage.store import Store
from triage.store.clusters import clusters
from triage.store.ingest import ingest

_NAMES = ["ann", "bob", "carol", "dave", "erin", "frank"]
_SAID = [f"could not deliver the invoice to customer {name} because the mailbox is full" for name in _NAMES]


def _take(db: Store, said: list[str]) -> None:
    cases = "".join(
        f'<testcase name="t{at}"><failure message={quoteattr(text)}/></testcase>'
        for at, text in enumerate(said)
    )
    data = f'<testsuite name="s">{cases}</testsuite>'.encode()
    ingest(db, Source("r.xml", lambda: io.BytesIO(data)), Engine([]), 1)


def test_words_that_vary_freely_are_proposed(db: Store) -> None:
    _take(db, [*_SAID, "the lighthouse was dark"])
    rows = clusters(db)
    assert len(rows) == 7
    [found] = alike(rows, ())
    assert found.template == "could not deliver the invoice to customer <word> because the mailbox is full"
    assert set(found.clusters) == {row.id for row in rows if "invoice" in row.title}
    assert alike(rows, [found.clusters[1:3]]) == [], "kept apart"


def test_few_words_and_bare_comparisons_are_not(db: Store) -> None:
    _take(db, [*_SAID[:3], *["assert 1 == 2"] * 8])
    assert len(clusters(db)) == 11
    assert alike(clusters(db), ()) == []
