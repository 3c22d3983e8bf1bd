"""Which clusters follow from which others: in recordings, and only where the evidence says so."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SEEDS, needs_seeds, source_of
from triage.analysis.cascades import Consequence, cascades, consequences, nested, under
from triage.export.documents import render
from triage.export.report import gather
from triage.ingest import Source
from triage.model import Verdict
from triage.rules import Engine
from triage.store import Store
from triage.store.clusters import ClusterRow, clusters
from triage.store.ingest import ingest
from triage.store.occurrences import Occurrence, SameTry, Span

RECORDED = Path(__file__).parents[1] / "data" / "recorded" / "cascades"


def _read(db: Store, engine: Engine, data: bytes, batch: int = 1, name: str = "r.xml") -> None:
    ingest(db, Source(name, lambda: io.BytesIO(data)), engine, batch)


def _told(db: Store) -> dict[str, str]:
    rows = clusters(db)
    titles = {row.id: row.title for row in rows}
    return {titles[id_]: titles[why.cause] for id_, why in cascades(db, rows).items()}


@pytest.mark.parametrize(
    ("recording", "effect", "cause"),
    [
        (
            "poisoned-lock.txt",
            "called `Result::unwrap()` on an `Err` value: PoisonError",
            "cannot put -2 pieces",
        ),
        ("static-initializer.xml", "shop.Prices", "NumberFormatException"),
        ("service-gone.xml", "stock.StockUnavailable", "Connection refused"),
    ],
)
def test_recorded_cascades(db: Store, engine: Engine, recording: str, effect: str, cause: str) -> None:
    _read(db, engine, (RECORDED / recording).read_bytes())
    [(found, because)] = _told(db).items()
    assert effect in found
    assert cause in because


def test_the_report_tells_the_cascade_from_both_ends(db: Store, engine: Engine) -> None:
    _read(db, engine, (RECORDED / "service-gone.xml").read_bytes())
    by_title = {row.title: row for row in clusters(db)}
    refused, unavailable = (
        gather(db, row)
        for said in ("Connection refused", "StockUnavailable")
        for title, row in by_title.items()
        if said in title
    )
    [link] = refused.consequences
    assert (link.id, link.tests) == (unavailable.cluster.id, 20)
    assert unavailable.cause is not None
    assert unavailable.cause.id == refused.cluster.id
    assert (refused.impact.tests, refused.with_consequences.tests) == (8, 28)
    assert refused.with_consequences.rate_if_fixed == pytest.approx(71 / 72)
    assert "after 38 of 72 tests" in render(refused, "md")
    assert "after 38 of 72 tests" in render(unavailable, "html")


def test_what_failed_first(db: Store, engine: Engine) -> None:
    _read(db, engine, (RECORDED / "service-gone.xml").read_bytes())
    first = [
        report.first.test for row in clusters(db) if (report := gather(db, row)).came_first and report.first
    ]
    assert first == ["tests/test_g_gifts.py::test_g_gifts_counts_2"]


def _case(name: str, *failures: tuple[str, str]) -> str:
    told = "".join(f"<{kind} message={quoteattr(said)}/>" for kind, said in failures)
    return f'<testcase classname="shop.{name}" name="t" file="{name}.py">{told}</testcase>'


def _suite(cases: Iterable[str], started: str = "2026-03-03T02:00:00") -> bytes:
    return f'<testsuite name="s" timestamp="{started}">{"".join(cases)}</testsuite>'.encode()


def test_a_tear_down_that_breaks_behind_its_set_up(db: Store, engine: Engine) -> None:
    both = [("error", "no mailbox was made"), ("error", "the mailbox cannot be emptied")]
    _read(db, engine, _suite(_case(f"a{n}", *both) for n in range(3)))
    assert _told(db) == {"the mailbox cannot be emptied": "no mailbox was made"}
    # Once it stands alone it is a problem of its own.
    _read(db, engine, _suite([_case("b", both[1])], "2026-03-04T02:00:00"), 2)
    assert _told(db) == {}


@pytest.mark.parametrize(
    "said",
    [
        "fixture db: setup failed before",
        "Parent suite setup failed:",
        "not run because of an earlier failure of the migration",
        "Step 'create the tenant' failed earlier, so this one cannot pass",
    ],
)
def test_what_says_itself_that_it_is_a_consequence(db: Store, engine: Engine, said: str) -> None:
    refused = 'connection to server at "db" (10.0.0.3), port 5432 failed: Connection refused'
    cases = "".join(
        f'<testcase name="t{at}"><error message={quoteattr(text)}/></testcase>'
        for at, text in enumerate([refused, said, said])
    )
    _read(db, engine, f'<testsuite name="s">{cases}</testsuite>'.encode())
    [(effect, cause)] = _told(db).items()
    assert said[:20] in effect and "Connection refused" in cause


def test_two_assertions_of_one_test_stand_for_themselves(db: Store, engine: Engine) -> None:
    both = [("failure", "the lamp is dark"), ("failure", "the bell is silent")]
    _read(db, engine, _suite(_case(f"a{n}", *both) for n in range(3)))
    assert _told(db) == {}


def _nights(shown: str) -> list[bytes]:
    """One report a night: c has the cause and, behind it, the effect; C only the cause; - neither."""
    nights = []
    for day, mark in enumerate(shown, 1):
        said = {
            "c": ["the broker sleeps", "no parcel came"],
            "C": ["the broker sleeps"],
            "e": ["no parcel came"],
        }
        cases = [_case(f"n{n}", ("failure", text)) for n, text in enumerate(said.get(mark, []))]
        nights.append(_suite([*cases, _case("green")], f"2026-03-{day:02}T02:00:00"))
    return nights


@pytest.mark.parametrize(
    ("shown", "follows"),
    [
        ("--c---c--C--c-----c---", True),
        ("--c---c--C--c-e---c---", False),  # once without the cause
        ("-------------cccccccc", False),  # one change that broke both: they came up together only once
    ],
)
def test_coming_and_going_together(db: Store, engine: Engine, shown: str, follows: bool) -> None:
    for day, data in enumerate(_nights(shown), 1):
        _read(db, engine, data, day, f"nightly-{day}.xml")
    assert _told(db) == ({"no parcel came": "the broker sleeps"} if follows else {})


def _row(id_: str, category: str = "", tests: int = 1) -> ClusterRow:
    return ClusterRow(
        id_, id_, id_, None, category, Verdict.UNKNOWN, "open", tests, tests, 1, None, None, True
    )


def test_chance_alone_makes_no_cascades() -> None:
    """A thousand runs in which nothing has to do with anything: at most the promised share is told."""
    dice, told = random.Random(7), 0
    for _ in range(1_000):
        found = []
        for number in range(8):
            cases = sorted(dice.sample(range(200), dice.randint(1, 12)))
            found.append(Occurrence(f"c{number}", 1, cases[0], cases[0], len(cases), len(cases), len(cases)))
        rows = [_row(f"c{number}", "infra" if number < 3 else "") for number in range(8)]
        told += bool(consequences(rows, [Span(1, 1, "r.xml", None, None, 200)], found, [], {}))
    assert told <= 80  # 1 % for each of eight clusters


_IDS = st.sampled_from("abcde")


@given(
    st.lists(st.tuples(_IDS, _IDS, st.integers(1, 3)), max_size=12),
    st.dictionaries(_IDS, st.lists(_IDS | st.none(), max_size=3)),
)
def test_nothing_follows_from_itself(
    pairs: list[tuple[str, str, int]], before: dict[str, list[str | None]]
) -> None:
    rows = [_row(id_, tests=ord(id_)) for id_ in "abcde"]
    found = [Occurrence(id_, 1, ord(id_), ord(id_), 1, 1, 1) for id_ in "abcde"]
    tries = [SameTry(*pair) for pair in pairs]
    told = consequences(rows, [Span(1, 1, "r.xml", None, None, 5)], found, tries, before)
    for id_ in told:
        assert id_ not in under(told, id_)
    shown = nested(rows, told)
    assert sorted(row.id for row, _ in shown) == list("abcde")
    assert {row.id for row, depth in shown if depth} == set(told)


def test_what_is_filtered_away_hides_no_consequence() -> None:
    told = {"b": Consequence("a", "")}
    assert nested([_row("b")], told) == [(_row("b"), 0)]
    small, large, own = _row("a", tests=1), _row("b", tests=9), _row("c", tests=5)
    assert [(row.id, depth) for row, depth in nested([large, own, small], told)] == [
        ("a", 0),
        ("b", 1),
        ("c", 0),
    ]


@needs_seeds
@pytest.mark.parametrize(
    ("seed", "shown"),
    [
        (
            "000",
            {
                "HTTP 429: rate limit": 0,
                "Tests hitting pre-existing agent limits": 0,
                "Missing Business Logic": 0,
            },
        ),
        (
            "001",
            {
                "JWT token parameter mismatch": 2,
                "WebSocket API compatibility": 1,
                "Setup method reference": 1,
                "More successes than expected (indicates fixes working)": 1,
            },
        ),
        ("002", {"HTTP 403 during the WebSocket handshake": 7}),
        (
            "003",
            {"NegotiationError: WebSocket subprotocol not agreed on": 4, "└ WebSocket dependency blocked": 3},
        ),
        ("004", {"WebSocket connection timed out": 3}),
    ],
)
def test_the_clusters_of_the_seeds(db: Store, engine: Engine, seed: str, shown: dict[str, int]) -> None:
    """As a person would make them from the reports."""
    ingest(db, source_of(next(SEEDS.glob(f"{seed}_*"))), engine, 1)
    rows = clusters(db)
    assert {"└ " * depth + row.title: row.tests for row, depth in nested(rows, cascades(db, rows))} == shown
