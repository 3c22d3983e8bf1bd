"""Filters: the same language on the screen and on the command line."""

from __future__ import annotations

import doctest
import io
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.analysis import query
from triage.analysis.query import KEYS, QueryError, Term, check, expand, named, parse, select
from triage.ingest import Source
from triage.model import Verdict
from triage.rules import Engine
from triage.store import Store
from triage.store.clusters import clusters, follow_status, set_verdict
from triage.store.ingest import ingest
from triage.store.tags import tag_clusters

_SAID = {
    "shop/checkout_test.py": "connect ECONNREFUSED 127.0.0.1:5432",
    "shop/100%_test.py": "the lamp is dark",
    "mail/box_test.py": "no mailbox for a tenant",
}


@pytest.fixture
def store(db: Store, engine: Engine) -> Store:
    for day, (file, said) in enumerate(_SAID.items(), 1):
        case = f'<testcase name="t" file="{file}"><failure message={quoteattr(said)}>seen by otters</failure></testcase>'
        data = f'<testsuite name="s" timestamp="2026-03-0{day}T02:00:00">{case}</testsuite>'.encode()
        ingest(db, Source(f"night-{day}.xml", lambda data=data: io.BytesIO(data)), engine, day)
    ids = {row.title: row.id for row in clusters(db)}
    set_verdict(db, [ids["the lamp is dark"]], Verdict.PRODUCT_BUG)
    follow_status(db, ids["the lamp is dark"], "investigating")
    tag_clusters(db, [ids["no mailbox for a tenant"]], ["post-office"])
    return db


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {"refused", "lamp", "mailbox"}),
        ("category:infra", {"refused"}),
        ("category:infrastructure", {"refused"}),
        ("-category:infra", {"lamp", "mailbox"}),
        ("category:none verdict:unknown", {"mailbox"}),
        ('verdict:"product bug"', {"lamp"}),
        ("verdict:product_b", {"lamp"}),
        ("status:inv", {"lamp"}),
        ("rule:connection-*", {"refused"}),
        ("tag:post", {"mailbox"}),
        ("tag:none", {"refused", "lamp"}),
        ("test:*checkout*", {"refused"}),
        ("test:shop", {"refused", "lamp"}),
        ("test:100%", {"lamp"}),  # no wild card of SQL
        ("test:shop*", {"refused", "lamp"}),
        ("test:*mail", set()),
        ("source:night-2", {"lamp"}),
        ("since:2026-03-02", {"lamp", "mailbox"}),
        ("until:2026-03-02", {"refused"}),
        ("since:1d", set()),
        ("is:new", {"mailbox"}),
        ("is:known -lamp", {"refused"}),
        ("LAMP dark", {"lamp"}),
        ("otters tenant", {"mailbox"}),  # in the failures, not in the list
        ('"is dark"', {"lamp"}),
        ("since: test:", {"refused", "lamp", "mailbox"}),  # no value yet
        ("since:2", {"refused", "lamp", "mailbox"}),  # on the way to a date
        ("5432", {"refused"}),
    ],
)
def test_filters(store: Store, text: str, found: set[str]) -> None:
    rows = select(store, clusters(store), parse(text))
    assert {
        word for word in ("refused", "lamp", "mailbox") for row in rows if word in row.template + row.title
    } == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("categry:infra", "did you mean category:"),
        ("since:soon", "neither an age"),
        ("status:opne", "open, investigating, resolved"),
    ],
)
def test_slips_are_told(text: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        check(parse(text))


def test_what_only_looks_like_a_key_is_text() -> None:
    terms = parse("http://a:80/b 12:30 TypeError:x foo::bar")
    assert [term.key for term in terms] == [""] * 4
    check(terms)


def test_saved_filters_stand_for_what_they_mean() -> None:
    saved = {"mine": "tag:mine -is:new", "infra": 'category:infra "two words"'}
    assert expand("@mine lamp", saved) == "tag:mine -is:new lamp"
    assert expand("a@mine @infra", saved) == 'a@mine category:infra "two words"'
    assert expand('"@mine" "@nobody', saved) == '"@mine" "@nobody', "in quotes it is text"
    with pytest.raises(QueryError, match="@min: no saved filter has this name; did you mean @mine"):
        expand("lamp @min", saved)
    with pytest.raises(QueryError, match="there are @mine, @infra"):
        expand("@zzz", saved)
    with pytest.raises(QueryError, match="there are none yet"):
        expand("@zzz", {})


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("mine", "mine"),
        (" @mine-2_é ", "mine-2_é"),
        ("two words", None),
        ("", None),
        ("@", None),
        ("a:b", None),
        ("x" * 41, None),
    ],
)
def test_names_of_filters(said: str, name: str | None) -> None:
    assert named(said) == name
    if name is not None:
        assert expand(f"@{name}", {name: "lamp"}) == "lamp"


def test_documented_examples() -> None:
    assert doctest.testmod(query).failed == 0


@given(
    st.lists(
        st.sampled_from([*(f"{key}:" for key in KEYS), "-", '"', " ", "*", "?", "%", "a", "2d", "\0", "é"]),
        max_size=12,
    )
)
def test_nothing_that_is_typed_breaks_it(pieces: list[str]) -> None:
    for term in parse("".join(pieces)):
        assert isinstance(term, Term)
        assert not term.key or term.value is not None


@given(text=st.text(alphabet="ab:-\"*?%_'!\0;() ", max_size=20))
def test_every_filter_gets_an_answer(store_of_module: Store, text: str) -> None:
    rows = clusters(store_of_module)
    for key in ("", *KEYS):
        assert set(select(store_of_module, rows, parse(f"{key}:{text}" if key else text))) <= set(rows)


@pytest.fixture(scope="module")
def store_of_module(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Store:
    from triage.store import open_store

    db = open_store(tmp_path_factory.mktemp("store") / "t.db")
    data = b'<testsuite name="s"><testcase name="t"><failure message="ab a%b"/></testcase></testsuite>'
    ingest(db, Source("r.xml", lambda: io.BytesIO(data)), engine, 1)
    return db
